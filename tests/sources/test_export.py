"""Exports of other tools: the records of files of every kind, and what is no record."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import SourceError
from pipeline.raw_documents import PROBLEMS, FetchedDocument, KnownDocument
from pipeline.settings import ExportSource
from pipeline.sources.export import Export

LONG_AGO = 1_709_285_400_000_000_000


def put(path: Path, content: bytes | str, *, nanoseconds: int = LONG_AGO) -> Path:
    """Write a file with a time of its own."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    os.utime(path, ns=(nanoseconds, nanoseconds))
    return path


def source(**more: object) -> ExportSource:
    """A source whose records have an id and a link."""
    fields = {"id": "id", "url": "link", "title": "title"}
    given = {"name": "tool", "type": "export", "path": "unused", "fields": fields}
    return ExportSource.model_validate(given | more)


def fetch(path: Path, known: dict[str, KnownDocument] | None = None, **more: object) -> list[FetchedDocument]:
    """What is read of an export, and that the listing holds it."""
    listing = Export(source(**more), path).fetch(known or {})
    documents = list(listing.changed)
    assert listing.changed_count == len(documents)
    assert {document.path for document in documents} <= set(listing.paths)
    return documents


def records(documents: Iterable[FetchedDocument]) -> dict[str, Any]:
    """Path → the record, or the problem."""
    return {each.path: each.problem or json.loads(each.content or "") for each in documents}


def known(documents: Iterable[FetchedDocument]) -> dict[str, KnownDocument]:
    """What the warehouse would hold of these documents."""
    at = datetime.now(UTC).replace(tzinfo=None)
    return {
        each.path: KnownDocument(
            each.content_hash, each.size_bytes, each.modified_at, at, each.url, each.problem, each.version
        )
        for each in documents
    }


ROWS: list[dict[str, Any]] = [
    {"id": "A1", "title": "Mail waits", "link": "https://tool.example/A1", "note": 'said "so", twice'},
    {"id": "A2", "title": "Größer; als", "link": "", "note": "two\nlines"},
]


def as_csv(rows: list[dict[str, Any]], mark: str = ",") -> str:
    """A table as spreadsheets write it."""

    def cell(value: object) -> str:
        return '"' + str(value).replace('"', '""') + '"'

    lines = [mark.join(rows[0]), *(mark.join(cell(value) for value in row.values()) for row in rows)]
    return "\r\n".join(lines) + "\r\n"


def as_parquet(rows: list[dict[str, Any]]) -> bytes:
    """The same as a Parquet file."""
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(rows), sink)
    return bytes(sink.getvalue().to_pybytes())


WRITERS: dict[str, Callable[[list[dict[str, Any]]], bytes]] = {
    "x.json": lambda rows: json.dumps(rows).encode(),
    "indented.json": lambda rows: b"\xef\xbb\xbf" + json.dumps(rows, indent=2, ensure_ascii=False).encode(),
    "utf16.json": lambda rows: json.dumps(rows, ensure_ascii=False).encode("utf-16"),
    "stream.json": lambda rows: "\n".join(json.dumps(row, indent=1) for row in rows).encode(),
    "x.jsonl": lambda rows: "\n".join(json.dumps(row) for row in rows).encode(),
    "x.ndjson": lambda rows: ("\r\n\r\n".join(json.dumps(row) for row in rows) + "\n").encode(),
    "bom.jsonl": lambda rows: b"\xef\xbb\xbf" + "\n".join(json.dumps(row) for row in rows).encode(),
    "x.csv": lambda rows: as_csv(rows).encode(),
    "bom.csv": lambda rows: b"\xef\xbb\xbf" + as_csv(rows).encode(),
    "semicolon.csv": lambda rows: as_csv(rows, ";").encode(),
    "told.csv": lambda rows: f"sep=|\r\n{as_csv(rows, '|')}".encode(),
    "utf16.csv": lambda rows: as_csv(rows).encode("utf-16"),
    "x.tsv": lambda rows: as_csv(rows, "\t").encode(),
    "x.json.gz": lambda rows: gzip.compress(json.dumps(rows).encode()),
    "x.jsonl.gz": lambda rows: gzip.compress("\n".join(json.dumps(row) for row in rows).encode()),
    "x.csv.gz": lambda rows: gzip.compress(as_csv(rows).encode()),
    "x.parquet": as_parquet,
}


@pytest.mark.parametrize("name", WRITERS)
def test_each_record_of_any_kind_of_file_is_a_document(tmp_path: Path, name: str) -> None:
    """Its path is the file's and its id, its link its own, its content all its columns in order."""
    path = put(tmp_path / name, WRITERS[name](ROWS))
    documents = fetch(path)
    assert records(documents) == {f"{name}#A1": ROWS[0], f"{name}#A2": ROWS[1]}
    first, second = documents
    assert (first.url, second.url) == ("https://tool.example/A1", None)
    assert first.media_type == "application/json"
    assert (first.content or "").split("\n")[1] == '"id": "A1",'
    assert first.modified_at == datetime(2024, 3, 1, 9, 30)


