"""What the invented teams promise, and what becomes of it.

An action item's life is drawn to its end first and cut at the moment the company is looked at, so that an
open item is one whose end has not come yet. Times are naive UTC.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from pipeline.demo.phrases import COMMENTS, PROMISES
from pipeline.demo.roster import AUTOMATION, Behaviour, Person, Team
from pipeline.demo.stories import Story

Kind = Literal["prevent", "detect", "mitigate", "process", "repair"]
Outcome = Literal["open", "done", "declined"]
Resolution = Literal["Done", "Won't Do", "Obsolete", "Out of Scope", "Duplicate", "Cannot Reproduce"]

#: Jira statuses by id: (name, category).
STATUSES = {
    "10000": ("To Do", "new"),
    "3": ("In Progress", "indeterminate"),
    "10010": ("In Review", "indeterminate"),
    "10011": ("Done", "done"),
    "10012": ("Won't Do", "done"),
}
TO_DO, IN_PROGRESS, IN_REVIEW, DONE, WONT_DO = STATUSES
#: Why a promise is declined: the first by a status of its own, the others by the resolution alone.
_REASONS: tuple[Resolution, ...] = ("Won't Do", "Obsolete", "Out of Scope", "Duplicate", "Cannot Reproduce")
PRIORITIES = ("Highest", "High", "Medium", "Low")
DUE_DAYS = {1: 14, 2: 30, 3: 60, 4: 90}


@dataclass(frozen=True, slots=True)
class Transition:
    """A change of status; `resolution` is what the issue's resolution becomes, None to clear it.

    `keep_resolution` leaves the resolution as it was: a workflow that forgets to clear it on reopening.
    """

    at: datetime
    by: Person
    status_id: str
    resolution: Resolution | None = None
    keep_resolution: bool = False


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of one other field: due_on, priority, assignee (an account id) or labels."""

    at: datetime
    by: Person
    field: Literal["due_on", "priority", "assignee", "labels"]
    value: date | str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comment:
    """Somebody's remark."""

    at: datetime
    by: Person
    text: str


@dataclass(frozen=True, slots=True)
class Move:
    """Into another team's project, under a key of it."""

    at: datetime
    by: Person
    team: Team
    issue_key: str | None = None


Change = Transition | Edit | Comment | Move


@dataclass(frozen=True, slots=True)
class RelatedIssue:
    """An issue that is no promise itself, but in which a promise is kept: a survivor or a child."""

    team: Team
    summary: str
    owner: Person
    created_at: datetime
    changes: tuple[Change, ...] = ()
    is_deleted: bool = False
    issue_key: str | None = None

    @property
    def last_activity_at(self) -> datetime:
        """When a person last did something to it; its creation is one."""
        return last_activity_at(self.created_at, self.changes)


