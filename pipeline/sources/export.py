"""Exports of other tools: files of records, each record a document of its own.

A record is kept as JSON with each of its columns on a line of its own, so that evidence can name the line.
A file is opened when it changed since the last fetch; of its records only those that changed are kept anew.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pipeline.errors import SourceError
from pipeline.raw_documents import FetchedDocument, Glance, KnownDocument, Listing
from pipeline.record_mappings import FieldPaths, field_paths, records_path
from pipeline.record_mappings.paths import RecordPath, parse_path
from pipeline.settings import ExportSource
from pipeline.sources.folder import ListedDocument, glance_at_files, is_named, list_folder, max_bytes
from pipeline.sources.record_files import KINDS, RecordRead, is_record_file, read_records
from pipeline.sources.record_lines import as_lines

_MAX_RECORD = 2_000_000  # bytes of one record, far above any incident
_MAX_PROBLEMS = 1_000  # of one file, which then is given up


class Export:
    """The records of a file, or of the files of a folder, as a source the run fetches from."""

    def __init__(self, source: ExportSource, path: Path) -> None:
        self._source = source
        self._path = path
        fields: FieldPaths = field_paths(source.format, source.fields)
        paths = {name: parse_path(written) for name, written in fields if name in ("id", "url")}
        self._id: RecordPath | None = paths.get("id")
        self._link: RecordPath | None = paths.get("url")
        listed = source.records or records_path(source.format) or ""
        self._records = [name.strip() for name in listed.split("|") if name.strip()]
        seen_by = repr((paths, self._records, source.url, max_bytes(source)))
        self._settings = hashlib.sha256(seen_by.encode()).hexdigest()[:8]

    def glance(self) -> Glance:
        """See `DocumentSource`. Of the smallest file the first record is read."""
        files = [file for file in self._files() if file.problem is None]
        seen = glance_at_files(self._source, [file.size_bytes for file in files], f"in {self._path}")
        if seen.mend is not None:
            return seen
        smallest = min(files, key=lambda file: (file.size_bytes, file.path))
        first = next(self._documents(smallest))
        if first.problem is None:
            return Glance(f"{seen.found}; {smallest.path} can be read")
        told = f"{seen.found}; {smallest.path} cannot be read ({first.problem.replace('_', ' ')})"
        return Glance(told, "export it again, or mend its format and records")

    def fetch(self, known: Mapping[str, KnownDocument]) -> Listing:
        """See `DocumentSource`. A file whose size and time are as before is not opened.

        A changed file is read twice: first for what it lists and what of that changed, then for the records.
        """
        files = self._files()
        by_file: dict[str, dict[str, KnownDocument]] = {file.path: {} for file in files}
        for path, document in known.items():
            owner = path if path in by_file else path.rpartition("#")[0]
            if owner in by_file:
                by_file[owner][path] = document
        paths: set[str] = set()
        wanted: list[tuple[ListedDocument, set[str]]] = []
        for file in files:
            held = by_file[file.path]
            if self._is_as_before(file, held):
                paths |= held.keys()
                continue
            listed = {each.path: (each.content_hash, each.url) for each in self._documents(file)}
            paths |= listed.keys()
            changed = {
                path
                for path, outside in listed.items()
                if path not in held or (held[path].content_hash, held[path].url) != outside
            }
            # Nothing changed but the file's own time: one record is kept anew, to remember that time.
            wanted.append((file, changed or set(list(listed)[:1])))
        return Listing(paths, sum(len(changed) for _, changed in wanted), self._read(wanted))

    def _files(self) -> list[ListedDocument]:
        if self._path.is_dir():
            found = [file for file in list_folder(self._source, self._path) if is_record_file(file.path)]
        elif self._path.is_file():
            facts = self._path.stat()
            modified = datetime.fromtimestamp(facts.st_mtime, UTC).replace(tzinfo=None)
            found = [ListedDocument(self._path.name, facts.st_size, modified, str(self._path))]
            if not is_named(self._path.name, self._source) or not is_record_file(self._path.name):
                raise SourceError(
                    f"source {self._source.name}: {self._path} is no export that can be read; "
                    f"name a file ending in {', '.join(KINDS)}, or a folder of them"
                )
        else:
            raise SourceError(
                f"source {self._source.name}: {self._path} is no file and no folder; "
                f"mend its path in the settings"
            )
        return found

    def _state(self, file: ListedDocument) -> str:
        """What names this state of a file as these settings see it."""
        return f"{file.size_bytes}-{file.modified_at.isoformat()}-{self._settings}"

    def _is_as_before(self, file: ListedDocument, held: Mapping[str, KnownDocument]) -> bool:
        """Whether the record that was kept last closed the reading of the file as it is now.

        Only the last record of a reading carries the file's state: a run that was killed left none.
        """
        if not held:
            return False
        last = max(held.values(), key=lambda each: (each.fetched_at, each.version is not None))
        just_written = (last.fetched_at - file.modified_at).total_seconds() < 1
        return last.version == self._state(file) and not just_written

    def _read(self, wanted: list[tuple[ListedDocument, set[str]]]) -> Iterator[FetchedDocument]:
        for file, changed in wanted:
            left = len(changed)
            for document in self._documents(file):
                if document.path in changed:
                    left -= 1
                    changed.discard(document.path)
                    yield replace(document, version=self._state(file) if left == 0 else None)
                if left == 0:
                    break

    # --- documents ----------------------------------------------------------------------------------------

    def _documents(self, file: ListedDocument) -> Iterator[FetchedDocument]:
        """Every record of a file as a document, and one document for what cannot be read of it."""
        seen: dict[str, str] = {}
        has_any = False
        problems = 0
        for read in self._records_of(file):
            has_any = True
            problems += read.problem is not None
            if problems > _MAX_PROBLEMS:
                read = RecordRead(None, problem="malformed")
            document = self._document(file, read)
            before = seen.get(document.path)
            if before == document.content_hash:
                continue  # the same record twice is one
            if before is not None:
                path = f"{document.path}~{read.place}"
                content_hash = hashlib.sha256(f"duplicate {document.content_hash}".encode()).hexdigest()
                document = _without_content(file, path, "duplicate", content_hash)
                if path in seen:
                    continue
            seen[document.path] = document.content_hash
            yield document
            if problems > _MAX_PROBLEMS:
                return
        if not has_any:
            yield self._document(file, RecordRead(None, problem="empty"))

    def _document(self, file: ListedDocument, read: RecordRead) -> FetchedDocument:
        if read.record is None:
            path = file.path if read.place is None else f"{file.path}#{read.place}"
            about = f"{read.problem} {self._state(file)}" if read.place is None else f"{read.problem}"
            content_hash = hashlib.sha256(about.encode()).hexdigest()
            return _without_content(file, path, read.problem or "malformed", content_hash)
        name = self._name_of(read)
        path = f"{file.path}#{name}"
        try:
            content = as_lines(read.record)
        except RecursionError:
            return _without_content(file, path, "malformed", hashlib.sha256(b"deep").hexdigest())
        raw = content.encode("utf-8", "replace")
        content_hash = hashlib.sha256(raw).hexdigest()
        if len(raw) > _MAX_RECORD:
            return _without_content(file, path, "too_large", content_hash)
        return FetchedDocument(
            path=path,
            url=self._url(read.record, path, name),
            content=raw.decode("utf-8"),
            content_hash=content_hash,
            size_bytes=len(raw),
            problem=None,
            modified_at=file.modified_at,
            media_type="application/json",
        )

    def _name_of(self, read: RecordRead) -> str:
        """What tells the record from the others of its file: its id, else its row."""
        found = self._id.find(read.record or {}) if self._id is not None else None
        value = found.values[0] if found is not None else None
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            return read.place or ""
        if isinstance(value, float) and value.is_integer():  # a column of numbers and nulls
            value = int(value)
        name = re.sub(r"[\x00-\x20\x7f]+", " ", str(value)).strip().replace("#", "%23")
        if len(name) > 120:
            name = f"{name[:80]}~{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:16]}"
        return name.encode("utf-8", "replace").decode("utf-8") or read.place or ""

    def _url(self, record: Mapping[str, Any], path: str, name: str) -> str | None:
        found = self._link.find(record) if self._link is not None else None
        if found is not None and isinstance(found.values[0], str):
            link = found.values[0].strip()
            if re.fullmatch(r"https?://[^\s<>\"]{1,2000}", link):
                return link
        if self._source.url is None:
            return None
        return self._source.url.replace("{path}", quote(path)).replace("{id}", quote(name, safe=""))

    # --- files --------------------------------------------------------------------------------------------

    def _records_of(self, file: ListedDocument) -> Iterator[RecordRead]:
        """The records of a file; what stops the reading is the last. Nothing is raised for what it holds."""
        limit = max_bytes(self._source)
        if file.problem is not None:
            yield RecordRead(None, problem=file.problem)
            return
        if file.size_bytes > limit:
            yield RecordRead(None, problem="too_large")
            return
        yield from read_records(Path(file.file), limit, self._records)


def _without_content(file: ListedDocument, path: str, problem: str, content_hash: str) -> FetchedDocument:
    return FetchedDocument(
        path=path,
        url=None,
        content=None,
        content_hash=content_hash,
        size_bytes=file.size_bytes,
        problem=problem,
        modified_at=file.modified_at,
        media_type="application/json",
    )
