"""Which issues are followed and why, and what they lead to."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Literal

from pipeline.record_mappings.issues import DUPLICATE_WORDS, INCIDENT_TYPES, LINK_WORDS, REVIEW_TYPES
from pipeline.warehouse.jira.tables import ABSENT, LATEST, Tables

#: Why an issue is followed; see sql/warehouse.sql.
FollowReason = Literal[
    "document", "jql", "incident", "incident_link", "remote_link", "parent", "child", "survivor"
]
#: An issue that is an action item in its own right, not only the parent or the heir of one.
DIRECT = ("document", "jql", "incident", "incident_link", "remote_link")


class Follows(Tables):
    """The issues followed, each for its reasons."""

    def follow(self, ids: Iterable[str], reason: FollowReason, jql: str | None = None) -> None:
        """Follow these issues from now on, for this reason; `jql` is what found them, where one did."""
        at = self.now()
        rows = [{"issue_id": each, "reason": reason, "found_at": at} for each in dict.fromkeys(ids)]
        if not rows:
            return
        with self._warehouse.transaction():
            self._stage("found", rows, "raw.jira_follows")
            self._follow_found()
            if jql is not None:
                self._run(
                    """
                    INSERT INTO raw.jira_jql_finds BY NAME
                    SELECT found.issue_id, $jql AS jql, found.found_at FROM found
                    ANTI JOIN (SELECT issue_id FROM raw.jira_jql_finds WHERE jql = $jql) AS held
                        ON found.issue_id = held.issue_id
                    """,
                    {"jql": jql},
                )

    def found_by(self, jql: str) -> set[str]:
        """The ids of the issues not absent that this JQL ever found."""
        rows = self._rows(
            f"SELECT issue_id FROM raw.jira_jql_finds WHERE jql = ? AND issue_id NOT IN ({ABSENT})", [jql]
        )
        return {issue_id for (issue_id,) in rows}

    def ascribe_finds(self, jql: str) -> None:
        """Ascribe to this JQL what one found before it was kept which."""
        self._run(
            """
            INSERT INTO raw.jira_jql_finds BY NAME
            SELECT follow.issue_id, $jql AS jql, follow.found_at FROM raw.jira_follows AS follow
            ANTI JOIN raw.jira_jql_finds AS held ON follow.issue_id = held.issue_id
            WHERE follow.reason = 'jql'
            """,
            {"jql": jql},
        )

    def follow_related(self, since: datetime, link_types: Collection[str] | None = None) -> bool:
        """Follow what the issues read since then (our clock) lead to; whether any is new.

        An issue leads to its parent. One followed for itself leads also to its subtasks, as they do to
        theirs, and to the issue it duplicates; closed as a duplicate without such a link, to those that are
        said to duplicate it, for a link may be drawn the wrong way round. The issue of an incident leads to
        what is linked to it by one of the `link_types`, or, without any, by all but some kinds; to no other
        incident and no review.
        """
        others = sorted({word for word, kind in LINK_WORDS})
        duplicates = [word for word, kind in LINK_WORDS if kind == "duplicate"]
        named = None if link_types is None else [name.casefold() for name in link_types]
        direct = ", ".join(f"'{reason}'" for reason in DIRECT)
        with self._warehouse.transaction():
            self._run(
                f"""
                CREATE OR REPLACE TEMP TABLE found AS
                WITH shown AS (
                    SELECT issue_id, fetched_at
                    FROM ({LATEST}) AS latest WHERE read_at >= $since
                ),
                reasons AS (
                    SELECT
                        shown.issue_id,
                        shown.fetched_at,
                        coalesce(bool_or(follow.reason IN ({direct})), TRUE) AS is_direct,
                        coalesce(bool_or(follow.reason = 'child'), FALSE) AS is_child,
                        coalesce(bool_or(follow.reason = 'survivor'), FALSE) AS is_survivor,
                        coalesce(bool_or(follow.reason = 'incident'), FALSE) AS is_incident
                    FROM shown
                    LEFT JOIN raw.jira_follows AS follow ON shown.issue_id = follow.issue_id
                    GROUP BY shown.issue_id, shown.fetched_at
                ),
                told AS (
                    SELECT
                        reasons.*,
                        issue.payload ->> '$.fields.parent.id' AS parent_id,
                        issue.payload ->> '$.fields.subtasks[*].id' AS subtask_ids,
                        issue.payload ->> '$.fields.status.statusCategory.key' = 'done'
                        AND list_has_any($closed_as_duplicate, [
                            regexp_replace(lower(each), '[^\\p{{L}}\\p{{N}}]+', '', 'g') FOR each IN [
                                issue.payload ->> '$.fields.resolution.name',
                                issue.payload ->> '$.fields.status.name'
                            ]
                        ]) AS is_duplicate,
                        CAST(issue.payload -> '$.fields.issuelinks' AS JSON[]) AS links
                    FROM raw.jira_issues AS issue
                    INNER JOIN reasons
                        ON issue.issue_id = reasons.issue_id AND issue.fetched_at = reasons.fetched_at
                ),
                unnested AS (
                    SELECT issue_id, is_direct, is_survivor, is_incident, is_duplicate, unnest(links) AS link
                    FROM told
                ),
                links AS (
                    SELECT
                        issue_id, is_direct, is_survivor, is_incident, is_duplicate,
                        link ->> '$.outwardIssue.id' AS outward_id,
                        coalesce(link ->> '$.outwardIssue.id', link ->> '$.inwardIssue.id') AS other_id,
                        lower(link ->> '$.type.name') AS link_type,
                        lower(concat_ws(' ', link ->> '$.type.name', link ->> '$.type.outward')) AS words,
                        regexp_replace(
                            regexp_replace(
                                lower(coalesce(
                                    link ->> '$.outwardIssue.fields.issuetype.name',
                                    link ->> '$.inwardIssue.fields.issuetype.name', ''
                                )),
                                '^\\[system\\] *', ''
                            ),
                            '[-_ ]+', ' ', 'g'
                        ) AS other_type
                    FROM unnested
                ),
                duplicates AS (
                    SELECT *, bool_or(outward_id IS NOT NULL) OVER (PARTITION BY issue_id) AS duplicates_any
                    FROM links
                    WHERE (is_direct OR is_survivor)
                        AND len(list_filter($duplicates, lambda word : contains(words, word))) > 0
                ),
                related AS (
                    SELECT parent_id AS issue_id, 'parent' AS reason
                    FROM told WHERE is_direct OR is_child
                    UNION ALL
                    SELECT unnest(subtask_ids), 'child'
                    FROM told WHERE is_direct OR is_child
                    UNION ALL
                    SELECT other_id, 'survivor'
                    FROM duplicates WHERE outward_id IS NOT NULL OR (is_duplicate AND NOT duplicates_any)
                    UNION ALL
                    SELECT other_id, 'incident_link'
                    FROM links
                    WHERE is_incident
                        AND NOT list_contains($incidents, other_type)
                        AND CASE
                            WHEN $named IS NOT NULL THEN list_contains($named, link_type)
                            ELSE len(list_filter($others, lambda word : contains(words, word))) = 0
                        END
                )
                SELECT DISTINCT issue_id, reason, CAST($at AS TIMESTAMP) AS found_at
                FROM related WHERE issue_id IS NOT NULL
                """,
                {
                    "since": since,
                    "at": self.now(),
                    "duplicates": duplicates,
                    "closed_as_duplicate": sorted(DUPLICATE_WORDS),
                    "others": others,
                    "named": named,
                    "incidents": sorted(INCIDENT_TYPES | REVIEW_TYPES),
                },
            )
            return self._follow_found() > 0

    def _follow_found(self) -> int:
        """Keep those of the temporary table `found` that were not followed for that reason; how many."""
        ((count,),) = self._rows(
            """
            SELECT count(*) FROM found
            ANTI JOIN raw.jira_follows AS held
                ON found.issue_id = held.issue_id AND found.reason = held.reason
            """
        )
        if count:
            self._run(
                """
                INSERT INTO raw.jira_follows BY NAME
                SELECT issue_id, reason, found_at FROM found
                ANTI JOIN raw.jira_follows AS held
                    ON found.issue_id = held.issue_id AND found.reason = held.reason
                """
            )
        return int(count)

    def parents_of_many(self, since: datetime) -> list[tuple[str, str]]:
        """The issues read since then (our clock) whose children do not stand in them: epics and above.

        Their ids and keys, of those followed for themselves. A new child need not change its epic.
        """
        direct = ", ".join(f"'{reason}'" for reason in DIRECT)
        return self._rows(
            f"""
            SELECT issue_id, issue_key FROM ({LATEST}) AS latest
            WHERE read_at >= ?
                AND (
                    TRY_CAST(payload ->> '$.fields.issuetype.hierarchyLevel' AS INTEGER) >= 1
                    OR lower(payload ->> '$.fields.issuetype.name') = 'epic'
                )
                AND issue_id IN (SELECT issue_id FROM raw.jira_follows WHERE reason IN ({direct}, 'child'))
            ORDER BY issue_id
            """,
            [since],
        )

    def named_in(self, field: str, since: datetime) -> list[str]:
        """The keys in this field of the issues read since then (our clock) and followed for themselves."""
        direct = ", ".join(f"'{reason}'" for reason in DIRECT)
        rows = self._rows(
            rf"""
            SELECT DISTINCT named FROM (
                SELECT payload ->> ('$.fields.' || $field) AS named
                FROM ({LATEST}) AS latest
                WHERE read_at >= $since
                    AND issue_id IN (
                        SELECT issue_id FROM raw.jira_follows WHERE reason IN ({direct}, 'child')
                    )
            ) AS told
            WHERE regexp_full_match(named, '[A-Za-z]\w*-\d+')
            ORDER BY named
            """,
            {"field": field, "since": since},
        )
        return [key for (key,) in rows]
