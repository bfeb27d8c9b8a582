"""What a build holds: whose it is, how fresh, which choices its filters offer, what its columns mean."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

    from pipeline.metrics.published import Published


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters can be set to: the values that occur. "" and 0 stand for "not stated".

    Between `first_day` and `last_day` lie all incidents on record; both are None when none has a day.
    """

    first_day: date | None
    last_day: date | None
    teams: tuple[str, ...]
    services: tuple[str, ...]
    severities: tuple[int, ...]
    causes: tuple[str, ...]
    sources: tuple[str, ...]


def run(published: Published) -> dict[str, Any]:
    """The build's own account of itself: the one row of `marts.runs`."""
    return published.query("SELECT * FROM marts.runs").row(0, named=True)


def sources(published: Published) -> pl.DataFrame:
    """The sources and how fresh each is: `marts.sources`."""
    return published.query("SELECT * FROM marts.sources ORDER BY source")


def restricted_count(published: Published) -> int:
    """How many incidents only some readers may see: they count for all."""
    counted = published.query("SELECT count(*) AS n FROM marts.incidents WHERE is_restricted")
    return int(counted.item(0, "n"))


def filter_choices(published: Published) -> Choices:
    """The values that occur of what filters choose among, and the days between which incidents lie."""
    days = published.query(
        "SELECT CAST(min(occurred_at) AS DATE) AS first_day, CAST(max(occurred_at) AS DATE) AS last_day"
        " FROM marts.incidents"
    ).row(0, named=True)

    def distinct(sql: str) -> tuple[Any, ...]:
        return tuple(published.query(sql)["value"].to_list())

    return Choices(
        first_day=days["first_day"],
        last_day=days["last_day"],
        teams=distinct(
            "SELECT DISTINCT coalesce(team, '') AS value FROM"
            " (SELECT team FROM marts.incidents UNION ALL SELECT team FROM marts.action_items)"
            " ORDER BY value = '', lower(value), value"
        ),
        services=distinct(
            "SELECT DISTINCT coalesce(service, '') AS value FROM"
            " (SELECT service FROM marts.incidents"
            "  UNION ALL SELECT unnest(services) AS service FROM marts.incidents)"
            " ORDER BY value = '', lower(value), value"
        ),
        severities=distinct(
            "SELECT DISTINCT coalesce(severity, 0) AS value FROM marts.incidents ORDER BY value = 0, value"
        ),
        causes=distinct(
            "SELECT DISTINCT coalesce(cause_category, '') AS value FROM marts.incidents"
            " ORDER BY value = '', lower(value), value"
        ),
        sources=distinct(
            "SELECT DISTINCT source AS value FROM (SELECT source FROM marts.incidents"
            " UNION ALL SELECT source FROM marts.sources WHERE kind <> 'jira')"
            " ORDER BY lower(value), value"
        ),
    )


def data_dictionary(published: Published) -> pl.DataFrame:
    """Every published table and column with its type and meaning, as the build itself tells it.

    Columns: table_name, table_meaning, row_count, column_name, data_type, column_meaning, position.
    """
    return published.query(
        "SELECT columns.table_name, tables.comment AS table_meaning, tables.estimated_size AS row_count,"
        " columns.column_name, columns.data_type, columns.comment AS column_meaning,"
        " columns.column_index AS position"
        " FROM duckdb_columns() AS columns INNER JOIN duckdb_tables() AS tables"
        " ON columns.table_oid = tables.table_oid AND columns.database_oid = tables.database_oid"
        " WHERE columns.schema_name = 'marts'"
        " ORDER BY columns.table_name, columns.column_index"
    )
