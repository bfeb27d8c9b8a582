"""Builds every model, each after those it reads, into the file that will be published.

Model files name tables by schema (`raw.documents`, `staging.stg_jira__issues`, `marts.incidents`). The runner
adds the catalog: `raw`, `facts` and `settings` are in the warehouse, `staging` and `intermediate` in a file
that goes when the build is published, `marts` in the file being built, so that nothing but marts is ever
published. Every model is made a table, not a view: most are read several times, and JSON is then taken apart
once. What lies between is in a file because that of a large company would not stay in memory anyway.
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

#: Bytes that a build may hold in memory, whatever the size of the company, and how many threads share them.
MEMORY, THREADS = 2_000_000_000, 8


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
    build, scratch = (str(path).replace("'", "''") for path in (build_path, scratch_path(build_path)))
    # Neither is of use when the process dies, so neither needs its changes written twice.
    con.execute(f"ATTACH '{scratch}' AS scratch (RECOVERY_MODE NO_WAL_WRITES)").fetchall()
    con.execute(
        f"ATTACH '{build}' AS build (RECOVERY_MODE NO_WAL_WRITES, STORAGE_VERSION '{STORAGE_VERSION}')"
    ).fetchall()
    _be_frugal(con)
    for layer in LAYERS:
        con.execute(f"CREATE SCHEMA {CATALOGS[layer]}.{layer}").fetchall()


def scratch_path(build_path: Path) -> Path:
    """The file that holds `staging` and `intermediate` while `build_path` is built."""
    return build_path.with_suffix(".scratch")


def _be_frugal(con: DuckDBPyConnection) -> None:
    """Build in little memory, or less where the machine has less; what does not fit waits on disk."""
    memory, threads = con.execute(
        """
        SELECT
            least(parse_formatted_bytes(current_setting('memory_limit')), $memory),
            least(current_setting('threads'), $threads)
        """,
        {"memory": MEMORY, "threads": THREADS},
    ).fetchall()[0]
    con.execute(f"SET memory_limit = '{memory}B'").fetchall()
    con.execute(f"SET threads = {threads}").fetchall()
    # What is read once and thrown away is not worth the time that squeezing its words takes.
    con.execute("SET disabled_compression_methods = 'dict_fsst'").fetchall()
    # Rows may be written in the order in which threads end, so that no thread holds its own back.
    con.execute("SET preserve_insertion_order = false").fetchall()


def warehouse_catalog(con: DuckDBPyConnection) -> str:
    """The name of the catalog that holds the open warehouse."""
    rows = con.execute("SELECT current_database()").fetchall()
    return str(rows[0][0])
