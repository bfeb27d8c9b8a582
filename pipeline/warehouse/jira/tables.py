"""What the tables of Jira share: the connection, a clock that never runs backwards, ids a few at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.warehouse import Warehouse

_IDS_AT_ONCE = 1000
LATEST = """
    SELECT issue.* FROM raw.jira_issues AS issue
    SEMI JOIN (
        SELECT issue_id, max(fetched_at) AS fetched_at FROM raw.jira_issues GROUP BY issue_id
    ) AS newest ON issue.issue_id = newest.issue_id AND issue.fetched_at = newest.fetched_at
"""
ABSENT = "SELECT issue_id FROM raw.jira_absences WHERE issue_id IS NOT NULL AND found_again_at IS NULL"


class Tables:
    """Tables of Jira in the open warehouse."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self._latest_at: datetime | None = None

    def now(self) -> datetime:
        """This moment, or just after the last that is written down, should our clock have been set back.

        What was read last must never look older than what was read before.
        """
        from pipeline.warehouse import now

        if self._latest_at is None:
            ((self._latest_at,),) = self._rows(
                """
                SELECT greatest(
                    TIMESTAMP '1970-01-01',
                    (SELECT max(started_at) FROM raw.fetches WHERE kind = 'jira'),
                    (SELECT max(greatest(fetched_at, coalesce(read_at, fetched_at))) FROM raw.jira_issues),
                    (SELECT max(found_at) FROM raw.jira_follows),
                    (SELECT max(found_at) FROM raw.jira_jql_finds),
                    (SELECT max(found_at) FROM raw.jira_keys),
                    (SELECT max(fetched_at) FROM raw.jira_definitions),
                    (SELECT max(checked_at) FROM raw.jira_remote_links),
                    (
                        SELECT max(greatest(checked_at, coalesce(found_again_at, checked_at)))
                        FROM raw.jira_absences
                    )
                )
                """
            )
        self._latest_at = max(now(), self._latest_at + timedelta(microseconds=1))
        return self._latest_at

    def _rows(self, query: str, given: Any = None) -> list[Any]:
        return self._warehouse.connection.execute(query, given).fetchall()

    def _run(self, query: str, given: Any = None) -> None:
        self._rows(query, given)

    def _stage(self, name: str, rows: Sequence[Mapping[str, Any]], table: str) -> None:
        self._warehouse.stage(name, rows, self._warehouse.columns(table))

    def _ids(self, name: str, query: str, given: Mapping[str, Any]) -> Iterator[str]:
        """The ids that a query finds when the first is drawn, by number; read a few at a time."""
        self._run(
            f"""
            CREATE OR REPLACE TEMP TABLE {name} AS
            SELECT issue_id, row_number() OVER (ORDER BY CAST(issue_id AS BIGINT)) AS place
            FROM ({query}) AS wanted WHERE TRY_CAST(issue_id AS BIGINT) IS NOT NULL
            """,
            given,
        )
        start = 0
        while rows := self._rows(
            f"SELECT issue_id FROM {name} WHERE place > ? AND place <= ? ORDER BY place",
            [start, start + _IDS_AT_ONCE],
        ):
            yield from (issue_id for (issue_id,) in rows)
            start += _IDS_AT_ONCE
