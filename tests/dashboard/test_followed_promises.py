"""What the pages tell of promises that Jira follows: status, survivors, children, absences, histories."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.dashboard.conftest import Open
from tests.dashboard.seen import markup, table_after, words


def test_the_list_tells_what_jira_says(open_page: Open, followed_build: Path) -> None:
    """Status, survivor, children, absence, reason to decline, and why what no document names is there."""
    page = open_page(followed_build, "promises", which="All")
    assert [(row[0], row[1].split(" ▸")[0], row[4]) for row in table_after(page, "9 promises")] == [
        (
            "overdue 257 days late",
            "Promise f1 Incident i1 History, 6 changes: pushed 2 times, owner changed once, priority lowered "
            "once UTC Change By 30 Jul 2025, 00:00 due date: 1 Aug 2025 → 1 Oct 2025 pushed not stated "
            "9 Jul 2025, 09:00 priority: High → Low priority lowered Ada "
            "9 Jul 2025, 08:00 owner: Ada → Bo owner changed Ada "
            "9 Jun 2025, 08:00 due date: 1 Jul 2025 → 1 Aug 2025 pushed Ada "
            "2 Jun 2025, 08:00 owner: none → Ada Ada "
            "By automation: 1 change UTC Change By 9 Jun 2025, 09:00 labels: none → stale Sweeper",
            "PAY-1 In Progress 3 of 5 children done",
        ),
        (
            "open",
            "Promise f2 Incident i1 History, 2 changes: reopened once UTC Change By "
            "8 Jun 2025, 00:00 PAY-9, status: Done → In Review reopened Ada "
            "3 Jun 2025, 08:00 resolution: none → Duplicate Ada",
            "PAY-2 duplicate of PAY-9 → followed there: In Review",
        ),
        (
            "unknown not shown by Jira",
            "Promise f3 Incident i1",
            "OPS-3 neither it nor its project shown by Jira since 3 Feb 2026; last known: In Progress",
        ),
        (
            "unknown not shown by Jira",
            "Promise f4 Incident i1",
            "PAY-444 not shown by Jira since 1 Mar 2026; never seen",
        ),
        ("declined Won't Do 31 days late", "Promise f5 Incident i1", "PAY-5 Closed"),
        (
            "declined Duplicate",
            "Promise f6 No document mentions it; the settings' JQL finds it",
            "PAY-6 Closed",
        ),
        (
            "open",
            "Promise f7 Incident i1 No document mentions it; it is linked to the incident's own issue",
            "PAY-7 To Do history incomplete",
        ),
        ("done", "Promise f8 No document mentions it; it links to the document", "PAY-8 Done"),
        ("unknown", "Promise f0 Incident i1", "no issue"),
    ]
    for key in ("PAY-1", "PAY-9", "OPS-3"):
        assert f'<a href="https://jira.example/browse/{key}" target="_blank"' in markup(page)


def test_an_incident_tells_the_same_of_its_promises(open_page: Open, followed_build: Path) -> None:
    """The incident's page shows the state, the issue and the history of each, without naming itself."""
    page = open_page(followed_build, "incident", id="i1")
    (row,) = (row for row in table_after(page, "7 action items promised") if row[0].startswith("Promise f2"))
    assert row == [
        "Promise f2 History, 2 changes: reopened once UTC Change By "
        "8 Jun 2025, 00:00 PAY-9, status: Done → In Review reopened Ada "
        "3 Jun 2025, 08:00 resolution: none → Duplicate Ada",
        *("open", "no date", "nobody named Payments"),
        *("PAY-2 duplicate of PAY-9 → followed there: In Review", ""),
    ]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ({"which": "Declined"}, ["f5", "f6"]),
        ({"which": "Declined", "reason": "Won't Do"}, ["f5"]),
        ({"which": "Unknown"}, ["f3", "f4", "f0"]),
        ({"which": "Unknown", "reason": "Jira does not show the issue"}, ["f3", "f4"]),
        ({"which": "Unknown", "reason": "no issue, and the document is silent"}, ["f0"]),
        ({"which": "Done", "reason": "no such reason"}, ["f8"]),
    ],
)
def test_promises_of_one_reason(
    open_page: Open, followed_build: Path, address: dict[str, str], expected: list[str]
) -> None:
    """The address chooses why the outcome is what it is; a reason that does not occur chooses nothing."""
    page = open_page(followed_build, "promises", **address)
    assert re.findall(r"Promise (f\d)", words(page)) == expected
