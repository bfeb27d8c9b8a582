"""Marts, checks and what is between keep to the SQL that sqlglot carries faithfully to other engines.

What differs in silence (`x / 0`, casts that round, `greatest` of nulls, date differences of timestamps …) or
fails elsewhere is not used. How the JSON of Jira is read is DuckDB's own, and stays in staging.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlglot
from sqlglot import exp

from pipeline.models.files import SQL, Model, read_model, read_models

MODELS = [model for model in read_models().values() if model.layer != "staging"] + [
    read_model(path) for path in sorted((SQL / "checks").glob("*.sql"))
]

BANNED = {
    exp.ArgMax: "arg_max breaks ties differently",
    exp.ArgMin: "arg_min breaks ties differently",
    exp.PercentileCont: "quantiles are approximate elsewhere",
    exp.Quantile: "quantiles are approximate elsewhere",
    exp.Pivot: "PIVOT fails elsewhere",
    exp.Length: "the length of a list has another name elsewhere",
    exp.GenerateSeries: "series fail elsewhere",
    exp.DateBin: "time_bucket fails elsewhere",
    exp.Greatest: "engines differ on nulls",
    exp.Least: "engines differ on nulls",
    exp.JSONExtract: "JSON is read in staging only",
    exp.JSONExtractScalar: "JSON is read in staging only",
    exp.ParseJSON: "JSON is read in staging only",
}
BANNED_NAMES = {
    "quantile_cont", "quantile_disc", "len", "time_bucket", "range", "json_transform", "from_json",
    "json_valid", "make_timestamp", "isodow",
}  # fmt: skip


def unportable(sql: str) -> Iterator[str]:
    """What in the query other engines would read differently, or not at all."""
    query = sqlglot.parse_one(sql, read="duckdb")
    for node in query.walk():
        for kind, reason in BANNED.items():
            if isinstance(node, kind):
                yield f"{node.sql()}: {reason}"
        if isinstance(node, exp.Anonymous) and node.name.lower() in BANNED_NAMES:
            yield f"{node.sql()}: DuckDB's own"
        if isinstance(node, exp.DateDiff) and not all(
            _is_date(each) for each in (node.this, node.expression)
        ):
            yield f"{node.sql()}: of dates only; durations are (epoch(a) - epoch(b)) / 60.0"
        if isinstance(node, exp.Div) and not (
            isinstance(node.expression, exp.Literal) and float(node.expression.this)
        ):
            yield f"{node.sql()}: divides by what may be zero"
        if (
            isinstance(node, exp.Cast)
            and node.to.is_type(*exp.DataType.INTEGER_TYPES)
            and not _is_whole(node)
        ):
            yield f"{node.sql()}: rounds here and truncates there"
        if isinstance(node, exp.Star) and node.args.get("replace"):
            yield "* REPLACE fails elsewhere"
        if isinstance(node, exp.SetOperation) and node.args.get("by_name"):
            yield "UNION BY NAME fails elsewhere"
        if isinstance(node, exp.Join) and (node.method or "").upper() == "ASOF":
            yield "ASOF fails elsewhere"
        if isinstance(node, exp.Select):
            yield from _unportable_select(node)


def _unportable_select(select: exp.Select) -> Iterator[str]:
    if select.args.get("qualify") and select.is_star:
        yield "SELECT * with QUALIFY doubles columns elsewhere"
    where = select.args.get("where")
    aliases = {each.alias for each in select.selects if isinstance(each, exp.Alias)}
    for column in where.find_all(exp.Column) if where else ():
        if not column.table and column.name in aliases and column.find_ancestor(exp.Select) is select:
            yield f"{column.sql()}: an alias in WHERE fails elsewhere"


def _is_date(node: exp.Expr) -> bool:
    return (isinstance(node, exp.Column) and node.name.endswith("_on")) or (
        isinstance(node, exp.Cast) and node.to.is_type("date")
    )


def _is_whole(cast: exp.Cast) -> bool:
    return isinstance(cast.this, exp.Null) or cast.this.find(exp.Sum, exp.Count) is not None


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.table)
def test_model_keeps_to_portable_sql(model: Model) -> None:
    """Nothing in the model is read differently by another engine."""
    assert list(unportable(model.sql)) == []


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.table)
@pytest.mark.parametrize("engine", ["spark", "snowflake", "bigquery", "trino"])
def test_model_can_be_written_for_another_engine(model: Model, engine: str) -> None:
    """sqlglot writes the model for the engine, and can read what it wrote."""
    written = sqlglot.transpile(model.sql, read="duckdb", write=engine)[0]
    read_again = sqlglot.parse_one(written, read=engine)
    assert isinstance(read_again, exp.Query)
    assert read_again.named_selects == list(model.columns)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT date_diff('day', a.started_at, a.resolved_at) AS n FROM t AS a",
        "SELECT a.x / a.y AS n FROM t AS a",
        "SELECT quantile_cont(a.x, 0.9) AS n FROM t AS a",
        "SELECT len(a.x) AS n FROM t AS a",
        "SELECT a.x::INTEGER AS n FROM t AS a",
        "SELECT arg_max(a.x, a.y) AS n FROM t AS a",
        "SELECT greatest(a.x, a.y) AS n FROM t AS a",
        "SELECT * REPLACE (1 AS x) FROM t AS a",
        "SELECT a.x FROM t AS a UNION ALL BY NAME SELECT b.x FROM u AS b",
        "SELECT a.x FROM t AS a ASOF JOIN u AS b ON a.x >= b.x",
        "SELECT * FROM t AS a QUALIFY row_number() OVER (ORDER BY a.x) = 1",
        "SELECT a.x + 1 AS y FROM t AS a WHERE y > 1",
        "SELECT a.x ->> '$.name' AS y FROM t AS a",
        "PIVOT t ON x USING sum(y)",
    ],
)
def test_the_lint_sees_what_differs(sql: str) -> None:
    """Each construct that differs elsewhere is told."""
    assert list(unportable(sql))
