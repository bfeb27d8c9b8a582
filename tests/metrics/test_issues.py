"""What is followed in Jira, why, and what Jira does not show, over a small company: whole rows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, get_args

import polars as pl
import pytest

from pipeline import metrics
from pipeline.metrics import Filters, Published, WhichIssues, open_published
from pipeline.metrics.sentences import issues as tell
from tests.published_issues import followed_company, issue
from tests.published_rows import AS_OF, publish_rows

ALL = Filters()


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    """The company whose promises each go their own way in Jira."""
    folder = tmp_path_factory.mktemp("followed")
    rows = followed_company()
    rows["issues"].append(issue("20", "OPS-20", is_absent=True))
    publish_rows(folder, "f1", rows)
    build = open_published(folder)
    yield build
    build.close()


def test_issues_by_reason(followed: Published) -> None:
    """Each issue counts once for every reason, a key that led to none for its document."""
    frame = metrics.issues_by_reason(followed, ALL)
    counts = ["reason", "issue_count", "promise_count", "absent_count", "incomplete_count"]
    assert frame.select(counts).rows() == [
        ("child", 5, 0, 0, 0),
        ("document", 5, 5, 2, 0),
        ("jql", 2, 2, 0, 0),
        ("incident_link", 1, 1, 0, 1),
        ("not_kept", 1, 1, 1, 0),
        ("remote_link", 1, 1, 0, 0),
        ("survivor", 1, 0, 0, 0),
    ]
    whole = ["held_count", "all_absent_count", "all_incomplete_count"]
    assert frame.select(whole).unique().rows() == [
        tuple(len(metrics.issues_matching(followed, ALL, which)) for which in get_args(WhichIssues))
    ]


def test_absent_issues_by_project(followed: Published) -> None:
    """By project and reason, since when, and how many keys never led to an issue at all."""
    assert metrics.absent_issues_by_project(followed, ALL).rows() == [
        ("OPS", "not_shown", 1, 0, None),
        ("OPS", "project_not_shown", 1, 0, datetime(2026, 2, 3, 4)),
        ("PAY", "not_shown", 1, 1, datetime(2026, 3, 1)),
    ]


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({"which": "not_shown"}, ["OPS-3", "OPS-20", "PAY-444"]),
        ({"which": "incomplete"}, ["PAY-7"]),
        ({"reason": "jql"}, ["PAY-1", "PAY-6"]),
        ({"reason": "not_kept"}, ["OPS-20"]),
        ({"reason": "document", "project": "OPS"}, ["OPS-3"]),
        ({"reason": "document", "which": "not_shown", "project": "PAY"}, ["PAY-444"]),
        ({"reason": "parent"}, []),
    ],
)
def test_issues_matching(followed: Published, chosen: dict[str, Any], expected: list[str]) -> None:
    """The list holds what it is asked for, what Jira does not show first."""
    assert sorted(metrics.issues_matching(followed, ALL, **chosen)["issue_key"]) == sorted(expected)


def test_lists_of_issues_agree_with_the_counts(followed: Published) -> None:
    """Every count by reason and by project is the length of the list that stands behind it."""
    lists: dict[str, WhichIssues] = {
        "issue_count": "all",
        "absent_count": "not_shown",
        "incomplete_count": "incomplete",
    }
    for row in metrics.issues_by_reason(followed, ALL).iter_rows(named=True):
        assert {name: row[name] for name in lists} == {
            name: len(metrics.issues_matching(followed, ALL, which, reason=row["reason"]))
            for name, which in lists.items()
        }
    absent = metrics.absent_issues_by_project(followed, ALL)
    for project, n in absent.group_by("project").agg(pl.col("issue_count").sum()).iter_rows():
        assert len(metrics.issues_matching(followed, ALL, "not_shown", project=project)) == n


def test_filters_choose_no_issues(followed: Published) -> None:
    """What is held serves all teams and periods."""
    nobody = Filters(datetime(2001, 1, 1).date(), datetime(2001, 1, 2).date(), teams=("Nobody",))
    for name in ("issues_by_reason", "absent_issues_by_project", "issues_matching"):
        metric = getattr(metrics, name)
        assert metric(followed, nobody).equals(metric(followed, ALL))


def test_action_items_by_outcome(followed: Published) -> None:
    """Declined is apart from done and by Jira's own words, and unknown by what keeps it from being known."""
    assert metrics.action_items_by_outcome(followed, ALL).rows() == [
        ("done", "jira", 1, 0),
        ("declined", "Duplicate", 1, 0),
        ("declined", "Won't Do", 1, 0),
        ("open", "jira", 3, 0),
        ("unknown", "not_shown", 2, 2),
        ("unknown", "no_issue", 1, 0),
    ]
    for row in metrics.action_items_by_outcome(followed, ALL).iter_rows(named=True):
        found = metrics.action_items_matching(followed, ALL, row["outcome"], row["outcome_reason"])
        assert len(found) == row["action_item_count"]


def test_the_history_of_action_items(followed: Published) -> None:
    """The newest first, of those asked for only, and of the issue in which one goes on, said so."""
    history = metrics.action_item_history(followed, ["f2", "f3"])
    assert history.select("action_item_id", "at", "field", "effect", "is_of_survivor").rows() == [
        ("f2", datetime(2025, 6, 8), "status", "reopened", True),
        ("f2", datetime(2025, 6, 3, 8), "resolution", None, False),
    ]
    assert metrics.action_item_history(followed, []).is_empty()


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (("not_shown", 1), "Deleted, or hidden from the account, or the key is mistyped. Who"),
        (("not_shown", 0), "Deleted, or hidden from the account. Who administers PAY can tell, and"),
        (("project_not_shown", 1), "Have the account given the permission to browse the project PAY, unless"),
    ],
)
def test_what_to_do_about_an_absence(row: tuple[str, int], words: str) -> None:
    """Each reason has its next step; a mistyped key is thought of where no issue was ever seen."""
    reason, never_shown_count = row
    remedy = tell.absence_remedy(
        {"project": "PAY", "absent_reason": reason, "never_shown_count": never_shown_count}
    )
    assert remedy.startswith(words)


@pytest.mark.parametrize(
    ("hours", "words"),
    [(-2, "within the hour"), (0.9, "within the hour"), (47, "47 h ago"), (49, "2 days ago")],
)
def test_how_long_ago_in_words(hours: float, words: str) -> None:
    """Hours up to two days, then days; a sync after the moment of the tables is as fresh as can be."""
    assert tell.ago_in_words(AS_OF - timedelta(hours=hours), AS_OF) == words.replace(
        " h ago", "\u00a0h ago"
    ).replace(" days", "\u00a0days")
