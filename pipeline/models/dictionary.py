"""The data dictionary: what each published table and column means, from the comments in the models.

The same words go into the published file as comments on tables and columns, for every DuckDB client, and to
docs/data-dictionary.md, for people.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from pipeline.models.files import SQL, Model, read_model, read_models


def comment_statements(models: Mapping[str, Model]) -> Iterator[str]:
    """The statements that write the descriptions of the marts into the attached catalog `build`."""
    for model in _published(models):
        yield f"COMMENT ON TABLE build.{model.name} IS {_quoted(table_description(model))}"
        for column, description in model.columns.items():
            if description:
                yield f"COMMENT ON COLUMN build.{model.name}.{column} IS {_quoted(description)}"


def table_description(model: Model) -> str:
    """Purpose, grain, key and notes as one paragraph."""
    key = f"Key: {', '.join(model.key)}." if model.key else ""
    return " ".join(part for part in (model.purpose, model.grain or "", key, model.notes) if part)


def dictionary_markdown(folder: Path = SQL) -> str:
    """The text of docs/data-dictionary.md: the published tables, then the metrics that read them.

    Raises ModelError when a file cannot be read as a model.
    """
    parts = [
        "# Data dictionary",
        "Generated from the comments in `sql/` by `make docs`. The tables are in schema `marts` of "
        "`current.duckdb`; any DuckDB from 1.2 on opens it read-only and shows the same words as comments.",
        "All `_at` columns are UTC. A value that no source supports is null.",
    ]
    for model in _published(read_models(folder)):
        parts += [f"## marts.{model.table}", *_told(model), *_column_table(model)]
    metrics = [read_model(path) for path in sorted((folder / "metrics").glob("*.sql"))]
    if metrics:
        parts.append("# Metrics")
    for metric in metrics:
        parts += [f"## {metric.table}", *_told(metric), *_column_table(metric)]
    return "\n\n".join(parts) + "\n"


def _published(models: Mapping[str, Model]) -> list[Model]:
    return sorted((model for model in models.values() if model.layer == "marts"), key=lambda each: each.table)


def _told(model: Model) -> list[str]:
    grain = " ".join(
        part for part in (model.grain or "", f"Key: `{'`, `'.join(model.key)}`." if model.key else "") if part
    )
    return [part for part in (model.purpose, grain, model.notes) if part]


def _column_table(model: Model) -> list[str]:
    if not model.columns:  # it hands on the columns of the table it reads
        return []
    rows = [
        f"| `{column}` | {description.replace('|', chr(92) + '|')} |"
        for column, description in model.columns.items()
    ]
    return ["\n".join(["| column | meaning |", "| --- | --- |", *rows])]


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
