"""The warehouse as it stood, or would have stood, at a moment of the past: what a build of the past reads.

Every model reads `raw`, `facts` and `settings`. A build of the past reads the first two from the catalog
`past` in memory, where the files of `sql/past/raw` make each table of `raw` as of
`settings.parameters.as_of`, with steps in `sql/past/steps`; so the models are the same, and an ordinary build
has nothing to cut. Older versions of documents have to be read again in between, hence the two halves:
`begin_past`, then the facts, then `finish_past`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import ModelError
from pipeline.models.files import SQL, Model, ancestors, read_model, read_models
from pipeline.models.runner import PAST, warehouse_catalog

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

#: Where a build of the past finds the schemas that are made again.
PLACED = {"raw": PAST, "facts": PAST}

#: The facts of the past, as tables: `past.facts.evidence` and so on.
PAST_FACTS = f"{PAST}.facts"

#: What the facts have to hold before the second half: which versions existed then is known from raw alone.
VERSIONS = f"{PAST}.steps.documents"

_SCHEMAS = ("steps", "staging", "raw", "facts")


def begin_past(con: DuckDBPyConnection, fact_tables: Iterable[str]) -> None:
    """Attach the catalog `past` and make in it which version of each document existed (`VERSIONS`).

    Its facts are those of the warehouse for the documents that were read in that version, and none for
    others. `settings.parameters` says of which moment. Raises ModelError naming the file that does not run.
    """
    con.execute(f"DETACH DATABASE IF EXISTS {PAST}").fetchall()
    con.execute(f"ATTACH ':memory:' AS {PAST}").fetchall()
    for schema in _SCHEMAS:
        con.execute(f"CREATE SCHEMA {PAST}.{schema}").fetchall()
    _make(con, _past_models()["steps.documents"])
    for table in fact_tables:
        con.execute(
            f"""
            CREATE TABLE {PAST_FACTS}.{table} AS
            SELECT facts.* FROM facts.{table} AS facts
            SEMI JOIN (
                SELECT document_id FROM facts.documents AS read
                INNER JOIN {VERSIONS} AS versions USING (document_id, content_hash)
            ) AS held USING (document_id)
            """
        ).fetchall()


def finish_past(con: DuckDBPyConnection) -> None:
    """Make the tables of `raw` as they stood, once the facts of their documents are there.

    Raises ModelError naming the file that does not run.
    """
    staged = read_models(SQL)
    past = _past_models()
    needed = {
        name
        for model in past.values()
        for reference in model.references
        if reference.schema == "staging"
        for name in ancestors(reference.name, staged)
    }
    for name, model in staged.items():
        if name in needed:
            _make(con, model)
    for model in past.values():
        if model.name != "steps.documents":
            _make(con, model)
    statements = (SQL / "past" / "forget_later.sql").read_text(encoding="utf-8")
    _run(con, "sql/past/forget_later.sql", statements)


def leave_past(con: DuckDBPyConnection) -> None:
    """Let go of the catalog `past` and of what it holds in memory."""
    con.execute(f"DETACH DATABASE IF EXISTS {PAST}").fetchall()


@cache
def _past_models() -> dict[str, Model]:
    """The models of `sql/past` by name, each after those it reads."""
    folder = SQL / "past"
    models = {
        model.name: model
        for schema in ("steps", "raw")
        for model in map(read_model, sorted((folder / schema).glob("*.sql")))
    }
    graph = {
        name: [each.name for each in model.references if each.schema == "steps"]
        for name, model in models.items()
    }
    return {name: models[name] for name in TopologicalSorter(graph).static_order()}


def _make(con: DuckDBPyConnection, model: Model) -> None:
    """Make the table of a model in the catalog `past`, from the warehouse as it is now and from steps."""
    catalogs = dict.fromkeys(("raw", "settings", "facts"), warehouse_catalog(con))
    catalogs |= {"staging": PAST, "steps": PAST}
    if model.layer == "steps":
        catalogs["facts"] = PAST  # the facts of the versions that existed then
    where = _name_of_file(model.path)
    _run(con, where, f"CREATE TABLE {PAST}.{model.name} AS\n{model.placed_in(catalogs)}")


def _run(con: DuckDBPyConnection, where: str, sql: str) -> None:
    import duckdb

    try:
        con.execute(sql).fetchall()
    except duckdb.Error as error:
        raise ModelError(f"{where}: {' '.join(str(error).split())[:400]}") from error


def _name_of_file(path: Path) -> str:
    return f"sql/{path.relative_to(SQL)}"
