"""Exports of other tools: files of records, each record a document of its own.

A record is kept as JSON with each of its columns on a line of its own, so that evidence can name the line.
A file is opened when it changed since the last fetch; of its records only those that changed are kept anew.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import chain
from math import isfinite
from pathlib import Path
from typing import IO, Any, TypeAlias, cast
from urllib.parse import quote

from pipeline.errors import SourceError
from pipeline.raw_documents import FetchedDocument, KnownDocument, Listing
from pipeline.record_mappings import FieldPaths, field_paths, records_path
from pipeline.record_mappings.paths import RecordPath, parse_path
from pipeline.settings import ExportSource
from pipeline.sources.folder import ListedDocument, is_named, list_folder, max_bytes

_KINDS = (".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".parquet")
_NAME = re.compile(r"(\.json|\.jsonl|\.ndjson|\.csv|\.tsv)(?:\.gz)?$|\.parquet$", re.IGNORECASE)
_MAX_RECORD = 2_000_000  # bytes of one record, far above any incident
_MAX_CELL = 2_000_000  # characters
_MAX_PROBLEMS = 1_000  # of one file, which then is given up
_MAX_COLUMNS = 5_000
_ROWS_AT_ONCE = 500  # of a Parquet file
_READ_AT_ONCE = 1 << 20


@dataclass(frozen=True, slots=True)
class _Read:
    """A record of a file, or the problem with it. `place` is its number or line; None: the file itself."""

    place: str | None
    record: dict[str, Any] | None = None
    problem: str | None = None


class _FileProblemError(Exception):
    """A file that cannot be read on; `problem` is one of `pipeline.raw_documents.PROBLEMS`."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class Export:
    """The records of a file, or of the files of a folder, as a source the run fetches from."""

    def __init__(self, source: ExportSource, path: Path) -> None:
        self._source = source
        self._path = path
        fields: FieldPaths = field_paths(source.format, source.fields)
        paths = {name: parse_path(written) for name, written in fields if name in ("id", "url")}
        self._id: RecordPath | None = paths.get("id")
        self._link: RecordPath | None = paths.get("url")
        listed = source.records or records_path(source.format) or ""
        self._records = [name.strip() for name in listed.split("|") if name.strip()]
        seen_by = repr((paths, self._records, source.url, max_bytes(source)))
        self._settings = hashlib.sha256(seen_by.encode()).hexdigest()[:8]

    def fetch(self, known: Mapping[str, KnownDocument]) -> Listing:
        """See `DocumentSource`. A file whose size and time are as before is not opened.

        A changed file is read twice: first for what it lists and what of that changed, then for the records.
        """
        files = self._files()
        by_file: dict[str, dict[str, KnownDocument]] = {file.path: {} for file in files}
        for path, document in known.items():
            owner = path if path in by_file else path.rpartition("#")[0]
            if owner in by_file:
                by_file[owner][path] = document
        paths: set[str] = set()
        wanted: list[tuple[ListedDocument, set[str]]] = []
        for file in files:
            held = by_file[file.path]
            if self._is_as_before(file, held):
                paths |= held.keys()
                continue
            listed: dict[str, str] = {}
            for each in self._documents(file):
                listed[each.path] = each.content_hash
            paths |= listed.keys()
            changed = {
                path
                for path, content_hash in listed.items()
                if path not in held or held[path].content_hash != content_hash
            }
            # Nothing changed but the file's own time: one record is kept anew, to remember that time.
            wanted.append((file, changed or set(list(listed)[:1])))
        return Listing(paths, sum(len(changed) for _, changed in wanted), self._read(wanted))

    def _files(self) -> list[ListedDocument]:
        if self._path.is_dir():
            found = [file for file in list_folder(self._source, self._path) if _NAME.search(file.path)]
        elif self._path.is_file():
            facts = self._path.stat()
            modified = datetime.fromtimestamp(facts.st_mtime, UTC).replace(tzinfo=None)
            found = [ListedDocument(self._path.name, facts.st_size, modified, str(self._path))]
            if not is_named(self._path.name, self._source) or not _NAME.search(self._path.name):
                raise SourceError(
                    f"source {self._source.name}: {self._path} is no export that can be read; "
                    f"name a file ending in {', '.join(_KINDS)}, or a folder of them"
                )
        else:
            raise SourceError(
                f"source {self._source.name}: {self._path} is no file and no folder; "
                f"mend its path in the settings"
            )
        return found

    def _state(self, file: ListedDocument) -> str:
        """What names this state of a file as these settings see it."""
        return f"{file.size_bytes}-{file.modified_at.isoformat()}-{self._settings}"

    def _is_as_before(self, file: ListedDocument, held: Mapping[str, KnownDocument]) -> bool:
        """Whether the record that was kept last closed the reading of the file as it is now.

        Only the last record of a reading carries the file's state: a run that was killed left none.
        """
        if not held:
            return False
        last = max(held.values(), key=lambda each: (each.fetched_at, each.version is not None))
        just_written = (last.fetched_at - file.modified_at).total_seconds() < 1
        return last.version == self._state(file) and not just_written

    def _read(self, wanted: list[tuple[ListedDocument, set[str]]]) -> Iterator[FetchedDocument]:
        for file, changed in wanted:
            left = len(changed)
            for document in self._documents(file):
                if document.path in changed:
                    left -= 1
                    changed.discard(document.path)
                    version = self._state(file) if left == 0 else None
                    yield _with_version(document, version)
                if left == 0:
                    break

    # --- documents ----------------------------------------------------------------------------------------

    def _documents(self, file: ListedDocument) -> Iterator[FetchedDocument]:
        """Every record of a file as a document, and one document for what cannot be read of it."""
        seen: dict[str, str] = {}
        has_any = False
        problems = 0
        for read in self._records_of(file):
            has_any = True
            problems += read.problem is not None
            if problems > _MAX_PROBLEMS:
                read = _Read(None, problem="malformed")
            document = self._document(file, read)
            before = seen.get(document.path)
            if before == document.content_hash:
                continue  # the same record twice is one
            if before is not None:
                path = f"{document.path}~{read.place}"
                content_hash = hashlib.sha256(f"duplicate {document.content_hash}".encode()).hexdigest()
                document = _without_content(file, path, "duplicate", content_hash)
                if path in seen:
                    continue
            seen[document.path] = document.content_hash
            yield document
            if problems > _MAX_PROBLEMS:
                return
        if not has_any:
            yield self._document(file, _Read(None, problem="empty"))

    def _document(self, file: ListedDocument, read: _Read) -> FetchedDocument:
        if read.record is None:
            path = file.path if read.place is None else f"{file.path}#{read.place}"
            about = f"{read.problem} {self._state(file)}" if read.place is None else f"{read.problem}"
            content_hash = hashlib.sha256(about.encode()).hexdigest()
            return _without_content(file, path, read.problem or "malformed", content_hash)
        name = self._name_of(read)
        path = f"{file.path}#{name}"
        try:
            content = _as_lines(read.record)
        except RecursionError:
            return _without_content(file, path, "malformed", hashlib.sha256(b"deep").hexdigest())
        raw = content.encode("utf-8", "replace")
        content_hash = hashlib.sha256(raw).hexdigest()
        if len(raw) > _MAX_RECORD:
            return _without_content(file, path, "too_large", content_hash)
        return FetchedDocument(
            path=path,
            url=self._url(read.record, path, name),
            content=raw.decode("utf-8"),
            content_hash=content_hash,
            size_bytes=len(raw),
            problem=None,
            modified_at=file.modified_at,
            media_type="application/json",
        )

    def _name_of(self, read: _Read) -> str:
        """What tells the record from the others of its file: its id, else its row."""
        found = self._id.find(read.record or {}) if self._id is not None else None
        value = found.values[0] if found is not None else None
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            return read.place or ""
        name = re.sub(r"[\x00-\x20\x7f]+", " ", str(value)).strip().replace("#", "%23")
        if len(name) > 120:
            name = f"{name[:80]}~{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:16]}"
        return name.encode("utf-8", "replace").decode("utf-8") or read.place or ""

    def _url(self, record: Mapping[str, Any], path: str, name: str) -> str | None:
        found = self._link.find(record) if self._link is not None else None
        if found is not None and isinstance(found.values[0], str):
            link = found.values[0].strip()
            if re.fullmatch(r"https?://[^\s<>\"]{1,2000}", link):
                return link
        if self._source.url is None:
            return None
        return self._source.url.replace("{path}", quote(path)).replace("{id}", quote(name, safe=""))

    # --- files --------------------------------------------------------------------------------------------

    def _records_of(self, file: ListedDocument) -> Iterator[_Read]:
        """The records of a file; what stops the reading is the last. Nothing is raised for what it holds."""
        limit = max_bytes(self._source)
        if file.is_outside:
            yield _Read(None, problem="outside")
            return
        if file.size_bytes > limit:
            yield _Read(None, problem="too_large")
            return
        path = Path(file.file)
        try:
            if path.suffix.lower() == ".parquet":
                yield from _parquet(path, limit)
                return
            with io.BufferedReader(_Counted(path, limit), _READ_AT_ONCE) as opened:
                kind = Path(path.stem if path.suffix.lower() == ".gz" else path.name).suffix.lower()
                if kind in (".csv", ".tsv"):
                    yield from _table(opened, "\t" if kind == ".tsv" else None)
                elif kind == ".json":
                    yield from _json(_whole(opened), self._records)
                else:
                    yield from _json_lines(opened, self._records)
        except _FileProblemError as error:
            yield _Read(None, problem=error.problem)
        except UnicodeDecodeError:
            yield _Read(None, problem="not_utf8")
        except (OSError, EOFError, zlib.error):
            yield _Read(None, problem="unreadable")


