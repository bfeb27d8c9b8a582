"""A warehouse for the tests of the models."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from pipeline.models.files import SQL

PARAMETERS = """
    INSERT INTO settings.parameters (
        build_id, built_at, as_of, is_as_of, company, is_invented, time_zone, resolve_from, resolve_to,
        ignored_after_days, repeat_within_days, repeat_similarity, effectiveness, horizon_days,
        jira_issue_url, product_version, duckdb_version
    ) VALUES (
        'b', '2024-06-01', '2024-06-01', false, 'Example', false, 'UTC', 'started_at', 'resolved_at',
        30, 180, 0.45, 0.5, 91, 'https://jira.example', '0', '0'
    )
"""


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse in memory, empty but for the settings."""
    with duckdb.connect(config={"autoinstall_known_extensions": "false"}) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute((SQL / "warehouse.sql").read_text(encoding="utf-8"))
        connection.execute(PARAMETERS).fetchall()
        yield connection
