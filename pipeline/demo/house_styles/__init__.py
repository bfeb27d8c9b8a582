"""The invented company's postmortems as files: several house styles, and the mistakes real documents hold."""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path

from pipeline.demo.house_styles.page import Document, Page, Stated, StatedActionItem
from pipeline.demo.house_styles.styles import STYLES
from pipeline.demo.truth import Company, DocumentPlan

__all__ = ["DOCUMENTS_FOLDER", "Document", "Stated", "StatedActionItem", "documents", "write_documents"]

#: Where the documents lie in the demo's folder: one folder for each unit in it.
DOCUMENTS_FOLDER = "documents"

_TEMPLATE = """\
# [Incident title]

**Date:** YYYY-MM-DD
**Severity:** SEV?
**Authors:** <names>

## Summary

_What happened, in two sentences._

## Root cause

<why it happened>

## Timeline

| Time (UTC) | Event |
| --- | --- |
| YYYY-MM-DD HH:MM | <what happened> |

## Action items

- [ ] <what will be done> (KEY-XXX), owner: <name>
"""

_README = """\
# Our postmortems

One file for each incident, in the folder of its year. Copy `template.md`, fill it in within five days and ask
two colleagues to read it. We look for what made the mistake possible, never for who made it.
"""


def documents(company: Company, jira_url: str) -> Iterator[Document]:
    """Every document of the company, in the order they were planned. Links go to the Jira at `jira_url`."""
    promises = company.promises_by_incident()
    for plan in company.documents:
        if plan.incident_ids:
            page = Page(company, plan, jira_url, promises)
            STYLES[plan.unit.style](page, [company.incident(name) for name in plan.incident_ids])
            yield page.finish()
        else:
            yield Document(plan, _stray(plan), mistakes=plan.mistakes)


def write_documents(company: Company, folder: Path, jira_url: str) -> list[Document]:
    """Write every document to `<folder>/documents/<unit>/<path>`, dated when it was published.

    Returns what was written. Raises OSError when the folder cannot be written.
    """
    written = []
    for document in documents(company, jira_url):
        path = folder / DOCUMENTS_FOLDER / document.plan.unit.name / document.plan.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(document.content)
        published = document.plan.published_at.replace(tzinfo=UTC).timestamp()
        os.utime(path, (published, published))
        written.append(document)
    return written


def _stray(plan: DocumentPlan) -> bytes:
    """A file that tells no incident."""
    match plan.mistakes:
        case ("template",):
            return _TEMPLATE.encode()
        case ("readme",):
            return _README.encode()
        case ("binary",):
            return _picture()
        case _:
            return b""


def _picture() -> bytes:
    """A grey PNG of one pixel, put together as its specification (RFC 2083) says."""
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"\x00\x80")),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
