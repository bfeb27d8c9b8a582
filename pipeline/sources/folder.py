"""A folder of documents: what it lists, and the text of each file.

Listing and reading are two steps, so that a file whose size and time are as before is never opened.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from operator import attrgetter
from pathlib import Path
from urllib.parse import quote

from pipeline.errors import SourceError
from pipeline.raw_documents import FetchedDocument, Glance, KnownDocument, Listing, MediaType
from pipeline.settings import FolderSource, GitSource, Source

_EPOCH = datetime(1970, 1, 1)
_A_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class ListedDocument:
    """A file the folder holds. `path` is relative to it, with forward slashes; times are naive UTC.

    `file` is its own name, which need not be UTF-8; `problem` tells why it must not be opened: a link that
    leaves the folder is `outside`, a pipe, a socket or a device is `no_file`.
    """

    path: str
    size_bytes: int
    modified_at: datetime
    file: str = field(default="", compare=False)
    problem: str | None = None


class Folder:
    """The documents of a folder, as a source the run fetches from."""

    def __init__(self, source: FolderSource, root: Path) -> None:
        self._source = source
        self._root = root

    def glance(self) -> Glance:
        """See `DocumentSource`. No file is opened."""
        listed = list_folder(self._source, self._root)
        return glance_at_files(
            self._source,
            [each.size_bytes for each in listed if each.problem is None],
            f"in {self._root}",
            problem_count=sum(each.problem is not None for each in listed),
        )

    def fetch(self, known: Mapping[str, KnownDocument]) -> Listing:
        """See `DocumentSource`. A file whose size and time are as before is not opened."""
        listed = list_folder(self._source, self._root)
        changed = [each for each in listed if _must_read(each, known.get(each.path), self._source)]
        read = (read_document(self._source, self._root, each) for each in changed)
        return Listing({each.path for each in listed}, len(changed), read)


def list_folder(source: Source, root: Path) -> list[ListedDocument]:
    """The files under `root` that the source's `include` names and its `exclude` does not, by path.

    Hidden files and folders (a leading dot) are left out, and links to folders are not followed, so that
    no listing runs in a circle; one to a folder outside is listed as a problem. Raises SourceError when the
    folder is missing or cannot be read.
    """
    if not root.is_dir():
        raise SourceError(f"source {source.name}: {root} is no folder; mend its path in the settings")
    is_wanted = _chooser(source)
    listed: list[ListedDocument] = []
    folders = [(str(root), "")]
    while folders:
        folder, above = folders.pop()
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.name.startswith("."):
                        continue
                    path = above + entry.name
                    if entry.is_dir(follow_symlinks=False):
                        folders.append((entry.path, f"{path}/"))
                    elif (is_wanted(path) or _is_linked_folder(entry, path, source)) and (
                        document := _listed(entry, path, root)
                    ) is not None:
                        listed.append(document)
        except OSError as error:
            raise SourceError(
                f"source {source.name}: {error.filename} cannot be read ({error.strerror})"
            ) from error
    return sorted(listed, key=attrgetter("path"))


def glance_at_files(source: Source, sizes: Sequence[int], where: str, *, problem_count: int = 0) -> Glance:
    """What files of these sizes (bytes), `problem_count` unreadable ones aside, tell of a source `where`."""
    large_count = sum(size > max_bytes(source) for size in sizes)
    found = f"{len(sizes):,} file{'' if len(sizes) == 1 else 's'} {where}"
    if not sizes:
        return Glance(f"no file {where} that its include names", "mend its path, include or exclude")
    if problem_count:
        found += f", and {problem_count:,} that lead outside or are no files"
    if large_count:
        found += f", {large_count:,} of them larger than {source.max_megabytes} MB"
        return Glance(found, "raise its max_megabytes to have them read, or exclude them")
    return Glance(found, "exclude what leads outside" if problem_count else None)


def is_named(path: str, source: Source) -> bool:
    """Whether the source's `include` names this path, its `exclude` does not, and no part of it is hidden."""
    return not path.startswith(".") and "/." not in path and _chooser(source)(path)


def _listed(entry: os.DirEntry[str], path: str, root: Path) -> ListedDocument | None:
    problem = None
    try:
        if entry.is_symlink() and not Path(entry.path).resolve(strict=True).is_relative_to(root.resolve()):
            problem = "outside"
        facts = entry.stat()
        if not stat.S_ISREG(facts.st_mode):  # reading a pipe or a device would never end
            if problem is None and stat.S_ISDIR(facts.st_mode):
                return None  # a link to a folder that is listed in its own place
            problem = problem or "no_file"
            facts = entry.stat(follow_symlinks=False)
    except OSError:  # a link to nowhere, or a file gone since the listing: it is not there
        return None
    if not path.isascii():
        path = path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return ListedDocument(path, facts.st_size, _instant(facts.st_mtime_ns), entry.path, problem)


def _is_linked_folder(entry: os.DirEntry[str], path: str, source: Source) -> bool:
    """Whether this is a link to a folder that the source does not exclude, in which it may name files."""
    if not entry.is_symlink() or not entry.is_dir():
        return False
    return _chooser_of(("**/*", "**/"), tuple(source.exclude))(f"{path}/")


