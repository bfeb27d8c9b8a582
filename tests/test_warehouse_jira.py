"""What the warehouse keeps of issues, histories and definitions, whatever comes in whatever order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.sources.jira.site import FetchedIssue
from pipeline.warehouse import Warehouse
from pipeline.warehouse.jira import IssueLine, issue_line

MARCH = datetime(2024, 3, 1)


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[Warehouse]:
    """An empty one."""
    with Warehouse(tmp_path / "warehouse.duckdb") as warehouse:
        yield warehouse


def issue(summary: str, day: int, *entries: dict[str, Any], count: int | None = None) -> IssueLine:
    """Issue 1 with this summary, as it was on that day of March, with these of its history entries."""
    payload = {"id": "1", "key": "PAY-1", "fields": {"summary": summary}}
    total = len(entries) if count is None else count
    at = MARCH + timedelta(days=day)
    return issue_line(FetchedIssue("1", "PAY-1", at, payload, list(entries), total))


def entry(number: int, author: str = "Ana") -> dict[str, Any]:
    """An entry of a history."""
    return {"id": str(number), "created": "2024-03-01T09:00:00.000+0000", "items": [], "author": author}


def versions(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    """Summary, day and completeness of each version held, oldest first."""
    return warehouse.connection.execute(
        """
        SELECT payload ->> '$.fields.summary', day(updated_at) - 1, history_complete
        FROM raw.jira_issues ORDER BY fetched_at
        """
    ).fetchall()


def histories(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    """Id and author of each entry held."""
    return warehouse.connection.execute(
        "SELECT history_id, payload ->> '$.author' FROM raw.jira_histories ORDER BY history_id"
    ).fetchall()


def test_a_new_version_is_kept_beside_the_old_one(warehouse: Warehouse) -> None:
    """One row for each that differs; the same again is none."""
    assert warehouse.jira.load_issues([issue("First", 1, entry(10))]) == 1
    assert warehouse.jira.load_issues([issue("First", 1, entry(10))]) == 0
    assert warehouse.jira.load_issues([issue("Second", 2, entry(10), entry(11))]) == 1
    assert versions(warehouse) == [("First", 1, True), ("Second", 2, True)]
    assert histories(warehouse) == [("10", "Ana"), ("11", "Ana")]


def test_an_older_read_never_replaces_a_newer_one(warehouse: Warehouse) -> None:
    """A read that was late, or comes from an index that is, is not kept; its history entries are."""
    warehouse.jira.load_issues([issue("Newer", 2, entry(11))])
    assert warehouse.jira.load_issues([issue("Older", 1, entry(10))]) == 1
    assert versions(warehouse) == [("Newer", 2, True)]
    assert histories(warehouse) == [("10", "Ana"), ("11", "Ana")]


def test_of_two_reads_at_once_the_newer_counts(warehouse: Warehouse) -> None:
    """In whatever order they come."""
    warehouse.jira.load_issues([issue("Newer", 2), issue("Older", 1)])
    assert versions(warehouse) == [("Newer", 2, True)]


def test_a_history_once_whole_stays_so_until_the_issue_changes(warehouse: Warehouse) -> None:
    """A poorer read of the same state does not make it less whole; one of a newer state may."""
    warehouse.jira.load_issues([issue("First", 1, entry(10))])
    assert warehouse.jira.load_issues([issue("First", 1, count=1)]) == 0
    warehouse.jira.load_issues([issue("Renamed", 1, count=1)])
    warehouse.jira.load_issues([issue("Second", 2, entry(11), count=2)])
    warehouse.jira.load_issues([issue("Second", 2, entry(10), entry(11))])
    assert versions(warehouse) == [
        ("First", 1, True),
        ("Renamed", 1, True),
        ("Second", 2, False),
        ("Second", 2, True),
    ]


def test_names_in_histories_are_those_of_now(warehouse: Warehouse) -> None:
    """An entry that Jira tells in other words, as a person has a new name, is told so; no issue changed."""
    warehouse.jira.load_issues([issue("First", 1, entry(10), entry(11))])
    assert warehouse.jira.load_issues([issue("First", 1, entry(10, "Ana Silva"), entry(11))]) == 0
    assert histories(warehouse) == [("10", "Ana Silva"), ("11", "Ana")]


def test_an_issue_of_an_older_warehouse_is_replaced(warehouse: Warehouse) -> None:
    """One whose time of change was not kept."""
    warehouse.append(
        "raw.jira_issues",
        [
            {
                "issue_id": "1",
                "issue_key": "PAY-1",
                "payload": {},
                "history_complete": True,
                "fetched_at": MARCH,
            }
        ],
    )
    assert warehouse.jira.load_issues([issue("First", 1)]) == 1


def test_fields_are_those_that_jira_lists_now(warehouse: Warehouse) -> None:
    """One that was deleted is none any more, though it is remembered; back again, it is one."""
    first, second = {"id": "customfield_1", "name": "Team"}, {"id": "customfield_2", "name": "Team"}
    for listed in ([first, second], [second], [second, first]):
        warehouse.jira.load_definitions("field", listed)
        assert warehouse.jira.fields() == listed
    ((count,),) = warehouse.connection.execute(
        "SELECT count(DISTINCT definition_id) FROM raw.jira_definitions WHERE kind = 'field'"
    ).fetchall()
    assert count == 2


def test_what_jira_defines_is_kept_when_it_changes(warehouse: Warehouse) -> None:
    """A new name or place is a new row; a status that is listed no more stays as it was."""
    for names in (["To Do", "Doing"], ["To Do", "Doing"], ["Backlog", "Doing"], ["Doing"]):
        listed = [{"id": "2" if name == "Doing" else "1", "name": name} for name in names]
        warehouse.jira.load_definitions("status", listed)
    rows = warehouse.connection.execute(
        """
        SELECT definition_id, position, payload ->> '$.name' FROM raw.jira_definitions
        ORDER BY definition_id, fetched_at
        """
    ).fetchall()
    assert rows == [("1", 1, "To Do"), ("1", 1, "Backlog"), ("2", 2, "Doing"), ("2", 1, "Doing")]