@dataclass(frozen=True, slots=True)
class ActionItem:
    """One promise, where it is written down, and its life.

    `incident_id` is None for a follow-up that belongs to no known incident. `is_in_jira` with
    `is_in_document` but not `is_linked`: the issue exists and the document forgets to link it. `decided_at`
    is the last time it became done or declined, None while `outcome` is open. Both are those of its own
    issue; what became of the promise is `lasting`.
    """

    incident_id: str | None
    team: Team
    description: str
    kind: Kind
    owner: Person | None
    priority: str
    created_at: datetime
    first_due_on: date | None
    outcome: Outcome
    decided_at: datetime | None
    is_in_document: bool
    is_in_jira: bool
    is_linked: bool
    is_deleted: bool = False  # from Jira, after the document was written
    is_hidden: bool = False  # in Jira, from the account that reads it
    issue_key: str | None = None  # when it was created, and in the document
    changes: tuple[Change, ...] = ()
    survivor: RelatedIssue | None = None  # the issue of which its own was closed as a duplicate
    children: tuple[RelatedIssue, ...] = ()  # its own is then an epic
    page_url: str | None = None  # of the postmortem to which its issue has a link
    stated_team: Team | None = None  # in its issue's own field for the team
    story_points: int | None = None
    sprint_on: date | None = None  # the first day of the sprint it was planned for

    def was_done(self, at: datetime) -> bool:
        """Whether it was done at `at`, as far as its team knew."""
        is_done = (
            not self.is_in_jira
            and self.outcome == "done"
            and self.decided_at is not None
            and self.decided_at <= at
        )
        for change in self.changes:
            if isinstance(change, Transition) and change.at <= at:
                is_done = STATUSES[change.status_id][1] == "done"
        return is_done

    @property
    def is_shown(self) -> bool:
        """Whether Jira shows its issue."""
        return self.is_in_jira and not self.is_deleted and not self.is_hidden

    @property
    def _last_move(self) -> Move | None:
        moves = [change for change in self.changes if isinstance(change, Move)]
        return moves[-1] if moves else None

    @property
    def key_now(self) -> str | None:
        """The key of its issue, wherever that was moved."""
        return self._last_move.issue_key if self._last_move else self.issue_key

    @property
    def team_now(self) -> Team:
        """Whose it is: as its issue's own field says, else of the project its issue is in."""
        return self.stated_team or self.project_team

    @property
    def project_team(self) -> Team:
        """Whose project its issue is in."""
        return self._last_move.team if self._last_move else self.team

    @property
    def declined_reason(self) -> str | None:
        """The resolution by which it was declined, wherever that was decided."""
        if self.fate[0] != "declined":
            return None
        return [change.resolution for change in self.changes if isinstance(change, Transition)][-1]

    @property
    def lasting(self) -> RelatedIssue | None:
        """The issue in which the work goes on, when its own was closed as a duplicate of one that stayed."""
        return None if self.survivor is None or self.survivor.is_deleted else self.survivor

    @property
    def fate(self) -> tuple[Outcome, datetime | None]:
        """What became of the promise, wherever that was decided, and when."""
        if self.lasting is None:
            return self.outcome, self.decided_at
        return outcome_of(self.lasting.changes)

    @property
    def last_activity_at(self) -> datetime:
        """When a person last did something for it: on its issue, on its children, or where it goes on."""
        if self.lasting is not None:
            # Linking the two is an act on both of them.
            return max(self.lasting.last_activity_at, self.decided_at or self.created_at)
        own = last_activity_at(self.created_at, self.changes)
        return max([own, *(child.last_activity_at for child in self.children)])

    @property
    def due_date_push_count(self) -> int:
        """How often the due date was moved later."""
        due = self.first_due_on
        count = 0
        for change in self.changes:
            if isinstance(change, Edit) and change.field == "due_on":
                assert isinstance(change.value, date)
                count += due is not None and change.value > due
                due = change.value
        return count

    @property
    def reopen_count(self) -> int:
        """How often it left a done status."""
        count, was_done = 0, False
        for change in self.changes:
            if isinstance(change, Transition):
                is_done = STATUSES[change.status_id][1] == "done"
                count += was_done and not is_done
                was_done = is_done
        return count


@dataclass(frozen=True, slots=True)
class _Habits:
    """How a team treats its promises. Shares are of all its items; days are medians of log-normals."""

    never_share: float
    declined_share: float
    median_days: float
    pushes: tuple[int, int] = (0, 0)
    rare_push_share: float = 0.12
    reopened_share: float = 0.05
    is_silent: bool = False
    in_bulk: bool = False


_HABITS: dict[Behaviour, _Habits] = {
    "follows_through": _Habits(0.04, 0.10, 24),
    "ignores": _Habits(0.82, 0.04, 70, rare_push_share=0.0, is_silent=True),
    "pushes_due_dates": _Habits(0.10, 0.08, 110, pushes=(2, 5)),
    "closes_in_bulk": _Habits(0.03, 0.07, 30, rare_push_share=0.0, in_bulk=True),
    "reopens": _Habits(0.06, 0.08, 26, reopened_share=0.35),
}


def promises_of(
    rng: random.Random,
    incident_id: str,
    team: Team,
    service: str,
    other: str,
    story: Story,
    severity: int,
    promised_at: datetime,
) -> list[ActionItem]:
    """What was promised after one incident: one to six items, mostly one that prevents, none at times."""
    if rng.random() < 0.05:
        return []
    count = rng.choices((1, 2, 3, 4, 5, 6), weights=(10, 22, 28, 22, 12, 6))[0]
    kinds: list[Kind] = ["prevent"] if rng.random() < 0.9 else []
    more: tuple[Kind, ...] = ("prevent", "detect", "mitigate", "process", "repair")
    kinds += rng.choices(more, weights=(15, 32, 20, 25, 8), k=count - len(kinds))
    items: list[ActionItem] = []
    said: set[str] = set()
    for position, kind in enumerate(kinds):
        pattern = rng.choice(story.preventions if kind == "prevent" else PROMISES[kind])
        description = pattern.format(service=service, other=other)
        if description in said:
            continue
        said.add(description)
        at = promised_at + timedelta(minutes=4 * position + rng.randint(1, 3))
        items.append(_promise(rng, incident_id, team, description, kind, severity, at))
    return items


