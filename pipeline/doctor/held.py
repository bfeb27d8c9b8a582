"""What the warehouse holds that a check of Jira can use. It is opened to read, for a moment, and let go.

A run that begins meanwhile must not find its warehouse taken, so all is read at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

_SAMPLE = 100


@dataclass(frozen=True, slots=True)
class Held:
    """What the warehouse holds, if it could be read; `state` says whether, and `told` DuckDB's own words.

    `linked` counts, by project, the keys that documents name; `people` holds all names of each account that
    Jira's histories and comments know; `sample` are ids of issues; `last_fetch` is source, start (naive UTC),
    outcome and message of the last one begun.
    """

    state: Literal["absent", "held", "unreadable", "read"]
    told: str = ""
    linked: Mapping[str, int] = field(default_factory=dict)
    people: Sequence[tuple[str, ...]] = ()
    sample: Sequence[str] = ()
    last_fetch: tuple[str, datetime, str | None, str | None] | None = None


def read_held(warehouse: Path) -> Held:
    """What the warehouse at this path holds."""
    import duckdb

    if not warehouse.exists():
        return Held("absent")
    try:
        with duckdb.connect(
            str(warehouse), read_only=True, config={"autoinstall_known_extensions": "false"}
        ) as connection:
            return Held(
                "read",
                linked=dict(_rows(connection, _LINKED)),
                people=[tuple(filter(None, row)) for row in _rows(connection, _PEOPLE)],
                sample=[issue_id for (issue_id,) in _rows(connection, _RECENT)],
                last_fetch=next(iter(_rows(connection, _LAST_FETCH)), None),
            )
    except duckdb.Error as error:
        told = str(error).strip().splitlines()[0]
        return Held("held" if "lock" in str(error).lower() else "unreadable", told)


def _rows(connection: Any, query: str) -> list[Any]:
    """What a query finds; nothing in a warehouse of another version, which the next run brings up to date."""
    import duckdb

    try:
        found: list[Any] = connection.execute(query).fetchall()
    except (duckdb.CatalogException, duckdb.BinderException):
        return []
    return found


_LINKED = """
    SELECT regexp_extract(upper(item.issue_key), '^(.+)-[0-9]+$', 1), count(DISTINCT upper(item.issue_key))
    FROM facts.action_items AS item
    INNER JOIN raw.listings AS listing
        ON item.document_id = listing.document_id AND listing.listed_until IS NULL
    WHERE item.tracker = 'jira' AND item.issue_key IS NOT NULL
    GROUP BY 1 ORDER BY 1
"""
_PEOPLE = """
    SELECT DISTINCT author.accountId, author.displayName, author.name, author.emailAddress
    FROM (
        SELECT json_transform(author, '{
            "accountId": "VARCHAR", "displayName": "VARCHAR", "name": "VARCHAR", "emailAddress": "VARCHAR"
        }') AS author
        FROM (
            SELECT DISTINCT payload -> '$.author' AS author FROM raw.jira_histories
            UNION
            SELECT unnest(CAST(payload -> '$.fields.comment.comments[*].author' AS JSON[]))
            FROM raw.jira_issues
        ) AS named
    ) AS read
    WHERE author IS NOT NULL
    ORDER BY ALL
"""
_RECENT = f"""
    SELECT issue_id FROM (
        SELECT DISTINCT issue_id, updated_at FROM raw.jira_issues
        WHERE issue_id NOT IN (
            SELECT issue_id FROM raw.jira_absences WHERE issue_id IS NOT NULL AND found_again_at IS NULL
        )
    ) AS issues
    GROUP BY issue_id ORDER BY max(updated_at) DESC, issue_id LIMIT {_SAMPLE}
"""
_LAST_FETCH = """
    SELECT source, started_at, outcome, message FROM raw.fetches ORDER BY started_at DESC LIMIT 1
"""
