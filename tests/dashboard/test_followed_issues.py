"""What data health tells of the Jira that is followed, and the issues one by one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.dashboard.conftest import Open
from tests.dashboard.seen import markup, table_after, words
from tests.published_issues import followed_company
from tests.published_rows import publish_rows


def test_data_health_tells_how_well_jira_is_followed(open_page: Open, followed_build: Path) -> None:
    """How many and why, what the last sync cost, why the last one failed, and what is not shown."""
    page = open_page(followed_build, "data_health")
    said = words(page)
    for expected in (
        "Jira shows 12 of the 14 issues that are followed. The last sync failed 1 h ago "
        "jira: the token has expired; make a new one; 7 new or changed issues are kept; the next run goes on "
        "from there Last synced 5 h ago, with 7 issues new or changed; everything last looked at 29 h ago.",
        "14 issues held followed, or for context 2 not shown by Jira kept as last known "
        "1 histories incomplete counts may be too low 21 calls of the last sync 2 repeated, 34 s waited",
    ):
        assert expected in said
    assert table_after(page, "Why issues are followed") == [
        ["it is a part of a promise", "5", "0", "0"],
        ["a document names it", "5", "2", "0"],
        ["the settings' JQL finds it", "2", "0", "0"],
        ["an incident's issue links to it", "1", "0", "1"],
        ["it links to a document", "1", "0", "0"],
        ["a duplicate goes on in it", "1", "0", "0"],
    ]
    assert table_after(page, "What Jira does not show") == [
        ["OPS since 3 Feb 2026", "Have the account given the permission to browse the project OPS.", "1"],
        [
            "PAY since 1 Mar 2026",
            "Deleted, or hidden from the account, or the key is mistyped. Who administers PAY can tell, and "
            "let the account see it.",
            "1",
        ],
    ]
    for door in (
        'href="issues?which=Not+shown" target="_self">2<',
        'href="issues?which=Not+shown&amp;reason=a+document+names+it" target="_self">2<',
        'href="issues?which=Not+shown&amp;project=OPS" target="_self">1<',
        'href="issues" target="_self">12 issues followed<',
    ):
        assert door in markup(page)


@pytest.mark.parametrize(
    ("jira", "expected"),
    [
        (
            {"last_outcome": "interrupted", "last_message": None},
            "The last sync was cut off 1 h ago Last synced",
        ),
        (
            {"last_outcome": "ok", "last_message": None, "absent_count": 0},
            "12 issues are followed, and Jira shows them all. Last synced 5 h ago",
        ),
        (
            {"last_outcome": "failed", "last_fetched_at": None, "call_count": None},
            "Jira was never read whole. The last sync failed 1 h ago jira: the token has expired",
        ),
    ],
)
def test_each_end_of_a_sync_is_told(
    open_page: Open, tmp_path: Path, jira: dict[str, object], expected: str
) -> None:
    """Whether the last sync ended well, was cut off, or none ever did."""
    rows = followed_company()
    rows["sources"][1] |= jira
    publish_rows(tmp_path, "b1", rows)
    assert expected in words(open_page(tmp_path, "data_health"))


def test_a_company_without_a_jira_reads_nothing_of_one(open_page: Open, tmp_path: Path) -> None:
    """Where no Jira is followed, data health has no section for it, and the list is a sentence."""
    publish_rows(tmp_path, "b1", {"sources": followed_company()["sources"][:1]})
    assert "Jira" not in words(open_page(tmp_path, "data_health"))
    assert "No issue of this kind is held." in words(open_page(tmp_path, "issues"))


def test_the_issues_one_by_one(open_page: Open, followed_build: Path) -> None:
    """What each is, why it is held and what is known of it; what Jira does not show comes first."""
    page = open_page(followed_build, "issues", project="PAY")
    assert "13 issues All that is held, for all teams and periods." in words(page)
    assert table_after(page, "13 issues")[:4] == [
        [
            *("PAY-444", "nothing is known of it", "a document names it"),
            *("not shown not shown by Jira since 1 Mar 2026; never seen", ""),
        ],
        [
            *("PAY-1 Task", "Issue PAY-1 3 of 5 children done"),
            *("a document names it, the settings' JQL finds it", "In Progress", "6 Mar 2026"),
        ],
        ["PAY-10 Task", "Issue PAY-10 part of PAY-1", "it is a part of a promise", "Done", "6 Mar 2026"],
        ["PAY-11 Task", "Issue PAY-11 part of PAY-1", "it is a part of a promise", "Done", "6 Mar 2026"],
    ]
    assert [row[3] for row in table_after(page, "13 issues") if row[0] in ("PAY-2 Task", "PAY-7 Task")] == [
        "Closed Duplicate goes on in PAY-9",
        "To Do history incomplete",
    ]
    assert '<a href="https://jira.example/browse/PAY-1" target="_blank"' in markup(page)
    page.session_state["explain-issues_matching"] = True
    (frame,) = page.run().dataframe
    assert sorted(frame.value["issue_key"])[:3] == ["PAY-1", "PAY-10", "PAY-11"]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ({"which": "Not shown"}, ["OPS-3", "PAY-444"]),
        ({"which": "History incomplete"}, ["PAY-7"]),
        ({"reason": "a duplicate goes on in it"}, ["PAY-9"]),
        ({"which": "Not shown", "reason": "it links to a document"}, []),
    ],
)
def test_issues_of_one_kind(
    open_page: Open, followed_build: Path, address: dict[str, str], expected: list[str]
) -> None:
    """The address chooses; the filters of other pages stay in it and choose nothing."""
    page = open_page(followed_build, "issues", team="Payments", **address)
    assert re.findall(r"browse/([A-Z]+-\d+)", markup(page)) == expected
    assert 'href="data_health?team=Payments"' in markup(page)