def orphan_promise(rng: random.Random, team: Team, service: str, at: datetime) -> ActionItem:
    """A follow-up that lives in Jira only and names no incident."""
    kind: Kind = rng.choice(("detect", "mitigate", "process"))
    description = rng.choice(PROMISES[kind]).format(service=service, other=rng.choice(team.services))
    item = _promise(rng, None, team, description, kind, rng.choice((2, 3, 4)), at)
    return replace(item, is_in_document=False, is_in_jira=True, is_linked=False, is_deleted=False)


def outcome_of(changes: Iterable[Change]) -> tuple[Outcome, datetime | None]:
    """What the changes of an issue, in order, have made of it, and when it was decided."""
    outcome: Outcome = "open"
    decided_at = None
    for change in changes:
        if isinstance(change, Transition):
            if STATUSES[change.status_id][1] != "done":
                outcome, decided_at = "open", None
            elif decided_at is None:
                outcome, decided_at = ("done" if change.resolution == "Done" else "declined"), change.at
    return outcome, decided_at


def last_activity_at(created_at: datetime, changes: Iterable[Change]) -> datetime:
    """When a person last did something to an issue; the automation is none, and the creation counts."""
    return max([created_at, *(change.at for change in changes if change.by != AUTOMATION)])


def cut_at(item: ActionItem, as_of: datetime) -> ActionItem:
    """The item as it stood at `as_of`: later changes have not happened."""
    changes = tuple(change for change in item.changes if change.at <= as_of)
    outcome, decided_at = outcome_of(changes)
    if not item.is_in_jira and item.decided_at is not None and item.decided_at <= as_of:
        outcome, decided_at = item.outcome, item.decided_at
    return replace(item, changes=changes, outcome=outcome, decided_at=decided_at)


def _promise(
    rng: random.Random,
    incident_id: str | None,
    team: Team,
    description: str,
    kind: Kind,
    severity: int,
    at: datetime,
) -> ActionItem:
    habits = _HABITS[team.behaviour]
    priority = PRIORITIES[min(3, max(0, severity - 1 + rng.choice((-1, 0, 0, 0, 1))))]
    due_on = at.date() + timedelta(days=DUE_DAYS[severity]) if rng.random() < 0.78 else None
    if habits.pushes[1] and due_on is None:
        due_on = at.date() + timedelta(days=DUE_DAYS[severity])
    where = rng.random()
    is_in_jira = where >= 0.12
    draft = ActionItem(
        incident_id=incident_id,
        team=team,
        description=description,
        kind=kind,
        owner=rng.choice(team.people) if rng.random() < 0.82 else None,
        priority=priority,
        created_at=at,
        first_due_on=due_on,
        outcome="open",
        decided_at=None,
        is_in_document=not 0.12 <= where < 0.16,
        is_in_jira=is_in_jira,
        is_linked=where >= 0.21,
        is_deleted=is_in_jira and rng.random() < 0.012,
    )
    fate = rng.random()
    decided_at = _decision(rng, habits, team, at, due_on) if fate >= habits.never_share else None
    outcome: Outcome = "done"
    if decided_at is None:
        outcome = "open"
    elif fate < habits.never_share + habits.declined_share:
        outcome = "declined"
    if not is_in_jira:
        return replace(draft, outcome=outcome, decided_at=decided_at)
    changes = sorted(_life(rng, draft, habits, outcome, decided_at), key=lambda change: change.at)
    # The last word on the outcome is the changes': some are reopened and never closed again.
    return cut_at(replace(draft, changes=tuple(changes)), datetime.max)


def _decision(rng: random.Random, habits: _Habits, team: Team, at: datetime, due_on: date | None) -> datetime:
    days = habits.median_days * math.exp(rng.gauss(0, 0.9))
    if habits.in_bulk:
        return _before_quarter_end(team, at + timedelta(days=min(days, 80)), rng)
    moment = at + timedelta(days=max(0.05, days))
    return at_work(rng, moment)


def _before_quarter_end(team: Team, at: datetime, rng: random.Random) -> datetime:
    """A minute of the afternoon before the end of the quarter in which everything is closed at once."""
    year, quarter = at.year, (at.month - 1) // 3
    while True:
        first = datetime(year + (quarter == 3), (quarter + 1) % 4 * 3 + 1, 1)
        # The same afternoon for the whole team: it follows from the quarter, not from the item.
        batch = first - timedelta(days=(year + quarter) % 2, hours=8 + len(team.name) % 3)
        if batch > at:
            return batch + timedelta(seconds=rng.randrange(420))
        year, quarter = (year + 1, 0) if quarter == 3 else (year, quarter + 1)


