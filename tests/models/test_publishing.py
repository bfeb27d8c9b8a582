"""A build becomes the current one in one step, described, and alone."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from pipeline.models import build_models, publish_build


def publish(connection: duckdb.DuckDBPyConnection, folder: Path, build: str) -> Path:
    """Build and publish."""
    path = folder / f".building-{build}.duckdb"
    build_models(connection, path)
    return publish_build(connection, path, folder)


def build_of(path: Path) -> str:
    """The name of the company in a published file, which the tests change between builds."""
    with duckdb.connect(str(path.resolve()), read_only=True) as connection:
        return str(connection.execute("SELECT company FROM marts.runs").fetchall()[0][0])


def test_only_marts_are_published(tmp_path: Path, warehouse: duckdb.DuckDBPyConnection) -> None:
    """The published file holds the marts of the data dictionary and nothing of the warehouse."""
    published = publish(warehouse, tmp_path, "1")
    with duckdb.connect(str(published), read_only=True) as connection:
        found = connection.execute(
            "SELECT schema_name, table_name FROM duckdb_tables() UNION ALL "
            "SELECT schema_name, view_name FROM duckdb_views() WHERE NOT internal ORDER BY ALL"
        ).fetchall()
    assert found == [
        ("marts", name)
        for name in (
            "action_item_events", "action_item_states", "action_items", "annotations", "categories",
            "documents", "evidence", "exclusions",
            "findings",
            "incident_documents", "incident_events", "incidents", "issues", "links",
            "repeat_chains", "repeats",
            "review_queue", "runs", "slippage", "sources", "teams",
        )
    ]  # fmt: skip
    assert sorted(path.name for path in tmp_path.iterdir()) == ["build-1.duckdb", "current.duckdb"]


def test_every_table_and_column_is_described_in_the_file(
    tmp_path: Path, warehouse: duckdb.DuckDBPyConnection
) -> None:
    """Any DuckDB client sees what each table and column means."""
    published = publish(warehouse, tmp_path, "1")
    with duckdb.connect(str(published), read_only=True) as connection:
        silent = connection.execute(
            "SELECT table_name, '' FROM duckdb_tables() WHERE comment IS NULL UNION ALL "
            "SELECT table_name, column_name FROM duckdb_columns() WHERE comment IS NULL AND NOT internal"
        ).fetchall()
        told = connection.execute(
            "SELECT comment FROM duckdb_columns() "
            "WHERE table_name = 'incidents' AND column_name = 'is_planned'"
        ).fetchall()
    assert silent == []
    assert told == [("maintenance: left out of incident metrics",)]


@pytest.mark.parametrize("build", ["20240108", "20240100"])
def test_the_last_five_builds_are_kept(
    tmp_path: Path, warehouse: duckdb.DuckDBPyConnection, build: str
) -> None:
    """The oldest builds go; the one just published stays, even when a clock set back named it before them."""
    for number in range(1, 8):
        (tmp_path / f"build-2024010{number}.duckdb").write_bytes(b"an older build")
    publish(warehouse, tmp_path, build)
    kept = sorted(path.name for path in tmp_path.glob("build-*.duckdb"))
    assert kept == sorted(
        [*(f"build-2024010{number}.duckdb" for number in range(4, 8)), f"build-{build}.duckdb"]
    )
    assert (tmp_path / "current.duckdb").resolve().name == f"build-{build}.duckdb"


def test_an_open_reader_keeps_its_build(tmp_path: Path, warehouse: duckdb.DuckDBPyConnection) -> None:
    """Who reads while a build is published goes on reading the old one; who opens then gets the new one."""
    publish(warehouse, tmp_path, "1")
    reader = duckdb.connect(str((tmp_path / "current.duckdb").resolve()), read_only=True)
    warehouse.execute("UPDATE settings.parameters SET company = 'Renamed'")
    publish(warehouse, tmp_path, "2")
    assert reader.execute("SELECT company FROM marts.runs").fetchall() == [("Example",)]
    assert build_of(tmp_path / "current.duckdb") == "Renamed"
    reader.close()


@pytest.mark.parametrize("step", ["rename", "symlink_to", "replace"])
def test_a_stop_between_two_steps_leaves_a_whole_build(
    tmp_path: Path, warehouse: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Stopped before any step of publishing, the old build stays current, and the next run completes."""
    publish(warehouse, tmp_path, "1")
    with monkeypatch.context() as patched:

        def stop(*_: object) -> None:
            raise KeyboardInterrupt

        patched.setattr(Path, step, stop)
        warehouse.execute("UPDATE settings.parameters SET company = 'Renamed'")
        with pytest.raises(KeyboardInterrupt):
            publish(warehouse, tmp_path, "2")
    assert build_of(tmp_path / "current.duckdb") == "Example"
    publish(warehouse, tmp_path, "3")
    assert build_of(tmp_path / "current.duckdb") == "Renamed"
    assert not list(tmp_path.glob(".*"))
