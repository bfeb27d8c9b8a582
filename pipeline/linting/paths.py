"""The PATHs of `postmortems lint` → documents, each with how the settings read it.

A file is read whatever its name; of a folder, what the run would read of it. A document inside the folder of
a configured source is read as that source's; another as the only source's when there is one, else with
defaults.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from pipeline.documents.facts import Reading
from pipeline.errors import SettingsError
from pipeline.linting.lint import reading_without_settings
from pipeline.raw_documents import FetchedDocument
from pipeline.reading import reading_of
from pipeline.settings import FolderSource, Settings, Source
from pipeline.sources.folder import (
    ListedDocument,
    content_of,
    is_named,
    list_folder,
    max_bytes,
    read_document,
)

STDIN = "-"
_DEFAULT = FolderSource(name="lint", path=Path())
_STDIN_NAME = "stdin"


@dataclass(frozen=True, slots=True)
class DocumentToLint:
    """A document, its path as shown to people, and how it is to be read."""

    shown: str
    document: FetchedDocument
    reading: Reading


def documents_to_lint(
    paths: Iterable[str], settings: Settings | None, stdin: BinaryIO
) -> Iterator[DocumentToLint]:
    """The documents that `paths` name, one by one, each once; `-` is what `stdin` holds.

    Raises SettingsError (a wrong call) for a path that is neither a file nor a folder.
    """
    reader = _Reader(settings)
    for path in paths:
        if path == STDIN:
            yield reader.stream(stdin)
        elif Path(path).is_dir():
            yield from reader.folder(Path(path))
        elif Path(path).is_file():
            yield from reader.file(Path(path), Path(path))
        else:
            raise SettingsError(f"{path}: there is no such file or folder; name one, or - for standard input")


class _Reader:
    def __init__(self, settings: Settings | None) -> None:
        self._settings = settings
        sources = settings.sources if settings else []
        self._roots = [
            (settings.resolve(source.path).resolve(), source)
            for source in sources
            if settings is not None and isinstance(source, FolderSource)
        ]
        self._other: Source | None = sources[0] if len(sources) == 1 else None
        self._seen: set[Path] = set()
        self._readings: dict[str, Reading] = {}

    def stream(self, stream: BinaryIO) -> DocumentToLint:
        """What standard input holds."""
        reader = self._other or _DEFAULT
        raw = stream.read(max_bytes(reader) + 1)
        content, media_type, problem = content_of(raw)
        if len(raw) > max_bytes(reader):
            content, problem = None, "too_large"
        digest = hashlib.sha256(raw).hexdigest()
        document = FetchedDocument(
            _STDIN_NAME, None, content, digest, len(raw), problem, None, media_type=media_type
        )
        return DocumentToLint(_STDIN_NAME, document, self._reading(reader, document))

    def folder(self, folder: Path) -> Iterator[DocumentToLint]:
        """What the run would read of it: hidden files and what their source excludes are left out."""
        for listed in list_folder(FolderSource(name=str(folder), path=folder), folder):
            file = Path(listed.file or folder / listed.path)
            root, source = self._home(file)
            if source is None or is_named(_place(file).relative_to(root).as_posix(), source):
                yield from self.file(file, Path(listed.path), listed)

    def file(self, file: Path, name: Path, listed: ListedDocument | None = None) -> Iterator[DocumentToLint]:
        """One file. Outside the sources its `name` is its path to the parser, which may hold a date."""
        place = _place(file)
        if place in self._seen:
            return
        self._seen.add(place)
        root, source = self._home(file)
        if source is not None:
            name = place.relative_to(root)
        elif name.is_absolute() or ".." in name.parts:
            name = Path(name.name)
        if listed is None:
            facts = file.stat()
            changed = datetime.fromtimestamp(facts.st_mtime, UTC).replace(tzinfo=None)
            listed = ListedDocument(name.as_posix(), facts.st_size, changed, os.fspath(file))
        document = read_document(source or _DEFAULT, file.parent, replace(listed, path=name.as_posix()))
        written = os.fsencode(Path(os.path.relpath(file)).as_posix())  # which need not be UTF-8
        shown = written.decode("utf-8", "replace")
        yield DocumentToLint(shown, document, self._reading(source or self._other or _DEFAULT, document))

    def _home(self, file: Path) -> tuple[Path, FolderSource | None]:
        """The folder of the configured source that holds the file, the innermost one, and that source."""
        homes = [(root, source) for root, source in self._roots if _place(file).is_relative_to(root)]
        return max(homes, key=lambda home: len(home[0].parts)) if homes else (Path(), None)

    def _reading(self, source: Source, document: FetchedDocument) -> Reading:
        reading = self._readings.get(source.name)
        if reading is None:
            reading = self._readings[source.name] = reading_of(self._settings or Settings(), source)
        if self._settings is None:
            return reading_without_settings(reading, document.content)
        return reading


def _place(file: Path) -> Path:
    """Where a file lies: its folder's links followed, its own not."""
    return file.parent.resolve() / file.name
