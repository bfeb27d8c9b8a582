"""What some choices let through, kept for all metrics that are asked of them.

A page asks a dozen metrics of the same choices, and most of the time of each would go into planning and
working out anew which incidents and action items those are. They are therefore kept as temporary tables, of
one connection for each choice of teams, services, severities, causes and sources. The file stays as it is.
"""

from __future__ import annotations

import warnings
from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb
    import polars as pl

    from pipeline.metrics.definitions import Definition

#: The parts of a choice that what is kept depends on; all but the periods hold for every period.
CHOICES = ("teams", "services", "severities", "causes", "sources")
SPAN = ("period_from", "period_to", "grain")
#: Tables are kept of so many choices, those asked last, and of so many rows of 300 to 400 bytes, but always
#: those of the last. The tables of a choice take a megabyte or two even when they are empty.
MOST, ROWS = 8, 600_000
#: So many frames are kept, those asked last, since several figures rest on one; and none of more rows.
FRAMES, FRAME_ROWS = 64, 5_000
#: So many spans of one choice are kept, each of a row per week, month or quarter.
SPANS = 200
#: Queries whose parsed form is kept: about twice as many as there are metrics.
STATEMENTS = 128

# Rows are few, and read once: copying them costs less than the second planning that a relation would.
warnings.filterwarnings("ignore", message="Arrow output on a DB-API result", category=UserWarning)


class KeptSteps:
    """The tables kept for each choice, over one open build. Safe from several threads at once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._choices: OrderedDict[tuple[Any, ...], _Choice] = OrderedDict()
        self._frames: OrderedDict[str, pl.DataFrame] = OrderedDict()

    def rows(
        self, connection: duckdb.DuckDBPyConnection, metric: Definition, parameters: Mapping[str, Any]
    ) -> pl.DataFrame:
        """The metric's rows for `parameters`, those of `Filters.parameters`. Raises duckdb.Error."""
        asked = f"{metric.name} {parameters}"
        with self._lock:
            frame = self._frames.pop(asked, None)
            choice = None if frame is not None else self._choice(connection, parameters)
        if choice is not None:
            frame = choice.rows(metric, parameters)
        assert frame is not None
        if len(frame) <= FRAME_ROWS:
            with self._lock:
                self._frames[asked] = frame
                while len(self._frames) > FRAMES:
                    self._frames.popitem(last=False)
        return frame

    def _choice(self, connection: duckdb.DuckDBPyConnection, parameters: Mapping[str, Any]) -> _Choice:
        key = tuple(repr(parameters[name]) for name in CHOICES)
        choice = self._choices.pop(key, None) or _Choice(connection.cursor())
        self._choices[key] = choice
        while len(self._choices) > 1 and (
            len(self._choices) > MOST or sum(each.row_count for each in self._choices.values()) > ROWS
        ):
            self._choices.popitem(last=False)  # its tables go with the last thread that reads them
        return choice

    def clear(self) -> None:
        """Let go of all of them."""
        with self._lock:
            self._choices.clear()
            self._frames.clear()


class _Choice:
    """The tables of one choice: those of a connection, which answers one thread after the other."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self.row_count = 0
        self._cursor = cursor
        self._lock = Lock()
        self._made: set[str] = set()
        self._spans: dict[tuple[Any, ...], int] = {}

    def rows(self, metric: Definition, parameters: Mapping[str, Any]) -> pl.DataFrame:
        with self._lock:
            return frame_of(self._cursor, metric.kept_sql, self._given(metric, parameters))

    def _given(self, metric: Definition, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters, and the span where periods are read; what the metric reads is there then."""
        given = dict(parameters)
        for step in metric.kept:
            if step.name == "periods":
                given["span"] = self._span(step, parameters)
            elif step.name not in self._made:
                found = self._cursor.execute(
                    f"CREATE TEMP TABLE {step.name} AS {step.kept_sql}", self._given(step, parameters)
                )
                self.row_count += int(found.fetchall()[0][0])
                self._made.add(step.name)
        return given

    def _span(self, step: Definition, parameters: Mapping[str, Any]) -> int:
        """The number by which the kept periods tell those of this span."""
        key = tuple(parameters[name] for name in SPAN)
        if key in self._spans:
            return self._spans[key]
        if len(self._spans) == SPANS:
            self._cursor.execute("TRUNCATE spans").fetchall()
            self._spans.clear()
        number = len(self._spans)
        rows = f"SELECT {number} AS span, * FROM ({step.kept_sql})"
        is_first = "spans" not in self._made
        verb = "CREATE TEMP TABLE spans AS" if is_first else "INSERT INTO spans"
        self._cursor.execute(f"{verb} {rows}", self._given(step, parameters)).fetchall()
        self._made.add("spans")
        self._spans[key] = number
        return number


_statements: OrderedDict[str, Any] = OrderedDict()
_statements_lock = Lock()


def frame_of(
    cursor: duckdb.DuckDBPyConnection, sql: str, parameters: Mapping[str, Any] | None
) -> pl.DataFrame:
    """The rows of one SELECT, planned once: a relation is planned for its columns, and again for its rows."""
    import polars as pl

    with _statements_lock:
        statement = _statements.pop(sql, None)
        if statement is None:
            (statement,) = cursor.extract_statements(sql)
        _statements[sql] = statement
        if len(_statements) > STATEMENTS:
            _statements.popitem(last=False)
    table = cursor.execute(statement, dict(parameters or {})).to_arrow_table()
    frame = pl.from_arrow(table, rechunk=False)
    assert isinstance(frame, pl.DataFrame)
    return frame
