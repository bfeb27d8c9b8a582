"""What a document says, as lines of JSON for the warehouse's tables: made where the document was parsed.

So a child process hands on finished lines, and the process that holds the warehouse only copies them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from pipeline.documents.facts import ActionItem, DocumentFacts, Event, Evidence, EvidenceLink, Finding

TABLES = ("documents", "incidents", "evidence", "events", "action_items", "links", "findings")

_COLUMNS = {
    kind: tuple(field.name for field in fields(kind) if field.name != "ordinal")
    for kind in (Evidence, Event, ActionItem, EvidenceLink, Finding)
}


@dataclass(frozen=True, slots=True)
class FactRows:
    """The rows of one document: table of schema `facts` → its rows as lines of JSON."""

    document_id: str
    lines: Mapping[str, str]


def fact_rows(document_id: str, content_hash: str, facts: DocumentFacts) -> FactRows:
    """The rows of what was read of a document with this content."""
    rows: dict[str, list[str]] = {table: [] for table in TABLES}
    for table, row in _rows(document_id, content_hash, facts):
        rows[table].append(_AS_LINE(row))
    return FactRows(document_id, {table: "\n".join(lines) + "\n" for table, lines in rows.items() if lines})


def as_json(value: object) -> str:
    """A date or time as DuckDB reads it from JSON."""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no form in JSON")


_AS_LINE = json.JSONEncoder(default=as_json, ensure_ascii=False).encode


def _rows(name: str, content_hash: str, facts: DocumentFacts) -> Iterator[tuple[str, dict[str, Any]]]:
    read = {
        "document_id": name,
        "content_hash": content_hash,
        "kind": facts.kind,
        "title": facts.title,
        "is_restricted": facts.is_restricted,
    }
    yield "documents", read
    for incident in facts.incidents:
        incident_id = _incident_id(name, incident.ordinal)
        key = {"document_id": name, "incident_id": incident_id}
        yield "incidents", key | {"ordinal": incident.ordinal}
        for evidence in incident.evidence:
            yield "evidence", _row(key, evidence)
        for ordinal, event in enumerate(incident.events, 1):
            yield "events", _row(key | {"ordinal": ordinal}, event)
        for ordinal, link in enumerate(incident.links, 1):
            yield "links", _row(key | {"ordinal": ordinal}, link)
        # An item keeps its id while its words stay, wherever it moves to in its document.
        seen: dict[str, int] = {}
        for ordinal, item in enumerate(incident.action_items, 1):
            words = " ".join(item.description.casefold().split())
            seen[words] = seen.get(words, 0) + 1
            digest = hashlib.sha256(f"{incident_id}\0{words}\0{seen[words]}".encode()).hexdigest()[:16]
            yield "action_items", _row(key | {"action_item_id": digest, "ordinal": ordinal}, item)
    for finding in facts.findings:
        owner = None if finding.ordinal is None else _incident_id(name, finding.ordinal)
        yield "findings", _row({"document_id": name, "incident_id": owner}, finding)


def _row(key: dict[str, Any], thing: Any) -> dict[str, Any]:
    return key | {column: getattr(thing, column) for column in _COLUMNS[type(thing)]}


def _incident_id(document: str, ordinal: int) -> str:
    return document if ordinal == 1 else f"{document}-{ordinal}"
