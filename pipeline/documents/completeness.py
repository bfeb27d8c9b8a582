"""The completeness score: ten things a good postmortem has, and which of them an incident's document states.

`sql/marts/incidents.sql` counts the same ten for the published tables; a test holds the two to one number.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.documents.facts import Incident

LEAST_EVENTS = 3  # of a timeline


@dataclass(frozen=True, slots=True)
class Part:
    """One of the ten things: its name, what counts as having it, and the findings that tell it is missing."""

    name: str
    explanation: str
    is_there: Callable[[Incident, frozenset[str]], bool]
    rules: tuple[str, ...]


def _states(*fields: str) -> Callable[[Incident, frozenset[str]], bool]:
    return lambda incident, stated: not stated.isdisjoint(fields)


def _has_cause(incident: Incident, stated: frozenset[str]) -> bool:
    """In words, or as a category that the document states; one that a rule found is no statement."""
    return not stated.isdisjoint(("root_cause", "contributing_factors")) or any(
        row.field == "cause_category" and row.is_chosen and row.method != "rule" for row in incident.evidence
    )


def _has_items(incident: Incident, stated: frozenset[str]) -> bool:
    items = incident.action_items
    return bool(items) and all(item.owner is not None or item.tracker is not None for item in items)


PARTS: tuple[Part, ...] = (
    Part("start", "when it started", _states("started_at"), ("no_start",)),
    Part(
        "detection",
        "when it was detected, or how long that took",
        _states("detected_at", "stated_time_to_detect_minutes"),
        ("no_detection",),
    ),
    Part(
        "end",
        "when it was resolved, or how long that took",
        _states("resolved_at", "stated_time_to_resolve_minutes"),
        ("no_end",),
    ),
    Part(
        "severity",
        "a severity that the settings know",
        _states("severity"),
        ("no_severity", "severity_unknown"),
    ),
    Part("service", "the affected service", _states("service"), ("no_service",)),
    Part(
        "impact",
        "its impact, in words, in users or in minutes",
        _states("impact", "customer_impact_minutes", "affected_user_count"),
        ("no_impact",),
    ),
    Part("cause", "its cause, or what contributed to it", _has_cause, ("no_cause",)),
    Part(
        "detection method",
        "who noticed it: an alert, a customer or staff",
        _states("detection_method"),
        ("no_detection_method",),
    ),
    Part(
        "timeline",
        f"a timeline of at least {LEAST_EVENTS} entries",
        lambda incident, stated: len(incident.events) >= LEAST_EVENTS,
        ("short_timeline",),
    ),
    Part(
        "action items",
        "action items, each with an owner or a ticket",
        _has_items,
        ("no_action_items", "action_item_without_owner"),
    ),
)


@dataclass(frozen=True, slots=True)
class Completeness:
    """Which of `PARTS` an incident has, in their order."""

    has: tuple[bool, ...]

    @property
    def score(self) -> float:
        """The share of the parts that are there, 0 to 1."""
        return sum(self.has) / len(PARTS)

    @property
    def lacking(self) -> tuple[str, ...]:
        """The names of the parts that are missing."""
        return tuple(part.name for part, has in zip(PARTS, self.has, strict=True) if not has)


def completeness(incident: Incident) -> Completeness:
    """What the incident has of the ten things a good postmortem has."""
    stated = frozenset(row.field for row in incident.evidence if row.is_chosen)
    return Completeness(tuple(part.is_there(incident, stated) for part in PARTS))
