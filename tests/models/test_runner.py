"""Models are built in the order their SQL asks for, and a wrong one is named."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb
import pytest

from pipeline.errors import ModelError
from pipeline.models import build_models
from pipeline.models.files import LAYERS, ancestors, read_models
from pipeline.models.runner import attach_catalogs, run_models


def sql_folder(folder: Path, files: Mapping[str, str]) -> Path:
    """A folder of models, by `layer/name`."""
    for layer in LAYERS:
        (folder / layer).mkdir(parents=True, exist_ok=True)
    for name, sql in files.items():
        (folder / f"{name}.sql").write_text(sql, encoding="utf-8")
    return folder


def test_models_come_after_those_they_read(tmp_path: Path) -> None:
    """The order follows from the SQL, not from the names; steps of a query are no tables."""
    folder = sql_folder(
        tmp_path,
        {
            "marts/a": "WITH z AS (SELECT x FROM marts.b) SELECT x FROM z",
            "marts/b": "SELECT x FROM intermediate.c WHERE x IN (SELECT document_id FROM staging.d)",
            "intermediate/c": "SELECT document_id AS x FROM staging.d",
            "staging/d": "SELECT document_id FROM raw.documents",
            "staging/unneeded": "SELECT document_id FROM raw.listings",
        },
    )
    models = read_models(folder)
    assert list(models)[-3:] == ["intermediate.c", "marts.b", "marts.a"]
    assert ancestors("marts.b", models) == ["staging.d", "intermediate.c", "marts.b"]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (
            {"marts/a": "SELECT x FROM marts.b", "marts/b": "SELECT x FROM marts.a"},
            r"marts/(a|b)\.sql → marts/(a|b)\.sql → marts/(a|b)\.sql: .* in a circle",
        ),
        (
            {"marts/a": "SELECT x FROM marts.nowhere"},
            r"sql/marts/a\.sql: reads marts\.nowhere, and there is no",
        ),
        ({"staging/a": "SELECT x FROM raw.nowhere"}, r"sql/staging/a\.sql: reads raw\.nowhere, which"),
        ({"marts/a": "SELECT x FROM raw.documents"}, r"sql/marts/a\.sql: .* only staging models read"),
        (
            {
                "staging/a": "SELECT x FROM staging.b",
                "staging/b": "SELECT document_id AS x FROM raw.documents",
            },
            r"sql/staging/a\.sql: reads staging\.b; a model reads only the layers below",
        ),
        (
            {"intermediate/a": "SELECT x FROM marts.b", "marts/b": "SELECT 1 AS x"},
            r"sql/intermediate/a\.sql: reads marts\.b; a model reads only the layers below",
        ),
        ({"marts/a": "SELECT x FROM b"}, r"sql/marts/a\.sql: reads b; write the table's schema"),
        ({"marts/a": "SELECT x FROM"}, r"sql/marts/a\.sql: is not valid SQL"),
        ({"marts/a": "SELECT 1 AS x; SELECT 2 AS x"}, r"sql/marts/a\.sql: should hold one SELECT"),
        ({"marts/a": "DROP TABLE x"}, r"sql/marts/a\.sql: should hold one SELECT"),
    ],
)
def test_a_wrong_model_is_named(tmp_path: Path, files: dict[str, str], message: str) -> None:
    """Circles, unknown tables, layers read upwards and broken SQL are errors that name the file."""
    with pytest.raises(ModelError, match=message):
        read_models(sql_folder(tmp_path, files))


def test_what_duckdb_refuses_names_the_file(tmp_path: Path, warehouse: duckdb.DuckDBPyConnection) -> None:
    """SQL that parses and does not run is an error of one line that names the file."""
    folder = sql_folder(tmp_path / "sql", {"staging/a": "SELECT no_such_column FROM raw.documents"})
    attach_catalogs(warehouse, tmp_path / ".building-1.duckdb")
    with pytest.raises(ModelError, match=r"sql/staging/a\.sql: .*no_such_column") as error:
        run_models(warehouse, read_models(folder).values())
    assert "\n" not in str(error.value)


def test_schemas_are_put_into_their_catalogs(tmp_path: Path, warehouse: duckdb.DuckDBPyConnection) -> None:
    """Only the schema of a table gets a catalog: comments, strings and columns of the same words stay."""
    folder = sql_folder(
        tmp_path / "sql",
        {
            "staging/raw": "-- raw.documents\nSELECT 'raw.documents' AS raw, d.path FROM raw.documents AS d",
            "marts/m": "SELECT r.raw, r.path\nFROM staging.raw AS r -- staging.raw",
        },
    )
    warehouse.execute(
        "INSERT INTO raw.documents (document_id, source, path, content_hash, size_bytes, fetched_at) "
        "VALUES ('d', 's', 'p', 'h', 1, now())"
    )
    attach_catalogs(warehouse, tmp_path / ".building-1.duckdb")
    told: list[tuple[str, int]] = []
    runs = run_models(
        warehouse, read_models(folder).values(), lambda name, seconds, rows: told.append((name, rows))
    )
    assert told == [(run.name, run.row_count) for run in runs] == [("staging.raw", 1), ("marts.m", 1)]
    assert warehouse.execute("SELECT * FROM build.marts.m").fetchall() == [("raw.documents", "p")]


def test_building_again_begins_anew(tmp_path: Path, warehouse: duckdb.DuckDBPyConnection) -> None:
    """What a killed or refused build left behind is removed, on disk and on the connection."""
    left_over = tmp_path / ".building-old.duckdb"
    left_over.write_bytes(b"half a build")
    (tmp_path / ".building-old.duckdb.wal").write_bytes(b"")
    first = build_models(warehouse, tmp_path / ".building-1.duckdb")
    second = build_models(warehouse, tmp_path / ".building-2.duckdb")
    assert [run.name for run in first] == [run.name for run in second]
    assert sorted(path.name for path in tmp_path.glob(".building-*.duckdb")) == [".building-2.duckdb"]


def test_a_warehouse_may_not_bear_a_catalogs_name(tmp_path: Path) -> None:
    """A warehouse called like one of the runner's catalogs is refused with what to do."""
    with (
        duckdb.connect(str(tmp_path / "build.duckdb")) as connection,
        pytest.raises(ModelError, match=r"build\.duckdb; name another in paths\.warehouse"),
    ):
        build_models(connection, tmp_path / ".building-1.duckdb")
