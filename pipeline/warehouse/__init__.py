"""The only read-write DuckDB: what was fetched (raw), what reading it yielded (facts), the settings.

Its tables are in `sql/warehouse.sql`; those of Jira are kept by `jira/`. Every `load_` is one transaction,
so a run killed at any moment leaves whole batches and nothing else. Rows go in as NDJSON files, which DuckDB
reads a thousand times faster than single inserts.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self, TypeVar
from uuid import uuid4

import duckdb

from pipeline.errors import RunInProgressError, SourceError
from pipeline.fact_rows import TABLES, FactRows
from pipeline.raw_documents import FetchedDocument, KnownDocument, UnparsedDocument
from pipeline.warehouse.jira import JiraTables
from pipeline.warehouse.lines import as_line

Made = TypeVar("Made")
_DOCUMENTS_AT_ONCE = 500
#: Enough for a batch of what is fetched.
LITTLE_MEMORY = "256MB"
SQL = Path(__file__).resolve().parent.parent.parent / "sql"


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
        self._is_in_transaction = False
        self.jira = JiraTables(self)
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
        self.note_fetch(
            fetch_id, finished_at=now(), outcome="ok", item_count=item_count, changed_count=changed_count
        )

    def fail_fetch(self, fetch_id: str, message: str) -> None:
        """Note that a fetch failed, and why."""
        self.note_fetch(fetch_id, finished_at=now(), outcome="failed", message=message)

    def note_fetch(self, fetch_id: str, **values: Any) -> None:
        """Set columns of raw.fetches for this fetch."""
        assigned = ", ".join(f"{column} = ?" for column in values)
        self.connection.execute(
            f"UPDATE raw.fetches SET {assigned} WHERE fetch_id = ?", [*values.values(), fetch_id]
        ).fetchall()

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
        with self.transaction():
            if rows:
                self.stage("fetched", rows, self.columns("raw.documents"))
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
                    INSERT INTO raw.listings BY NAME
                    SELECT fetched.document_id, fetched.content_hash, fetched.fetched_at AS listed_from
                    FROM fetched
                    ANTI JOIN (SELECT * FROM raw.listings WHERE listed_until IS NULL) AS listing
                        ON listing.document_id = fetched.document_id
                    """
                ).fetchall()
            if left:
                self.stage("gone", left, {"document_id": "VARCHAR"})
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
        return self._unparsed()

    def unread_versions(self, versions: str) -> tuple[int, Iterator[UnparsedDocument]]:
        """The versions that the query `versions` names by document_id and content_hash.

        How many there are, and, read a few at a time, each of them.
        """
        self.connection.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE unparsed AS
            SELECT
                row_number() OVER (ORDER BY document_id) AS place,
                document_id,
                content_hash
            FROM ({versions}) AS versions
            """
        ).fetchall()
        return self._unparsed()

    def _unparsed(self) -> tuple[int, Iterator[UnparsedDocument]]:
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

    def load_facts(self, batch: Sequence[FactRows], reading_hash: str, schema: str = "facts") -> None:
        """Replace the facts of these documents, in tables like those of `facts`, by what was read."""
        at = now()
        with self.transaction():
            self.stage("reread", [{"document_id": each.document_id} for each in batch])
            for table in TABLES:
                self.connection.execute(
                    f"DELETE FROM {schema}.{table} WHERE document_id IN (SELECT document_id FROM reread)"
                ).fetchall()
                columns = self.columns(f"{schema}.{table}")
                lines = [each.lines[table] for each in batch if table in each.lines]
                if not lines:
                    continue
                self.stage_lines("appended", lines, columns)
                if table == "documents":
                    self.connection.execute(
                        "UPDATE appended SET reading_hash = ?, parsed_at = ?", [reading_hash, at]
                    ).fetchall()
                self.connection.execute(
                    f"INSERT INTO {schema}.{table} BY NAME SELECT * FROM appended"
                ).fetchall()

    # --- settings -----------------------------------------------------------------------------------------

    def write_settings(self, tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        """Replace the tables of schema `settings` by these rows, keyed by the table's name."""
        with self.transaction():
            for table, rows in tables.items():
                self.connection.execute(f"DELETE FROM settings.{table}").fetchall()
                self.append(f"settings.{table}", rows)

    # --- loading ------------------------------------------------------------------------------------------

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of what is done within, or none of it; one within another is part of it."""
        if self._is_in_transaction:
            yield
            return
        self.connection.execute("BEGIN").fetchall()
        self._is_in_transaction = True
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK").fetchall()
            raise
        else:
            self.connection.execute("COMMIT").fetchall()
        finally:
            self._is_in_transaction = False

    def frugally(self, work: Callable[[], Made]) -> Made:
        """What `work` returns, one transaction: done in `LITTLE_MEMORY`, or again in more if it must be.

        Without a limit the database keeps what it read and wrote, the more the more rows there are.
        """
        if self._is_in_transaction:  # of which nothing would be left to do again
            return work()
        try:
            self.connection.execute(f"SET memory_limit = '{LITTLE_MEMORY}'").fetchall()
            return work()
        except duckdb.OutOfMemoryException:
            self.connection.execute("RESET memory_limit").fetchall()
            return work()
        finally:
            self.connection.execute("RESET memory_limit").fetchall()

    def columns(self, table: str) -> dict[str, str]:
        """The names of a table's columns, each with its type."""
        rows = self.connection.execute(f"DESCRIBE {table}").fetchall()
        return {row[0]: row[1] for row in rows}

    def append(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Put rows at the end of a table; columns they do not name are left empty."""
        if rows:
            self.stage("appended", rows, self.columns(table))
            self.connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM appended").fetchall()

    def stage(
        self, name: str, rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str] | None = None
    ) -> None:
        """Make `rows` the temporary table `name`; `columns` are names and DuckDB types, all text without."""
        columns = columns or dict.fromkeys(rows[0], "VARCHAR")
        self.stage_lines(name, map(as_line, rows), columns)

    def stage_lines(self, name: str, lines: Iterable[str | bytes], columns: Mapping[str, str]) -> None:
        """Make whole lines of JSON the temporary table `name`."""
        described = ", ".join(f"'{column}': '{kind}'" for column, kind in columns.items())
        descriptor, file = tempfile.mkstemp(prefix=".loading-", suffix=".ndjson", dir=self.path.parent)
        longest = 0
        try:
            with os.fdopen(descriptor, "wb") as out:
                for line in lines:
                    encoded = line.encode("utf-8", errors="replace") if isinstance(line, str) else line
                    longest = max(longest, out.write(encoded))
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