def test_the_list_is_found_where_the_settings_say(tmp_path: Path) -> None:
    """In an answer of an API, page after page, and whatever stands around it."""
    pages = (
        '{"meta": {"page": 1, "data": []}, "data": {"list": [{"id": 1}], "n": {"x": [1]}}, "more": true}\n'
        * 2
    )
    path = put(tmp_path / "x.json", pages.replace('"id": 1', '"id": 2', 1))
    assert records(fetch(path, records="data.list")) == {"x.json#2": {"id": 2}, "x.json#1": {"id": 1}}
    path = put(tmp_path / "y.jsonl", '{"incident": {"id": 1}}\n{"incidents": [{"id": 2}, {"id": 3}]}')
    assert records(fetch(path, records="incidents | incident")) == {
        "y.jsonl#1": {"id": 1},
        "y.jsonl#2": {"id": 2},
        "y.jsonl#3": {"id": 3},
    }


def test_records_without_an_id_have_the_number_of_their_row(tmp_path: Path) -> None:
    """Rows are counted from one below the header."""
    path = put(tmp_path / "x.csv", "id,title\n,One\nA#2,Two\n")
    assert [each.path for each in fetch(path)] == ["x.csv#1", "x.csv#A%232"]


def test_a_whole_number_is_an_id_without_a_point(tmp_path: Path) -> None:
    """A column of numbers with a gap is one of floats."""
    path = put(tmp_path / "x.parquet", as_parquet([{"id": 7.0}, {"id": None}, {"id": 7.5}]))
    assert [each.path for each in fetch(path)] == ["x.parquet#7", "x.parquet#2", "x.parquet#7.5"]


def test_where_people_read_a_record_can_be_told(tmp_path: Path) -> None:
    """A record without a link of its own has that of the settings; a link that is none is not taken."""
    rows = [{"id": "A 1", "link": "javascript:alert(1)"}, {"id": "A2", "link": "https://tool.example/own"}]
    path = put(tmp_path / "x.json", json.dumps(rows))
    assert [each.url for each in fetch(path, url="https://tool.example/i/{id}")] == [
        "https://tool.example/i/A%201",
        "https://tool.example/own",
    ]


def test_columns_of_one_name_become_a_list(tmp_path: Path) -> None:
    """Jira writes a field with several values as several columns."""
    path = put(tmp_path / "x.csv", "id,Service,Service,Service\n1,mail,,search\n2,mail,,\n")
    assert [json.loads(each.content or "")["Service"] for each in fetch(path)] == [["mail", "search"], "mail"]


