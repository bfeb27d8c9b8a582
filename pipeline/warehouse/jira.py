"""What the warehouse holds of a Jira: issues and their histories, why each is followed, what is gone.

Issues are known by their numeric id: a key changes when an issue is moved, and may come to mean another.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from pipeline.record_mappings.issues import INCIDENT_TYPES, LINK_WORDS, REVIEW_TYPES
from pipeline.warehouse.lines import as_line

if TYPE_CHECKING:
    from pipeline.warehouse import Warehouse

DefinitionKind = Literal["status", "priority", "field", "project"]
#: Why an issue is followed; see sql/warehouse.sql.
FollowReason = Literal[
    "document", "jql", "incident", "incident_link", "remote_link", "parent", "child", "survivor"
]
#: An issue that is an action item in its own right, not only the parent or the heir of one.
DIRECT = ("document", "jql", "incident", "incident_link", "remote_link")

_IDS_AT_ONCE = 1000
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
_LATEST = """
    SELECT issue.* FROM raw.jira_issues AS issue
    SEMI JOIN (
        SELECT issue_id, max(fetched_at) AS fetched_at FROM raw.jira_issues GROUP BY issue_id
    ) AS newest ON issue.issue_id = newest.issue_id AND issue.fetched_at = newest.fetched_at
"""
_ABSENT = "SELECT issue_id FROM raw.jira_absences WHERE issue_id IS NOT NULL AND found_again_at IS NULL"
_LATEST_DEFINITIONS = """
    SELECT * FROM raw.jira_definitions
    QUALIFY row_number() OVER (PARTITION BY kind, definition_id ORDER BY fetched_at DESC) = 1
