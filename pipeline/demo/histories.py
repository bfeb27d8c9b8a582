"""The invented company's promises, played into a simulated Jira in the order they happened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from pipeline.demo.jira.state import JiraState
from pipeline.demo.promises import STATUSES, TO_DO, ActionItem, Change, Comment, Edit, Transition
from pipeline.demo.roster import AUTOMATION, FOLLOW_UP_LABEL
from pipeline.demo.truth import Company, OrdinaryIssue


def fill_jira(company: Company, state: JiraState) -> None:
    """Create the company's projects, people and issues in `state`, with every change at its own time.

    `state` must be new: issues get their keys by counting. Raises ValueError when a key comes out another
    than the documents name.
    """
    for status_id, (name, category) in STATUSES.items():
        state.add_status(status_id, name, category)
    state.add_user(AUTOMATION.account_id, AUTOMATION.name, "app")
    for team in company.teams:
        state.add_project(team.project, team.name)
        for person in team.people:
            state.add_user(person.account_id, person.name)
    happenings: list[tuple[datetime, int, Callable[[], None]]] = []
    for item in company.action_items:
        if item.issue_key is not None:
            happenings.append((item.created_at, 0, lambda item=item: _create(state, item)))  # type: ignore[misc]
            happenings += [
                (change.at, 1, lambda item=item, change=change: _play(state, item, change))  # type: ignore[misc]
                for change in item.changes
            ]
    for issue in company.ordinary_issues:
        happenings.append((issue.created_at, 2, lambda issue=issue: _create_ordinary(state, issue)))  # type: ignore[misc]
    for _, _, happen in sorted(happenings, key=lambda happening: happening[:2]):
        happen()
    for item in company.action_items:
        if item.issue_key is not None and item.is_deleted:
            state.delete(item.issue_key)


def _create(state: JiraState, item: ActionItem) -> None:
    key = state.create_issue(
        item.team.project,
        item.description,
        at=item.created_at,
        status_id=TO_DO,
        reporter=item.team.people[0].account_id,
        priority=item.priority,
        assignee=item.owner.account_id if item.owner else None,
        due_on=item.first_due_on,
        labels=[FOLLOW_UP_LABEL],
        description=f"Agreed in the review of {item.incident_id}." if item.incident_id else "",
    )
    _check(key, item.issue_key)


def _create_ordinary(state: JiraState, issue: OrdinaryIssue) -> None:
    key = state.create_issue(
        issue.team.project,
        issue.summary,
        at=issue.created_at,
        status_id=TO_DO,
        reporter=issue.reporter.account_id,
    )
    _check(key, issue.issue_key)


def _check(key: str, expected: str | None) -> None:
    if key != expected:
        raise ValueError(f"the Jira gave {key} where the documents name {expected}; begin with a new state")


def _play(state: JiraState, item: ActionItem, change: Change) -> None:
    key = item.issue_key
    assert key is not None
    by = change.by.account_id
    match change:
        case Transition():
            state.transition(
                key,
                change.status_id,
                at=change.at,
                by=by,
                resolution=change.resolution,
                keep_resolution=change.keep_resolution,
            )
        case Edit():
            value = list(change.value) if isinstance(change.value, tuple) else change.value
            changes: dict[str, Any] = {change.field: value}
            state.edit(key, at=change.at, by=by, **changes)
        case Comment():
            state.comment(key, change.text, at=change.at, by=by)
