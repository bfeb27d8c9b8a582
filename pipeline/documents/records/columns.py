"""A record's columns: where a mapping leads in it, on which line each stands, and how it is quoted."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from pipeline.documents.blocks import squeeze
from pipeline.documents.records.values import read_names, shown
from pipeline.record_mappings.issues import NAMES
from pipeline.record_mappings.paths import Found, RecordPath, decoded, parse_path

_KEY_LINE = re.compile(r'\s*("(?:[^"\\]|\\.)*")\s*:')


class Columns:
    """The columns of one record, read by a mapping: field → path. `content` is the record as it is kept."""

    def __init__(self, record: dict[str, Any], content: str, mapping: Iterable[tuple[str, str]]) -> None:
        self.record = record
        self.passed_over: frozenset[str] = frozenset()  # columns that say nothing of the incident
        self._paths = {name: _parsed(written) for name, written in mapping}
        self._lines = _lines_of_keys(content)
        names = record.get(NAMES)
        told = names.items() if isinstance(names, dict) else ()
        self._names = {f"fields.{key}": str(name) for key, name in told}

    def find(self, name: str) -> Found | None:
        """The first place that states this field."""
        return next(iter(self.all_found(name)), None)

    def all_found(self, name: str) -> Iterator[Found]:
        """Every place that states this field, in the mapping's order."""
        for found in self.every_column(name):
            if found.column not in self.passed_over:
                yield found

    def every_column(self, name: str) -> Iterator[Found]:
        """The same, with the columns that are passed over."""
        path = self._paths.get(name)
        yield from path.all_found(self.record) if path is not None else ()

    def line(self, column: str) -> int:
        """The line on which a column stands."""
        return self._lines.get(column, 1)

    def label(self, found: Found) -> str:
        """A place as people know it: a field of an issue by its name."""
        name = self._names.get(found.column)
        label = found.label.replace(found.column, name, 1) if name else found.label.removeprefix("fields.")
        return squeeze(label, 100)

    def quote(self, found: Found, said: Any, limit: int = 200) -> str:
        """What stands there, as evidence quotes it."""
        return f"{self.label(found)}: {shown(said, limit)}"

    def parts(self, name: str) -> Iterator[tuple[Any, Found, dict[str, RecordPath]]]:
        """The entries of a list of parts, such as action items, each with the paths of its own fields."""
        found = self.find(f"{name}.list")
        if found is None:
            return
        prefix = f"{name}."
        paths = {
            known.removeprefix(prefix): path
            for known, path in self._paths.items()
            if known.startswith(prefix)
        }
        values: Iterable[Any] = found.values
        if len(found.values) == 1 and isinstance(found.values[0], str):
            inner = decoded(found.values[0])
            values = inner if isinstance(inner, list) else read_names(found.values, are_sentences=True)
        for value in values:
            yield value, found, paths


def _lines_of_keys(content: str) -> dict[str, int]:
    """The line of each key of the record, where each stands on a line of its own."""
    lines: dict[str, int] = {}
    if content.count("\n") < 2:
        return lines
    for number, line in enumerate(content.split("\n"), start=1):
        match = _KEY_LINE.match(line)
        if match is not None:
            try:
                lines.setdefault(json.loads(match.group(1)), number)
            except ValueError:
                continue
    return lines


def _parsed(written: str) -> RecordPath:
    try:
        return parse_path(written)
    except ValueError:  # settings are checked before; a reading made by hand need not be
        return RecordPath(())