"""


@dataclass(frozen=True, slots=True)
class SyncState:
    """How far the syncs of one scope have come. Times are naive UTC.

    `watermark` is by Jira's clock: what changed before it is held; None: nothing is. `began_at` is when the
    last good sync began, `swept_at` when the last look at everything did; `interrupted` are those begun since
    then that did not end, the first one first, each by its start by our clock and its watermark.
    """

    watermark: datetime | None
    began_at: datetime | None
    swept_at: datetime | None
    interrupted: tuple[tuple[datetime, datetime], ...]


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


class JiraTables:
    """The tables of Jira in the warehouse."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self._latest_at: datetime | None = None

    # --- how far ------------------------------------------------------------------------------------------

    def state(self, scope: str) -> SyncState:
        """How far the syncs of this scope have come."""
        ((watermark, began_at, swept_at),) = self._rows(
            """
            SELECT
                arg_max(coalesce(site_at, started_at), started_at),
                max(started_at),
                max(started_at) FILTER (WHERE is_sweep)
            FROM raw.fetches WHERE kind = 'jira' AND outcome = 'ok' AND scope = ?
            """,
            [scope],
        )
        interrupted = self._rows(
            """
            SELECT started_at, site_at FROM raw.fetches
            WHERE kind = 'jira' AND outcome IS DISTINCT FROM 'ok' AND scope = ? AND is_sweep
                AND site_at IS NOT NULL AND started_at > coalesce(?, TIMESTAMP '1970-01-01')
            ORDER BY started_at
            """,
            [scope, swept_at],
        )
        return SyncState(watermark, began_at, swept_at, tuple(interrupted))

    # --- what Jira defines --------------------------------------------------------------------------------

    def load_definitions(self, kind: DefinitionKind, payloads: Iterable[Mapping[str, Any]]) -> None:
        """Keep what Jira defines now, in its order, each by its id, a project by its key.

        What is as before is not kept twice, and what Jira lists no more stays as it was last known; a field
        without its position, as it is read no more.
        """
        identity = "key" if kind == "project" else "id"
        at = self.now()
        rows = [
            {
                "kind": kind,
                "definition_id": str(payload[identity]),
                "position": position,
                "payload": payload,
                "fetched_at": at,
            }
            for position, payload in enumerate(payloads, start=1)
        ]
        if not rows:
            return
        with self._warehouse.transaction():
            self._stage("defined", rows, "raw.jira_definitions")
            self._run(
                f"""
                INSERT INTO raw.jira_definitions BY NAME
                SELECT defined.* FROM defined
                ANTI JOIN ({_LATEST_DEFINITIONS}) AS held
                    ON defined.kind = held.kind AND defined.definition_id = held.definition_id
                    AND defined.position IS NOT DISTINCT FROM held.position
                    AND CAST(defined.payload AS VARCHAR) = CAST(held.payload AS VARCHAR)
                """
            )
            if kind == "field":
                self._run(
                    f"""
                    INSERT INTO raw.jira_definitions
                    SELECT kind, definition_id, NULL AS position, payload, $at AS fetched_at
                    FROM ({_LATEST_DEFINITIONS}) AS held
                    WHERE kind = 'field' AND position IS NOT NULL
                        AND definition_id NOT IN (SELECT definition_id FROM defined)
                    """,
                    {"at": at},
                )

    def fields(self) -> list[dict[str, Any]]:
        """The fields of issues as Jira last listed them."""
        rows = self._rows(
            f"""
            SELECT CAST(payload AS VARCHAR) FROM ({_LATEST_DEFINITIONS}) AS latest
            WHERE kind = 'field' AND position IS NOT NULL
            ORDER BY position
            """
        )
        return [json.loads(payload) for (payload,) in rows]

    def projects(self) -> list[str]:
        """The keys of every project Jira ever showed: one hidden today is no less a project."""
        rows = self._rows(
            "SELECT DISTINCT definition_id FROM raw.jira_definitions WHERE kind = 'project' ORDER BY 1"
        )
        return [key for (key,) in rows]

    # --- what to follow -----------------------------------------------------------------------------------

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

    def _keys_without(self, keys: Collection[str], settled: str, given: list[Any]) -> list[str]:
        if not keys:
            return []
        self._warehouse.stage("asked", [{"issue_key": key} for key in sorted(keys)])
        rows = self._rows(
            f"SELECT issue_key FROM asked WHERE upper(issue_key) NOT IN ({settled}) ORDER BY 1", given
        )
        return [key for (key,) in rows]

    def follow(self, ids: Iterable[str], reason: FollowReason) -> None:
        """Follow these issues from now on, for this reason."""
        at = self.now()
        rows = [{"issue_id": each, "reason": reason, "found_at": at} for each in dict.fromkeys(ids)]
        if not rows:
            return
        with self._warehouse.transaction():
            self._stage("found", rows, "raw.jira_follows")
            self._follow_found()

    def follow_related(self, since: datetime, link_types: Collection[str] | None = None) -> bool:
        """Follow what the issues read since then (our clock) lead to; whether any is new.

        An issue leads to its parent. One followed for itself leads also to its subtasks, as they do to
        theirs, and to the issue it duplicates. The issue of an incident leads to what is linked to it by one
        of the `link_types`, or, without any, by all but some kinds; to no other incident and no review.
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
                    FROM ({_LATEST}) AS latest WHERE read_at >= $since
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
                        CAST(issue.payload -> '$.fields.issuelinks' AS JSON[]) AS links
                    FROM raw.jira_issues AS issue
                    INNER JOIN reasons
                        ON issue.issue_id = reasons.issue_id AND issue.fetched_at = reasons.fetched_at
                ),
                unnested AS (
                    SELECT issue_id, is_direct, is_survivor, is_incident, unnest(links) AS link
                    FROM told
                ),
                links AS (
                    SELECT
                        issue_id, is_direct, is_survivor, is_incident,
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
                related AS (
                    SELECT parent_id AS issue_id, 'parent' AS reason
                    FROM told WHERE is_direct OR is_child
                    UNION ALL
                    SELECT unnest(subtask_ids), 'child'
                    FROM told WHERE is_direct OR is_child
                    UNION ALL
                    SELECT outward_id, 'survivor'
                    FROM links
                    WHERE (is_direct OR is_survivor)
                        AND len(list_filter($duplicates, lambda word : contains(words, word))) > 0
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

    def parents_of_many(self, since: datetime) -> list[tuple[str, str]]:
        """The issues read since then (our clock) whose children do not stand in them: epics and above.

        Their ids and keys, of those followed for themselves. A new child need not change its epic.
        """
        direct = ", ".join(f"'{reason}'" for reason in DIRECT)
        return self._rows(
            f"""
            SELECT issue_id, issue_key FROM ({_LATEST}) AS latest
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

    # --- which to read ------------------------------------------------------------------------------------

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

    def named_in(self, field: str, since: datetime) -> list[str]:
        """The keys in this field of the issues read since then (our clock) and followed for themselves."""
        direct = ", ".join(f"'{reason}'" for reason in DIRECT)
        rows = self._rows(
            rf"""
            SELECT DISTINCT named FROM (
                SELECT payload ->> ('$.fields.' || $field) AS named
                FROM ({_LATEST}) AS latest
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

    def projects_held(self) -> list[str]:
        """The keys of the projects of the issues held and not absent."""
        rows = self._rows(
            f"""
            SELECT DISTINCT regexp_replace(issue_key, '-[0-9]+$', '') FROM ({_LATEST}) AS latest
            WHERE issue_id NOT IN ({_ABSENT})
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

    # --- what was read ------------------------------------------------------------------------------------

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
            AND history.issue_id NOT IN ({_ABSENT})
            GROUP BY history.issue_id
            HAVING max(history.fetched_at) > coalesce(max(links.checked_at), TIMESTAMP '1970-01-01')
            ORDER BY max(history.fetched_at) DESC, history.issue_id
            LIMIT ?
            """,
            [limit],
        )
        return [issue_id for (issue_id,) in rows]

    def ids_longest_without_remote_links(self, limit: int) -> list[str]:
        """The issues not absent that were never, or longest ago, asked for their links to pages."""
        rows = self._rows(
            f"""
            SELECT issue.issue_id
            FROM raw.jira_issues AS issue
            LEFT JOIN raw.jira_remote_links AS links ON issue.issue_id = links.issue_id
            WHERE issue.issue_id NOT IN ({_ABSENT})
            GROUP BY issue.issue_id
            ORDER BY max(links.checked_at) ASC NULLS FIRST, CAST(issue.issue_id AS BIGINT)
            LIMIT ?
            """,
            [limit],
        )
        return [issue_id for (issue_id,) in rows]

    # --- what is gone -------------------------------------------------------------------------------------

    def count_shown(self, before: datetime | None = None) -> int:
        """How many of the issues held, or held before then (our clock), are not absent."""
        ((count,),) = self._rows(
            f"""
            SELECT count(DISTINCT issue_id) FROM raw.jira_issues
            WHERE issue_id NOT IN ({_ABSENT}) AND fetched_at < coalesce($before, TIMESTAMP '9999-01-01')
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
                EXCEPT {_ABSENT}
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
                FROM ({_LATEST}) AS latest WHERE issue_id IN (SELECT issue_id FROM gone)
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

    # --- inside -------------------------------------------------------------------------------------------

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