def _life(
    rng: random.Random, item: ActionItem, habits: _Habits, outcome: Outcome, decided_at: datetime | None
) -> Iterator[Change]:
    """Every change of an item's life, in no order."""
    worker = item.owner or rng.choice(item.team.people)
    # Whoever leads the team clears its board, whosever the items are.
    closer = item.team.people[0] if habits.in_bulk else worker
    yield from _triage_by_automation(rng, item)
    if habits.is_silent and decided_at is None:
        return
    end = decided_at or item.created_at + timedelta(days=40 * math.exp(rng.gauss(0, 0.6)))
    span = end - item.created_at
    if decided_at is not None or rng.random() < 0.5:
        yield from _work(rng, item, worker, habits, end, is_declined=outcome == "declined")
    if outcome == "done":
        assert decided_at is not None
        yield Transition(decided_at, closer, DONE, "Done")
        yield from _reopening(rng, item, worker, habits, decided_at)
    elif outcome == "declined":
        assert decided_at is not None
        reason: Resolution = rng.choices(_REASONS, weights=(3, 2, 1, 3, 1))[0]
        yield Transition(decided_at, closer, WONT_DO if reason == "Won't Do" else DONE, reason)
    yield from _pushes(rng, item, worker, habits, decided_at)
    for _ in range(rng.choices((0, 1, 2, 3), weights=(5, 3, 2, 1))[0]):
        yield Comment(
            item.created_at + span * rng.random(), rng.choice(item.team.people), rng.choice(COMMENTS)
        )
    if rng.random() < 0.10:
        successor = rng.choice([person for person in item.team.people if person != worker])
        yield Edit(item.created_at + span * rng.random(), worker, "assignee", successor.account_id)
    if rng.random() < 0.08 and item.priority != PRIORITIES[-1]:
        lower = PRIORITIES[PRIORITIES.index(item.priority) + 1]
        yield Edit(item.created_at + span * rng.uniform(0.3, 0.9), worker, "priority", lower)


def _work(
    rng: random.Random, item: ActionItem, worker: Person, habits: _Habits, end: datetime, *, is_declined: bool
) -> Iterator[Change]:
    if habits.in_bulk or is_declined or rng.random() < 0.15:
        return  # closed straight from To Do
    span = end - item.created_at
    started = rng.uniform(0.2, 0.8)
    yield Transition(item.created_at + span * started, worker, IN_PROGRESS)
    if rng.random() < 0.5:
        yield Transition(item.created_at + span * rng.uniform(started, 0.98), worker, IN_REVIEW)


def _reopening(
    rng: random.Random, item: ActionItem, worker: Person, habits: _Habits, done_at: datetime
) -> Iterator[Change]:
    if rng.random() >= habits.reopened_share:
        return
    reopened_at = at_work(rng, done_at + timedelta(days=rng.uniform(2, 21)))
    by = rng.choice(item.team.people)
    yield Transition(reopened_at, by, IN_PROGRESS, keep_resolution=rng.random() < 0.3)
    if rng.random() < 0.8:
        again = at_work(rng, reopened_at + timedelta(days=rng.uniform(3, 30)))
        yield Transition(again, worker, DONE, "Done")


def _pushes(
    rng: random.Random, item: ActionItem, worker: Person, habits: _Habits, decided_at: datetime | None
) -> Iterator[Change]:
    """The due date, moved later as it comes near."""
    if item.first_due_on is None:
        return
    count = rng.randint(*habits.pushes)
    if not count and rng.random() < habits.rare_push_share:
        count = 1
    due = item.first_due_on
    for _ in range(count):
        at = datetime(due.year, due.month, due.day, rng.randint(9, 16), rng.randrange(60))
        at = max(at - timedelta(days=rng.randint(0, 2)), item.created_at + timedelta(hours=1))
        if decided_at is not None and at >= decided_at:
            return
        due += timedelta(days=rng.choice((14, 14, 21, 30, 45)))
        yield Edit(at, worker, "due_on", due)


def _triage_by_automation(rng: random.Random, item: ActionItem) -> Iterator[Change]:
    """A rule labels issues on its rounds; it is an edit, and nobody's work."""
    if rng.random() >= 0.4:
        return
    at = item.created_at + timedelta(days=rng.randint(1, 9))
    labels: tuple[str, ...] = ("postmortem-action", "triaged")
    yield Edit(at, AUTOMATION, "labels", labels)
    if rng.random() < 0.5:
        yield Edit(at + timedelta(days=rng.randint(30, 200)), AUTOMATION, "labels", (*labels, "stale"))


def at_work(rng: random.Random, at: datetime) -> datetime:
    """The same day at a working hour, the next Monday at weekends; never before `at`'s day."""
    day = at.date() + timedelta(days=(0, 0, 0, 0, 0, 2, 1)[at.weekday()])
    return max(
        at, datetime(day.year, day.month, day.day, rng.randint(9, 17), rng.randrange(60), rng.randrange(60))
    )
