"""What Jira does not show any more: deleted, hidden, or of a project out of sight."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from pipeline.warehouse.jira.tables import ABSENT, LATEST, Tables


class Absences(Tables):
    """Issues and keys that Jira did not show when asked for them."""

    def count_shown(self, before: datetime | None = None) -> int:
        """How many of the issues held, or held before then (our clock), are not absent."""
        ((count,),) = self._rows(
            f"""
            SELECT count(DISTINCT issue_id) FROM raw.jira_issues
            WHERE issue_id NOT IN ({ABSENT}) AND fetched_at < coalesce($before, TIMESTAMP '9999-01-01')
            """,
            {"before": before},
        )
        return int(count)

    def ids_not_shown_since(self, since: datetime) -> list[str]:
        """The ids held and not absent that Jira did not show since then (our clock)."""
        return list(
            self._ids(
                "not_shown",
                f"""
                SELECT issue_id FROM raw.jira_issues
                EXCEPT SELECT issue_id FROM raw.jira_issues WHERE read_at >= $since
                EXCEPT {ABSENT}
                """,
                {"since": since},
            )
        )

    def note_absent_issues(self, ids: Collection[str], projects: Collection[str]) -> None:
        """Note that Jira shows these issues no more; `projects` are the keys of those it shows."""
        if not ids:
            return
        with self._warehouse.transaction():
            self._warehouse.stage("gone", [{"issue_id": each} for each in sorted(ids)])
            self._run(
                f"""
                INSERT INTO raw.jira_absences (issue_key, checked_at, issue_id, reason)
                SELECT
                    issue_key, $at, issue_id,
                    CASE WHEN list_contains($projects, regexp_replace(issue_key, '-[0-9]+$', ''))
                        THEN 'not_shown' ELSE 'project_not_shown' END
                FROM ({LATEST}) AS latest WHERE issue_id IN (SELECT issue_id FROM gone)
                """,
                {"at": self.now(), "projects": list(projects)},
            )

    def note_absent_keys(self, keys: Collection[str], projects: Collection[str]) -> None:
        """Note that these keys lead to no issue, nor ever did to one held: such a one is gone by its id.

        `projects` are the keys of the projects Jira shows.
        """
        if not keys:
            return
        with self._warehouse.transaction():
            self._warehouse.stage("gone", [{"issue_key": each} for each in sorted(keys)])
            self._run(
                """
                INSERT INTO raw.jira_absences (issue_key, checked_at, reason)
                SELECT
                    gone.issue_key, $at,
                    CASE WHEN list_contains($projects, regexp_replace(upper(gone.issue_key), '-[0-9]+$', ''))
                        THEN 'not_shown' ELSE 'project_not_shown' END
                FROM gone
                WHERE upper(gone.issue_key) NOT IN (
                    SELECT upper(issue_key) FROM raw.jira_absences
                    WHERE issue_id IS NULL AND found_again_at IS NULL
                )
                """,
                {"at": self.now(), "projects": list(projects)},
            )

    def _close_absences(self, at: datetime) -> None:
        """What was just fetched is absent no more, whether by its id or by a key that leads to it."""
        self._run(
            """
            UPDATE raw.jira_absences SET found_again_at = $at
            WHERE found_again_at IS NULL AND (
                issue_id IN (SELECT issue_id FROM fetched)
                OR (
                    issue_id IS NULL AND upper(issue_key) IN (
                        SELECT upper(issue_key) FROM fetched
                        UNION
                        SELECT upper(names.issue_key) FROM raw.jira_keys AS names
                        INNER JOIN fetched ON names.issue_id = fetched.issue_id
                    )
                )
            )
            """,
            {"at": at},
        )