def _chooser(source: Source) -> Callable[[str], bool]:
    """What tells the paths the source names, hidden ones aside."""
    return _chooser_of(tuple(source.include), tuple(source.exclude))


@lru_cache(maxsize=64)
def _chooser_of(include: tuple[str, ...], exclude: tuple[str, ...]) -> Callable[[str], bool]:
    excluded = [_pattern(glob) for glob in exclude]
    if include == ("**/*",) and not excluded:
        return lambda path: True
    included = [_pattern(glob) for glob in include]
    return lambda path: (
        any(pattern.fullmatch(path) for pattern in included)
        and not any(pattern.fullmatch(path) for pattern in excluded)
    )


def max_bytes(source: Source) -> int:
    """The size above which a file of this source is not read."""
    return source.max_megabytes * 1_000_000


def document_url(source: FolderSource | GitSource, path: str) -> str | None:
    """Where people read the document at `path`; None when the settings do not say."""
    return source.url.replace("{path}", quote(path)) if source.url else None


def read_document(source: FolderSource, root: Path, listed: ListedDocument) -> FetchedDocument:
    """The text of one listed file, or the reason why it has none. Never raises for what a file holds."""
    limit = max_bytes(source)
    content: str | None = None
    media_type: MediaType = "text/plain"
    problem: str | None = None
    raw = b""
    if listed.problem is not None:
        problem = listed.problem
    elif listed.size_bytes > limit:
        problem = "too_large"
    else:
        try:
            with Path(listed.file or root / listed.path).open("rb") as file:
                raw = file.read(limit + 1)  # it may have grown since the listing
        except OSError:
            problem = "unreadable"
        else:
            if len(raw) > limit:
                raw, problem = b"", "too_large"
            else:
                content, media_type, problem = content_of(raw)
    # A file that was not read is known by its outside, so that it is not reported as new at each run.
    outside = f"{problem} {listed.size_bytes} {listed.modified_at}".encode()
    return FetchedDocument(
        path=listed.path,
        url=document_url(source, listed.path),
        content=content,
        content_hash=hashlib.sha256(raw or outside).hexdigest(),
        size_bytes=listed.size_bytes,
        problem=problem,
        modified_at=listed.modified_at,
        media_type=media_type,
    )


def content_of(raw: bytes) -> tuple[str | None, MediaType, str | None]:
    """The content of a file's bytes, how it is to be read, and the problem when there is no content."""
    if raw[:1024].lstrip().startswith(b"%PDF-"):
        return base64.b64encode(raw).decode("ascii"), "application/pdf", None
    text, problem = _text_of(raw)
    return text, "text/plain", problem


def _must_read(listed: ListedDocument, known: KnownDocument | None, source: FolderSource) -> bool:
    """Whether a listed file is new, was written since, or is seen otherwise by changed settings."""
    if known is None or known.modified_at is None:
        return True
    return (
        known.size_bytes != listed.size_bytes
        or known.modified_at != listed.modified_at
        # A file written in the second in which it was read may have been written again since.
        or known.fetched_at - known.modified_at < _A_SECOND
        or known.url != document_url(source, listed.path)
        or (known.problem == "too_large")
        != (listed.problem is None and listed.size_bytes > max_bytes(source))
        or (known.problem if known.problem in ("outside", "no_file") else None) != listed.problem
    )


def _text_of(raw: bytes) -> tuple[str | None, str | None]:
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    if encoding == "utf-8-sig" and b"\0" in raw:
        return None, "binary"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        return None, "not_utf8" if _mostly_letters(raw) else "binary"
    if not text.strip():
        return None, "empty"
    return text.replace("\r\n", "\n").replace("\r", "\n"), None


def _mostly_letters(raw: bytes) -> bool:
    """Whether these bytes look like text in another encoding: few control characters."""
    head = raw[:4096]
    controls = sum(byte < 32 and byte not in b"\t\n\r\f" for byte in head)
    return controls * 50 < len(head)


def _instant(nanoseconds: int) -> datetime:
    """A file's time as naive UTC, to the microsecond DuckDB keeps."""
    return _EPOCH + timedelta(microseconds=nanoseconds // 1000)


def _pattern(glob: str) -> re.Pattern[str]:
    """A glob as people write it: `*` within a name, `**/` over folders, `?` one character, `{a,b}` either."""
    return re.compile("".join(_pieces(glob)), re.DOTALL)


def _pieces(glob: str) -> Iterator[str]:
    for part in re.split(r"(\*\*/|\*\*|\*|\?|\{[^{}]*\})", glob.removeprefix("./")):
        if part == "**/":
            yield "(?:.*/)?"
        elif part == "**":
            yield ".*"
        elif part == "*":
            yield "[^/]*"
        elif part == "?":
            yield "[^/]"
        elif part.startswith("{") and part.endswith("}"):
            yield f"(?:{'|'.join(map(re.escape, part[1:-1].split(',')))})"
        else:
            yield re.escape(part)
