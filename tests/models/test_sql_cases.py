"""What each model makes of given tables: one folder per case, readable without this file.

`tests/sql_cases/<model>/<case>/` holds `given_<schema>.<table>.csv` (or `.json`, one object per line) and
`expected.csv`. A given table may be one of the warehouse or one a model makes, which then takes the place of
what that model made. Columns left out are null, an empty field is null, and `settings.parameters` has one
usual row whose columns a case may override. Only the model and those it needs are built. Compared are all
rows, in the columns that `expected.csv` names.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipeline.models.files import SQL, Model, ancestors, read_models
from pipeline.models.runner import CATALOGS, attach_catalogs, run_models

CASES = Path(__file__).resolve().parent.parent / "sql_cases"
MODELS = read_models()

USUAL_PARAMETERS = {
    "build_id": "20240601T000000-test",
    "built_at": "2024-06-01 00:00:00",
    "as_of": "2024-06-01 00:00:00",
    "is_as_of": "false",
    "company": "Example",
    "is_invented": "false",
    "time_zone": "UTC",
    "resolve_from": "started_at",
    "resolve_to": "resolved_at",
    "ignored_after_days": "30",
    "repeat_within_days": "180",
    "repeat_similarity": "0.45",
    "effectiveness": "0.5",
    "horizon_days": "91",
    "jira_issue_url": "https://jira.example",
    "product_version": "0",
    "duckdb_version": "0",
}


def model_of(case: Path) -> Model:
    """The model a case is about: the folder's name is its table's."""
    return next(model for model in MODELS.values() if model.table == case.parent.name)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty warehouse in memory, with empty catalogs for the models."""
    with duckdb.connect(config={"autoinstall_known_extensions": "false"}) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute((SQL / "warehouse.sql").read_text(encoding="utf-8"))
        attach_catalogs(connection, tmp_path / ".building-case.duckdb")
        yield connection


def columns_of(connection: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    """A table's columns and their types."""
    return {row[0]: row[1] for row in connection.execute(f"DESCRIBE {table}").fetchall()}


def give(connection: duckdb.DuckDBPyConnection, table: str, path: Path) -> None:
    """Make `table` hold the rows of the file, and nothing else."""
    types = columns_of(connection, table)
    connection.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT * FROM {table} LIMIT 0").fetchall()
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            names = next(csv.reader(file))
        read = "read_csv(?, header = true, columns = {})"
    else:
        names, read = list(types), "read_json(?, format = 'newline_delimited', columns = {})"
    unknown = set(names) - types.keys()
    assert not unknown, f"{path.parent.name}/{path.name}: {table} has no column {sorted(unknown)}"
    described = "{" + ", ".join(f"'{name}': '{types[name]}'" for name in names) + "}"
    connection.execute(
        f"INSERT INTO {table} BY NAME SELECT * FROM {read.format(described)}", [str(path)]
    ).fetchall()


def give_parameters(connection: duckdb.DuckDBPyConnection, path: Path | None) -> None:
    """Make `settings.parameters` the usual row, with what the case overrides."""
    row = dict(USUAL_PARAMETERS)
    if path is not None:
        with path.open(encoding="utf-8", newline="") as file:
            row |= next(csv.DictReader(file))
    connection.execute(
        f"INSERT INTO settings.parameters ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",
        list(row.values()),
    ).fetchall()


def as_text(value: object) -> str:
    """A value as a case's file writes it."""
    return "" if value is None else str(value)


@pytest.mark.parametrize(
    "case", sorted(CASES.glob("*/*")), ids=lambda case: f"{case.parent.name}/{case.name}"
)
def test_model_case(case: Path, connection: duckdb.DuckDBPyConnection) -> None:
    """Built from the given tables alone, the model holds exactly the expected rows."""
    model = model_of(case)
    given = {path.stem.removeprefix("given_"): path for path in sorted(case.glob("given_*"))}
    give_parameters(connection, given.pop("settings.parameters", None))
    for table in [name for name in given if name not in MODELS]:
        give(connection, table, given.pop(table))
    for name in ancestors(model.name, MODELS):
        run_models(connection, [MODELS[name]])
        if name in given:
            give(connection, f"{CATALOGS[MODELS[name].layer]}.{name}", given.pop(name))
    assert not given, f"given, and not needed by {model.name}: {sorted(given)}"

    with (case / "expected.csv").open(encoding="utf-8", newline="") as file:
        names, *expected = csv.reader(file)
    selected = ", ".join(f'CAST("{name}" AS VARCHAR)' for name in names)
    rows = connection.execute(f"SELECT {selected} FROM {CATALOGS[model.layer]}.{model.name}").fetchall()
    found = [[as_text(value) for value in row] for row in rows]
    assert sorted(found) == sorted(expected)
    key = [f'"{column}"' for column in model.key]
    if key:
        table = f"{CATALOGS[model.layer]}.{model.name}"
        doubled = f"SELECT {', '.join(key)} FROM {table} GROUP BY ALL HAVING count(*) > 1"
        assert connection.execute(doubled).fetchall() == [], "the declared key is not unique"
