"""Files of records, whatever their kind → one record after the other, and what is no record.

Files are read row by row; JSON is held as text, and its list is taken apart record by record. Nothing is
raised for what a file holds.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO, Any, TypeAlias, cast

KINDS = (".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".parquet")
_NAME = re.compile(r"(?:\.json|\.jsonl|\.ndjson|\.csv|\.tsv)(?:\.gz)?$|\.parquet$", re.IGNORECASE)
_MAX_CELL = 2_000_000  # characters
_MAX_COLUMNS = 5_000
_ROWS_AT_ONCE = 500  # of a Parquet file
_READ_AT_ONCE = 1 << 20


@dataclass(frozen=True, slots=True)
class RecordRead:
    """A record of a file, or the problem with it, one of `pipeline.raw_documents.PROBLEMS`.

    `place` is the record's number or "line 7"; None when the file itself cannot be read, or not to its end.
    """

    place: str | None
    record: dict[str, Any] | None = None
    problem: str | None = None


class _FileProblemError(Exception):
    """A file that cannot be read on."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


def is_record_file(path: str) -> bool:
    """Whether a file of this name is one of records."""
    return _NAME.search(path) is not None


def read_records(path: Path, limit: int, names: list[str]) -> Iterator[RecordRead]:
    """The records of a file of at most `limit` bytes, unpacked; what stops the reading is the last.

    `names` are the paths at which the list of records may stand in JSON.
    """
    try:
        if path.suffix.lower() == ".parquet":
            yield from _parquet(path, limit)
            return
        with io.BufferedReader(_Counted(path, limit), _READ_AT_ONCE) as opened:
            kind = Path(path.stem if path.suffix.lower() == ".gz" else path.name).suffix.lower()
            if kind in (".csv", ".tsv"):
                yield from _table(opened, "\t" if kind == ".tsv" else None)
            elif kind == ".json":
                yield from _json(_whole(opened), names)
            else:
                yield from _json_lines(opened, names)
    except _FileProblemError as error:
        yield RecordRead(None, problem=error.problem)
    except UnicodeDecodeError:
        yield RecordRead(None, problem="not_utf8")
    except (OSError, EOFError, zlib.error):
        yield RecordRead(None, problem="unreadable")


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


def _json_lines(opened: _Buffered, names: list[str]) -> Iterator[RecordRead]:
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
            yield RecordRead(f"line {number}", problem="malformed")
            continue
        inner = _inside(value, names)
        for count, record in enumerate(inner, start=1):
            place = str(number) if len(inner) == 1 else f"{number}.{count}"
            if isinstance(record, dict):
                yield RecordRead(place, record)
            else:
                yield RecordRead(f"line {number}", problem="no_object")


def _json(text: str, names: list[str]) -> Iterator[RecordRead]:
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
        yield RecordRead(_line_at(text, at[0]), problem="malformed")


def _read_object(value: Any, place: int, text: str, end: int) -> RecordRead:
    if isinstance(value, dict):
        return RecordRead(str(place), value)
    return RecordRead(_line_at(text, end), problem="no_object")


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


def _table(opened: _Buffered, delimiter: str | None) -> Iterator[RecordRead]:
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
        yield RecordRead(f"line {above}", problem="no_header")
        return
    number = 0
    while True:
        line = above + reader.line_num
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield RecordRead(f"line {line}", problem="open_quotes")
            continue
        if not any(cell.strip() for cell in row):
            continue
        number += 1
        if len(row) == len(header):
            yield RecordRead(str(number), _row(header, row))
        else:  # with a cell too many or too few, any cell may stand in another's column
            problem = "too_many_cells" if len(row) > len(header) else "too_few_cells"
            yield RecordRead(f"line {line}", problem=problem)


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


def _parquet(path: Path, limit: int) -> Iterator[RecordRead]:
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
                    yield RecordRead(str(number), row)
    except (pa.ArrowException, OSError, ValueError, OverflowError):
        yield RecordRead(None, problem="malformed")


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
