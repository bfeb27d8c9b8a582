"""The fields of an incident as people call them, and their values as people write them."""

from __future__ import annotations

import json
from datetime import date, datetime

from pipeline.metrics import sentences as say

TIMES = ("started", "detected", "acknowledged", "declared", "mitigated", "resolved")

#: The fields in the order in which people tell an incident, and what they are called.
FIELDS = {
    "title": "Title",
    "incident_key": "Number",
    "is_planned": "Planned work",
    "severity": "Severity",
    "severity_label": "Severity as written",
    "service": "Service",
    "services": "Services",
    "team": "Team",
    "occurred_on": "Day",
    **{f"{name}_at": name.capitalize() for name in TIMES},
    "is_resolved": "Over",
    "stated_time_to_detect_minutes": "Stated time to detect",
    "stated_time_to_acknowledge_minutes": "Stated time to acknowledge",
    "stated_time_to_mitigate_minutes": "Stated time to mitigate",
    "stated_time_to_resolve_minutes": "Stated time to resolve",
    "customer_impact_minutes": "Customer impact",
    "affected_user_count": "Affected users",
    "cost": "Cost",
    "detection_method": "Detected by",
    "summary": "Summary",
    "impact": "Impact",
    "cause_category": "Cause",
    "root_cause": "Root cause",
    "trigger_category": "Trigger",
    "trigger": "Trigger as written",
    "contributing_factors": "Contributing factors",
    "authors": "Authors",
    "five_whys": "Five whys",
    "reviewers": "Reviewers",
    "participants": "Took part",
    "published_at": "Published",
    "reviewed_at": "Reviewed",
}


def name(field: str) -> str:
    """What people call a field."""
    return FIELDS.get(field) or say.category_in_words(field)


def value_in_words(field: str, value: str | None) -> str:
    """A value as people write it; as it stands when it is not what its field holds."""
    if value is None:
        return ""
    try:
        if field.endswith("_minutes"):
            return say.in_words(float(value))
        if field.endswith("_at"):
            at = datetime.fromisoformat(value)
            return say.day_in_words(at.date()) if field in ("published_at", "reviewed_at") else moment(at)
        if field.endswith("_on"):
            return say.day_in_words(date.fromisoformat(value))
    except ValueError:
        return value
    if field.endswith("_category"):
        return say.category_in_words(value)
    if field.startswith("is_") and value in ("true", "false"):
        return "yes" if value == "true" else "no"
    entries = listed(value)
    return "; ".join(entries) if entries is not None else value


def listed(value: str) -> list[str] | None:
    """The entries of a list that was kept as JSON; None of anything else."""
    try:
        entries = json.loads(value)
    except ValueError:
        return None
    return [str(entry) for entry in entries] if isinstance(entries, list) else None


def moment(at: datetime) -> str:
    """24 Nov 2026, 06:00."""
    return f"{say.day_in_words(at)}, {at:%H:%M}"