def _with_version(document: FetchedDocument, version: str | None) -> FetchedDocument:
    return replace(document, version=version)


def _without_content(file: ListedDocument, path: str, problem: str, content_hash: str) -> FetchedDocument:
    return FetchedDocument(
        path=path,
        url=None,
        content=None,
        content_hash=content_hash,
        size_bytes=file.size_bytes,
        problem=problem,
        modified_at=file.modified_at,
        media_type="application/json",
    )


def _as_lines(record: Mapping[str, Any]) -> str:
    """The record as JSON, each of its columns on a line of its own."""
    columns = [f"{_dumped(str(key))}: {_dumped(value)}" for key, value in record.items()]
    return "{\n" + ",\n".join(columns) + "\n}"


def _dumped(value: Any) -> str:
    return json.dumps(_finite(value), ensure_ascii=False, separators=(",", ":"), default=_as_json)


def _finite(value: Any) -> Any:
    """The value without the numbers that JSON has no form for."""
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): _finite(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(inner) for inner in value]
    return value


def _as_json(value: object) -> Any:
    """Values that Parquet has and JSON has not."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"PT{value.total_seconds():.0f}S"
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)


class _Counted(io.RawIOBase):
    """The bytes of a file, unpacked when it is packed. Reading more than `limit` of them is a problem."""

    def __init__(self, path: Path, limit: int) -> None:
        is_packed = path.suffix.lower() == ".gz"
        self._file = cast(IO[bytes], gzip.GzipFile(path, "rb")) if is_packed else path.open("rb")
        self._left = limit

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        chunk = self._file.read(len(buffer))
        self._left -= len(chunk)
        if self._left < 0:
            raise _FileProblemError("too_large")
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def close(self) -> None:
        self._file.close()
        super().close()


_Buffered: TypeAlias = "io.BufferedReader[_Counted]"


def _encoding(opened: _Buffered) -> str:
    """The encoding of a text. Raises _FileProblemError when it is none."""
    head = opened.peek(4096)[:4096]
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    if b"\0" in head:
        raise _FileProblemError("binary")
    return "utf-8-sig"


def _whole(opened: _Buffered) -> str:
    encoding = _encoding(opened)
    return opened.read().decode(encoding)


_SPACE = re.compile(r"\s*")


def _decoder() -> json.JSONDecoder:
    return json.JSONDecoder(parse_constant=lambda _: None)


def _json_lines(opened: _Buffered, names: list[str]) -> Iterator[_Read]:
    """A record, or an answer with a list of them, on each line."""
    encoding = _encoding(opened)
    decode = _decoder().decode
    lines: Iterable[bytes | str] = opened
    if encoding == "utf-16":
        lines = io.TextIOWrapper(opened, encoding, newline="\n")
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            value = decode(line if isinstance(line, str) else line.decode("utf-8").removeprefix("\ufeff"))
        except (ValueError, RecursionError):  # a UnicodeDecodeError is a ValueError
            yield _Read(f"line {number}", problem="malformed")
            continue
        inner = _inside(value, names)
        for count, record in enumerate(inner, start=1):
            place = str(number) if len(inner) == 1 else f"{number}.{count}"
            if isinstance(record, dict):
                yield _Read(place, record)
            else:
                yield _Read(f"line {number}", problem="malformed")


def _json(text: str, names: list[str]) -> Iterator[_Read]:
    """The objects of a list: the text itself, or one that stands in it; or those that follow each other.

    They are read one by one, so that a long list is never held as a whole.
    """
    decoder, place = _decoder(), 0
    at = [_after_space(text, 0)]  # where the reading stands, also when it stops
    try:
        while at[0] < len(text):
            start, depth = _list_in(text, at[0], names)
            if start is not None:
                at[0] = start
                for value in _elements(text, at):
                    place += 1
                    yield _read_object(value, place, text, at[0])
                _close(text, at, depth)
            else:
                value, at[0] = decoder.raw_decode(text, at[0])
                for inner in _inside(value, names):
                    place += 1
                    yield _read_object(inner, place, text, at[0])
            at[0] = _after_space(text, at[0])
    except (ValueError, RecursionError, IndexError):
        yield _Read(_line_at(text, at[0]), problem="malformed")


def _read_object(value: Any, place: int, text: str, end: int) -> _Read:
    if isinstance(value, dict):
        return _Read(str(place), value)
    return _Read(_line_at(text, end), problem="malformed")


def _line_at(text: str, position: int) -> str:
    return f"line {text.count(chr(10), 0, position) + 1}"


def _after_space(text: str, position: int) -> int:
    return _SPACE.match(text, position).end()  # type: ignore[union-attr]


def _inside(value: Any, names: list[str]) -> list[Any]:
    """The records of an answer such as {"incident": {…}} or {"incidents": […]}; else the value itself."""
    if isinstance(value, dict):
        for name in names:
            inner: Any = value
            for key in name.split("."):
                inner = inner.get(key) if isinstance(inner, dict) else None
            if isinstance(inner, list):
                return inner
            if isinstance(inner, dict) and len(value) <= 3:
                return [inner]
    return [value]


def _list_in(text: str, start: int, names: list[str]) -> tuple[int | None, int]:
    """Where a list begins: at `start`, or in the object there under one of the names; and how deep."""
    if text[start] == "[":
        return start, 0
    for name in names:
        keys = name.split(".")
        position: int | None = start
        for key in keys:
            position = _value_of(text, position, key) if position is not None else None
        if position is not None and text[position : position + 1] == "[":
            return position, len(keys)
    return None, 0


def _close(text: str, at: list[int], depth: int) -> None:
    """Go on behind the objects around a list. Raises ValueError and IndexError for broken JSON."""
    decoder = _decoder()
    for _ in range(depth):
        at[0] = _after_space(text, at[0])
        while text[at[0]] == ",":
            _, at[0] = decoder.raw_decode(text, _after_space(text, at[0] + 1))
            at[0] = _after_space(text, at[0])
            if text[at[0]] != ":":
                raise ValueError("a colon is missing")
            _, at[0] = decoder.raw_decode(text, _after_space(text, at[0] + 1))
            at[0] = _after_space(text, at[0])
        if text[at[0]] != "}":
            raise ValueError("a brace is missing")
        at[0] += 1


def _value_of(text: str, start: int, key: str) -> int | None:
    """Where the value of a key begins in the object at `start`. Raises ValueError for broken JSON."""
    if text[start : start + 1] != "{":
        return None
    decoder, position = _decoder(), _after_space(text, start + 1)
    while text[position] != "}":
        found, position = decoder.raw_decode(text, position)
        position = _after_space(text, position)
        if text[position] != ":":
            raise ValueError("a colon is missing")
        position = _after_space(text, position + 1)
        if found == key:
            return position
        _, position = decoder.raw_decode(text, position)
        position = _after_space(text, position)
        if text[position] == ",":
            position = _after_space(text, position + 1)
        elif text[position] != "}":
            raise ValueError("a comma is missing")
    return None


def _elements(text: str, at: list[int]) -> Iterator[Any]:
    """The elements of the list at `at[0]`, which goes along and ends behind it.

    Raises ValueError and IndexError for broken JSON.
    """
    decoder = _decoder()
    at[0] = _after_space(text, at[0] + 1)
    if text[at[0]] == "]":
        at[0] += 1
        return
    while True:
        value, at[0] = decoder.raw_decode(text, at[0])
        yield value
        at[0] = _after_space(text, at[0])
        if text[at[0]] == "]":
            at[0] += 1
            return
        if text[at[0]] != ",":
            raise ValueError("a comma is missing")
        at[0] = _after_space(text, at[0] + 1)


def _table(opened: _Buffered, delimiter: str | None) -> Iterator[_Read]:
    """The rows of a CSV, below its header; columns of one name become a list."""
    lines = iter(io.TextIOWrapper(opened, _encoding(opened), newline=""))
    above = 0
    first = ""
    for first in lines:
        above += 1
        told = re.fullmatch(r"sep=(.)\s*", first, re.IGNORECASE)  # as Excel writes it
        if told is not None:
            delimiter = told.group(1)
        elif first.strip():
            break
    if not first.strip():
        return
    csv.field_size_limit(_MAX_CELL)
    reader = csv.reader(chain([first], lines), delimiter=delimiter or _delimiter(first), strict=True)
    try:
        header = [name.strip() for name in next(reader)]
    except (csv.Error, StopIteration):
        header = []
    if not header or len(header) > _MAX_COLUMNS:
        yield _Read(f"line {above}", problem="malformed")
        return
    number = 0
    while True:
        line = above + reader.line_num
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield _Read(f"line {line}", problem="malformed")
            continue
        if not any(cell.strip() for cell in row):
            continue
        number += 1
        if len(row) == len(header):
            yield _Read(str(number), _row(header, row))
        else:  # with a cell too many or too few, any cell may stand in another's column
            yield _Read(f"line {line}", problem="malformed")


def _delimiter(header: str) -> str:
    """What stands between the names of the header."""
    outside = re.sub(r'"[^"]*"', "", header)
    return max((",", ";", "\t", "|"), key=outside.count)


def _row(header: list[str], row: list[str]) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for name, cell in zip(header, row, strict=True):
        if name not in record:
            record[name] = cell
        elif cell:
            before = record[name]
            record[name] = [*before, cell] if isinstance(before, list) else [before, cell] if before else cell
    return record


def _parquet(path: Path, limit: int) -> Iterator[_Read]:
    """The rows of a Parquet file, some hundred at a time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    number = 0
    try:
        with pq.ParquetFile(path) as file:
            facts = file.metadata
            size = sum(facts.row_group(index).total_byte_size for index in range(facts.num_row_groups))
            if size > 10 * limit or facts.num_columns > _MAX_COLUMNS:
                raise _FileProblemError("too_large")
            for batch in file.iter_batches(batch_size=_ROWS_AT_ONCE):
                for row in (
                    pa.Table.from_batches([batch]).cast(_without_nanoseconds(batch.schema)).to_pylist()
                ):
                    number += 1
                    yield _Read(str(number), row)
    except (pa.ArrowException, OSError, ValueError, OverflowError):
        yield _Read(None, problem="malformed")


def _without_nanoseconds(schema: Any) -> Any:
    """The schema with times that Python can hold."""
    import pyarrow as pa

    fields = [
        field.with_type(pa.timestamp("us", field.type.tz))
        if pa.types.is_timestamp(field.type) and field.type.unit == "ns"
        else field
        for field in schema
    ]
    return pa.schema(fields)
