"""The crowded warehouse of the benchmarks: each copy tells of the company that was copied."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import duckdb
import pytest

from benchmarks.crowded_warehouse import crowd_warehouse
from pipeline.models import build_models, check_models
from pipeline.warehouse import Warehouse

#: What is read from each table, with the number and the division taken off again; times that nothing moved.
QUERIES = {
    "incidents": """
        SELECT
            incident_id, severity, plain(service), plain(team), cause_category, time_to_resolve_minutes,
            time_to_detect_minutes, duration_basis, is_planned, action_item_count, document_count
        FROM marts.incidents
    """,
    "action_items": """
        SELECT
            incident_id, plain(description), outcome, outcome_basis, link_state, found_by, kind, plain(owner),
            plain(team), plain(jira_key), plain(survivor_key), created_at, done_at, declined_at, due_on,
            due_date_push_count, reopen_count, priority_drop_count, child_count
        FROM marts.action_items
    """,
    "issues": """
        SELECT substr(issue_id, length(issue_id) - 4), plain(issue_key), plain(team), outcome, issue_type
        FROM marts.issues
    """,
    "documents": "SELECT document_id, source, plain(path), kind FROM marts.documents",
    "exclusions": "SELECT incident_id, figure, weight FROM marts.exclusions",
    "findings": "SELECT document_id, incident_id, rule, level, line FROM marts.findings",
}


@pytest.fixture(scope="module")
def crowded(demo_build: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published tables of two copies of the invented company."""
    folder = tmp_path_factory.mktemp("crowded")
    counted = crowd_warehouse(demo_build.parent / "warehouse.duckdb", folder / "crowded.duckdb", 100)
    assert counted >= 100
    path = folder / ".building-crowded.duckdb"
    with Warehouse(folder / "crowded.duckdb") as warehouse:
        build_models(warehouse.connection, path)
        assert check_models(warehouse.connection) == []
        warehouse.connection.execute("CHECKPOINT build").fetchall()
    return path


@pytest.mark.parametrize("table", QUERIES)
def test_each_copy_stands_for_itself(demo_build: Path, crowded: Path, table: str) -> None:
    """Both copies have the rows of the company that was copied, and there are no others."""
    original = _rows(demo_build / "current.duckdb", QUERIES[table])
    assert _rows(crowded, QUERIES[table]) == Counter({row: 2 * count for row, count in original.items()})


def _rows(path: Path, query: str) -> Counter[tuple[object, ...]]:
    with duckdb.connect(str(path), read_only=True) as con:
        con.execute(
            "CREATE TEMP MACRO plain(text) AS"
            " regexp_replace(regexp_replace(text, '100\\d-?', '', 'g'), '-?(aaa|AAA)', '', 'g')"
        )
        rows = con.execute(query).fetchall()
    return Counter(tuple(_plain(value) for value in row) for row in rows)


def _plain(value: object) -> object:
    return value.rsplit("~", 1)[0] if isinstance(value, str) else value
