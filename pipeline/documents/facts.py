"""What reading one document yields. Every value carries the words it came from.

A document holds incidents; an incident holds evidence, events and action items. There is no "wide" record
of an incident here: each field is a row of `Evidence`, and `sql/intermediate/int_incidents__fields.sql`
turns the chosen rows into columns. So a value without its source cannot exist.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from pipeline.taxonomy import Taxonomy, default_taxonomy

Method = Literal[
    "record", "front_matter", "label", "table", "timeline", "heading", "prose", "title", "path", "rule"
]
Level = Literal["error", "warning", "info"]
DocumentKind = Literal["postmortem", "template", "index", "empty", "unreadable", "not_a_postmortem"]

#: Every field an incident can have, with the type its value is cast to. Times are naive UTC, written as
#: `2024-03-01 09:30:00`; durations are minutes; lists are JSON arrays of strings.
FIELDS: dict[str, str] = {
    "title": "VARCHAR",
    "incident_key": "VARCHAR",  # the organisation's own number for it: PM2020-002, INC-4711
    "summary": "VARCHAR",
    "severity": "INTEGER",  # 1 (worst) to 5; only when the settings know the word
    "severity_label": "VARCHAR",  # as written
    "service": "VARCHAR",  # the first, or the only one named
    "services": "VARCHAR[]",
    "team": "VARCHAR",
    "started_at": "TIMESTAMP",
    "detected_at": "TIMESTAMP",
    "acknowledged_at": "TIMESTAMP",
    "declared_at": "TIMESTAMP",
    "mitigated_at": "TIMESTAMP",
    "resolved_at": "TIMESTAMP",
    "stated_time_to_detect_minutes": "DOUBLE",
    "stated_time_to_acknowledge_minutes": "DOUBLE",
    "stated_time_to_mitigate_minutes": "DOUBLE",
    "stated_time_to_resolve_minutes": "DOUBLE",
    "customer_impact_minutes": "DOUBLE",
    "affected_user_count": "BIGINT",
    "cost": "DOUBLE",
    "impact": "VARCHAR",
    "root_cause": "VARCHAR",
    "trigger": "VARCHAR",
    "contributing_factors": "VARCHAR[]",
    "five_whys": "VARCHAR[]",  # the answers, in order, each with its question when one is written
    "cause_category": "VARCHAR",
    "trigger_category": "VARCHAR",
    "detection_method": "VARCHAR",  # alert, customer or staff
    "is_planned": "BOOLEAN",  # maintenance, not an incident
    "is_resolved": "BOOLEAN",  # what the document says of its own state
    "authors": "VARCHAR[]",
    "reviewers": "VARCHAR[]",
    "participants": "VARCHAR[]",  # who took part in the incident, not in the review of it
    "occurred_on": "DATE",  # the day it happened, where no start is stated: of the title, path or timeline
    "published_at": "TIMESTAMP",
    "reviewed_at": "TIMESTAMP",
}

TIME_FIELDS = ("started_at", "detected_at", "acknowledged_at", "declared_at", "mitigated_at", "resolved_at")


@dataclass(frozen=True, slots=True)
class Evidence:
    """One value of one field, and the words that state it.

    `value` is text in the form `FIELDS` names. `is_chosen` is true for the one row per field that the
    tables use; the others (a second mention, a value left out because it contradicts) stay to be seen.
    `line` is 1-based in the document as fetched.
    """

    field: str
    value: str
    method: Method
    line: int | None
    quote: str
    confidence: float = 1.0
    is_chosen: bool = True


@dataclass(frozen=True, slots=True)
class Event:
    """One row of the timeline. `at` is naive UTC, and None when the row's time cannot be read."""

    at: datetime | None
    at_text: str
    text: str
    kind: str | None  # started, detected, acknowledged, declared, mitigated, resolved, or None
    line: int | None


@dataclass(frozen=True, slots=True)
class ActionItem:
    """One promise. `issue_key` is only set when the document links it, or names a known project's key."""

    description: str
    kind: str | None = None  # prevent, detect, mitigate, process, repair, other
    kind_words: str | None = None  # those that decided it: of a column, a heading, or matched by a rule
    owner: str | None = None
    priority: str | None = None
    due_on: date | None = None
    is_marked_done: bool | None = None  # None: the document says neither
    is_marked_declined: bool = False  # decided against; then it is neither done nor open
    tracker: str | None = None  # jira, github, gitlab, …
    issue_key: str | None = None
    url: str | None = None
    line: int | None = None
    quote: str = ""


LinkKind = Literal["graph", "log", "chat", "ticket", "change", "document", "other"]


@dataclass(frozen=True, slots=True)
class EvidenceLink:
    """An address the document gives as evidence of what happened; action items keep their own."""

    kind: LinkKind
    url: str
    label: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something missing, contradictory or doubtful, said to the person who can mend it.

    `rule` is a stable snake_case name, `message` one sentence. `ordinal` is the incident's, None for the
    whole document. `quote` holds the words at `line`, None when something is missing.
    """

    rule: str
    level: Level
    message: str
    line: int | None = None
    ordinal: int | None = None
    quote: str | None = None


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident of a document; `ordinal` counts from 1 in the document's own order."""

    ordinal: int
    evidence: tuple[Evidence, ...] = ()
    events: tuple[Event, ...] = ()
    action_items: tuple[ActionItem, ...] = ()
    links: tuple[EvidenceLink, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """All that a document says. A template, an index or an unreadable file has findings, no incidents."""

    kind: DocumentKind
    title: str | None
    incidents: tuple[Incident, ...] = ()
    findings: tuple[Finding, ...] = ()
    is_restricted: bool = False  # whether it says that only some may see it


@dataclass(frozen=True, slots=True)
class IssueReading:
    """What the settings tell of records that are Jira issues. Types are in lower case."""

    incident_types: tuple[str, ...] = ()  # types of issues that are incidents, whatever they are called
    review_types: tuple[str, ...] = ()  # types of issues that review an incident, besides the usual ones
    link_types: tuple[str, ...] | None = None  # those that lead to promises; None: all but some kinds


@dataclass(frozen=True, slots=True)
class Reading:
    """What the settings tell the parser, besides the text. Equal readings of equal text give equal facts."""

    time_zone: str = "UTC"
    day_first: bool | None = None  # how 03/04/2024 is read; None: not at all, it becomes a finding
    severity_words: tuple[tuple[str, int], ...] = ()  # lower-case word → 1 … 5
    planned_words: tuple[str, ...] = ()  # lower-case values of a severity or type field meaning maintenance
    taxonomy: Taxonomy = field(default_factory=default_taxonomy)  # the categories of causes and triggers
    services: tuple[str, ...] = ()  # names known from the settings
    jira_hosts: tuple[str, ...] = ()
    jira_projects: tuple[str, ...] = ()  # keys of projects a bare issue key may belong to
    record_fields: tuple[tuple[str, str], ...] = ()  # field → its path in a record of an export
    issues: IssueReading | None = None  # when the records are issues of a Jira
    today: date = field(default_factory=date.today)  # later times are mistakes