def test_parquet_columns_of_any_type_become_json(tmp_path: Path) -> None:
    """Times keep their zone, lists and structures their form, and what JSON lacks becomes text or null."""
    table = pa.table(
        {
            "id": pa.array([1]),
            "zoned": pa.array([LONG_AGO], pa.timestamp("ns", "UTC")),
            "plain": pa.array([LONG_AGO // 1_000_000], pa.timestamp("ms")),
            "day": pa.array([datetime(2024, 3, 1)], pa.date32()),
            "long": pa.array([90], pa.duration("s")),
            "who": pa.array([{"name": "Ana", "tags": ["x"]}]),
            "part": pa.array([float("nan")]),
        }
    )
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    path = put(tmp_path / "x.parquet", bytes(sink.getvalue().to_pybytes()))
    assert records(fetch(path)) == {
        "x.parquet#1": {
            "id": 1,
            "zoned": "2024-03-01T09:30:00+00:00",
            "plain": "2024-03-01T09:30:00",
            "day": "2024-03-01",
            "long": "PT90S",
            "who": {"name": "Ana", "tags": ["x"]},
            "part": None,
        }
    }


def test_a_folder_holds_the_files_the_settings_name(tmp_path: Path) -> None:
    """Other files, hidden ones and links out of the folder are left out or told."""
    outside = put(tmp_path / "elsewhere.csv", "id\n9\n")
    folder = tmp_path / "exports"
    put(folder / "a.csv", "id\n1\n")
    put(folder / "deep" / "b.json", '[{"id": 2}]')
    put(folder / "old" / "c.json", '[{"id": 3}]')
    put(folder / "notes.md", "# No export")
    put(folder / ".hidden.csv", "id\n4\n")
    (folder / "link.csv").symlink_to(outside)
    assert records(fetch(folder, exclude=["old/**"])) == {
        "a.csv#1": {"id": "1"},
        "deep/b.json#2": {"id": 2},
        "link.csv": "outside",
    }


@pytest.mark.parametrize("name", ["nowhere", "notes.md"])
def test_a_path_that_is_no_export_is_told(tmp_path: Path, name: str) -> None:
    """A missing path, and a file of another kind, are mistakes of the settings."""
    put(tmp_path / "notes.md", "# No export")
    with pytest.raises(SourceError, match=r"source tool: .*(mend its path|name a file ending)"):
        fetch(tmp_path / name)


# --- what is no record --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("x.jsonl", b'{"id": 1}\n{"id": \n\n{"id": 3}',
         {"#1": {"id": 1}, "#line 2": "malformed", "#3": {"id": 3}}),
        ("x.jsonl", b'{"id": 1}\n"\xff\xfe"\n[1]',
         {"#1": {"id": 1}, "#line 2": "malformed", "#line 3": "no_object"}),
        ("x.json", b'[{"id": 1},\n{"id": 2}\n', {"#1": {"id": 1}, "#2": {"id": 2}, "#line 3": "malformed"}),
        ("x.json", b'[{"id": 1}, 7,\n{"id": 2} {"id": 3}]',
         {"#1": {"id": 1}, "#line 1": "no_object", "#2": {"id": 2}, "#line 2": "malformed"}),
        ("x.json", b"[" * 100_000, {"#line 1": "malformed"}),
        ("x.json", b'[{"id":1,"x":' + b"[" * 900 + b"]" * 900 + b"}]", None),
        ("x.json", b'[{"id": 1' + b"0" * 5000 + b"}]", {"#line 1": "malformed"}),
        ("x.json", b'[{"id": 1, "x": NaN, "y": -Infinity, "z": 1e999}]',
         {"#1": {"id": 1, "x": None, "y": None, "z": None}}),
        ("x.json", b'[{"id": "\\ud800"}]', {"#?": {"id": "?"}}),
        ("x.json", b"", {"": "empty"}),
        ("x.json", b"[]", {"": "empty"}),
        ("x.json", b"\x00\x01\x02", {"": "binary"}),
        ("x.json", b'[{"id": "\xe4"}]', {"": "not_utf8"}),
        ("x.csv", b"", {"": "empty"}),
        ("x.csv", b"id,title\n", {"": "empty"}),
        ("x.csv", b"id,title\n1,a,b\n2\n3,c\n",
         {"#line 2": "too_many_cells", "#line 3": "too_few_cells", "#3": {"id": "3", "title": "c"}}),
        ("x.csv", b'id,title\n1,"open\n2,b\n', {"#line 2": "open_quotes"}),
        ("x.csv", b'id,title\n1,"a"b"\n2,b\n', {"#line 2": "open_quotes", "#2": {"id": "2", "title": "b"}}),
        ("x.csv", b"id,title\n1,\xe4\n", {"": "not_utf8"}),
        ("x.csv.gz", b"no gzip", {"": "unreadable"}),
        ("x.csv.gz", gzip.compress(b"id\n1\n" * 2000, mtime=0)[:40], {"": "unreadable"}),
        ("x.parquet", b"PAR1 no parquet", {"": "malformed"}),
        ("x.parquet", b"", {"": "malformed"}),
    ],
)  # fmt: skip
def test_what_is_no_record_is_a_document_with_a_problem(
    tmp_path: Path, name: str, content: bytes, found: dict[str, Any] | None
) -> None:
    """The good records are read, the others told by file and line; nothing is raised."""
    read = records(fetch(put(tmp_path / name, content)))
    assert all(not isinstance(each, str) or each in PROBLEMS for each in read.values())
    if found is not None:
        assert read == {f"{name}{place}": each for place, each in found.items()}


def test_a_file_that_unpacks_to_too_much_is_told(tmp_path: Path) -> None:
    """The limit counts what a packed file becomes, and what a Parquet file says it becomes."""
    path = put(tmp_path / "x.jsonl.gz", gzip.compress(b" " * 3_000_000))
    assert records(fetch(path, max_megabytes=1)) == {"x.jsonl.gz": "too_large"}
    path = put(tmp_path / "y.csv", b"id\n" + b"1" * 1_100_000)
    assert records(fetch(path, max_megabytes=1)) == {"y.csv": "too_large"}


def test_a_record_as_large_as_no_incident_is_told(tmp_path: Path) -> None:
    """One record has its own limit."""
    path = put(tmp_path / "x.json", json.dumps([{"id": 1, "x": "y" * 2_000_001}, {"id": 2}]))
    assert records(fetch(path)) == {"x.json#1": "too_large", "x.json#2": {"id": 2}}


def test_a_file_of_nothing_but_problems_is_given_up(tmp_path: Path) -> None:
    """A thousand findings say as much as a million."""
    documents = fetch(put(tmp_path / "x.jsonl", b"x\n" * 5_000))
    assert len(documents) == 1001
    assert (documents[-1].path, documents[-1].problem) == ("x.jsonl", "malformed")


