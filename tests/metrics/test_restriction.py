"""What readers who may not see restricted incidents see of them: that they are, and nothing they say."""

from __future__ import annotations

import inspect
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipeline import metrics
from pipeline.errors import RunError
from pipeline.metrics import Filters, Published, open_published
from pipeline.metrics.restriction import KEPT, masking_query

#: Metrics whose every cell holds for all readers, as they name no incident.
COUNTING = (
    "incidents_by_period", "times_by_group", "impact_shares", "causes_by_service",
    "coverage_by_figure",
    "action_items_by_outcome", "action_items_by_team", "action_items_by_period", "open_items_by_age",
    "findings_by_rule", "team_scorecard", "time_to_done", "recurring_causes", "slippage_by_team",
    "fix_effect", "repeats_by_chance", "compare_group_shares", "promise_gaps_by_team",
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(demo_build: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build of the invented company in which every third incident with promises is restricted."""
    folder = tmp_path_factory.mktemp("restricted")
    shutil.copy((demo_build / "current.duckdb").resolve(), folder / "current.duckdb")
    with duckdb.connect(str(folder / "current.duckdb")) as con:
        con.execute(
            """
            UPDATE marts.incidents SET is_restricted = true WHERE incident_id IN (
                SELECT incident_id FROM marts.incidents
                WHERE action_item_count > 0
                QUALIFY row_number() OVER (ORDER BY incident_id) % 3 = 0
            )
            """
        ).fetchall()
    return folder


@pytest.fixture(scope="module")
def whole(folder: Path) -> Iterator[Published]:
    """The build as those see it who may see everything."""
    build = open_published(folder)
    yield build
    build.close()


@pytest.fixture(scope="module")
def masked(folder: Path) -> Iterator[Published]:
    """The build as all others see it."""
    build = open_published(folder, may_see_restricted=False)
    yield build
    build.close()


def tables(build: Published) -> list[str]:
    """The names of all published tables."""
    return metrics.data_dictionary(build)["table_name"].unique(maintain_order=True).to_list()


def words(frame: pl.DataFrame) -> set[str]:
    """Every text in the frame that is longer than an id or a person's name, also those within lists."""
    found: set[str] = set()
    for name, kind in frame.schema.items():
        column = frame[name].explode() if kind == pl.List(pl.String) else frame[name]
        if column.dtype == pl.String:
            found |= {text for text in column.to_list() if text and len(text) > 24}
    return found


def test_nothing_a_restricted_incident_says_is_left_in_any_table(whole: Published, masked: Published) -> None:
    """No sentence that only restricted incidents hold stands in any table; no row is missing."""
    restricted = "(SELECT incident_id FROM marts.incidents WHERE is_restricted)"
    secrets: set[str] = set()
    open_words: set[str] = set()
    for table in ("incidents", "evidence", "incident_events", "action_items", "links", "findings"):
        said = whole.query(f"SELECT * FROM marts.{table} WHERE incident_id IN {restricted}")
        others = whole.query(
            f"SELECT * FROM marts.{table} WHERE incident_id NOT IN {restricted} OR incident_id IS NULL"
        )
        kept = [name for name in said.columns if name in KEPT or name.endswith("_id")]
        secrets |= words(said.drop(kept))
        open_words |= words(others)
    secrets -= open_words
    assert len(secrets) > 200
    for table in tables(whole):
        seen, all_of_it = (build.query(f"SELECT * FROM marts.{table}") for build in (masked, whole))
        assert (seen.columns, seen.height) == (all_of_it.columns, all_of_it.height)
        assert sorted(words(seen) & secrets) == [], table


def test_nothing_else_changes(whole: Published, masked: Published) -> None:
    """Incidents that are not restricted are whole, and of the others all but their words."""
    for condition in ("NOT is_restricted", "is_restricted"):
        seen, all_of_it = (
            build.query(f"SELECT * FROM marts.incidents WHERE {condition} ORDER BY incident_id")
            for build in (masked, whole)
        )
        if condition == "is_restricted":
            assert set(seen["title"]) == {"Restricted incident"}
            kept = [
                n
                for n, kind in seen.schema.items()
                if kind not in (pl.String, pl.List(pl.String)) or n in KEPT
            ]
            assert {"services", "time_to_resolve_minutes", "cause_category", "started_at"} <= set(kept)
            seen, all_of_it = seen.select(kept), all_of_it.select(kept)
        assert seen.height > 5
        assert seen.equals(all_of_it)


@pytest.mark.parametrize("name", COUNTING)
def test_figures_are_the_same_for_all_readers(whole: Published, masked: Published, name: str) -> None:
    """Restricted incidents count as all others do."""
    metric = getattr(metrics, name)
    assert "filters" in inspect.signature(metric).parameters
    seen, all_of_it = (metric(build, Filters()) for build in (masked, whole))
    assert all_of_it.height > 0
    said = [column for column in all_of_it.columns if column.startswith("example_")]
    assert seen.drop(said).to_dicts() == all_of_it.drop(said).to_dicts()


def test_search_does_not_find_their_words(whole: Published, masked: Published) -> None:
    """Who searches the title of a restricted incident finds nothing that they may not see."""
    title = whole.query("SELECT title FROM marts.incidents WHERE is_restricted ORDER BY title").item(0, 0)
    found = metrics.incidents_matching(whole, Filters(), search_text=title)
    assert title in found["title"].to_list()
    assert title not in metrics.incidents_matching(masked, Filters(), search_text=title)["title"].to_list()


def test_the_masked_build_is_shut_off_and_known_apart(
    whole: Published, masked: Published, tmp_path: Path
) -> None:
    """It reaches nothing else, changes nothing, and is not taken for the whole one."""
    assert whole.key != masked.key
    assert not masked.is_stale()
    for statement in (
        f"ATTACH '{tmp_path}/other.duckdb'",
        "SELECT * FROM read_text('/etc/hostname')",
        "SET enable_external_access = true",
        "DELETE FROM build.marts.incidents",
    ):
        with pytest.raises(duckdb.Error):
            masked.query(statement)
    assert metrics.data_dictionary(masked).equals(metrics.data_dictionary(whole))


def test_a_build_that_does_not_tell_is_not_shown(tmp_path: Path, folder: Path) -> None:
    """A build made before restriction was known is refused to those who may not see everything."""
    shutil.copy(folder / "current.duckdb", tmp_path / "current.duckdb")
    with duckdb.connect(str(tmp_path / "current.duckdb")) as con:
        con.execute("ALTER TABLE marts.incidents DROP COLUMN is_restricted").fetchall()
    open_published(tmp_path).close()
    with pytest.raises(RunError, match="run `postmortems build` to make it anew"):
        open_published(tmp_path, may_see_restricted=False)


def test_a_new_column_of_words_is_masked_unless_it_is_known() -> None:
    """Text, lists and nested values of unknown columns are masked; numbers, times and known words stay."""
    columns = {"incident_id": "VARCHAR", "news": "VARCHAR", "names": "VARCHAR[]", "told": "STRUCT(a VARCHAR)"}
    columns |= {"count": "BIGINT", "at": "TIMESTAMP", "team": "VARCHAR"}
    query = masking_query("news", list(columns.items()))
    assert [name for name in columns if f'AS "{name}"' in query] == ["news", "names", "told"]
