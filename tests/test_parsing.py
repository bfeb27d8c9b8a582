"""Many documents are read in child processes, with the same facts as in this one."""

from __future__ import annotations

import json

import pytest

from pipeline import parsing
from pipeline.documents.facts import Reading
from pipeline.fact_rows import FactRows
from pipeline.parsing import parse_documents, parse_to_rows
from pipeline.raw_documents import UnparsedDocument
from pipeline.workers import Work

READING = Reading()


def document(number: int) -> UnparsedDocument:
    """One of several postmortems; each seventh has no text."""
    text = f"# Outage {number}\n\n## Timeline\n\n- 2024-03-01 09:{number % 60:02} UTC - checkout went down\n"
    problem = "binary" if number % 7 == 0 else None
    return UnparsedDocument(
        f"id{number}", f"{number}.md", None if problem else text, f"hash{number}", problem
    )


def swell_at_one(reading: Reading, given: UnparsedDocument) -> FactRows:
    """A reader that runs out of memory at one document."""
    if given.path == "5.md":
        raise MemoryError
    return parse_to_rows(reading, given)


@pytest.mark.parametrize("count", [3, 250])
def test_few_and_many_documents_yield_the_same_facts(count: int) -> None:
    """In this process and in children: each document once, with the facts of reading it alone."""
    documents = [document(number) for number in range(count)]
    parsed = {rows.document_id: rows for rows in parse_documents(iter(documents), count, READING)}
    assert parsed == {each.document_id: parse_to_rows(READING, each) for each in documents}


def test_a_document_that_ends_its_reader_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """One document costs itself: an error that says so, and every other document is read."""
    monkeypatch.setattr(parsing, "Work", lambda function, context: Work(f"{__name__}:swell_at_one", context))
    documents = [document(number) for number in range(40)]
    parsed = {rows.document_id: rows for rows in parse_documents(iter(documents), 40, READING)}
    assert set(parsed) == {each.document_id for each in documents}
    (finding,) = map(json.loads, parsed["id5"].lines["findings"].splitlines())
    assert (finding["rule"], finding["level"]) == ("parser_gave_up", "error")
    assert parsed["id6"] == parse_to_rows(READING, documents[6])
