"""An invented company: what truly happened, what was truly promised, and what became of it.

Everything here is the truth; `house_styles` writes documents that tell it with gaps and mistakes, `histories`
plays it into a Jira. Drawn from one seeded generator, so the same arguments give the same company.

Two facts are built in, to be found: one team's incidents become five times shorter half-way through
(`Team.improves`), and an incident is likelier to come back while a prevention item of an earlier one is open
than after it was closed. Each team's share of all incidents stays the same throughout, so no other trend is
there to be found. Durations are log-normal with a standard deviation of about 1.75 times the mean and do not
depend on severity, as the VOID reports find for public incidents.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pipeline.demo.document_plans import document_plans
from pipeline.demo.phrases import ORDINARY_WORK, PLANNED
from pipeline.demo.promises import ActionItem, Move, cut_at, orphan_promise, promises_of
from pipeline.demo.relations import with_relations
from pipeline.demo.roster import TEAMS, UNITS, Team, unit_of
from pipeline.demo.stories import CAUSES, Cause
from pipeline.demo.truth import Company, Detection, Incident, OrdinaryIssue

__all__ = ["Company", "invent_company"]

HISTORY_DAYS = 3 * 365 + 1
REPEAT_DAYS = 180
LOG_SD = 1.18  # gives a standard deviation of 1.75 × the mean
MEDIAN_MINUTES = 75.0
IMPROVEMENT = 0.2
UNDER_WAY_MINUTES = 50

#: How much likelier a (service, cause) is while an earlier incident's prevention item is open, and after
#: it was closed.
WEIGHT_WHILE_OPEN = 6.0
WEIGHT_ONCE_CLOSED = 0.25

_WEEKDAY_WEIGHTS = (1.2, 1.3, 1.2, 1.2, 0.9, 0.4, 0.45)
_HOUR_WEIGHTS = (2, 2, 2, 2, 2, 2, 3, 4, 6, 9, 10, 9, 8, 8, 9, 9, 8, 7, 5, 4, 4, 3, 3, 2)
_SEVERITY_WEIGHTS = (0.06, 0.22, 0.44, 0.28)


@dataclass(slots=True)
class _Recurrence:
    """What is known, while inventing, of one (service, cause)."""

    last_started_at: datetime
    prevention_open_until: datetime | None = None
    open_incident: str | None = None

    def is_unfixed(self, at: datetime) -> bool:
        """Whether a prevention item is open, and the last incident fresh enough to speak of a repeat."""
        return (
            self.prevention_open_until is not None
            and at < self.prevention_open_until
            and at - self.last_started_at < timedelta(days=REPEAT_DAYS)
        )

    def weight(self, at: datetime) -> float:
        """How much likelier it is than if it had never happened."""
        if self.is_unfixed(at):
            return WEIGHT_WHILE_OPEN
        if self.prevention_open_until is not None and at >= self.prevention_open_until:
            return WEIGHT_ONCE_CLOSED
        return 1.0


@dataclass(slots=True)
class _Draft:
    """One incident with what follows from it, before ids and keys are given out in order of time."""

    incident: Incident
    published_at: datetime | None
    promises: list[ActionItem] = field(default_factory=list)


def invent_company(*, seed: int, incident_count: int, as_of: datetime) -> Company:
    """A company with `incident_count` incidents (and some planned work) in the three years before `as_of`.

    `as_of` is naive UTC. Nothing in the company happens after it: later times are None, later documents and
    issues do not exist. Raises ValueError for a count below one or an aware `as_of`.
    """
    if incident_count < 1:
        raise ValueError("incident_count must be at least 1")
    if as_of.tzinfo is not None:
        raise ValueError("as_of must be naive UTC")
    as_of = as_of.replace(second=0, microsecond=0)
    rng = random.Random(seed)
    began_at = as_of - timedelta(days=HISTORY_DAYS)
    improved_at = began_at + (as_of - began_at) / 2
    starts = _starts(rng, incident_count, as_of)
    drafts: list[_Draft] = []
    recurrences: dict[tuple[str, str], _Recurrence] = {}
    for number, (started_at, team, is_planned) in enumerate(starts, start=1):
        incident_id = f"INC-{number:04d}"
        if is_planned:
            drafts.append(_planned_work(rng, incident_id, team, started_at))
        else:
            drafts.append(_incident(rng, incident_id, team, started_at, improved_at, as_of, recurrences))
    promises = [item for draft in drafts for item in draft.promises if item.created_at <= as_of]
    promises += _orphans(rng, incident_count, began_at, as_of)
    published = [(draft.incident, draft.published_at) for draft in drafts if draft.published_at is not None]
    ordinary = _ordinary_issues(rng, incident_count, began_at, as_of)
    documents = document_plans(rng, published, as_of, began_at)
    promises = sorted((cut_at(item, as_of) for item in promises), key=lambda item: item.created_at)
    # From a generator of its own, so that what is drawn there changes nothing of the story above.
    promises = with_relations(random.Random(f"relations {seed}"), promises, documents, as_of)
    promises, ordinary = _with_keys(promises, ordinary)
    return Company(
        seed=seed,
        as_of=as_of,
        teams=TEAMS,
        units=UNITS,
        incidents=tuple(_known_at(draft.incident, as_of) for draft in drafts),
        action_items=tuple(promises),
        documents=tuple(documents),
        ordinary_issues=tuple(ordinary),
        improved_at=improved_at,
    )


def _starts(rng: random.Random, incident_count: int, as_of: datetime) -> list[tuple[datetime, Team, bool]]:
    """When each incident and each planned work begins and whose it is, in order of time."""
    zones = {team.name: ZoneInfo(unit_of(team).time_zone) for team in TEAMS}
    first_day = (as_of - timedelta(days=HISTORY_DAYS)).date()
    days = [first_day + timedelta(days=offset) for offset in range(HISTORY_DAYS + 1)]
    by_day = list(itertools.accumulate(_WEEKDAY_WEIGHTS[day.weekday()] for day in days))
    by_hour = list(itertools.accumulate(_HOUR_WEIGHTS))
    by_team = list(itertools.accumulate(team.incident_share for team in TEAMS))
    announcing = [team for team in TEAMS if unit_of(team).style in ("status_post", "runbook")]
    planned_count = round(incident_count * 0.06)
    starts: list[tuple[datetime, Team, bool]] = []
    while len(starts) < incident_count + planned_count:
        is_planned = len(starts) >= incident_count
        team = rng.choice(announcing) if is_planned else rng.choices(TEAMS, cum_weights=by_team)[0]
        day = rng.choices(days, cum_weights=by_day)[0]
        hour = rng.choice((4, 5, 21, 22)) if is_planned else rng.choices(range(24), cum_weights=by_hour)[0]
        minute = rng.choice((0, 30)) if is_planned else rng.randrange(60)
        civil = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zones[team.name])
        started_at = civil.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)
        if as_of - timedelta(days=HISTORY_DAYS) <= started_at <= as_of - timedelta(minutes=5):
            starts.append((started_at, team, is_planned))
    # One is under way when one looks: told by the status page, so that it has a document already.
    on_status_page = next(team for team in TEAMS if unit_of(team).style == "status_post")
    starts[0] = (as_of - timedelta(minutes=UNDER_WAY_MINUTES), on_status_page, False)
    return sorted(starts, key=lambda start: (start[0], start[1].name, start[2]))


def _incident(
    rng: random.Random,
    incident_id: str,
    team: Team,
    started_at: datetime,
    improved_at: datetime,
    as_of: datetime,
    recurrences: dict[tuple[str, str], _Recurrence],
) -> _Draft:
    service, cause = _what_failed(rng, team, started_at, recurrences)
    others = [name for name in team.services if name != service]
    neighbour = rng.choice([other for other in TEAMS if other is not team])
    other_service = rng.choice([*others, rng.choice(neighbour.services)])
    story = rng.choice(cause.stories)
    severity = rng.choices((1, 2, 3, 4), weights=_SEVERITY_WEIGHTS)[0]
    detection: Detection = rng.choices(("alert", "customer", "staff"), weights=(0.62, 0.25, 0.13))[0]
    minutes = MEDIAN_MINUTES * math.exp(rng.gauss(0, LOG_SD))
    if team.improves and started_at >= improved_at:
        minutes *= IMPROVEMENT
    if as_of - started_at <= timedelta(minutes=UNDER_WAY_MINUTES):
        minutes = max(minutes, 2.0 * UNDER_WAY_MINUTES)
    detected, acknowledged, declared, mitigated, resolved = _stages(rng, max(6, round(minutes)), detection)
    recurrence = recurrences.get((service, cause.category))
    incident = Incident(
        incident_id=incident_id,
        team=team,
        service=service,
        other_service=other_service,
        title=_sentence(rng.choice(story.titles).format(service=service, other=other_service)),
        severity=severity,
        cause=cause,
        story=story,
        announcement=None,
        detection=detection,
        affected_user_count=max(3, round(4000 / severity**2 * math.exp(rng.gauss(0, 1)))),
        started_at=started_at,
        detected_at=started_at + timedelta(minutes=detected),
        acknowledged_at=started_at + timedelta(minutes=acknowledged),
        declared_at=started_at + timedelta(minutes=declared),
        mitigated_at=started_at + timedelta(minutes=mitigated),
        resolved_at=started_at + timedelta(minutes=resolved),
        repeats=recurrence.open_incident if recurrence and recurrence.is_unfixed(started_at) else None,
    )
    resolved_at = started_at + timedelta(minutes=resolved)
    published_at: datetime | None = None
    promised_at = _working_hour(rng, resolved_at + timedelta(days=1 + 3 * math.exp(rng.gauss(0, 0.7))))
    if unit_of(team).style == "status_post":
        published_at = started_at + timedelta(minutes=rng.randint(15, 40))
    elif rng.random() >= 0.03:  # some are never written up
        published_at = promised_at
    promises = (
        promises_of(rng, incident_id, team, service, other_service, story, severity, promised_at)
        if published_at is not None
        else []
    )
    _remember(recurrences, incident, promises)
    return _Draft(incident, published_at, promises)


def _what_failed(
    rng: random.Random, team: Team, at: datetime, recurrences: dict[tuple[str, str], _Recurrence]
) -> tuple[str, Cause]:
    """A service of the team and a cause; what was promised and not done comes back more often."""
    choices = [(service, cause) for service in team.services for cause in CAUSES]
    weights = []
    for service, cause in choices:
        recurrence = recurrences.get((service, cause.category))
        weights.append(cause.share * (recurrence.weight(at) if recurrence else 1.0))
    return rng.choices(choices, weights=weights)[0]


def _remember(
    recurrences: dict[tuple[str, str], _Recurrence], incident: Incident, promises: list[ActionItem]
) -> None:
    assert incident.cause is not None
    pair = (incident.service, incident.cause.category)
    recurrence = recurrences.setdefault(pair, _Recurrence(incident.started_at))
    recurrence.last_started_at = incident.started_at
    for item in promises:
        if item.kind == "prevent":
            until = item.decided_at or datetime.max
            if recurrence.prevention_open_until is None or until >= recurrence.prevention_open_until:
                recurrence.prevention_open_until, recurrence.open_incident = until, incident.incident_id


def _stages(rng: random.Random, total: int, detection: Detection) -> tuple[int, int, int, int, int]:
    """Minutes from the start to detection, acknowledgement, declaration, mitigation and resolution."""
    latest = {"alert": 0.15, "customer": 0.4, "staff": 0.3}[detection]
    detected = rng.uniform(0.02, latest)
    acknowledged = detected + rng.uniform(0.01, 0.06)
    declared = acknowledged + rng.uniform(0.01, 0.1)
    mitigated = declared + rng.uniform(0.25, 0.95) * (1 - declared)
    rounded = [max(1, round(total * share)) for share in (detected, acknowledged, declared, mitigated)]
    return rounded[0], rounded[1], rounded[2], rounded[3], total


def _planned_work(rng: random.Random, incident_id: str, team: Team, started_at: datetime) -> _Draft:
    service = rng.choice(team.services)
    title, announcement = rng.choice(PLANNED)
    incident = Incident(
        incident_id=incident_id,
        team=team,
        service=service,
        other_service=service,
        title=_sentence(title.format(service=service)),
        severity=4,
        cause=None,
        story=None,
        announcement=announcement.format(service=service),
        detection="staff",
        affected_user_count=0,
        started_at=started_at,
        detected_at=None,
        acknowledged_at=None,
        declared_at=None,
        mitigated_at=None,
        resolved_at=started_at + timedelta(minutes=rng.choice((30, 60, 90, 120, 180))),
        is_planned=True,
    )
    return _Draft(incident, started_at - timedelta(days=rng.randint(2, 6)))


def _known_at(incident: Incident, as_of: datetime) -> Incident:
    """The incident as far as it had come to pass."""
    if incident.resolved_at is None or incident.resolved_at <= as_of:
        return incident

    def so_far(at: datetime | None) -> datetime | None:
        return at if at is not None and at <= as_of else None

    return replace(
        incident,
        detected_at=so_far(incident.detected_at),
        acknowledged_at=so_far(incident.acknowledged_at),
        declared_at=so_far(incident.declared_at),
        mitigated_at=so_far(incident.mitigated_at),
        resolved_at=so_far(incident.resolved_at),
    )


def _orphans(
    rng: random.Random, incident_count: int, began_at: datetime, as_of: datetime
) -> list[ActionItem]:
    """Follow-ups in Jira that no document mentions."""
    orphans = []
    for _ in range(round(incident_count * 0.1)):
        team = rng.choice(TEAMS)
        at = _working_hour(rng, began_at + (as_of - began_at) * rng.random())
        item = orphan_promise(rng, team, rng.choice(team.services), at)
        if item.created_at <= as_of:
            orphans.append(item)
    return orphans


def _ordinary_issues(
    rng: random.Random, incident_count: int, began_at: datetime, as_of: datetime
) -> list[OrdinaryIssue]:
    issues = []
    for _ in range(round(incident_count * 0.3)):
        team = rng.choice(TEAMS)
        at = began_at + timedelta(minutes=int((as_of - began_at) / timedelta(minutes=1) * rng.random()))
        summary = rng.choice(ORDINARY_WORK).format(service=rng.choice(team.services))
        issues.append(OrdinaryIssue("", team, summary, rng.choice(team.people), at))
    return issues


def _with_keys(
    promises: list[ActionItem], ordinary: list[OrdinaryIssue]
) -> tuple[list[ActionItem], list[OrdinaryIssue]]:
    """Issue keys, counted per project in order of creation, as Jira gives them out."""
    ordinary = sorted(ordinary, key=lambda issue: issue.created_at)
    created = [
        (at, place, (index, part), team.project)
        for index, item in enumerate(promises)
        if item.is_in_jira
        for at, place, part, team in _comings(item)
    ]
    created += [(issue.created_at, 2, (index, 0), issue.team.project) for index, issue in enumerate(ordinary)]
    counts: dict[str, int] = {}
    keys: dict[tuple[int, tuple[int, int]], str] = {}
    for _, place, which, project in sorted(created):
        counts[project] = counts.get(project, 0) + 1
        keys[place, which] = f"{project}-{counts[project]}"
    keyed = []
    for index, item in enumerate(promises):
        survivor = item.survivor and replace(item.survivor, issue_key=keys[1, (index, 0)])
        children = tuple(
            replace(child, issue_key=keys[1, (index, part)])
            for part, child in enumerate(item.children, start=1)
        )
        changes = tuple(
            replace(change, issue_key=keys[3, (index, part)]) if isinstance(change, Move) else change
            for part, change in enumerate(item.changes)
        )
        own = keys.get((0, (index, 0)))
        keyed.append(replace(item, issue_key=own, changes=changes, survivor=survivor, children=children))
    return keyed, [replace(issue, issue_key=keys[2, (index, 0)]) for index, issue in enumerate(ordinary)]


def _comings(item: ActionItem) -> Iterator[tuple[datetime, int, int, Team]]:
    """When an issue of a promise came into whose project, each with its rank among those of one moment and a
    number: its own, its survivor's, its children's, and its moves.
    """
    yield item.created_at, 0, 0, item.team
    if item.survivor is not None:
        yield item.survivor.created_at, 1, 0, item.survivor.team
    for part, child in enumerate(item.children, start=1):
        yield child.created_at, 1, part, child.team
    for part, change in enumerate(item.changes):
        if isinstance(change, Move):
            yield change.at, 3, part, change.team


def _working_hour(rng: random.Random, at: datetime) -> datetime:
    """A minute of a working day, on or after the day of `at`."""
    day = at.date()
    while day.weekday() >= 5:
        day += timedelta(days=1)
    moment = datetime(day.year, day.month, day.day, rng.randint(9, 16), rng.randrange(60))
    return moment if moment > at else moment + timedelta(days=3 if day.weekday() == 4 else 1)


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]
