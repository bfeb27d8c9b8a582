"""The model files: one SELECT each, which tables it reads, and what its comments say of it.

A file opens with a comment: its purpose, then `One row per …` (the grain), then `Key: a, b.`, then whatever
else a reader should know. Each column of the last SELECT is described by the comment that ends its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from pipeline.errors import ModelError

SQL = Path(__file__).resolve().parent.parent.parent / "sql"

#: The layers in the order in which data takes them; each is a folder of `sql/` and a schema.
LAYERS = ("staging", "intermediate", "marts")

#: The schemas of the warehouse, which no model makes; `sql/warehouse.sql` describes their tables.
WAREHOUSE_SCHEMAS = ("raw", "facts", "settings")


@dataclass(frozen=True, slots=True)
class TableReference:
    """A table a model reads: `schema.table`, and where in the file the schema's name begins."""

    schema: str
    table: str
    offset: int

    @property
    def name(self) -> str:
        """The table as SQL names it."""
        return f"{self.schema}.{self.table}"


@dataclass(frozen=True, slots=True)
class Model:
    """One file of SQL.

    `columns` maps each column to its description, empty when it has none. `bare_references` are tables named
    without a schema: metrics read such, models may not.
    """

    layer: str
    table: str
    path: Path
    sql: str
    references: tuple[TableReference, ...]
    bare_references: tuple[str, ...]
    purpose: str
    grain: str | None
    key: tuple[str, ...]
    notes: str
    columns: Mapping[str, str]

    @property
    def name(self) -> str:
        """The table it makes, as SQL names it."""
        return f"{self.layer}.{self.table}"

    def placed_in(self, catalogs: Mapping[str, str]) -> str:
        """The SQL with each table's schema put into its catalog, every other character as written."""
        sql = self.sql
        for reference in sorted(self.references, key=lambda each: each.offset, reverse=True):
            catalog = exp.to_identifier(catalogs[reference.schema], quoted=True).sql(dialect="duckdb")
            sql = f"{sql[: reference.offset]}{catalog}.{sql[reference.offset :]}"
        return sql


def read_model(path: Path) -> Model:
    """The model of a file.

    Raises ModelError when it is not one SELECT.
    """
    return _parsed_model(path, path.read_text(encoding="utf-8"))


@cache  # a run reads the models to build them, to check them and to publish their words
def _parsed_model(path: Path, sql: str) -> Model:
    query = _parsed_select(sql, f"{path.parent.name}/{path.name}")
    header = _header(sql)
    grain = re.search(r"^(One row per .+?[.:])(?=\s|$)", header, re.MULTILINE | re.DOTALL)
    key = re.search(r"^Key: (.+?)\.(?=\s|$)", header, re.MULTILINE | re.DOTALL)
    purpose, notes = header, ""
    if grain:
        purpose = header[: grain.start()]
        notes = header[(key or grain).end() :]
    return Model(
        layer=path.parent.name,
        table=path.stem,
        path=path,
        sql=sql,
        references=tuple(_references(query)),
        bare_references=tuple(_bare_references(query)),
        purpose=_one_line(purpose),
        grain=_one_line(grain.group(1)) if grain else None,
        key=tuple(re.split(r",\s*", _one_line(key.group(1)))) if key else (),
        notes=_one_line(notes),
        columns=_described_columns(query),
    )


def read_models(folder: Path = SQL) -> dict[str, Model]:
    """Every model of the layers, by name, each after those it reads.

    Raises ModelError naming the file that reads an unknown table, a layer above, or itself by a detour.
    """
    models = {
        model.name: model
        for layer in LAYERS
        for model in map(read_model, sorted((folder / layer).glob("*.sql")))
    }
    for model in models.values():
        for bare in model.bare_references:
            where = f"sql/{model.layer}/{model.table}.sql"
            raise ModelError(f"{where}: reads {bare}; write the table's schema, too, as in staging.{bare}")
        for reference in model.references:
            _assert_readable(model, reference, models)
    graph = {name: _model_names(model, models) for name, model in models.items()}
    try:
        return {name: models[name] for name in TopologicalSorter(graph).static_order()}
    except CycleError as error:
        circle = error.args[1]
        files = " → ".join(f"{models[name].layer}/{models[name].table}.sql" for name in circle)
        raise ModelError(f"{files}: these models read each other in a circle; break it in one") from None


def ancestors(name: str, models: Mapping[str, Model]) -> list[str]:
    """`name` and every model it needs, in the order in which they are to be built."""
    needed: set[str] = set()
    waiting = [name]
    while waiting:
        each = waiting.pop()
        if each not in needed:
            needed.add(each)
            waiting += _model_names(models[each], models)
    return [each for each in models if each in needed]


def _parsed_select(sql: str, where: str) -> exp.Query:
    try:
        statements = [tree for tree in sqlglot.parse(sql, read="duckdb") if tree is not None]
    except SqlglotError as error:
        reason = " ".join(str(error).split())
        raise ModelError(f"sql/{where}: is not valid SQL: {reason[:300]}") from None
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise ModelError(f"sql/{where}: should hold one SELECT and nothing else")
    return statements[0]


def _references(query: exp.Query) -> Iterable[TableReference]:
    for table in query.find_all(exp.Table):
        schema = table.args.get("db")
        if schema is not None:
            yield TableReference(schema.name, table.name, int(schema.meta["start"]))


def _bare_references(query: exp.Query) -> Iterable[str]:
    steps = {step.alias_or_name for step in query.find_all(exp.CTE)}
    for table in query.find_all(exp.Table):
        if table.args.get("db") is None and table.name not in steps:
            yield table.name or table.sql(dialect="duckdb")


def _assert_readable(model: Model, reference: TableReference, models: Mapping[str, Model]) -> None:
    where = f"sql/{model.layer}/{model.table}.sql"
    if reference.schema in WAREHOUSE_SCHEMAS:
        if model.layer != "staging":
            raise ModelError(f"{where}: reads {reference.name}; only staging models read the warehouse")
        if reference.name not in warehouse_tables():
            raise ModelError(f"{where}: reads {reference.name}, which sql/warehouse.sql does not make")
    elif reference.name not in models:
        raise ModelError(f"{where}: reads {reference.name}, and there is no such model")
    elif model.layer == "staging" or LAYERS.index(reference.schema) > LAYERS.index(model.layer):
        raise ModelError(f"{where}: reads {reference.name}; a model reads only the layers below its own")


def warehouse_tables() -> frozenset[str]:
    """The tables `sql/warehouse.sql` makes, as `schema.table`."""
    sql = (SQL / "warehouse.sql").read_text(encoding="utf-8")
    return frozenset(re.findall(r"CREATE TABLE IF NOT EXISTS (\w+\.\w+)", sql))


def _model_names(model: Model, models: Mapping[str, Model]) -> list[str]:
    return sorted({reference.name for reference in model.references if reference.name in models})


def _header(sql: str) -> str:
    lines = []
    for line in sql.splitlines():
        if not line.startswith("--"):
            break
        lines.append(line.removeprefix("--").strip())
    return "\n".join(lines)


def _described_columns(query: exp.Query) -> dict[str, str]:
    return {
        column.alias_or_name: _one_line(" ".join(column.comments or ()))
        for column in query.select().selects
        if not column.is_star
    }


def _one_line(text: str) -> str:
    return " ".join(text.split())
