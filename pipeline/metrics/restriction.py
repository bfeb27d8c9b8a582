"""What is left of a published build for a reader who may not see what is restricted.

Every table of schema `marts` is replaced by a view of the same name, so that no query can forget it. A row
is restricted by what it is of: a restricted incident, one of its documents, action items or issues. It stays,
with its numbers, times, categories and whose it is, and so does every count; but all its words are masked,
also those of columns that are added later. The file itself holds them:
this is for readers of pages, not of files.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

#: A connection that reaches nothing but what it has opened.
SHUT_OFF = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
WORD = "restricted"
#: Text that a restricted row keeps, besides ids: whose it is, and words of ours, of Jira's, of the settings.
KEPT = frozenset(
    {
        "absent_reason", "availability_basis", "basis", "category", "cause_basis", "cause_category",
        "committed_basis", "cost_basis", "declined_reason", "detection_method", "doubt",
        "doubted_figures", "duration_basis", "effect", "field", "figure", "figures", "followed_for",
        "found_by", "kind", "level", "link_state", "lost_figures", "media_type", "method", "outcome",
        "outcome_basis", "prevention_basis", "priority", "problem", "resolution", "rule", "service",
        "services", "source", "status", "status_category", "team", "tracker", "trigger_basis",
        "trigger_category",
    }
)  # fmt: skip
#: What stands in place of words that name a row.
NAMED = {"title": "Restricted incident", "description": "Restricted action item", "summary": "Restricted"}
#: Which rows each kind of id restricts; the names are of tables made by `masked_connection`.
_OWNERS = {
    "incident_id": "incidents",
    "earlier_incident_id": "incidents",
    "follows_incident_id": "incidents",
    "document_id": "documents",
    "action_item_id": "action_items",
    "issue_id": "issues",
}
_RESTRICTED = """
    CREATE SCHEMA restricted;
    CREATE TABLE restricted.incidents AS
        SELECT incident_id AS id FROM build.marts.incidents WHERE is_restricted;
    -- Whether a document that no source lists any more is restricted, nobody knows.
    CREATE TABLE restricted.documents AS
        SELECT document_id AS id FROM build.marts.documents WHERE is_restricted OR NOT is_listed
        UNION
        SELECT document_id FROM build.marts.incident_documents
        WHERE incident_id IN (SELECT id FROM restricted.incidents);
    CREATE TABLE restricted.action_items AS
        SELECT action_item_id AS id FROM build.marts.action_items
        WHERE incident_id IN (SELECT id FROM restricted.incidents)
            OR document_id IN (SELECT id FROM restricted.documents);
    CREATE TABLE restricted.issues AS
        SELECT unnest([issue_id, survivor_issue_id]) AS id FROM build.marts.action_items
        WHERE action_item_id IN (SELECT id FROM restricted.action_items)
        UNION
        SELECT issue_id FROM build.marts.issues
        WHERE issue_key IN (
            SELECT incident_key FROM build.marts.incidents WHERE is_restricted
        );
    DELETE FROM restricted.issues WHERE id IS NULL;
    -- An issue of a restricted incident is restricted wherever else it is promised.
    INSERT INTO restricted.action_items
        SELECT action_item_id FROM build.marts.action_items
        WHERE issue_id IN (SELECT id FROM restricted.issues)
            AND action_item_id NOT IN (SELECT id FROM restricted.action_items);
    CREATE SCHEMA marts;
"""


def masked_connection(path: Path) -> duckdb.DuckDBPyConnection:
    """A connection in which schema `marts` shows the build at `path`, restricted rows with masked words.

    The file is attached read-only. Raises duckdb.Error when it is no build, or one that does not tell what is
    restricted.
    """
    import duckdb

    connection = duckdb.connect(":memory:", config={"autoinstall_known_extensions": "false"})
    try:
        quoted = str(path).replace("'", "''")
        connection.execute(f"ATTACH '{quoted}' AS build (READ_ONLY)")
        connection.execute(_RESTRICTED)
        tables: dict[str, list[tuple[str, str]]] = {}
        for table, column, data_type in connection.execute(
            "SELECT table_name, column_name, data_type FROM duckdb_columns()"
            " WHERE database_name = 'build' AND schema_name = 'marts' ORDER BY table_name, column_index"
        ).fetchall():
            tables.setdefault(table, []).append((column, data_type))
        for table, columns in tables.items():
            connection.execute(f'CREATE VIEW marts."{table}" AS {masking_query(table, columns)}')
        for name, value in (SHUT_OFF | {"lock_configuration": "true"}).items():
            connection.execute(f"SET {name} = {value}")
    except duckdb.Error:
        connection.close()
        raise
    return connection


def masking_query(table: str, columns: list[tuple[str, str]]) -> str:
    """The rows of a table of the build, with the words of restricted ones masked. `columns`: name, type."""
    names = [name for name, _ in columns]
    owned = [
        f"coalesce({name} IN (SELECT id FROM restricted.{kind}), FALSE)"
        for name, kind in _OWNERS.items()
        if name in names
    ]
    if not owned:
        return f'SELECT * FROM build.marts."{table}"'
    document = "document_id" if "document_id" in names else None
    masks = [
        f'CASE WHEN "{name}" IS NOT NULL AND restricted_row THEN {mask} ELSE "{name}" END AS "{name}"'
        for name, data_type in columns
        if (mask := _mask(name, data_type, document)) is not None
    ]
    replaced = f" REPLACE ({', '.join(masks)})" if masks else ""
    return (
        f"SELECT * EXCLUDE (restricted_row){replaced}"
        f' FROM (SELECT *, {" OR ".join(owned)} AS restricted_row FROM build.marts."{table}")'
    )


def _mask(name: str, data_type: str, document: str | None) -> str | None:
    """What a restricted row shows in this column, in SQL; None: what it holds. Nothing stays nothing."""
    if name in KEPT or name.endswith("_id") or not _has_words(data_type):
        return None
    if data_type.endswith("[]"):
        return f"list_transform(\"{name}\", lambda x: '{WORD}')" if data_type == "VARCHAR[]" else "NULL"
    if data_type != "VARCHAR":
        return "NULL"
    if name == "path" and document:  # as many paths as there are documents
        return f"'{WORD}-' || left({document}, 8)"
    return f"'{NAMED.get(name, WORD)}'"


def _has_words(data_type: str) -> bool:
    """Whether values of the type may hold words: all but numbers, times and yes or no."""
    return data_type.split("(")[0] not in (
        "BOOLEAN", "DATE", "TIMESTAMP", "TIME", "INTERVAL", "DOUBLE", "FLOAT", "DECIMAL", "TINYINT",
        "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT",
        "UHUGEINT",
    )  # fmt: skip
