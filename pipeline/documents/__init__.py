"""Text → facts. Knows no files, no network and no database: a better reader needs no new fetch.

`parse_document` reads one document. `formats/` makes a page of blocks of it, `outline` sections; what they
say is found by `statements` (labels), `times/` and `timelines/` (when), `promises/` (action items), `causes/`
(why) and `texts`, `people`, `evidence_links` (the rest); `incidents` weighs it, `checks` says what is missing
or wrong. `records/` does the same for the records of other tools, `template` the way back.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from pipeline.documents.facts import DocumentFacts, Reading
from pipeline.documents.postmortem import read_document
from pipeline.documents.records.record import read_record

__all__ = ["parse_document", "parser_hash"]


def parse_document(
    content: str,
    path: str,
    reading: Reading,
    media_type: str = "text/plain",
    title: str | None = None,
) -> DocumentFacts:
    """What a document says. `path` is relative to its source, and may hold a date or a key.

    `media_type` is `text/plain` (Markdown, plain text or HTML, told apart by what it holds), `text/html`
    (HTML or Confluence storage format), `text/jira` (Jira's wiki markup), `application/pdf` (`content` is the
    base64 of its bytes) or `application/json` (one record of an export, or one issue, mapped by
    `reading.record_fields`). `title` is the document's own where its source keeps it apart from the content,
    as a wiki does.

    Any content is read; nothing is raised, nothing is guessed, and what is no postmortem yields no incident.
    """
    if media_type == "application/json":
        return read_record(content, path, reading)
    return read_document(content, path, reading, media_type, title)


@lru_cache(maxsize=1)
def parser_hash() -> str:
    """A hash of the reader's own source: a changed parser reads all documents again."""
    digest = hashlib.sha256()
    _add_folder(digest, files(__name__))
    digest.update(files("pipeline").joinpath("taxonomy.py").read_bytes())
    _add_folder(digest, files("pipeline.record_mappings"))
    return digest.hexdigest()[:16]


def _add_folder(digest: hashlib._Hash, folder: Traversable) -> None:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith((".py", ".toml")):
            digest.update(entry.name.encode() + b"\0" + entry.read_bytes() + b"\0")
        elif entry.is_dir():
            _add_folder(digest, entry)
