"""What `postmortems status` says of a Jira that is followed."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.status import describe_status
from tests.published_issues import followed_company
from tests.published_rows import publish_rows


def section(folder: Path, title: str) -> list[str]:
    """The lines that begin with this title, up to the next empty one."""
    lines = list(describe_status(folder, folder / "none.duckdb"))
    begin = next(number for number, line in enumerate(lines) if line.startswith(title))
    return lines[begin : lines.index("", begin)]


def test_what_is_followed_and_why_is_told(tmp_path: Path) -> None:
    """How many issues and for what reasons, what the last sync cost, what is not shown and what to do."""
    publish_rows(tmp_path, "b1", followed_company())
    assert section(tmp_path, "Jira") == [
        "Jira         Jira shows 12 of the 14 issues that are followed.",
        "  Last sync 2026-03-15 07:00 UTC, everything looked at 2026-03-14 07:00 UTC",
        "  It brought 7 issues new or changed, by 21 calls, 2 of them repeated, 34 s waited",
        "  5 issues: it is a part of a promise",
        "  5 issues: a document names it",
        "  2 issues: the settings' JQL finds it",
        "  1 issue: an incident's issue links to it",
        "  1 issue: it links to a document",
        "  1 issue: a duplicate goes on in it",
        "  1 issue of OPS not shown. Have the account given the permission to browse the project OPS.",
        "  1 issue of PAY not shown. Deleted, or hidden from the account, or the key is mistyped. "
        "Who administers PAY can tell, and let the account see it.",
        "  1 history incomplete: PAY-7",
    ]


@pytest.mark.parametrize(
    ("jira", "expected"),
    [
        ({"last_fetched_at": None}, ["Jira         Jira was never read whole."]),
        (
            {"absent_count": 0, "call_count": None, "retry_count": None, "waited_seconds": 0.4}
            | {"last_swept_at": None, "item_count": 1, "changed_count": 1},
            [
                "Jira         1 issue is followed, and Jira shows it.",
                "  Last sync 2026-03-15 07:00 UTC",
                "  It brought 1 issue new or changed",
            ],
        ),
    ],
)
def test_what_is_not_known_of_a_sync_is_not_told(
    tmp_path: Path, jira: dict[str, object], expected: list[str]
) -> None:
    """A build of a warehouse that kept no more of its syncs says what it can."""
    _, source = followed_company()["sources"]
    publish_rows(tmp_path, "b1", {"sources": [source | jira]})
    assert section(tmp_path, "Jira") == expected


def test_without_a_jira_nothing_is_said_of_it(tmp_path: Path) -> None:
    """A company that names no Jira in its settings reads nothing of one."""
    publish_rows(tmp_path, "b1", {"sources": followed_company()["sources"][:1]})
    assert not [line for line in describe_status(tmp_path, tmp_path / "none.duckdb") if "Jira" in line]
