"""Opening builds: the right one, and nothing but it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from pipeline.errors import NothingPublishedError, RunError
from pipeline.metrics import Filters, Published, incidents_by_period, open_published
from tests.published_rows import company, publish_rows


def test_nothing_published_says_what_to_do(tmp_path: Path) -> None:
    """Without a build the error is one line and names the next command."""
    with pytest.raises(NothingPublishedError, match=r"nothing is published there yet; run `postmortems run`"):
        open_published(tmp_path)


@pytest.mark.parametrize("content", [b"", b"not a database at all" * 500])
def test_broken_file_is_one_line(tmp_path: Path, content: bytes) -> None:
    """A file that is no build gives one line, not a traceback."""
    (tmp_path / "current.duckdb").write_bytes(content)
    with pytest.raises(RunError) as failure:
        open_published(tmp_path)
    assert "postmortems build" in str(failure.value)
    assert "\n" not in str(failure.value)


@pytest.mark.parametrize(
    "statement",
    [
        "COPY (SELECT 1) TO '{folder}/out.csv'",
        "ATTACH '{folder}/other.duckdb'",
        "SELECT * FROM read_csv('/etc/hostname')",
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM '{folder}/b.parquet'",
        "SET enable_external_access = true",
        "SET memory_limit = '10GB'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "CREATE TABLE marts.mine (x INTEGER)",
        "DELETE FROM marts.incidents",
    ],
)
def test_published_is_shut_off(published: Published, tmp_path: Path, statement: str) -> None:
    """Neither writing nor reaching another file, extension or setting is possible."""
    with pytest.raises(duckdb.Error):
        published.query(statement.format(folder=tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_new_build_is_noticed_and_the_old_one_stays(tmp_path: Path) -> None:
    """An open build goes on showing what it showed and says it is stale; a new opening shows the new."""
    publish_rows(tmp_path, "b1", company())
    old = open_published(tmp_path)
    assert not old.is_stale()
    publish_rows(tmp_path, "b2", {"incidents": company()["incidents"][:3]})
    assert old.is_stale()
    new = open_published(tmp_path)
    count = "SELECT count(*) AS n FROM marts.incidents"
    assert (old.query(count)["n"].to_list(), new.query(count)["n"].to_list()) == ([8], [3])
    assert not new.is_stale()


def test_many_threads_may_ask_at_once(published: Published) -> None:
    """Queries from several threads do not disturb each other."""
    with ThreadPoolExecutor(8) as threads:
        found = list(
            threads.map(lambda _: incidents_by_period(published, Filters(), "span")["n"].to_list(), range(40))
        )
    assert found == [[7]] * 40


def test_a_build_of_another_version_is_told(published: Published) -> None:
    """A table or column that the build does not have is one line that says to build anew."""
    for statement in ("SELECT coming FROM marts.incidents", "SELECT 1 FROM marts.coming"):
        with pytest.raises(
            RunError, match=r"as a build of another version does; run `postmortems build`"
        ) as told:
            published.query(statement)
        assert "\n" not in str(told.value)
