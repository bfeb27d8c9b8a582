"""What truly is so in the invented company: its incidents, its documents' plans, and the mistakes planted.

Documents and the Jira are made from this, so a reading of them can be held against it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pipeline.demo.promises import ActionItem
from pipeline.demo.roster import Person, Team, Unit
from pipeline.demo.stories import Cause, Story

Detection = Literal["alert", "customer", "staff"]
Mistake = Literal[
    "no_start",  # the document does not say when it began
    "no_end",  # … nor when it was over
    "no_severity",
    "no_cause",  # no section for the root cause
    "not_available",  # N/A where a value should stand
    "approximate_time",  # ~10:23
    "dotted_time",  # 9.59
    "end_year_early",  # the end is written with the year before
    "end_day_early",  # … with the day before, and so before the start
    "duration_contradicts",  # the stated duration is not the difference of the stated times
    "zone_against_season",  # PST in July
    "midnight_without_date",  # times alone, and midnight passes between two of them
    "clock_change",  # a civil time that happened twice, without a zone
    "two_incidents",  # in one file
    "front_matter_broken",  # a quote that is never closed, so that nothing above the text can be read
    "copy",  # of another file, left behind
    "not_utf8",
    "template",
    "readme",
    "empty",
    "binary",
]


@dataclass(frozen=True, slots=True)
class Incident:
    """What truly happened. Times are naive UTC, in whole minutes, None when not yet come to pass.

    `repeats` names the earlier incident of the same service and cause of which a prevention item was still
    open when this one began.
    """

    incident_id: str
    team: Team
    service: str
    other_service: str
    title: str
    severity: int
    cause: Cause | None  # None for planned work, which has an announcement instead
    story: Story | None
    announcement: str | None
    detection: Detection
    affected_user_count: int
    started_at: datetime
    detected_at: datetime | None
    acknowledged_at: datetime | None
    declared_at: datetime | None
    mitigated_at: datetime | None
    resolved_at: datetime | None
    is_planned: bool = False
    repeats: str | None = None

    def minutes(self, until: str) -> float | None:
        """Minutes from the start to the named time (`resolved_at` …), None while that is to come."""
        at: datetime | None = getattr(self, until)
        return None if at is None else (at - self.started_at).total_seconds() / 60


@dataclass(frozen=True, slots=True)
class DocumentPlan:
    """Which incidents a document tells, and which mistakes its author makes.

    `path` is relative to the unit's folder; of a record it is that of its file and its id. A file that tells
    no incident has no `incident_ids`, and its one mistake says what it is. `copy_of` is the path of the file
    whose bytes it repeats.
    """

    unit: Unit
    path: str
    published_at: datetime
    author: Person
    incident_ids: tuple[str, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    copy_of: str | None = None


@dataclass(frozen=True, slots=True)
class OrdinaryIssue:
    """A Jira issue that is nobody's promise."""

    issue_key: str
    team: Team
    summary: str
    reporter: Person
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Company:
    """The whole truth up to `as_of` (naive UTC)."""

    seed: int
    as_of: datetime
    teams: tuple[Team, ...]
    units: tuple[Unit, ...]
    incidents: tuple[Incident, ...]  # by start; planned work among them
    action_items: tuple[ActionItem, ...]  # by creation
    documents: tuple[DocumentPlan, ...]
    ordinary_issues: tuple[OrdinaryIssue, ...]
    improved_at: datetime  # when the improving team improved

    def incident(self, incident_id: str) -> Incident:
        """The incident of that id; KeyError when there is none."""
        return self.incidents[int(incident_id.removeprefix("INC-")) - 1]

    def promises_by_incident(self) -> dict[str, tuple[ActionItem, ...]]:
        """The action items of each incident, in the order they were agreed."""
        grouped: dict[str, list[ActionItem]] = {}
        for item in self.action_items:
            if item.incident_id is not None:
                grouped.setdefault(item.incident_id, []).append(item)
        return {incident_id: tuple(items) for incident_id, items in grouped.items()}
