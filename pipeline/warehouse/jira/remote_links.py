"""Issues' links to pages elsewhere, which Jira tells only issue by issue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pipeline.warehouse.jira.tables import ABSENT, Tables


class RemoteLinks(Tables):
    """Links to pages, and when each issue was asked for its own."""

    def load_remote_links(self, asked: Iterable[tuple[str, Sequence[Mapping[str, Any]]]]) -> None:
        """Keep issues' links to pages elsewhere, by issue, and when they were asked for them."""
        at = self.now()
        rows = [
            {"issue_id": issue_id, "payload": list(links), "fetched_at": at, "checked_at": at}
            for issue_id, links in asked
        ]
        if not rows:
            return
        with self._warehouse.transaction():
            self._stage("asked_links", rows, "raw.jira_remote_links")
            self._run(
                """
                CREATE OR REPLACE TEMP TABLE as_before AS
                SELECT held.issue_id, held.fetched_at FROM (
                    SELECT * FROM raw.jira_remote_links
                    QUALIFY row_number() OVER (PARTITION BY issue_id ORDER BY fetched_at DESC) = 1
                ) AS held
                INNER JOIN asked_links ON held.issue_id = asked_links.issue_id
                    AND CAST(held.payload AS VARCHAR) = CAST(asked_links.payload AS VARCHAR)
                """
            )
            self._run(
                """
                UPDATE raw.jira_remote_links AS held SET checked_at = $at FROM as_before
                WHERE held.issue_id = as_before.issue_id AND held.fetched_at = as_before.fetched_at
                """,
                {"at": at},
            )
            self._run(
                """
                INSERT INTO raw.jira_remote_links BY NAME
                SELECT asked_links.* FROM asked_links
                ANTI JOIN as_before ON asked_links.issue_id = as_before.issue_id
                """
            )

    def ids_with_new_remote_links(self, limit: int) -> list[str]:
        """The issues whose histories tell of a link to a page, later than they were last asked for theirs."""
        rows = self._rows(
            f"""
            SELECT history.issue_id
            FROM raw.jira_histories AS history
            LEFT JOIN raw.jira_remote_links AS links ON history.issue_id = links.issue_id
            WHERE contains(CAST(history.payload AS VARCHAR), 'RemoteIssueLink') AND list_contains(
                CAST(json_extract_string(history.payload, '$.items[*].field') AS VARCHAR[]), 'RemoteIssueLink'
            )
            AND history.issue_id NOT IN ({ABSENT})
            GROUP BY history.issue_id
            HAVING max(history.fetched_at) > coalesce(max(links.checked_at), TIMESTAMP '1970-01-01')
            ORDER BY max(history.fetched_at) DESC, history.issue_id
            LIMIT ?
            """,
            [limit],
        )
        return [issue_id for (issue_id,) in rows]

    def count_without_remote_links(self) -> int:
        """How many of the issues not absent were never asked for their links to pages."""
        ((count,),) = self._rows(
            f"""
            SELECT count(DISTINCT issue_id) FROM raw.jira_issues
            WHERE issue_id NOT IN ({ABSENT})
                AND issue_id NOT IN (SELECT issue_id FROM raw.jira_remote_links)
            """
        )
        return int(count)

    def ids_longest_without_remote_links(self, limit: int) -> list[str]:
        """The issues not absent that were never, or longest ago, asked for their links to pages."""
        rows = self._rows(
            f"""
            SELECT issue.issue_id
            FROM raw.jira_issues AS issue
            LEFT JOIN raw.jira_remote_links AS links ON issue.issue_id = links.issue_id
            WHERE issue.issue_id NOT IN ({ABSENT})
            GROUP BY issue.issue_id
            ORDER BY max(links.checked_at) ASC NULLS FIRST, CAST(issue.issue_id AS BIGINT)
            LIMIT ?
            """,
            [limit],
        )
        return [issue_id for (issue_id,) in rows]
