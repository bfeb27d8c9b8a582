"""The invented company's promises, played into a simulated Jira in the order they happened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import partial
from typing import Any

from pipeline.demo.jira.site import SPRINT, STORY_POINTS
from pipeline.demo.jira.state import JiraState
from pipeline.demo.promises import (
    STATUSES,
    TO_DO,
    ActionItem,
    Change,
    Comment,
    Edit,
    Move,
    RelatedIssue,
    Transition,
)
from pipeline.demo.roster import AUTOMATION, FOLLOW_UP_LABEL
from pipeline.demo.truth import Company, OrdinaryIssue

#: The field for the team.
TEAM = "customfield_10001"

#: When, which of what happens at one moment is first, and what.
Happening = tuple[datetime, int, Callable[[], None]]


def fill_jira(company: Company, state: JiraState, *, until: datetime | None = None) -> Callable[[], None]:
    """Create the company's projects, people and issues in `state`, with every change at its own time.

    What happens after `until` (naive UTC) happens when the function that is returned is called: so a Jira can
    be looked at as it was then, and go on. `state` must be new: issues get their keys by counting. Raises
    ValueError when a key comes out another than the documents name.
    """
    for status_id, (name, category) in STATUSES.items():
        state.add_status(status_id, name, category)
    state.add_user(AUTOMATION.account_id, AUTOMATION.name, "app")
    for team in company.teams:
        state.add_project(team.project, team.name)
        for person in team.people:
            state.add_user(person.account_id, person.name)
    _add_sprints(company, state)
    happenings: list[Happening] = []
    for item in company.action_items:
        if item.issue_key is not None:
            happenings.append((item.created_at, 0, partial(_create, state, item)))
            happenings += [(change.at, 3, partial(_play, state, item, change)) for change in item.changes]
            happenings += _happenings_around(state, item)
    for issue in company.ordinary_issues:
        happenings.append((issue.created_at, 2, partial(_create_ordinary, state, issue)))
    happenings.sort(key=lambda happening: happening[:2])
    first = len(happenings) if until is None else sum(at <= until for at, _, _ in happenings)
    for _, _, happen in happenings[:first]:
        happen()

    def go_on() -> None:
        for _, _, happen in happenings[first:]:
            happen()
        _take_away(company, state)

    if until is None:
        go_on()
        return lambda: None
    return go_on


def _take_away(company: Company, state: JiraState) -> None:
    for item in company.action_items:
        for gone in (item, item.survivor):
            if gone is not None and gone.issue_key is not None and gone.is_deleted:
                state.delete(gone.issue_key)
        if item.issue_key is not None and item.is_hidden:
            state.hide(item.issue_key)


def _happenings_around(state: JiraState, item: ActionItem) -> Iterator[Happening]:
    """What goes on in Jira for a promise besides its own issue."""
    for related in (item.survivor, *item.children):
        if related is not None:
            parent = item.issue_key if related in item.children else None
            yield related.created_at, 1, partial(_create_related, state, related, parent)
            for change in related.changes:
                yield change.at, 3, partial(_play, state, related, change)
    if item.survivor is not None:
        assert item.decided_at is not None
        yield item.decided_at, 4, partial(_link_duplicate, state, item, item.survivor)
    if item.page_url is not None:
        yield item.created_at, 4, partial(_link_page, state, item, item.page_url)


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
        issue_type="Epic" if item.children else "Task",
        custom=_custom(item),
        description=f"Agreed in the review of {item.incident_id}." if item.incident_id else "",
    )
    _check(key, item.issue_key)


def _custom(item: ActionItem) -> dict[str, Any]:
    """What its issue says in custom fields, by their ids."""
    said = {
        TEAM: item.stated_team and item.stated_team.name,
        STORY_POINTS: item.story_points,
        SPRINT: [_sprint_id(item.sprint_on)] if item.sprint_on else None,
    }
    return {field_id: value for field_id, value in said.items() if value is not None}


def _add_sprints(company: Company, state: JiraState) -> None:
    """A sprint for each month in which something was planned; that of the moment is active."""
    this_month = company.as_of.date().replace(day=1)
    for month in sorted({item.sprint_on for item in company.action_items if item.sprint_on}):
        state.add_sprint(_sprint_id(month), sprint_name(month), "active" if month == this_month else "closed")


def sprint_name(month: date) -> str:
    """The name of the sprint of a month."""
    return f"Sprint {month:%Y-%m}"


def _sprint_id(month: date) -> int:
    return month.year * 12 + month.month


def _create_related(state: JiraState, issue: RelatedIssue, parent: str | None) -> None:
    key = state.create_issue(
        issue.team.project,
        issue.summary,
        at=issue.created_at,
        status_id=TO_DO,
        reporter=issue.owner.account_id,
        assignee=issue.owner.account_id,
        parent=parent,
    )
    _check(key, issue.issue_key)


def _link_duplicate(state: JiraState, item: ActionItem, survivor: RelatedIssue) -> None:
    closing = [change for change in item.changes if change.at == item.decided_at]
    assert item.issue_key is not None
    assert item.decided_at is not None
    assert survivor.issue_key is not None
    by = closing[0].by.account_id
    state.link(item.issue_key, survivor.issue_key, at=item.decided_at, by=by, link_type="Duplicate")


def _link_page(state: JiraState, item: ActionItem, page_url: str) -> None:
    assert item.issue_key is not None
    state.add_remote_link(
        item.issue_key,
        page_url,
        f"Postmortem of {item.incident_id}",
        # Its history tells of it, so that the first sync asks for it.
        noted_at=item.created_at,
        by=item.team.people[0].account_id,
    )


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


def _play(state: JiraState, issue: ActionItem | RelatedIssue, change: Change) -> None:
    key = issue.issue_key
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
        case Move():
            _check(state.move(key, change.team.project, at=change.at, by=by), change.issue_key)
