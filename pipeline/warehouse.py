"""The only read-write DuckDB: what was fetched (raw), what reading it yielded (facts), the settings.

Its tables are in `sql/warehouse.sql`. Every `load_` is one transaction, so a run killed at any moment leaves
whole batches and nothing else. Rows go in as NDJSON files, which DuckDB reads a thousand times faster than
single inserts.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import duckdb

from pipeline.errors import RunInProgressError, SourceError
from pipeline.fact_rows import TABLES, FactRows, as_json
from pipeline.raw_documents import FetchedDocument, KnownDocument, UnparsedDocument

_DOCUMENTS_AT_ONCE = 500
SQL = Path(__file__).resolve().parent.parent / "sql"


def now() -> datetime:
    """This moment as naive UTC, the form of every `_at` column."""
    return datetime.now(UTC).replace(tzinfo=None)


def document_id(source: str, path: str) -> str:
    """The stable name of a document: of its source and its path, not of its text."""
    return hashlib.sha256(f"{source}\0{path}".encode()).hexdigest()[:16]


class Warehouse:
    """The open warehouse. Use as a context manager; one process at a time holds it."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        try:
            self.connection = duckdb.connect(str(path), config={"autoinstall_known_extensions": "false"})
        except duckdb.IOException as error:
            if "lock" in str(error).lower():
                raise RunInProgressError(_who_holds(path, str(error))) from error
            raise SourceError(f"warehouse {path}: cannot be opened; move it away and run again") from error
        self._holder = path.with_suffix(".running.json")
        holder = {"pid": os.getpid(), "since": f"{now():%Y-%m-%d %H:%M:%S} UTC"}
        self._holder.write_text(json.dumps(holder), encoding="utf-8")
        self.connection.execute("SET TimeZone = 'UTC'")
        self.connection.execute((SQL / "warehouse.sql").read_text(encoding="utf-8"))
        for left_over in path.parent.glob(".loading-*.ndjson"):
            left_over.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._holder.unlink(missing_ok=True)
        self.connection.close()

    # --- fetching -----------------------------------------------------------------------------------------

    def begin_fetch(self, source: str, kind: str) -> str:
        """Note that a fetch of `source` begins; returns its id."""
        fetch_id = uuid4().hex
        self.connection.execute(
            "INSERT INTO raw.fetches (fetch_id, source, kind, started_at) VALUES (?, ?, ?, ?)",
            [fetch_id, source, kind, now()],
        ).fetchall()
        return fetch_id

    def finish_fetch(self, fetch_id: str, *, item_count: int, changed_count: int) -> None:
        """Note that a fetch ended well, and what it brought."""
        self.connection.execute(
            """
            UPDATE raw.fetches SET finished_at = ?, outcome = 'ok', item_count = ?, changed_count = ?
            WHERE fetch_id = ?
            """,
            [now(), item_count, changed_count, fetch_id],
        ).fetchall()

    def fail_fetch(self, fetch_id: str, message: str) -> None:
        """Note that a fetch failed, and why."""
        self.connection.execute(
            "UPDATE raw.fetches SET finished_at = ?, outcome = 'failed', message = ? WHERE fetch_id = ?",
            [now(), message, fetch_id],
        ).fetchall()

    def last_fetch_started_at(self, source: str) -> datetime | None:
        """When the last fetch of `source` that ended well began; None when there was none."""
        rows = self.connection.execute(
            "SELECT max(started_at) FROM raw.fetches WHERE source = ? AND outcome = 'ok'", [source]
        ).fetchall()
        found: datetime | None = rows[0][0]
        return found

    # --- documents ----------------------------------------------------------------------------------------

    def known_documents(self, source: str) -> dict[str, KnownDocument]:
        """The documents `source` listed at its last fetch, by path."""
        rows = self.connection.execute(
            """
            SELECT document.path, document.content_hash, document.size_bytes,
                   document.modified_at, document.fetched_at, document.url, document.problem,
                   document.version
            FROM raw.documents AS document
            INNER JOIN raw.listings AS listing
                ON document.document_id = listing.document_id
                AND document.content_hash = listing.content_hash
            WHERE document.source = ? AND listing.listed_until IS NULL
            """,
            [source],
        ).fetchall()
        return {row[0]: KnownDocument(*row[1:]) for row in rows}

    def load_documents(self, source: str, documents: Iterable[FetchedDocument], gone: Iterable[str]) -> None:
        """Keep new versions of documents, and note which paths the source no longer lists."""
        at = now()
        rows = [
            {
                "document_id": document_id(source, document.path),
                "source": source,
                "fetched_at": at,
                **asdict(document),
            }
            for document in documents
        ]
        left = [{"document_id": document_id(source, path)} for path in gone]
        if not rows and not left:
            return
        with self._transaction():
            if rows:
                self._stage("fetched", rows, self._columns("raw.documents"))
                # A version seen before (a change taken back) is kept as it is; only its outside is new.
                self.connection.execute(
                    """
                    UPDATE raw.documents AS document
                    SET modified_at = fetched.modified_at, url = fetched.url, title = fetched.title,
                        version = fetched.version, written_at = fetched.written_at,
                        media_type = fetched.media_type, fetched_at = fetched.fetched_at
                    FROM fetched
                    WHERE document.document_id = fetched.document_id
                        AND document.content_hash = fetched.content_hash
                    """
                ).fetchall()
                self.connection.execute(
                    """
                    INSERT INTO raw.documents BY NAME
                    SELECT fetched.* FROM fetched
                    ANTI JOIN raw.documents AS document
                        ON document.document_id = fetched.document_id
                        AND document.content_hash = fetched.content_hash
                    """
                ).fetchall()
                self.connection.execute(
                    """
                    UPDATE raw.listings AS listing SET listed_until = ?
                    FROM fetched
                    WHERE listing.document_id = fetched.document_id AND listing.listed_until IS NULL
                        AND listing.content_hash <> fetched.content_hash
                    """,
                    [at],
                ).fetchall()
                self.connection.execute(
                    """
                    INSERT INTO raw.listings
                    SELECT fetched.document_id, fetched.content_hash, fetched.fetched_at, NULL FROM fetched
                    ANTI JOIN (SELECT * FROM raw.listings WHERE listed_until IS NULL) AS listing
                        ON listing.document_id = fetched.document_id
                    """
                ).fetchall()
            if left:
                self._stage("gone", left, {"document_id": "VARCHAR"})
                self.connection.execute(
                    """
                    UPDATE raw.listings AS listing SET listed_until = ?
                    FROM gone WHERE listing.document_id = gone.document_id AND listing.listed_until IS NULL
                    """,
                    [at],
                ).fetchall()

    def unparsed_documents(self, source: str, reading_hash: str) -> tuple[int, Iterator[UnparsedDocument]]:
        """The listed documents of `source` whose facts were not made from this text by this reading.

        How many there are, and, read a few at a time, each of them by path.
        """
        self.connection.execute(
            """
            CREATE OR REPLACE TEMP TABLE unparsed AS
            SELECT
                row_number() OVER (ORDER BY document.path) AS place,
                document.document_id,
                document.content_hash
            FROM raw.documents AS document
            INNER JOIN raw.listings AS listing
                ON document.document_id = listing.document_id
                AND document.content_hash = listing.content_hash
            LEFT JOIN facts.documents AS facts ON document.document_id = facts.document_id
            WHERE document.source = ? AND listing.listed_until IS NULL
                AND (facts.content_hash IS DISTINCT FROM document.content_hash
                    OR facts.reading_hash IS DISTINCT FROM ?)
            """,
            [source, reading_hash],
        ).fetchall()
        ((count,),) = self.connection.execute("SELECT count(*) FROM unparsed").fetchall()
        return count, self._read_unparsed(count)

    def _read_unparsed(self, count: int) -> Iterator[UnparsedDocument]:
        for start in range(0, count, _DOCUMENTS_AT_ONCE):
            found = self.connection.execute(
                """
                SELECT
                    document.document_id, document.path, document.content, document.content_hash,
                    document.problem, coalesce(document.media_type, 'text/plain'), document.title
                FROM unparsed
                INNER JOIN raw.documents AS document
                    ON unparsed.document_id = document.document_id
                    AND unparsed.content_hash = document.content_hash
                WHERE unparsed.place > ? AND unparsed.place <= ?
                ORDER BY unparsed.place
                """,
                [start, start + _DOCUMENTS_AT_ONCE],
            ).fetchall()
            for row in found:
                yield UnparsedDocument(*row)

    def load_facts(self, batch: Sequence[FactRows], reading_hash: str) -> None:
        """Replace the facts of these documents by what reading them yielded."""
        at = now()
        with self._transaction():
            self._stage("reread", [{"document_id": each.document_id} for each in batch])
            for table in TABLES:
                self.connection.execute(
                    f"DELETE FROM facts.{table} WHERE document_id IN (SELECT document_id FROM reread)"
                ).fetchall()
                columns = self._columns(f"facts.{table}")
                lines = [each.lines[table] for each in batch if table in each.lines]
                if not lines:
                    continue
                self._stage_lines("appended", lines, columns)
                if table == "documents":
                    self.connection.execute(
                        "UPDATE appended SET reading_hash = ?, parsed_at = ?", [reading_hash, at]
                    ).fetchall()
                self.connection.execute(
                    f"INSERT INTO facts.{table} BY NAME SELECT * FROM appended"
                ).fetchall()

    # --- Jira ---------------------------------------------------------------------------------------------

    def linked_issue_keys(self) -> list[str]:
        """The Jira keys that the action items of listed documents name."""
        rows = self.connection.execute(
            """
            SELECT DISTINCT item.issue_key
            FROM facts.action_items AS item
            INNER JOIN raw.listings AS listing
                ON item.document_id = listing.document_id AND listing.listed_until IS NULL
            WHERE item.tracker = 'jira' AND item.issue_key IS NOT NULL
            ORDER BY item.issue_key
            """
        ).fetchall()
        return [key for (key,) in rows]

    def known_issues(self) -> dict[str, datetime]:
        """The latest `updated` of each issue held with its whole history, by numeric id."""
        rows = self.connection.execute(
            "SELECT issue_id, max(updated_at) FROM raw.jira_issues WHERE history_complete GROUP BY issue_id"
        ).fetchall()
        return {issue_id: updated_at for issue_id, updated_at in rows if updated_at is not None}

    def load_issues(self, issues: Iterable[Any]) -> None:
        """Keep new versions of issues, and those entries of their histories not kept before.

        `issues` are `pipeline.sources.jira.FetchedIssue`. An older version than the one held is not kept.
        """
        at = now()
        versions, histories = [], []
        for issue in {issue.issue_id: issue for issue in issues}.values():
            versions.append(
                {
                    "issue_id": issue.issue_id,
                    "issue_key": issue.issue_key,
                    "payload": issue.payload,
                    "updated_at": issue.updated_at,
                    "history_complete": issue.history_complete,
                    "fetched_at": at,
                }
            )
            histories += [
                {
                    "issue_id": issue.issue_id,
                    "history_id": str(entry["id"]),
                    "payload": entry,
                    "fetched_at": at,
                }
                for entry in issue.histories
            ]
        with self._transaction():
            self._stage("fetched", versions, self._columns("raw.jira_issues"))
            self.connection.execute(
                """
                INSERT INTO raw.jira_issues BY NAME
                SELECT fetched.* FROM fetched
                ANTI JOIN raw.jira_issues AS held
                    ON held.issue_id = fetched.issue_id AND held.updated_at > fetched.updated_at
                """
            ).fetchall()
            self._stage("entries", histories, self._columns("raw.jira_histories"))
            self.connection.execute(
                """
                INSERT INTO raw.jira_histories BY NAME
                SELECT entries.* FROM entries
                ANTI JOIN raw.jira_histories AS held
                    ON held.issue_id = entries.issue_id AND held.history_id = entries.history_id
                """
            ).fetchall()

    def load_definitions(self, kind: str, definitions: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """Keep what Jira defines now, in its order: the id and the payload of each `kind`.

        `kind` is 'status', 'priority', 'field' or 'project'. What is as before is not kept twice, and what
        Jira lists no more stays as it was last known.
        """
        at = now()
        rows = [
            {
                "kind": kind,
                "definition_id": identity,
                "position": position,
                "payload": payload,
                "fetched_at": at,
            }
            for position, (identity, payload) in enumerate(definitions, start=1)
        ]
        if not rows:
            return
        with self._transaction():
            self._stage("defined", rows, self._columns("raw.jira_definitions"))
            self.connection.execute(
                """
                INSERT INTO raw.jira_definitions BY NAME
                SELECT defined.* FROM defined
                ANTI JOIN (
                    SELECT * FROM raw.jira_definitions
                    QUALIFY row_number() OVER (PARTITION BY kind, definition_id ORDER BY fetched_at DESC) = 1
                ) AS held
                    ON defined.kind = held.kind AND defined.definition_id = held.definition_id
                    AND defined.position IS NOT DISTINCT FROM held.position
                    AND CAST(defined.payload AS VARCHAR) = CAST(held.payload AS VARCHAR)
                """
            ).fetchall()

    def load_statuses(self, statuses: Iterable[Mapping[str, Any]]) -> None:
        """Keep the statuses Jira knows now: id, name and category."""
        self.load_definitions("status", ((str(status["id"]), status) for status in statuses))

    def load_projects(self, keys: Iterable[str]) -> None:
        """Keep the keys of the projects Jira shows now."""
        self.load_definitions("project", ((key, {"key": key}) for key in keys))

    def known_projects(self) -> list[str]:
        """The keys of every project Jira ever showed: one hidden today is no less a project."""
        rows = self.connection.execute(
            "SELECT DISTINCT definition_id FROM raw.jira_definitions WHERE kind = 'project' ORDER BY 1"
        ).fetchall()
        return [key for (key,) in rows]

    def load_absences(self, keys: Iterable[str], ids: Iterable[str] = ()) -> None:
        """Note which keys Jira does not show, and which issues held from before, by their last keys."""
        at = now()
        held = self.connection.execute(
            """
            SELECT issue_key FROM raw.jira_issues WHERE list_contains(?, issue_id)
            QUALIFY row_number() OVER (PARTITION BY issue_id ORDER BY fetched_at DESC) = 1
            """,
            [sorted(ids)],
        ).fetchall()
        absent = sorted({*keys, *(key for (key,) in held)})
        with self._transaction():
            self._append("raw.jira_absences", [{"issue_key": key, "checked_at": at} for key in absent])

    # --- settings -----------------------------------------------------------------------------------------

    def write_settings(self, tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        """Replace the tables of schema `settings` by these rows, keyed by the table's name."""
        with self._transaction():
            for table, rows in tables.items():
                self.connection.execute(f"DELETE FROM settings.{table}").fetchall()
                self._append(f"settings.{table}", rows)

    # --- loading ------------------------------------------------------------------------------------------

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self.connection.execute("BEGIN").fetchall()
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK").fetchall()
            raise
        self.connection.execute("COMMIT").fetchall()

    def _columns(self, table: str) -> dict[str, str]:
        rows = self.connection.execute(f"DESCRIBE {table}").fetchall()
        return {row[0]: row[1] for row in rows}

    def _append(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        if rows:
            self._stage("appended", rows, self._columns(table))
            self.connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM appended").fetchall()

    def _stage(
        self, name: str, rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str] | None = None
    ) -> None:
        """Make `rows` the temporary table `name`; `columns` are names and DuckDB types, all text without."""
        columns = columns or dict.fromkeys(rows[0], "VARCHAR")
        lines = (json.dumps(row, default=as_json, ensure_ascii=False) + "\n" for row in rows)
        self._stage_lines(name, lines, columns)

    def _stage_lines(self, name: str, lines: Iterable[str], columns: Mapping[str, str]) -> None:
        """Make whole lines of JSON the temporary table `name`."""
        described = ", ".join(f"'{column}': '{kind}'" for column, kind in columns.items())
        descriptor, file = tempfile.mkstemp(prefix=".loading-", suffix=".ndjson", dir=self.path.parent)
        longest = 0
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as out:
                for line in lines:
                    longest = max(longest, out.write(line))
            self.connection.execute(
                f"""
                CREATE OR REPLACE TEMP TABLE {name} AS
                SELECT * FROM read_json(?, format = 'newline_delimited', columns = {{{described}}},
                    maximum_object_size = ?)
                """,
                [file, max(16_777_216, 4 * longest + 1)],
            ).fetchall()
        finally:
            Path(file).unlink(missing_ok=True)


def _who_holds(path: Path, said: str) -> str:
    """One sentence on the process that holds the warehouse."""
    pid = re.search(r"PID (\d+)", said)
    who = f"process {pid.group(1)}" if pid else "another process"
    try:
        holder = json.loads(path.with_suffix(".running.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        holder = {}
    if pid and holder.get("pid") == int(pid.group(1)):  # else a killed run left it
        who += f", since {holder['since']},"
    return f"a run is in progress: {who} holds {path}; wait for it, or stop it, and run again"
