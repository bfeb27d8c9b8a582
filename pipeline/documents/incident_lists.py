"""Tables with an incident in each row, and lists with one in each item: a section for each.

Only a document that is nothing else is read so: where it tells of a cause, has a timeline or promises work, a
table of incidents is one of those before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pipeline.documents.blocks import Block, Text, squeeze
from pipeline.documents.outline import Section
from pipeline.documents.statements import Statement, row_statements
from pipeline.documents.times.moments import TimeReading, moments
from pipeline.documents.vocabulary import TELLING_ROLES, fields_of, label_role

_LEVEL = 9  # of the section of a row, below every heading and label
_ENDS = frozenset(
    {"resolved_at", "mitigated_at", "stated_time_to_resolve_minutes", "customer_impact_minutes"}
)
_OWN_TIMES = frozenset({"started_at", "resolved_at", "detected_at", "mitigated_at"})
_NAMES = frozenset({"title", "incident_key", "summary"})
_ACCOUNT_ROLES = (TELLING_ROLES | {"action_items"}) - {"impact"}
_WEEKDAY = re.compile(r"\W*(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?\b", re.IGNORECASE)
_FAILED = re.compile(
    r"\b(?:outages?|incidents?|downtime|disruptions?|interruptions?|unavailab\w+|degrad\w+)\b", re.IGNORECASE
)
_DOWN = re.compile(rf"{_FAILED.pattern}|\bdown\b", re.IGNORECASE)
_STAGED = re.compile(
    r"\b(?:tests?|testing|staging|drills?|exercises?|game ?days?|planned|maintenance)\b", re.I
)
_PLANNED = re.compile(r"\b(?:maintenance|planned|scheduled|calendar|shift|rota)\b", re.IGNORECASE)
_TITLE_END = re.compile(
    r"\s*(?:,|;|:|\.|\(|\b(?:from|between|at|since|started|lasted|for)\b)[^\w]*(?=\W*\d|$|\s)"
)
_LOG = re.compile(r"\b(?:log|history)\b", re.IGNORECASE)  # "Incident log": of one, or of all
_LEVEL_WORD = re.compile(r"\b(?:SEV|Sev|sev)[- ]?[1-5]\b|\bP[1-5]\b")
_MAX_ROWS = 500


def listed_incidents(
    sections: list[Section], stated: Iterable[Statement]
) -> list[tuple[Section, list[Statement]]]:
    """A section and what is stated for each incident that a table or list of the document holds; or none.

    `stated` is what the document states elsewhere: with times of its own it tells of one incident.
    """
    has_times = any(
        name in _OWN_TIMES
        for statement in stated
        if statement.method != "table"
        for name, _ in fields_of(statement.label)
    )
    is_account = any(
        section.own_role in _ACCOUNT_ROLES and not _LOG.search(section.words) for section in sections
    )
    if has_times or is_account:
        return []
    found: list[tuple[Section, list[Statement]]] = []
    for section in sections:
        if section.role in ("aside", "lessons", "people") or _PLANNED.search(section.words):
            continue
        for block in section.blocks:
            if block.kind == "table":
                found.extend(_rows(block, section))
            elif block.kind == "list":
                found.extend((item, list(_levels(item))) for item in _items(block, section))
    return found[:_MAX_ROWS] if len(found) > 1 else []


def _rows(table: Block, home: Section) -> list[tuple[Section, list[Statement]]]:
    if len(table.rows) < 3 or len(table.rows[0]) < 3:
        return []
    head = [{name for name, _ in fields_of(cell.text)} for cell in table.rows[0]]
    starts = [column for column, names in enumerate(head) if names & {"started_at", "occurred_on"}]
    ends = [column for column, names in enumerate(head) if names & _ENDS]
    promises = {"owner", "due", "assignee", "due date", "ticket"}
    if not starts or not ends or any(cell.text.strip().casefold() in promises for cell in table.rows[0]):
        return []
    filled = [row for row in table.rows[1:] if any(cell.text.strip() for cell in row)]
    reading = TimeReading()
    rows = [row for row in filled if starts[0] < len(row) and moments(row[starts[0]].text[:100], reading)]
    if len(rows) * 2 <= len(filled):
        return []
    above = [section.words for section in home.ancestors()] + [cell.text for cell in table.rows[0]]
    if not any(_FAILED.search(words) for words in above):
        return []  # of shifts, of batches
    named = next((column for column, names in enumerate(head) if names & _NAMES), None)
    days = {
        str(moment.day or moment.month_day)
        for row in rows
        for moment in moments(row[starts[0]].text[:100], reading)[:1]
    }
    if named is None and len(days) < len(rows):
        return []  # the services or regions that one incident struck
    if named is None:
        named = next(
            (
                column
                for column, names in enumerate(head)
                if not names and label_role(table.rows[0][column].text) in (None, "summary")
            ),
            starts[0],
        )
    listed = []
    for row in rows:
        name = row[named] if named < len(row) and row[named].text.strip() else row[starts[0]]
        section = Section(name, _LEVEL, parent=home)
        listed.append((section, list(row_statements(table.rows[0], row))))
    return listed


def _items(block: Block, home: Section) -> list[Section]:
    """The items that tell of a failure with its start and end, each on a day of its own."""
    reading = TimeReading()
    days: set[str] = set()
    listed: list[Section] = []
    for item in block.children:
        text = item.text
        if _DOWN.search(text.text) is None or _STAGED.search(text.text):
            continue
        met = moments(text.text[:400], reading)
        if not any(moment.clock is not None and moment.until is not None for moment in met):
            continue
        dated = next((str(moment.day or moment.month_day) for moment in met if moment.has_date), None)
        weekday = _WEEKDAY.match(text.text)
        day = dated or (weekday.group().strip(" *_").casefold()[:3] if weekday is not None else None)
        if day is None or day in days:
            return []
        days.add(day)
        section = Section(_title(text, reading), _LEVEL, parent=home)
        section.blocks = [Block("paragraph", text.line, _after_day(text)), *item.children]
        listed.append(section)
    return listed


def _levels(section: Section) -> Iterator[Statement]:
    """The severity that an item names in passing, when it names just one."""
    for text in (block.text for block in section.blocks if block.kind == "paragraph"):
        levels = [match.group() for match in _LEVEL_WORD.finditer(text.text)]
        if len({level.casefold() for level in levels}) == 1:
            yield Statement("Severity", levels[0], text.line, "prose", squeeze(text.text))


def _after_day(text: Text) -> Text:
    """What follows the weekday that opens an item."""
    weekday = re.match(rf"{_WEEKDAY.pattern}[\s:,–—-]*", text.text, re.IGNORECASE)
    return text.part(weekday.end()) if weekday is not None else text


def _title(text: Text, reading: TimeReading) -> Text:
    """The words of an item up to its times."""
    words = _after_day(text)
    first = next((moment for moment in moments(words.text[:400], reading) if moment.start <= 3), None)
    if first is not None and first.clock is None:
        words = words.part(first.end)
    words = words.part(len(words.text) - len(words.text.lstrip(" :,–—-")))
    end = _TITLE_END.search(words.text)
    return words.part(0, end.start()) if end is not None and end.start() > 3 else words