def test_one_id_twice_is_read_once_and_told(tmp_path: Path) -> None:
    """The same record twice is one; another record of the same id is told, not counted."""
    path = put(tmp_path / "x.jsonl", '{"id": 1}\n{"id": 1}\n{"id": 1, "x": 2}')
    assert records(fetch(path)) == {"x.jsonl#1": {"id": 1}, "x.jsonl#1~3": "duplicate"}


@given(
    st.sampled_from(["x.json", "x.jsonl", "x.csv", "x.tsv", "x.csv.gz", "x.parquet"]),
    st.binary(max_size=200) | st.text(alphabet='{}[]":,0a\n\t;\\ ', max_size=80).map(str.encode),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
def test_any_bytes_are_read(tmp_path: Path, name: str, content: bytes) -> None:
    """Whatever a file holds, it becomes records and problems."""
    for document in fetch(put(tmp_path / name, content)):
        assert (document.content is None) == (document.problem is not None)


# --- what changed -------------------------------------------------------------------------------------------


def test_a_file_as_before_is_not_opened(tmp_path: Path) -> None:
    """Size and time tell; a file whose bytes cannot even be read lists what it held."""
    path = put(tmp_path / "x.csv", "id\n1\n2\n")
    before = known(fetch(path))
    put(path, "XX\nX\nX\n")
    listing = Export(source(), path).fetch(before)
    assert (set(listing.paths), listing.changed_count, list(listing.changed)) == (
        {"x.csv#1", "x.csv#2"},
        0,
        [],
    )


def test_one_changed_record_changes_one(tmp_path: Path) -> None:
    """Of a changed file only the changed records are kept anew, and then it is not opened again."""
    path = put(tmp_path / "x.csv", "id,title\n1,a\n2,b\n3,c\n")
    held = known(fetch(path))
    put(path, "id,title\n1,a\n2,B\n3,c\n", nanoseconds=LONG_AGO + 10**9)
    changed = fetch(path, held)
    assert records(changed) == {"x.csv#2": {"id": "2", "title": "B"}}
    held |= known(changed)
    assert fetch(path, held) == []


def test_a_file_written_again_as_it_was_is_remembered(tmp_path: Path) -> None:
    """With a new time and the same records, one is kept anew to remember the time."""
    path = put(tmp_path / "x.csv", "id\n1\n2\n")
    held = known(fetch(path))
    put(path, "id\n1\n2\n", nanoseconds=LONG_AGO + 10**9)
    again = fetch(path, held)
    assert [each.path for each in again] == ["x.csv#1"]
    held |= known(again)
    assert fetch(path, held) == []


def test_a_record_that_went_is_no_longer_listed(tmp_path: Path) -> None:
    """And the others stay."""
    path = put(tmp_path / "x.csv", "id\n1\n2\n")
    held = known(fetch(path))
    put(path, "id\n2\n")
    assert set(Export(source(), path).fetch(held).paths) == {"x.csv#2"}


def test_a_reading_that_was_cut_short_is_done_again(tmp_path: Path) -> None:
    """When a run ends in the middle of a file, what it did not keep is read by the next."""
    path = put(tmp_path / "x.csv", "id\n1\n2\n3\n")
    half = fetch(path)[:2]
    assert [each.path for each in fetch(path, known(half))] == ["x.csv#3"]


def test_a_file_put_back_as_it_was_is_read(tmp_path: Path) -> None:
    """An old state with its old time is another state than the last one read."""
    path = put(tmp_path / "x.csv", "id,title\n1,a\n2,b\n")
    held = known(fetch(path))
    put(path, "id,title\n1,a\n2,B\n", nanoseconds=LONG_AGO + 10**9)
    later = {
        name: each._replace(fetched_at=datetime(2124, 1, 1))
        for name, each in known(fetch(path, held)).items()
    }
    held |= later
    put(path, "id,title\n1,a\n2,b\n")
    assert records(fetch(path, held)) == {"x.csv#2": {"id": "2", "title": "b"}}


def test_another_address_is_kept_for_all_records(tmp_path: Path) -> None:
    """Where people read records is known anew for each of them, though none changed."""
    path = put(tmp_path / "x.csv", "id\n1\n2\n")
    held = known(fetch(path))
    changed = fetch(path, held, url="https://tool.example/{id}")
    assert [each.url for each in changed] == ["https://tool.example/1", "https://tool.example/2"]


def test_other_settings_read_the_file_again(tmp_path: Path) -> None:
    """Another column as id makes other documents."""
    path = put(tmp_path / "x.csv", "id,title\n1,a\n")
    held = known(fetch(path))
    assert [each.path for each in fetch(path, held, fields={"id": "title"})] == ["x.csv#a"]
