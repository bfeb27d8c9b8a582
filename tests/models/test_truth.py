"""What the models make of a Jira whose truth is known is the truth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.demo.company import invent_company
from pipeline.demo.histories import fill_jira
from pipeline.demo.jira.state import JiraState
from pipeline.models.files import ancestors, read_models
from pipeline.models.runner import attach_catalogs, run_models
from pipeline.warehouse import Warehouse
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


def test_every_outcome_date_push_and_reopening_is_found(tmp_path: Path) -> None:
    """For each action item of an invented company: outcome, decision, first due date, pushes, reopenings."""
    company = invent_company(seed=3, incident_count=120, as_of=AS_OF)
    state = JiraState()
    fill_jira(company, state)
    with Warehouse(tmp_path / "w.duckdb") as warehouse:
        warehouse.jira.load_issues(
            Issue(each.issue_id, each.key, state.payload(each, None), each.updated_at, each.histories)
            for each in state.visible()
        )
        warehouse.jira.load_definitions("status", [state.status(status_id) for status_id in state.statuses])
        connection = warehouse.connection
        connection.execute(PARAMETERS).fetchall()
        connection.execute("INSERT INTO settings.sources VALUES ('jira', 'jira', NULL, 'UTC')").fetchall()
        attach_catalogs(connection, tmp_path / ".building-1.duckdb")
        models = read_models()
        run_models(connection, [models[name] for name in ancestors("marts.action_items", models)])
        found = connection.execute(
            """
            SELECT jira_key, outcome, coalesce(done_at, declined_at), first_due_on, due_date_push_count,
                   reopen_count
            FROM build.marts.action_items
            """
        ).fetchall()
    truth = {
        (
            item.issue_key,
            item.outcome,
            item.decided_at and in_milliseconds(item.decided_at),
            item.first_due_on,
            item.due_date_push_count,
            item.reopen_count,
        )
        for item in company.action_items
        if item.issue_key is not None and not item.is_deleted
    }
    assert len(truth) > 150
    ordinary = {issue.issue_key for issue in company.ordinary_issues}
    assert {row for row in found if row[0] not in ordinary} == truth
