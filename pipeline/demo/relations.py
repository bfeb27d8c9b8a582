"""What hangs on the invented promises in Jira: survivors of duplicates, children of epics, links to pages.
And what happens to their issues that is no work: moves, reminders, rights taken away.

It is laid around promises whose own lives are drawn already and changes nothing in these. Preventions are no
duplicates of what lives on, so that an incident comes back while its prevention is open and not otherwise.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from pipeline.demo.phrases import CHILDREN, COMMENTS, REMINDERS, SURVIVORS
from pipeline.demo.promises import (
    DONE,
    IN_PROGRESS,
    ActionItem,
    Change,
    Comment,
    Move,
    RelatedIssue,
    Transition,
    at_work,
)
from pipeline.demo.roster import AUTOMATION, TEAMS
from pipeline.demo.truth import DocumentPlan

Fate = Literal["goes_on", "is_done_later", "is_deleted", "is_not_linked"]

#: What becomes of those closed as duplicates, one after the other.
_FATES: tuple[Fate, ...] = (
    "is_done_later",
    "goes_on",
    "is_deleted",
    "is_done_later",
    "goes_on",
    "is_not_linked",
)
#: At most so many promises became epics, and one is thought an epic only when left alone for so long.
_EPIC_COUNT = 4
_EPIC_AGE_DAYS = 120
_UNTOUCHED_DAYS = 40
#: Shares of the promises that the document leaves out whose issue leads to the page, and of the plain ones
#: that were moved into another project and were reminded of.
_PAGE_SHARE = 0.75
_MOVED_SHARE = 0.02
_REMINDED_SHARE = 0.08
_STATED_TEAM_SHARE = 0.5
_PLANNED_SHARE = 0.6
_STORY_POINTS = (1, 2, 3, 5, 8)
#: One is hidden where there are more than so many.
_HIDDEN_OF = 50


def with_relations(
    rng: random.Random, items: Sequence[ActionItem], documents: Iterable[DocumentPlan], as_of: datetime
) -> list[ActionItem]:
    """The promises, as they stand at `as_of` and in order of creation, with what hangs on some of them."""
    related = list(items)
    fates = _cycle(_FATES)
    for index, item in enumerate(related):
        if _is_duplicate(item) and item.kind != "prevent":
            survivor = _survivor(rng, item, next(fates), as_of)
            related[index] = replace(item, survivor=survivor)
    alone = [index for index, item in enumerate(related) if _is_left_alone(item, as_of)]
    for index in rng.sample(alone, min(_EPIC_COUNT, len(alone) // 3)):
        related[index] = replace(related[index], children=tuple(_children(rng, related[index], as_of)))
    pages = dict(_pages(documents))
    plain = []
    for index, item in enumerate(related):
        if item.incident_id in pages and item.is_shown and not item.is_in_document:
            if rng.random() < _PAGE_SHARE:
                related[index] = replace(item, page_url=pages[item.incident_id])
        elif item.is_shown and item.is_linked and item.survivor is None and not item.children:
            plain.append(index)
    for index in plain:
        if rng.random() < _MOVED_SHARE:
            related[index] = _moved(rng, related[index], as_of)
        if rng.random() < _REMINDED_SHARE:
            related[index] = _reminded(rng, related[index], as_of)
    if len(plain) > _HIDDEN_OF:
        index = rng.choice(plain)
        related[index] = replace(related[index], is_hidden=True)
    return [_planned(rng, item) for item in related]


def _cycle(fates: Sequence[Fate]) -> Iterator[Fate]:
    while True:
        yield from fates


def _is_duplicate(item: ActionItem) -> bool:
    """Whether its issue stands closed as a duplicate."""
    closing = [change for change in item.changes if change.at == item.decided_at]
    return (
        not item.is_deleted
        and item.outcome == "declined"
        and any(isinstance(change, Transition) and change.resolution == "Duplicate" for change in closing)
    )


def _survivor(rng: random.Random, item: ActionItem, fate: Fate, as_of: datetime) -> RelatedIssue | None:
    """The issue that had the same to do before, mostly of another team that does what it takes on."""
    if fate == "is_not_linked":
        return None
    assert item.decided_at is not None
    team = rng.choice([team for team in TEAMS if team.behaviour == "follows_through"])
    owner = rng.choice(team.people)
    created_at = item.created_at - timedelta(days=rng.randint(3, 60), minutes=rng.randrange(600))
    started_at = at_work(rng, item.decided_at + timedelta(days=rng.uniform(0.5, 20)))
    changes: list[Change] = [Transition(started_at, owner, IN_PROGRESS)]
    if fate == "is_done_later":
        done_at = at_work(rng, started_at + timedelta(days=2 + 14 * math.exp(rng.gauss(0, 0.7))))
        changes.append(Transition(done_at, owner, DONE, "Done"))
    else:
        changes.append(Comment(started_at + timedelta(days=rng.uniform(3, 90)), owner, rng.choice(COMMENTS)))
    return RelatedIssue(
        team,
        rng.choice(SURVIVORS).format(promise=item.description),
        owner,
        created_at,
        tuple(change for change in changes if change.at <= as_of),
        is_deleted=fate == "is_deleted",
    )


def _is_left_alone(item: ActionItem, as_of: datetime) -> bool:
    """Whether it seems forgotten by a team that forgets little, and was due."""
    return (
        item.is_in_jira
        and item.is_in_document
        and item.is_linked
        and not item.is_deleted
        and item.outcome == "open"
        and item.team.behaviour != "ignores"
        and item.created_at < as_of - timedelta(days=_EPIC_AGE_DAYS)
        and item.last_activity_at < as_of - timedelta(days=_UNTOUCHED_DAYS)
    )


def _children(rng: random.Random, epic: ActionItem, as_of: datetime) -> Iterator[RelatedIssue]:
    """Two to four parts of it, the first done, all of them worked at within the last weeks."""
    for number, pattern in enumerate(rng.sample(CHILDREN, rng.randint(2, 4))):
        owner = rng.choice(epic.team.people)
        created_at = epic.created_at + timedelta(days=rng.randint(1, 20), minutes=rng.randrange(300))
        started_at = as_of - timedelta(days=rng.uniform(15, 60))
        changes: list[Change] = [Transition(started_at, owner, IN_PROGRESS)]
        last_at = as_of - timedelta(days=rng.uniform(1, 14))
        if number == 0:
            changes.append(Transition(last_at, owner, DONE, "Done"))
        else:
            changes.append(Comment(last_at, owner, rng.choice(COMMENTS)))
        yield RelatedIssue(
            epic.team, pattern.format(promise=epic.description), owner, created_at, tuple(changes)
        )


def _pages(documents: Iterable[DocumentPlan]) -> Iterator[tuple[str | None, str]]:
    """The address of each document that is read somewhere and tells one incident alone, by incident."""
    for plan in documents:
        if plan.unit.address is not None and len(plan.incident_ids) == 1:
            yield plan.incident_ids[0], f"{plan.unit.address}/{plan.path}"


def _moved(rng: random.Random, item: ActionItem, as_of: datetime) -> ActionItem:
    """The same in the project of a team that can do it, if that had come to pass; its owner stays."""
    by = item.owner or rng.choice(item.team.people)
    able = [
        team for team in TEAMS if team.behaviour == "follows_through" and team.project != item.team.project
    ]
    move = Move(item.created_at + timedelta(days=rng.uniform(0.5, 15)), by, rng.choice(able))
    return _with(item, move) if item.team.behaviour != "ignores" and move.at <= as_of else item


def _reminded(rng: random.Random, item: ActionItem, as_of: datetime) -> ActionItem:
    """The same with what the automation said to it while it was open."""
    at = item.created_at + timedelta(days=rng.uniform(30, 300))
    text = rng.choice(REMINDERS)
    return _with(item, Comment(at, AUTOMATION, text)) if at <= (item.decided_at or as_of) else item


def _planned(rng: random.Random, item: ActionItem) -> ActionItem:
    """The same with what teams that follow through say in fields of their own: estimate and sprint.

    Some state their team, too, as do some that moved an issue: it stays theirs.
    """
    is_moved = item.project_team != item.team
    if not item.is_in_jira or (item.team.behaviour != "follows_through" and not is_moved):
        return item
    stated_team = item.team if rng.random() < _STATED_TEAM_SHARE else None
    story_points = rng.choice(_STORY_POINTS) if rng.random() < _PLANNED_SHARE else None
    sprint_on = item.created_at.date().replace(day=1) if rng.random() < _PLANNED_SHARE else None
    return replace(item, stated_team=stated_team, story_points=story_points, sprint_on=sprint_on)


def _with(item: ActionItem, change: Change) -> ActionItem:
    return replace(item, changes=tuple(sorted((*item.changes, change), key=lambda each: each.at)))
