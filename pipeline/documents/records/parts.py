"""What a record holds several of: action items, events, comments, links. Each entry has fields of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any

from pipeline.documents.blocks import Link, Text, squeeze
from pipeline.documents.evidence_links import link_kind
from pipeline.documents.facts import ActionItem, Event, EvidenceLink, Reading
from pipeline.documents.promises.kinds import kind_by_rule, stated_kind
from pipeline.documents.promises.trackers import Trackers
from pipeline.documents.records.columns import Columns
from pipeline.documents.records.states import ITEM_DECLINED, ITEM_DONE, ITEM_GONE, ITEM_OPEN
from pipeline.documents.records.values import (
    plain_text,
    plain_word,
    read_day,
    read_instant,
    read_name,
    read_names,
)
from pipeline.documents.statements import is_value
from pipeline.documents.timelines.event_kinds import event_kind
from pipeline.documents.times.calendar import Calendar, ClockDoubts
from pipeline.record_mappings.paths import RecordPath, is_null

_EVENT_KINDS = ("started", "detected", "acknowledged", "declared", "mitigated", "resolved")
_MAX_EVENTS = 2_000
_MAX_ITEMS = 500
_MAX_LINKS = 300


def action_items(columns: Columns, reading: Reading, calendar: Calendar) -> list[ActionItem]:
    """The promises that `action_items` of the mapping leads to."""
    items: list[ActionItem] = []
    trackers = Trackers.known(reading.jira_hosts, reading.jira_projects)
    for value, found, paths in islice(columns.parts("action_items"), _MAX_ITEMS):
        line = columns.line(found.column)
        said = _part(value, paths, "description") if isinstance(value, Mapping) else value
        description = squeeze(plain_text(said), 1000)
        if not description or not is_value(description):
            continue
        status = _part(value, paths, "status")
        if plain_word(status) in ITEM_GONE:
            continue
        due = _part(value, paths, "due_on")
        kind = stated_kind(plain_word(_part(value, paths, "kind"))) or kind_by_rule(description)
        url = str(_part(value, paths, "url") or "").strip()
        key = str(_part(value, paths, "key") or "").strip()
        links = [Link("", url, 0)] if re.match(r"https?://", url) else []
        item = ActionItem(
            description=description,
            kind=kind[0] if kind is not None else None,
            kind_words=kind[1] if kind is not None else None,
            owner=", ".join(read_names(_parts_of(value, paths, "owner"))) or None,
            priority=read_name(_part(value, paths, "priority"), 40),
            due_on=None if due is None else read_day(due, calendar, line),
            is_marked_done=_is_done(status, calendar, line),
            is_marked_declined=plain_word(status) in ITEM_DECLINED,
            line=line,
            quote=squeeze(description),
        )
        references = trackers.references(Text(f"{description} {key}", line, links))
        known = [each for each in references if each.tracker is not None]
        items += [
            replace(item, tracker=each.tracker, issue_key=each.key, url=each.url) for each in known
        ] or [replace(item, url=references[0].url if references else None)]
    return items


def events(columns: Columns, name: str, reading: Reading, calendar: Calendar) -> tuple[Event, ...]:
    """The timeline that `events`, or `comments`, of the mapping leads to."""
    found_events: list[Event] = []
    for value, found, paths in islice(columns.parts(name), _MAX_EVENTS):
        if not isinstance(value, Mapping):
            continue
        line = columns.line(found.column)
        at_text = _part(value, paths, "at")
        text = plain_text(_part(value, paths, "text") or "", is_wiki=reading.issues is not None)
        if at_text is None or not text:
            continue
        instant = read_instant(at_text, _without_doubts(calendar), line)
        stated = plain_word(_part(value, paths, "kind"))
        told = event_kind(text, reading.services) if "kind" not in paths else None
        kind = stated if stated in _EVENT_KINDS else told[0] if told is not None else None
        at = instant.at if instant is not None else None
        found_events.append(Event(at, squeeze(str(at_text), 60), squeeze(text, 500), kind, line))
    if all(event.at is not None for event in found_events):
        found_events.sort(key=lambda event: event.at or datetime.min)
    return tuple(found_events)


def evidence_links(columns: Columns) -> dict[str, EvidenceLink]:
    """The addresses that columns give as evidence."""
    links: dict[str, EvidenceLink] = {}
    for found in columns.all_found("links"):
        label = re.sub(r"[._]", " ", found.label)
        for value in found.values:
            url = value.strip() if isinstance(value, str) else ""
            if re.fullmatch(r"https?://[^\s<>\"]{1,2000}", url) and len(links) < _MAX_LINKS:
                line = columns.line(found.column)
                links.setdefault(url, EvidenceLink(link_kind(url, label), url, label, line))
    return links


def _without_doubts(calendar: Calendar) -> Calendar:
    """The calendar with doubts of its own, for values whose doubts are not worth a finding."""
    return replace(calendar, doubts=ClockDoubts())


def _parts_of(value: Any, paths: Mapping[str, RecordPath], name: str) -> tuple[Any, ...]:
    if not isinstance(value, Mapping) or name not in paths:
        return ()
    found = paths[name].find(value)
    return found.values if found is not None else ()


def _part(value: Any, paths: Mapping[str, RecordPath], name: str) -> Any:
    values = _parts_of(value, paths, name)
    return values[0] if values and not is_null(values[0]) else None


def _is_done(status: Any, calendar: Calendar, line: int) -> bool | None:
    """Whether a promise is kept: by its status, or by the time at which it was completed."""
    if status is None:
        return None
    said = plain_word(status)
    if said in ITEM_DONE or said in ITEM_OPEN:
        return said in ITEM_DONE
    instant = read_instant(status, _without_doubts(calendar), line)
    return True if instant is not None else None
