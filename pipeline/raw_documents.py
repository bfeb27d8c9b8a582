"""A document as its source gave it: what sources fetch, and the warehouse keeps."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple, Protocol

#: How `content` is to be read. A PDF's content is the base64 of its bytes; JSON is one record of an export.
MediaType = Literal["text/plain", "text/html", "application/pdf", "application/json"]

#: Why a document has no content.
PROBLEMS = (
    "empty", "binary", "too_large", "not_utf8", "unreadable", "outside", "no_file",
    "malformed", "no_object", "too_many_cells", "too_few_cells", "open_quotes", "no_header",
    "duplicate",  # with the five before it: of records of an export
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FetchedDocument:
    """A document as it was read. `content` is None exactly when `problem` says why. Times are naive UTC."""

    path: str  # within its source, with forward slashes; what identifies it
    url: str | None
    content: str | None
    content_hash: str
    size_bytes: int
    problem: str | None
    modified_at: datetime | None
    media_type: MediaType = "text/plain"
    title: str | None = None  # where the source keeps it apart from the content, as a wiki does
    version: str | None = None  # the source's own name for this state: a blob's id, a page's version
    written_at: datetime | None = None  # when the source first held it


class KnownDocument(NamedTuple):
    """What the warehouse holds of a document its source listed at the last fetch."""

    content_hash: str
    size_bytes: int
    modified_at: datetime | None
    fetched_at: datetime
    url: str | None
    problem: str | None
    version: str | None = None


@dataclass(frozen=True, slots=True)
class UnparsedDocument:
    """A document whose text, parser or settings changed since it was last read."""

    document_id: str
    path: str
    content: str | None
    content_hash: str
    problem: str | None
    media_type: MediaType = "text/plain"
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """What a source holds now. `changed` reads, one by one, what is new or differs from what is known."""

    paths: Collection[str]
    changed_count: int
    changed: Iterator[FetchedDocument]


@dataclass(frozen=True, slots=True)
class Glance:
    """What a short look at a source showed, in words; `mend` says what to do when it does not look right."""

    found: str
    mend: str | None = None


class DocumentSource(Protocol):
    """Anything that documents are fetched from."""

    def glance(self) -> Glance:
        """Whether it can be reached and what it holds, as far as that is told quickly; nothing is kept.

        Raises SourceError when it cannot be reached or read.
        """

    def fetch(self, known: Mapping[str, KnownDocument]) -> Listing:
        """What the source holds, against what is `known` of it, by path.

        Raises SourceError when it cannot be reached or read; nothing may be concluded from it then.
        """
