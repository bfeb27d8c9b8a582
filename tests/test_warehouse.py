"""The warehouse keeps what was fetched, once, and forgets nothing."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.documents.facts import ActionItem, DocumentFacts, Event, Evidence, Finding, Incident
from pipeline.errors import RunInProgressError
from pipeline.fact_rows import FactRows, fact_rows
from pipeline.raw_documents import FetchedDocument, UnparsedDocument
from pipeline.warehouse import Warehouse, document_id

MODIFIED = datetime(2024, 3, 1, 9, 30)


def fetched(path: str, content: str | None, content_hash: str, problem: str | None = None) -> FetchedDocument:
    """A document as a source hands it over."""
    return FetchedDocument(path, None, content, content_hash, len(content or ""), problem, MODIFIED)


def rows(warehouse: Warehouse, query: str) -> list[tuple[Any, ...]]:
    """All rows of a query."""
    return warehouse.connection.execute(query).fetchall()


LISTINGS = """
    SELECT document.path, listing.content_hash, listing.listed_until IS NULL
    FROM raw.listings AS listing INNER JOIN raw.documents AS document USING (document_id, content_hash)
    ORDER BY document.path, listing.listed_from, listing.content_hash
"""


def test_every_version_of_a_document_is_kept(tmp_path: Path) -> None:
    """A changed text is a new row; the old one stays, and the listing says which holds now."""
    with Warehouse(tmp_path / "w.duckdb") as warehouse:
        warehouse.load_documents("docs", [fetched("a.md", "one", "h1"), fetched("b.md", "b", "hb")], ())
        warehouse.load_documents("docs", [fetched("a.md", "two", "h2")], ())
        warehouse.load_documents("docs", (), ["b.md"])
        assert rows(warehouse, "SELECT path, content FROM raw.documents ORDER BY path, content") == [
            ("a.md", "one"),
            ("a.md", "two"),
            ("b.md", "b"),
        ]
        assert rows(warehouse, LISTINGS) == [
            ("a.md", "h1", False),
            ("a.md", "h2", True),
            ("b.md", "hb", False),
        ]
        assert list(warehouse.known_documents("docs")) == ["a.md"]


def test_a_change_taken_back_lists_the_old_version_again(tmp_path: Path) -> None:
    """The same text as once before is not kept twice, and is the current one again."""
    with Warehouse(tmp_path / "w.duckdb") as warehouse:
        for content, content_hash in (("one", "h1"), ("two", "h2"), ("one", "h1")):
            warehouse.load_documents("docs", [fetched("a.md", content, content_hash)], ())
        assert rows(warehouse, "SELECT count(*) FROM raw.documents") == [(2,)]
        assert [row[1:] for row in rows(warehouse, LISTINGS) if row[2]] == [("h1", True)]
        assert [each.content for each in unparsed(warehouse)] == ["one"]


def test_text_of_any_kind_comes_back_as_it_was(tmp_path: Path) -> None:
    """Quotes, line breaks, emoji, NUL and a 20 MB line survive the way in."""
    texts = [
        '"quoted", {json} \\ back\\u0041slash',
        "tabs\tand\nlines\n",
        "🔥 Größe 中文",
        "a\0b",
        "x" * 20_000_000,
    ]
    with Warehouse(tmp_path / "w.duckdb") as warehouse:
        documents = [fetched(f"{index}.md", text, f"h{index}") for index, text in enumerate(texts)]
        warehouse.load_documents("docs", documents, ())
        assert [each.content for each in unparsed(warehouse)] == texts
    assert not list(tmp_path.glob(".loading-*"))


def unparsed(warehouse: Warehouse, reading_hash: str = "r1") -> list[UnparsedDocument]:
    """What waits to be parsed."""
    count, documents = warehouse.unparsed_documents("docs", reading_hash)
    listed = list(documents)
    assert len(listed) == count
    return listed


def rows_of(document: UnparsedDocument) -> FactRows:
    """One incident with a row in every table."""
    facts = DocumentFacts(
        kind="postmortem",
        title="It broke",
        incidents=(
            Incident(
                1,
                (Evidence("title", "It broke", "title", 1, "# It broke"),),
                (Event(MODIFIED, "09:30", "it broke", "started", 3),),
                (ActionItem("mend it", due_on=date(2024, 4, 1)), ActionItem("Mend  it")),
            ),
            Incident(2),
        ),
        findings=(Finding("no_end", "warning", "No end.", None, 2), Finding("odd", "info", "Odd.", 7)),
    )
    return fact_rows(document.document_id, document.content_hash, facts)


def test_facts_replace_those_of_the_same_document(tmp_path: Path) -> None:
    """Reading again replaces a document's facts, leaves the others', and then nothing waits."""
    with Warehouse(tmp_path / "w.duckdb") as warehouse:
        warehouse.load_documents(
            "docs", [fetched("a.md", "one", "h1"), fetched("b.md", None, "hb", "empty")], ()
        )
        for _ in range(2):
            waiting = unparsed(warehouse)
            warehouse.load_facts([rows_of(each) for each in waiting], "r1")
            assert not unparsed(warehouse)
            warehouse.load_documents("docs", [fetched("a.md", "two", "h2")], ())
        a = document_id("docs", "a.md")
        assert rows(
            warehouse, f"SELECT * FROM facts.incidents WHERE document_id = '{a}' ORDER BY ordinal"
        ) == [
            (a, a, 1),
            (f"{a}-2", a, 2),
        ]
        assert rows(
            warehouse,
            f"SELECT incident_id, line, rule FROM facts.findings WHERE document_id = '{a}' ORDER BY rule",
        ) == [(f"{a}-2", None, "no_end"), (None, 7, "odd")]
        items = rows(
            warehouse,
            f"SELECT action_item_id, description, due_on FROM facts.action_items WHERE document_id = '{a}' "
            "ORDER BY ordinal",
        )
        assert [item[1:] for item in items] == [("mend it", date(2024, 4, 1)), ("Mend  it", None)]
        assert len({item[0] for item in items}) == 2, "two items of the same words are two items"
        assert rows(warehouse, "SELECT count(*) FROM facts.documents") == [(2,)]


def test_another_reading_waits_again(tmp_path: Path) -> None:
    """A changed parser or changed settings let every document be read anew."""
    with Warehouse(tmp_path / "w.duckdb") as warehouse:
        warehouse.load_documents("docs", [fetched("a.md", "one", "h1")], ())
        warehouse.load_facts([rows_of(each) for each in unparsed(warehouse)], "r1")
        assert [each.path for each in unparsed(warehouse, "r2")] == ["a.md"]


def test_a_second_process_is_told_who_runs(tmp_path: Path) -> None:
    """While one process holds the warehouse, another is refused with its number and since when."""
    path = tmp_path / "w.duckdb"
    script = (
        "import sys; from pathlib import Path; from pipeline.warehouse import Warehouse\n"
        "with Warehouse(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", script, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    try:
        with pytest.raises(
            RunInProgressError, match=rf"process {holder.pid}, since .* UTC, holds .*w\.duckdb"
        ):
            Warehouse(path)
    finally:
        holder.communicate("")
    with Warehouse(path):
        pass


def test_what_needs_more_than_little_memory_is_done_again_in_more(tmp_path: Path) -> None:
    """The rows of the first try are not kept twice, and afterwards the limit is as before."""
    with Warehouse(tmp_path / "warehouse.duckdb") as warehouse:
        limit = rows(warehouse, "SELECT current_setting('memory_limit')")
        tries = []

        def work() -> int:
            tries.append(rows(warehouse, "SELECT current_setting('memory_limit')")[0][0])
            with warehouse.transaction():
                warehouse.load_documents("wiki", [fetched("a.md", "one", "h1")], [])
                ((length,),) = rows(
                    warehouse, "SELECT length(string_agg(repeat('x', 10000000), '')) FROM range(40)"
                )
            return int(length)

        assert warehouse.frugally(work) == 400_000_000
        assert tries == ["244.1 MiB", limit[0][0]]
        assert rows(warehouse, LISTINGS) == [("a.md", "h1", True)]
        assert rows(warehouse, "SELECT current_setting('memory_limit')") == limit
