"""What the models make of a Jira whose truth is known is the truth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.demo.company import invent_company
from pipeline.demo.histories import fill_jira
from pipeline.demo.jira.state import JiraState
from pipeline.demo.promises import PRIORITIES, ActionItem, Edit, outcome_of
from pipeline.demo.roster import FOLLOW_UP_LABEL
from pipeline.models.files import ancestors, read_models
from pipeline.models.runner import attach_catalogs, run_models
from pipeline.warehouse import Warehouse
from pipeline.warehouse.jira import issue_line
from tests.models.conftest import PARAMETERS

AS_OF = datetime(2024, 6, 1)


@dataclass(frozen=True)
class Issue:
    """An issue as a source hands it over."""

    issue_id: str
    issue_key: str
    payload: dict[str, Any]
    updated_at: datetime
    histories: list[dict[str, Any]]
    history_complete: bool = True


def in_milliseconds(at: datetime) -> datetime:
    """The moment as far as Jira keeps it."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def edits(item: ActionItem) -> tuple[int, int]:
    """How often one owner followed another, and how often the priority was lowered."""
    owner, priority = item.owner and item.owner.account_id, item.priority
    handed_on = lowered = 0
    for change in item.changes:
        if isinstance(change, Edit) and change.field == "assignee":
            handed_on += owner is not None and change.value != owner
            owner = str(change.value)
        if isinstance(change, Edit) and change.field == "priority":
            lowered += PRIORITIES.index(str(change.value)) > PRIORITIES.index(priority)
            priority = str(change.value)
    return handed_on, lowered


def milliseconds_or_none(at: datetime | None) -> datetime | None:
    """The same of a moment that may not have come."""
    return None if at is None else in_milliseconds(at)


def test_every_outcome_date_push_and_reopening_is_found(tmp_path: Path) -> None:
    """For each action item of an invented company: outcome, decision, first due date, pushes, reopenings,
    where it lives on, how far its parts are, and when a person last did something for it.
    """
    company = invent_company(seed=3, incident_count=120, as_of=AS_OF)
    state = JiraState()
    fill_jira(company, state)
    with Warehouse(tmp_path / "w.duckdb") as warehouse:
        warehouse.jira.load_issues(
            issue_line(
                Issue(each.issue_id, each.key, state.payload(each, None), each.updated_at, each.histories)
            )
            for each in state.visible()
        )
        labelled = {each.issue_id for each in state.visible() if FOLLOW_UP_LABEL in each.fields["labels"]}
        warehouse.jira.follow(labelled, "jql")
        warehouse.jira.follow({each.issue_id for each in state.visible()} - labelled, "child")
        warehouse.jira.load_definitions("status", [state.status(status_id) for status_id in state.statuses])
        connection = warehouse.connection
        connection.execute(PARAMETERS).fetchall()
        connection.execute("INSERT INTO settings.sources VALUES ('jira', 'jira', NULL, 'UTC')").fetchall()
        owned = [(team.name, team.project) for team in company.teams]
        connection.executemany("INSERT INTO settings.team_projects VALUES (?, ?)", owned).fetchall()
        attach_catalogs(connection, tmp_path / ".building-1.duckdb")
        models = read_models()
        run_models(connection, [models[name] for name in ancestors("marts.action_items", models)])
        found = connection.execute(
            """
            SELECT jira_key, outcome, coalesce(done_at, declined_at), first_due_on, due_date_push_count,
                   reopen_count, survivor_key, child_count, child_done_count, last_activity_at, team,
                   declined_reason, owner_change_count, priority_drop_count
            FROM build.marts.action_items
            """
        ).fetchall()
    truth = {
        (
            item.key_now,
            item.fate[0],
            milliseconds_or_none(item.fate[1]),
            item.first_due_on,
            item.due_date_push_count,
            0 if item.lasting else item.reopen_count,
            item.lasting and item.lasting.issue_key,
            len(item.children),
            sum(outcome_of(child.changes)[0] == "done" for child in item.children),
            in_milliseconds(item.last_activity_at),
            item.project_team.name,
            item.declined_reason,
            *edits(item),
        )
        for item in company.action_items
        if item.is_shown
    }
    assert len(truth) > 150
    assert sum(row[6] is not None for row in truth) >= 2
    assert sum(row[7] > 0 for row in truth) >= 2
    assert {*found} == truth
