"""Facts as people write them: without colons, several in a line, with what surrounds a value."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.documents import parse_document
from pipeline.documents.facts import DocumentFacts, Reading

_TIMES = "Start: 2024-06-12 09:12 UTC\nEnd: 2024-06-12 10:03 UTC\n"


def _parse(text: str) -> DocumentFacts:
    return parse_document(text, "kiosk.md", Reading())


def _chosen(text: str, *names: str) -> tuple[str | None, ...]:
    read = {e.field: e.value for e in _parse(text).incidents[0].evidence if e.is_chosen}
    return tuple(read.get(name) for name in names)


@pytest.mark.parametrize(
    ("line", "read"),
    [
        (
            "Started 09:10 UTC. Mitigated 09:42. Resolved 10:05.",
            ("2024-05-03 09:10:00", "2024-05-03 09:42:00", "2024-05-03 10:05:00", None, None),
        ),
        (
            "Start 11:00 UTC, end 12:30 UTC. SEV2. Services: tills, kiosk.",
            ("2024-05-03 11:00:00", None, "2024-05-03 12:30:00", "2", '["tills", "kiosk"]'),
        ),
        (
            "Severity: P1; Began at 23:10 UTC; Ended at 23:55 UTC",
            ("2024-05-03 23:10:00", None, "2024-05-03 23:55:00", "1", None),
        ),
        (
            "Started 09:10 UTC was what the chart said. Resolved it, we thought.",
            (None, None, None, None, None),
        ),
    ],
)
def test_a_line_of_nothing_but_facts_is_read(line: str, read: tuple[str | None, ...]) -> None:
    """Short facts in one line are read each; a line that also tells something is not taken apart."""
    text = f"# Postmortem: tills outage 2024-05-03\n\n{line}\n\n## Root cause\nThe disk was full.\n"
    names = ("started_at", "mitigated_at", "resolved_at", "severity", "services")
    assert _chosen(text, *names) == read
    assert _chosen(text, "summary") == (None if read[0] else line,)


@given(
    start=st.datetimes(datetime(2015, 1, 1), datetime(2024, 12, 31)),
    minutes=st.integers(2, 600),
    level=st.integers(1, 5),
    breaks=st.sampled_from([". ", ", ", "; "]),
)
def test_any_run_of_facts_is_read_back(start: datetime, minutes: int, level: int, breaks: str) -> None:
    """Whatever stands between them, the facts of a line come back."""
    start = start.replace(second=0, microsecond=0)
    end = start + timedelta(minutes=minutes)
    facts = (f"Started {start:%Y-%m-%d %H:%M} UTC", f"Resolved {end:%Y-%m-%d %H:%M} UTC", f"SEV{level}")
    text = f"# Postmortem: tills outage\n\n{breaks.join(facts)}\n"
    read = (f"{start:%Y-%m-%d %H:%M:%S}", f"{end:%Y-%m-%d %H:%M:%S}", str(level))
    assert _chosen(text, "started_at", "resolved_at", "severity") == read


def test_a_known_label_in_bold_needs_no_colon() -> None:
    """Bold letters and an emoji may open a fact; a sentence that begins with such a word is none."""
    text = (
        "# Tills outage\n\n🕐 **Start** 12 June 2024 09:12 UTC\n🏁 **End** 12 June 2024 10:03 UTC\n"
        "💥 **Impact** 4% of all sales failed\n\n**Root cause** The disk was full.\n\n"
        "## Notes\n\n**Severity** was discussed for long.\n"
    )
    names = ("started_at", "resolved_at", "impact", "root_cause", "severity_label")
    assert _chosen(text, *names) == (
        "2024-06-12 09:12:00",
        "2024-06-12 10:03:00",
        "4% of all sales failed",
        "The disk was full.",
        None,
    )


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        ("Severity: Sev-2.", "severity", "2"),
        ("Services affected: None known", "services", None),
        ("Services: no-reply, none/legacy", "services", '["no-reply", "none/legacy"]'),
        ("Services: tills, but not kiosk", "services", '["tills"]'),
        ("Authors: Ana Silva, Bo Li <bo@x.example>", "authors", '["Ana Silva", "Bo Li"]'),
        ("Authors: Written by Ana Silva, reviewed by Bo Li", "authors", '["Ana Silva"]'),
        ("Services: tills (EU), kiosk — and nothing else", "services", '["tills", "kiosk"]'),
        ("Authors: Ana Silva, with help from the till team", "authors", '["Ana Silva"]'),
        ("Severity: Sev 3/4", "severity", None),
        ("Severity: SEV2 or 3", "severity", None),
        ("Severity: SEV3 (2 of 4 shops)", "severity", "3"),
        ("Detection: Customers told the support line", "detection_method", "customer"),
        ("| A | B |\n|---|---|\n| Services | tills<br>kiosk |", "services", '["tills", "kiosk"]'),
        ("Authors: ana@x.example", "authors", '["ana@x.example"]'),
        ("Number of Users Impacted: 1,250", "affected_user_count", "1250"),
        ("Total number of customers affected: 40", "affected_user_count", "40"),
        ("Estimated affected accounts: 12", "affected_user_count", "12"),
        ("Number of users: 9,000", "affected_user_count", None),
    ],
)
def test_what_surrounds_a_value_is_no_part_of_it(line: str, name: str, value: str | None) -> None:
    """Full stops, addresses and exceptions stay outside; labels name affected people in several ways."""
    assert _chosen(f"# Postmortem: tills outage\n\n{_TIMES}{line}\n", name) == (value,)


def test_keys_in_a_table_of_the_front_matter_are_read() -> None:
    """Site generators keep their users' keys in a table of their own."""
    text = (
        '+++\ntitle = "Tills outage"\n[params]\nseverity = "SEV3"\nservices = ["tills"]\n'
        'started = "2024-06-12T09:12:00Z"\n[params.owner]\nphone = "3"\n+++\nThe tills were down.\n'
    )
    names = ("severity", "services", "started_at")
    assert _chosen(text, *names) == ("3", '["tills"]', "2024-06-12 09:12:00")


