"""A published company that exists many times over: as many incidents as a benchmark asks for, in seconds."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from pipeline.models.publishing import CURRENT

#: Tables that say the same of a company of any size.
SHARED = ("annotations", "categories", "runs")
#: Tables with one row for each team or source, whose counts grow instead.
COUNTED = ("sources", "teams")
#: Numbers that tell rows apart; the copies' follow those before them.
NUMBERED = ("finding_number", "rank", "review_rank")


def crowd(published: Path, folder: Path, incidents: int) -> int:
    """Publish in `folder` the build of `published`, copied until it has at least so many incidents.

    Each copy is a company of its own in the same days, with the same teams, services and words: ids and keys
    get a number, so that its promises, findings and repeats stay its own. What a page has to draw therefore
    stays the same, and what it has to count grows. Returns how many incidents there are.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"build-{incidents}.duckdb"
    shutil.copyfile((published / CURRENT).resolve(), path)
    with duckdb.connect(str(path)) as con:
        had = int(con.execute("SELECT count(*) FROM marts.incidents").fetchall()[0][0])
        copies = -(-incidents // had)
        for (table,) in con.execute("SELECT table_name FROM duckdb_tables()").fetchall():
            if table in COUNTED:
                counts = [f'"{name}" = "{name}" * $copies' for name, _ in _columns(con, table, "_count")]
                con.execute(f"UPDATE marts.{table} SET {', '.join(counts)}", {"copies": copies}).fetchall()
            elif table not in SHARED:
                con.execute(_copied(con, table), {"copies": copies}).fetchall()
        con.execute("CHECKPOINT").fetchall()
    (folder / CURRENT).unlink(missing_ok=True)
    (folder / CURRENT).symlink_to(path.name)
    return copies * had


def _copied(con: duckdb.DuckDBPyConnection, table: str) -> str:
    values = []
    for name, kind in _columns(con, table, ""):
        if kind == "VARCHAR" and name.endswith(("_id", "_key")):
            values.append(f'"{name}" || \'~\' || copy AS "{name}"')
        elif name in NUMBERED:
            values.append(f'"{name}" + copy * (SELECT max("{name}") FROM marts.{table}) AS "{name}"')
        else:
            values.append(f'"{name}"')
    return (
        f"INSERT INTO marts.{table} SELECT {', '.join(values)}"
        f" FROM marts.{table} CROSS JOIN range(1, $copies) AS copies (copy)"
    )


def _columns(con: duckdb.DuckDBPyConnection, table: str, ending: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = con.execute(
        "SELECT column_name, data_type FROM duckdb_columns()"
        " WHERE table_name = $table AND ends_with(column_name, $ending) ORDER BY column_index",
        {"table": table, "ending": ending},
    ).fetchall()
    return found
