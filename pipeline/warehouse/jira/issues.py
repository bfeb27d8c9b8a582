"""Issues as they were read and the entries of their histories; which of them to read again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from pipeline.warehouse.jira.absences import Absences
from pipeline.warehouse.jira.tables import ABSENT, LATEST
from pipeline.warehouse.lines import as_line

#: What a line of an issue holds; a line for every entry would take five times as long to write.
_FETCHED = {
    "issue_id": "VARCHAR",
    "issue_key": "VARCHAR",
    "payload": "JSON",
    "updated_at": "TIMESTAMP",
    "history_complete": "BOOLEAN",
    "histories": "JSON[]",
}
_ENTRIES = """
    SELECT issue_id, entry ->> '$.id' AS history_id, entry AS payload
    FROM (SELECT issue_id, unnest(histories) AS entry FROM fetched) AS unnested
"""


class IssueLine(NamedTuple):
    """An issue with its history as a line of JSON, the form it is loaded in; see `issue_line`."""

    issue_id: str
    updated_at: datetime
    line: bytes


def issue_line(issue: Any) -> IssueLine:
    """A `pipeline.sources.jira.FetchedIssue`, ready to be loaded; a tenth as large as what it was made of."""
    row = {
        "issue_id": issue.issue_id,
        "issue_key": issue.issue_key,
        "payload": issue.payload,
        "updated_at": issue.updated_at,
        "history_complete": issue.history_complete,
        "histories": issue.histories,
    }
    return IssueLine(issue.issue_id, issue.updated_at, as_line(row))


class Issues(Absences):
    """The versions of issues, the newest of each last, and their histories."""

    def load_issues(self, issues: Iterable[IssueLine]) -> int:
        """Keep new versions of issues, and what is new of their histories; how many issues changed.

        An older version than the one held is not kept.
        """
        at = self.now()
        newest_last = sorted(issues, key=lambda issue: issue.updated_at)
        lines = {issue.issue_id: issue.line for issue in newest_last}
        if not lines:
            return 0
        with self._warehouse.transaction():
            self._warehouse.stage_lines("fetched", lines.values(), _FETCHED)
            self._run(
                """
                CREATE OR REPLACE TEMP TABLE held AS
                SELECT issue_id, fetched_at, updated_at, history_complete, CAST(payload AS VARCHAR) AS payload
                FROM raw.jira_issues WHERE issue_id IN (SELECT issue_id FROM fetched)
                QUALIFY row_number() OVER (PARTITION BY issue_id ORDER BY fetched_at DESC) = 1
                """
            )
            self._run(
                """
                CREATE OR REPLACE TEMP TABLE changed AS
                SELECT
                    fetched.issue_id,
                    fetched.history_complete
                    OR coalesce(held.history_complete AND held.updated_at = fetched.updated_at, FALSE)
                        AS history_complete
                FROM fetched
                LEFT JOIN held ON fetched.issue_id = held.issue_id
                WHERE held.issue_id IS NULL
                    OR (
                        fetched.updated_at >= coalesce(held.updated_at, fetched.updated_at)
                        AND (
                            CAST(fetched.payload AS VARCHAR) <> held.payload
                            OR (fetched.history_complete AND NOT held.history_complete)
                        )
                    )
                """
            )
            self._run(
                """
                INSERT INTO raw.jira_issues BY NAME
                SELECT
                    fetched.* EXCLUDE (histories) REPLACE (changed.history_complete AS history_complete),
                    CAST($at AS TIMESTAMP) AS fetched_at,
                    CAST($at AS TIMESTAMP) AS read_at
                FROM fetched INNER JOIN changed ON fetched.issue_id = changed.issue_id
                """,
                {"at": at},
            )
            self._run(
                """
                UPDATE raw.jira_issues AS issue SET read_at = $at
                FROM held
                WHERE issue.issue_id = held.issue_id AND issue.fetched_at = held.fetched_at
                    AND issue.issue_id NOT IN (SELECT issue_id FROM changed)
                """,
                {"at": at},
            )
            ((count,),) = self._rows("SELECT count(*) FROM changed")
            added = self._load_histories(at)
            self._close_absences(at)
        return max(int(count), added)

    def _load_histories(self, at: datetime) -> int:
        """Keep entries of what is in `fetched` not kept before, and those of which Jira now says more.

        Of how many issues there was a new one.
        """
        ((new_count, held_count),) = self._rows(
            """
            SELECT
                count(*) FILTER (WHERE held.issue_id IS NULL AND len(fetched.histories) > 0),
                count(held.issue_id)
            FROM fetched LEFT JOIN held ON fetched.issue_id = held.issue_id
            """
        )
        # Of an issue not held no entry is held either.
        if new_count:
            self._run(
                f"""
                INSERT INTO raw.jira_histories BY NAME
                SELECT entry.*, CAST($at AS TIMESTAMP) AS fetched_at
                FROM ({_ENTRIES}) AS entry ANTI JOIN held ON entry.issue_id = held.issue_id
                """,
                {"at": at},
            )
        if not held_count:
            return int(new_count)
        self._run(
            f"""
            CREATE OR REPLACE TEMP TABLE entries AS
            SELECT entry.* FROM ({_ENTRIES}) AS entry SEMI JOIN held ON entry.issue_id = held.issue_id
            """
        )
        # An entry never changes but for how it names people and things: their names now are as true.
        self._run(
            """
            UPDATE raw.jira_histories AS held SET payload = entries.payload
            FROM entries
            WHERE held.issue_id = entries.issue_id AND held.history_id = entries.history_id
                AND CAST(held.payload AS VARCHAR) <> CAST(entries.payload AS VARCHAR)
            """
        )
        self._run(
            """
            CREATE OR REPLACE TEMP TABLE fresh AS
            SELECT entries.* FROM entries
            ANTI JOIN raw.jira_histories AS held
                ON held.issue_id = entries.issue_id AND held.history_id = entries.history_id
            """
        )
        self._run(
            """
            INSERT INTO raw.jira_histories BY NAME
            SELECT *, CAST($at AS TIMESTAMP) AS fetched_at FROM fresh
            """,
            {"at": at},
        )
        ((count,),) = self._rows("SELECT count(DISTINCT issue_id) FROM fresh")
        return int(new_count) + int(count)

    def unread_ids(self, since: datetime) -> Iterator[str]:
        """The ids of all that is followed or held and was not shown since then (our clock), by number."""
        return self._ids(
            "unread",
            """
            SELECT issue_id FROM raw.jira_follows
            UNION SELECT issue_id FROM raw.jira_issues
            EXCEPT SELECT issue_id FROM raw.jira_issues WHERE read_at >= $since
            """,
            {"since": since},
        )

    def unheld_ids(self, since: datetime) -> Iterator[str]:
        """The ids of what is followed since then (our clock) and was never read."""
        return self._ids(
            "unheld",
            """
            SELECT issue_id FROM raw.jira_follows WHERE found_at >= $since
            EXCEPT SELECT issue_id FROM raw.jira_issues
            """,
            {"since": since},
        )

    def unread_among(self, ids: Collection[str], since: datetime) -> list[str]:
        """Those of these ids that Jira did not show since then (our clock)."""
        if not ids:
            return []
        self._warehouse.stage("asked_ids", [{"issue_id": each} for each in ids])
        rows = self._rows(
            """
            SELECT issue_id FROM asked_ids
            EXCEPT SELECT issue_id FROM raw.jira_issues WHERE read_at >= ?
            ORDER BY issue_id
            """,
            [since],
        )
        return [issue_id for (issue_id,) in rows]

    def projects_held(self) -> list[str]:
        """The keys of the projects of the issues held and not absent."""
        rows = self._rows(
            f"""
            SELECT DISTINCT regexp_replace(issue_key, '-[0-9]+$', '') FROM ({LATEST}) AS latest
            WHERE issue_id NOT IN ({ABSENT})
            ORDER BY 1
            """
        )
        return [key for (key,) in rows]

    def held_among(self, ids: Sequence[str]) -> list[str]:
        """Those of these ids of which an issue is held."""
        rows = self._rows(
            "SELECT DISTINCT issue_id FROM raw.jira_issues WHERE issue_id IN (SELECT unnest(?))", [list(ids)]
        )
        return [issue_id for (issue_id,) in rows]