def test_a_footnote_is_no_summary() -> None:
    """What a footnote says belongs to no section, wherever it is written."""
    text = f"# Postmortem: tills outage\n\n{_TIMES}Severity: SEV3[^1]\n\n[^1]: by the matrix of last year\n"
    assert _chosen(text, "summary", "severity") == (None, "3")


def test_a_heading_that_only_says_report_is_still_the_title() -> None:
    """Where nothing else is named, the document's own first heading comes before the file's name."""
    assert _parse(f"# Outage report\n\n{_TIMES}").title == "Outage report"


@pytest.mark.parametrize(
    ("told", "is_missing"),
    [
        ("No action items were needed.", False),
        ("- None required", False),
        ("There are no further follow-ups from this incident.", False),
        ("Nothing to do.", False),
        ("", True),
        ("TBD", True),
        ("No owner was named.", True),
    ],
)
def test_a_section_may_say_that_no_action_is_needed(told: str, is_missing: bool) -> None:
    """Where the section on action items says that there are none, they are not missing."""
    facts = _parse(f"# Postmortem: tills outage\n\n{_TIMES}\n## Action items\n{told}\n")
    found = "no_action_items" in {finding.rule for finding in facts.findings}
    assert (found, facts.incidents[0].action_items) == (is_missing, ())


def test_several_labels_in_bold_may_stand_in_one_line() -> None:
    """Each known label ends the value before it, with a colon or without."""
    text = (
        "# Tills outage\n\n**Start** 2024-06-12 09:12 UTC **End** 2024-06-12 10:03 UTC **Severity** SEV2\n\n"
        "**Summary** Sales failed. **Impact** was limited to one shop.\n"
    )
    names = ("started_at", "resolved_at", "severity", "impact")
    assert _chosen(text, *names) == ("2024-06-12 09:12:00", "2024-06-12 10:03:00", "2", None)
