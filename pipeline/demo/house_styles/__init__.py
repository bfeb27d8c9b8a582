"""The invented company's postmortems as files: several house styles, and the mistakes real documents hold."""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC
from pathlib import Path

from pipeline.demo.house_styles.markdown import labels, review, runbook, status_post
from pipeline.demo.house_styles.page import Document, Page, Stated, StatedActionItem, StatedLink
from pipeline.demo.house_styles.plain_text import plain
from pipeline.demo.house_styles.record import record
from pipeline.demo.house_styles.repository import commit_documents, is_repository
from pipeline.demo.house_styles.wiki import wiki
from pipeline.demo.promises import ActionItem
from pipeline.demo.roster import Style
from pipeline.demo.truth import Company, DocumentPlan, Incident

__all__ = [
    "DOCUMENTS_FOLDER", "Document", "Stated", "StatedActionItem", "StatedLink", "documents", "is_repository",
    "write_documents",
]  # fmt: skip

#: Where the documents lie in the demo's folder: one folder for each unit in it.
DOCUMENTS_FOLDER = "documents"

_STYLES: dict[Style, Callable[[Page, list[Incident]], None]] = {
    "runbook": runbook,
    "labels": labels,
    "plain": plain,
    "wiki": wiki,
    "record": record,
    "status_post": status_post,
    "review": review,
}

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
    by_place = {(plan.unit.name, plan.path): plan for plan in company.documents}
    for plan in company.documents:
        if plan.copy_of is not None:
            first = by_place[plan.unit.name, plan.copy_of]
            yield replace(_told(company, first, jira_url, promises), plan=plan, mistakes=plan.mistakes)
        elif plan.incident_ids:
            yield _told(company, plan, jira_url, promises)
        else:
            yield Document(plan, _stray(plan), mistakes=plan.mistakes)


def write_documents(company: Company, folder: Path, jira_url: str) -> list[Document]:
    """Write every document to `<folder>/documents/<unit>/<path>`, dated when it was published.

    The records of a tool become the lines of one file, and the documents of a unit that keeps them in git are
    committed, if there is a git. Returns what was written. Raises OSError when the folder cannot be written.
    """
    for unit in company.units:
        (folder / DOCUMENTS_FOLDER / unit.name).mkdir(parents=True, exist_ok=True)
    written = []
    for document in documents(company, jira_url):
        path = folder / DOCUMENTS_FOLDER / document.plan.unit.name / document.plan.path.partition("#")[0]
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            file.write(document.content)
        published = document.plan.published_at.replace(tzinfo=UTC).timestamp()
        os.utime(path, (published, published))
        written.append(document)
    for unit in company.units:
        own = [document for document in written if document.plan.unit == unit]
        if unit.kept == "git" and own:
            commit_documents(folder / DOCUMENTS_FOLDER / unit.name, own)
    return written


def _told(
    company: Company, plan: DocumentPlan, jira_url: str, promises: Mapping[str, tuple[ActionItem, ...]]
) -> Document:
    page = Page(company, plan, jira_url, promises)
    _STYLES[plan.unit.style](page, [company.incident(name) for name in plan.incident_ids])
    return page.finish()


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
