"""Builds every model, each after those it reads, into the file that will be published.

Model files name tables by schema (`raw.documents`, `staging.stg_jira__issues`, `marts.incidents`). The runner
adds the catalog: `raw`, `facts` and `settings` are in the warehouse, `staging` and `intermediate` in memory,
`marts` in the file being built, so that nothing but marts is ever published. Every model is made a table, not
a view: most are read several times, and JSON is then taken apart once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.cost_formula import cost_macro
from pipeline.errors import ModelError
from pipeline.models.files import LAYERS, SQL, WAREHOUSE_SCHEMAS, Model, read_models

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

#: The catalog holding each layer while it is built.
CATALOGS = {"staging": "scratch", "intermediate": "scratch", "marts": "build"}

#: The catalog in which the warehouse is made again as it stood at a moment: see `past.py`.
PAST = "past"

#: The oldest DuckDB that can open what is published; newer ones can, too.
STORAGE_VERSION = "v1.2.0"


@dataclass(frozen=True, slots=True)
class ModelRun:
    """One model that was built: its table, how long it took, and how many rows it has."""

    name: str
    seconds: float
    row_count: int


def build_models(
    con: DuckDBPyConnection,
    build_path: Path,
    *,
    on_model: Callable[[str, float, int], None] | None = None,
    placed: Mapping[str, str] | None = None,
) -> list[ModelRun]:
    """Build every model of `sql/` on the open warehouse; the marts go to a new file at `build_path`.

    `con` keeps the catalogs `scratch` and `build` attached, for `check_models` and `publish_build`. What an
    earlier, killed build left beside `build_path` is removed. `on_model` is told each model's name, seconds
    and rows. `placed` names the catalogs of schemas of the warehouse that are to be read elsewhere, as those
    of the past. Raises ModelError naming the file that does not parse, does not run, or reads an unknown
    table.
    """
    models = read_models(SQL)
    attach_catalogs(con, build_path)
    return run_models(con, models.values(), on_model, placed)


def run_models(
    con: DuckDBPyConnection,
    models: Iterable[Model],
    on_model: Callable[[str, float, int], None] | None = None,
    placed: Mapping[str, str] | None = None,
) -> list[ModelRun]:
    """Make the table of each model, in the order given, in the attached catalogs.

    Raises ModelError naming the file whose SQL DuckDB refuses.
    """
    import duckdb

    catalogs = CATALOGS | dict.fromkeys(WAREHOUSE_SCHEMAS, warehouse_catalog(con)) | dict(placed or {})
    formula = con.execute("SELECT max(cost_formula) FROM settings.parameters").fetchall()[0][0]
    con.execute(cost_macro(formula)).fetchall()
    runs = []
    for model in models:
        target = f"{CATALOGS[model.layer]}.{model.layer}.{model.table}"
        began = time.perf_counter()
        try:
            rows = con.execute(f"CREATE TABLE {target} AS\n{model.placed_in(catalogs)}").fetchall()
        except duckdb.Error as error:
            reason = " ".join(str(error).split())[:400]
            raise ModelError(f"sql/{model.layer}/{model.table}.sql: {reason}") from error
        run = ModelRun(model.name, time.perf_counter() - began, int(rows[0][0]))
        runs.append(run)
        if on_model is not None:
            on_model(run.name, run.seconds, run.row_count)
    return runs


def attach_catalogs(con: DuckDBPyConnection, build_path: Path) -> None:
    """Attach empty catalogs for all layers; `build_path` becomes a new file.

    Raises ModelError when the warehouse's own name is one of theirs.
    """
    warehouse = warehouse_catalog(con)
    if warehouse in {*CATALOGS.values(), PAST}:
        raise ModelError(
            f"the warehouse cannot be called {warehouse}.duckdb; name another in paths.warehouse"
        )
    for catalog in sorted(set(CATALOGS.values())):
        con.execute(f"DETACH DATABASE IF EXISTS {catalog}").fetchall()
    build_path.parent.mkdir(parents=True, exist_ok=True)
    for left_over in build_path.parent.glob(".building-*"):
        left_over.unlink(missing_ok=True)
    escaped = str(build_path).replace("'", "''")
    con.execute("ATTACH ':memory:' AS scratch").fetchall()
    con.execute(f"ATTACH '{escaped}' AS build (STORAGE_VERSION '{STORAGE_VERSION}')").fetchall()
    for layer in LAYERS:
        con.execute(f"CREATE SCHEMA {CATALOGS[layer]}.{layer}").fetchall()


def warehouse_catalog(con: DuckDBPyConnection) -> str:
    """The name of the catalog that holds the open warehouse."""
    rows = con.execute("SELECT current_database()").fetchall()
    return str(rows[0][0])
