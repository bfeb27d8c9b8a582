"""What must hold before anything is published.

A check is a query in `sql/checks/<mart>__<what_must_hold>.sql` whose rows are the failures. That each table's
declared key is unique is checked without a file of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.errors import ModelError
from pipeline.models.files import LAYERS, SQL, Model, read_model, read_models
from pipeline.models.runner import CATALOGS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SHOWN_ROWS = 3


@dataclass(frozen=True, slots=True)
class CheckFailure:
    """A check that found rows: which, how many, and the first of them."""

    check: str
    row_count: int
    first_rows: tuple[Mapping[str, Any], ...]

    def __str__(self) -> str:
        rows = "; ".join(
            ", ".join(f"{name} {value}" for name, value in row.items()) for row in self.first_rows
        )
        many = "1 row" if self.row_count == 1 else f"{self.row_count:,} rows"
        return f"check {self.check} found {many} that must not exist: {rows}"[:600]


def check_models(con: DuckDBPyConnection, folder: Path = SQL) -> list[CheckFailure]:
    """Run every check on the tables just built; the failures, none when all holds.

    Raises ModelError when a check itself does not run.
    """
    failures = []
    for check, query in _checks(folder):
        failure = _run_check(con, check, query)
        if failure is not None:
            failures.append(failure)
    return failures


def _checks(folder: Path) -> Iterator[tuple[str, str]]:
    for model in read_models(folder).values():
        if model.key:
            yield f"{model.table}__key_is_unique", _key_query(model)
    for path in sorted((folder / "checks").glob("*.sql")):
        check = read_model(path)
        unknown = [each.name for each in check.references if each.schema not in LAYERS]
        if unknown:
            raise ModelError(f"sql/checks/{path.name}: reads {unknown[0]}; a check reads models only")
        yield check.table, check.placed_in(CATALOGS)


def _key_query(model: Model) -> str:
    key = ", ".join(model.key)
    table = f"{CATALOGS[model.layer]}.{model.layer}.{model.table}"
    return f"SELECT {key}, count(*) AS row_count FROM {table} GROUP BY {key} HAVING count(*) > 1"


def _run_check(con: DuckDBPyConnection, check: str, query: str) -> CheckFailure | None:
    import duckdb

    try:
        con.execute(f"CREATE OR REPLACE TEMP TABLE failing_rows AS {query}").fetchall()
        count = int(con.execute("SELECT count(*) FROM failing_rows").fetchall()[0][0])
        if count == 0:
            return None
        names = [row[0] for row in con.execute("DESCRIBE failing_rows").fetchall()]
        rows = con.execute(f"SELECT * FROM failing_rows LIMIT {SHOWN_ROWS}").fetchall()
    except duckdb.Error as error:
        reason = " ".join(str(error).split())[:400]
        raise ModelError(f"check {check}: {reason}") from error
    return CheckFailure(check, count, tuple(dict(zip(names, row, strict=True)) for row in rows))
