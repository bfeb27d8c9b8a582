"""What a Jira defines: its statuses, priorities, fields and projects."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from pipeline.warehouse.jira.tables import Tables

DefinitionKind = Literal["status", "priority", "field", "project"]
_LATEST_DEFINITIONS = """
    SELECT * FROM raw.jira_definitions
    QUALIFY row_number() OVER (PARTITION BY kind, definition_id ORDER BY fetched_at DESC) = 1
"""


class Definitions(Tables):
    """What Jira defines, as it last said."""

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
