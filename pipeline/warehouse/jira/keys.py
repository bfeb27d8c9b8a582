"""The keys by which documents name issues, and where each leads."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from pipeline.warehouse.jira.follows import FollowReason
from pipeline.warehouse.jira.tables import Tables


class Keys(Tables):
    """Keys: an issue that is moved takes another and still answers to the old one."""

    def linked_keys(self) -> list[str]:
        """The keys that the action items of listed documents name."""
        rows = self._rows(
            """
            SELECT DISTINCT item.issue_key
            FROM facts.action_items AS item
            INNER JOIN raw.listings AS listing
                ON item.document_id = listing.document_id AND listing.listed_until IS NULL
            WHERE item.tracker = 'jira' AND item.issue_key IS NOT NULL
            ORDER BY item.issue_key
            """
        )
        return [key for (key,) in rows]

    def incident_keys(self) -> list[str]:
        """The keys of this Jira's projects by which listed documents name their incidents."""
        rows = self._rows(
            """
            SELECT DISTINCT upper(evidence.value)
            FROM facts.evidence AS evidence
            INNER JOIN raw.listings AS listing
                ON evidence.document_id = listing.document_id AND listing.listed_until IS NULL
            INNER JOIN raw.jira_definitions AS project
                ON project.kind = 'project'
                AND project.definition_id = regexp_extract(upper(evidence.value), '^(.+)-[0-9]+$', 1)
            WHERE evidence.field = 'incident_key' AND evidence.is_chosen
            ORDER BY 1
            """
        )
        return [key for (key,) in rows]

    def unsettled_keys(self, keys: Collection[str], reason: FollowReason) -> list[str]:
        """Those of `keys` of which it is not known where they lead: to an issue followed for this reason, or
        to none.
        """
        return self._keys_without(
            keys,
            """
            SELECT upper(names.issue_key) FROM raw.jira_keys AS names
            INNER JOIN raw.jira_follows AS follow ON names.issue_id = follow.issue_id
            WHERE follow.reason = ?
            UNION SELECT upper(issue_key) FROM raw.jira_absences
                WHERE issue_id IS NULL AND found_again_at IS NULL
            """,
            [reason],
        )

    def keys_not_read_since(self, keys: Collection[str], reason: FollowReason, since: datetime) -> list[str]:
        """Those of `keys` whose issues, followed for this reason, Jira did not show since then."""
        return self._keys_without(
            keys,
            """
            SELECT upper(names.issue_key) FROM raw.jira_issues AS issue
            INNER JOIN raw.jira_keys AS names ON issue.issue_id = names.issue_id
            INNER JOIN raw.jira_follows AS follow ON issue.issue_id = follow.issue_id
            WHERE follow.reason = ? AND issue.read_at >= ?
            """,
            [reason, since],
        )

    def bearers_of(self, keys: Collection[str]) -> dict[str, str]:
        """Those of `keys` that an issue held once bore or answered to, with its id."""
        if not keys:
            return {}
        self._warehouse.stage("asked", [{"issue_key": key} for key in sorted(keys)])
        return dict(
            self._rows(
                """
                SELECT asked.issue_key, max_by(known.issue_id, known.seen_at)
                FROM asked
                INNER JOIN (
                    SELECT issue_key, issue_id, fetched_at AS seen_at FROM raw.jira_issues
                    UNION ALL SELECT issue_key, issue_id, found_at FROM raw.jira_keys
                ) AS known ON upper(asked.issue_key) = upper(known.issue_key)
                GROUP BY asked.issue_key
                """
            )
        )

    def note_keys(self, ids: Mapping[str, str]) -> None:
        """Note which issue each key leads to now."""
        at = self.now()
        rows = [{"issue_key": key, "issue_id": ids[key], "found_at": at} for key in ids]
        if not rows:
            return
        with self._warehouse.transaction():
            self._stage("led", rows, "raw.jira_keys")
            self._run(
                """
                UPDATE raw.jira_keys AS held SET found_at = led.found_at
                FROM led
                WHERE held.issue_key = led.issue_key AND held.issue_id = led.issue_id
                    AND EXISTS (
                        SELECT 1 FROM raw.jira_keys AS later
                        WHERE later.issue_key = held.issue_key AND later.found_at > held.found_at
                    )
                """
            )
            self._run(
                """
                INSERT INTO raw.jira_keys BY NAME
                SELECT led.* FROM led
                ANTI JOIN raw.jira_keys AS held
                    ON led.issue_key = held.issue_key AND led.issue_id = held.issue_id
                """
            )

    def _keys_without(self, keys: Collection[str], settled: str, given: list[Any]) -> list[str]:
        if not keys:
            return []
        self._warehouse.stage("asked", [{"issue_key": key} for key in sorted(keys)])
        rows = self._rows(
            f"SELECT issue_key FROM asked WHERE upper(issue_key) NOT IN ({settled}) ORDER BY 1", given
        )
        return [key for (key,) in rows]
