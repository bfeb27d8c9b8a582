"""Times that cannot be known, because the clock was changed or the year mistyped, stay empty."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.documents import parse_document
from pipeline.documents.facts import Reading

LONDON = Reading(time_zone="Europe/London", today=date(2026, 11, 24))


def chosen(text: str) -> tuple[dict[str, str], set[str]]:
    """The chosen times and day of the document's incident, and the rules of its findings."""
    facts = parse_document(text, "incident.md", LONDON)
    (incident,) = facts.incidents
    names = ("started_at", "resolved_at", "occurred_on")
    values = {row.field: row.value for row in incident.evidence if row.is_chosen and row.field in names}
    return values, {finding.rule for finding in facts.findings}


@pytest.mark.parametrize(
    ("start", "rule"),
    [("2026-03-29 01:30", "time_in_clock_gap"), ("2026-10-25 01:30", "time_in_clock_fold")],
)
def test_a_time_skipped_or_shown_twice_is_left_out(start: str, rule: str) -> None:
    """An hour that did not exist, or existed twice, gives no start; the finding says so, the end stays."""
    day = start[:10]
    values, rules = chosen(f"# Search outage\n\n- **Started**: {start}\n- **Resolved**: {day} 05:30\n")
    assert "started_at" not in values
    assert values["resolved_at"].startswith(day)
    assert rule in rules


def test_an_offset_settles_it() -> None:
    """With the offset written, the same wall clock is one moment."""
    values, _ = chosen(
        "# Search outage\n\n- **Started**: 2026-10-25T01:30:00+01:00\n- **Resolved**: 2026-10-25T05:30Z\n"
    )
    assert values["started_at"] == "2026-10-25 00:30:00"


def test_a_day_to_come_places_no_incident() -> None:
    """A start years ahead is told and left out, and so is the day it would give."""
    values, rules = chosen(
        "# Search outage\n\n- **Started**: 2031-06-01 10:00 UTC\n- **Resolved**: 2031-06-01 11:00 UTC\n"
    )
    assert values == {}
    assert "time_in_future" in rules
