"""The metrics in the published file, for any DuckDB client: `FROM metrics.impact_shares()`.

A metric's SQL reads its reader's choices as `$parameters`, which a client would have to fill in by hand.
A table macro gives each a name and a default: `FROM metrics.impact_shares(only_teams := ['Web'])`. What a
metric adds after its query, as its header says, is not there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from pipeline.metrics.definitions import Definition, metric_definition, metric_names
from pipeline.metrics.filters import Filters
from pipeline.metrics.published import Published

if TYPE_CHECKING:
    import polars as pl
    from duckdb import DuckDBPyConnection

SCHEMA = "metrics"


@dataclass(frozen=True, slots=True)
class Choice:
    """What a reader of a metric can choose: its name in a call, and what stands in the SQL for it.

    A macro's parameter replaces every column of its name, so none may be called as a column is.
    """

    name: str
    default: str = "NULL"
    read_as: str = ""

    @property
    def expression(self) -> str:
        """What the metric's SQL reads: the last day is chosen as a day, and read as the end of it."""
        return self.read_as or self.name


#: By the metric's `$parameter`. Empty is all of them.
CHOICES = {
    "period_from": Choice("first_day"),
    "period_to": Choice("last_day", read_as="CAST(last_day AS DATE) + 1"),
    "teams": Choice("only_teams"),
    "services": Choice("only_services"),
    "severities": Choice("only_severities"),
    "causes": Choice("only_causes"),
    "sources": Choice("only_sources"),
    "grain": Choice("for_each", "'span'"),
    "search_text": Choice("searched_words", "''"),
    "group_by": Choice("grouped_by", "'all'"),
    "measure": Choice("measured_by", "'resolve'"),
    "basis": Choice("counted_basis", "'used'"),
}


def define_macros(con: DuckDBPyConnection, catalog: str) -> None:
    """Put every metric into the attached `catalog`, whose marts are there."""
    before = con.execute("SELECT current_database()").fetchall()[0][0]
    con.execute(f"USE {catalog}").fetchall()  # a macro is bound where it is made
    con.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}").fetchall()
    choices = ", ".join(f"{choice.name} := {choice.default}" for choice in CHOICES.values())
    for name in metric_names():
        body = re.sub(
            r"\$(\w+)", lambda found: CHOICES[found[1]].expression, metric_definition(name).runnable_sql
        )
        con.execute(f"CREATE OR REPLACE MACRO {SCHEMA}.{name}({choices}) AS TABLE {body}").fetchall()
    con.execute(f'USE "{before}"').fetchall()


def macro_call(name: str, parameters: Mapping[str, Any] | None = None) -> str:
    """The query that gives the rows of the metric `name` for these values of its SQL's `$parameters`."""
    chosen = []
    for parameter, choice in CHOICES.items():
        value = (parameters or {}).get(parameter)
        if parameter == "period_to" and value is not None:
            value -= timedelta(days=1)
        if value is not None and _literal(value) != choice.default:
            chosen.append(f"{choice.name} := {_literal(value)}")
    listed = "\n    " + ",\n    ".join(chosen) + "\n" if chosen else ""
    return f"SELECT * FROM {SCHEMA}.{name}({listed})"


def call_of(
    metric: Callable[..., pl.DataFrame], published: Published, filters: Filters, **options: Any
) -> str:
    """The query behind `metric(published, filters, **options)`, found by asking for it once."""
    listening = _Listening(
        published.folder, published.path, published.is_masked, published._connection, published._kept
    )
    metric(listening, filters, **options)
    own = metric.__name__
    return macro_call(own, next(parameters for name, parameters in listening.asked if name == own))


@dataclass(frozen=True, slots=True)
class _Listening(Published):
    """A published build that keeps what it was asked."""

    asked: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    def rows_of(self, metric: Definition, parameters: Mapping[str, Any]) -> pl.DataFrame:
        self.asked.append((metric.name, dict(parameters)))
        return Published.rows_of(self, metric, parameters)


def _literal(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_literal(each) for each in value)}]"
    if isinstance(value, date):
        return f"DATE '{value:%Y-%m-%d}'"
    if isinstance(value, str):
        quoted = value.replace("'", "''")
        return f"'{quoted}'"
    return str(value)
