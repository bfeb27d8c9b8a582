"""Documents → facts, whatever a document holds: in this process when they are few, else in children."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from pipeline.documents import parse_document, parser_hash
from pipeline.documents.facts import DocumentFacts, Finding, Reading
from pipeline.documents.unread import describe_unread_document
from pipeline.fact_rows import FactRows, fact_rows
from pipeline.raw_documents import UnparsedDocument
from pipeline.workers import SECONDS_PER_ITEM, Lost, Work, work_in_children

log = logging.getLogger(__name__)

FEW = 24  # starting a child costs as much as reading so many
_LOST = {
    "too_slow": f"Reading this document took longer than {SECONDS_PER_ITEM:.0f} s and was given up",
    "crashed": "Reading this document took more memory than it may, or crashed, and was given up",
}


def parse_documents(
    documents: Iterator[UnparsedDocument], count: int, reading: Reading
) -> Iterator[FactRows]:
    """The rows of each of the `count` documents, in no certain order; none makes it raise."""
    if count <= FEW:
        few = list(documents)
        if all(each.media_type != "application/pdf" for each in few):  # whose reader is not ours
            yield from (parse_to_rows(reading, each) for each in few)
            return
        documents = iter(few)
    work = Work("pipeline.parsing:parse_to_rows", reading)
    for document, rows in work_in_children(work, documents, count):
        yield _rows(document, given_up(document.path, rows)) if isinstance(rows, Lost) else rows


def reading_hash(reading: Reading) -> str:
    """What a change of parser or settings changes; the day of the reading is none of it."""
    known = replace(reading, today=datetime.min.date())
    return hashlib.sha256(f"{parser_hash()} {known!r}".encode()).hexdigest()[:16]


def parse_alone(reading: Reading, document: UnparsedDocument) -> DocumentFacts:
    """What one document says, read in this process unless it is a PDF."""
    if document.media_type != "application/pdf":
        return parse(reading, document)
    work = Work("pipeline.parsing:parse", reading)
    facts = next(facts for _, facts in work_in_children(work, iter([document]), 1))
    return given_up(document.path, facts) if isinstance(facts, Lost) else facts


def parse_to_rows(reading: Reading, document: UnparsedDocument) -> FactRows:
    """What one document says, as rows."""
    return _rows(document, parse(reading, document))


def parse(reading: Reading, document: UnparsedDocument) -> DocumentFacts:
    """What one document says; for one that cannot be read, why."""
    if document.problem is not None or document.content is None:
        return describe_unread_document(document.problem or "unreadable")
    try:
        return parse_document(document.content, document.path, reading, document.media_type, document.title)
    except Exception:  # one document that the parser cannot take must not cost the others
        log.exception("the parser failed on %s", document.path)
        message = "Reading this document failed: a defect of this product; its log has the details."
        return DocumentFacts("unreadable", None, findings=(Finding("parser_failed", "error", message),))


def given_up(path: str, lost: Lost) -> DocumentFacts:
    """What is said of the document at `path`, which its child was lost over."""
    log.error("%s: the parser was ended (%s)", path, lost.reason)
    message = f"{_LOST[lost.reason]}; exclude it in the settings, or send it to us."
    return DocumentFacts("unreadable", None, findings=(Finding("parser_gave_up", "error", message),))


def _rows(document: UnparsedDocument, facts: DocumentFacts) -> FactRows:
    return fact_rows(document.document_id, document.content_hash, facts)
