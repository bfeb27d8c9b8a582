"""What the models make of a Jira whose truth is known is the truth."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pipeline.demo.promises import PRIORITIES, ActionItem, Edit, outcome_of
from tests.models.followed_company import followed_company


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
    with followed_company(tmp_path, "marts.action_items") as (company, connection):
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
