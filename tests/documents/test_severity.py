"""Severity: what a label or a title states; nothing where a choice was left or two levels are named."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.documents import parse_document
from pipeline.documents.facts import Reading

READING = Reading(severity_words=(("critical", 1), ("major", 2)), today=date(2026, 1, 1))
BODY = "\n\n## Timeline\n\n- 2024-01-05 10:00 UTC outage starts\n- 11:00 resolved\n"


def _severity(text: str) -> tuple[str | None, str | None]:
    values = {
        row.field: row.value
        for row in parse_document(text, "x.md", READING).incidents[0].evidence
        if row.is_chosen
    }
    return values.get("severity_label"), values.get("severity")


@pytest.mark.parametrize(
    ("written", "severity"),
    [
        ("SEV2", ("SEV2", "2")),
        ("SEV-1 (P0)", ("SEV-1 (P0)", "1")),
        ("Critical", ("Critical", "1")),
        ("Major (checkout only)", ("Major (checkout only)", "2")),
        ("P2 — see the levels", ("P2", "2")),
        ("Moderate", ("Moderate", None)),
        ("SEV-2, raised to SEV-1 at 14:20", ("SEV-2, raised to SEV-1 at 14:20", None)),
        ("SEV1 / SEV2 / SEV3", (None, None)),
        ("Critical | High | Medium | Low", (None, None)),
        ("P1 or P2", (None, None)),
    ],
)
def test_one_level_is_a_severity(written: str, severity: tuple[str | None, str | None]) -> None:
    """A form's list of levels states none; a level that changed has no one number."""
    assert _severity(f"# Outage\n\n**Severity**: {written}{BODY}") == severity


@pytest.mark.parametrize(
    ("title", "severity"),
    [
        ("[SEV-2] Orders stuck", ("SEV-2", "2")),
        ("P1: checkout down", ("P1", "1")),
        ("Outage of the P2 printer", (None, None)),
    ],
)
def test_a_title_may_state_it(title: str, severity: tuple[str | None, str | None]) -> None:
    """At its beginning, or with the word; a thing called P2 is no level."""
    assert _severity(f"# {title}{BODY}") == severity


def test_a_section_on_severities_states_none() -> None:
    """A sentence below the heading is advice, not a level; a level in words is one."""
    for written, label in (("Set by the on-call person.", None), ("Partial outage", "Partial outage")):
        facts = parse_document(
            f"# Outage\n\n- 2024-01-05 10:00 UTC outage starts\n- 11:00 UTC resolved\n\n## "
            f"Severity\n\n{written}\n",
            "x.md",
            Reading(today=date(2026, 1, 1)),
        )
        values = {row.field: row.value for row in facts.incidents[0].evidence}
        assert values.get("severity_label") == label


def test_a_front_matter_s_impact_is_a_severity_when_the_settings_know_the_word() -> None:
    """Status pages call the level "impact"; an unknown word there is neither severity nor account."""
    rows = []
    for word in ("major", "minor"):
        times = "start: 2024-01-05 10:00\nend: 2024-01-05 11:00"
        text = f"---\ntitle: Slow search\nimpact: {word}\n{times}\n---\n\nSlow.\n"
        facts = parse_document(text, "x.md", READING)
        values = {row.field: row.value for row in facts.incidents[0].evidence if row.is_chosen}
        rows.append((values.get("severity"), values.get("impact")))
    assert rows == [("2", None), (None, None)]
