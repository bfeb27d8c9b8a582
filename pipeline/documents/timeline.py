"""Timelines → rows with their moment in UTC, whatever form they are written in.

A timeline is a table, a list, one heading per event, or lines that begin with a time. A time without a date
takes the nearest date above it and goes on to the next day when the clock goes back over midnight; a small
step back is a row out of order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from pipeline.documents.blocks import Block, Text, squeeze
from pipeline.documents.calendar import Calendar, is_far_back
from pipeline.documents.event_kinds import event_kind
from pipeline.documents.outline import Section, split_label
from pipeline.documents.times import Moment, TimeReading, combine, leading_moment, moments, next_day
from pipeline.documents.vocabulary import fields_of, normalise
from pipeline.documents.zones import Zone, announced_zone, zone_of_place

_TIME_HEAD = re.compile(
    r"(?:date|time|when|timestamp|hour|day|at|date time|date and time|time stamp|clock)\b.{0,30}"
    r"|(?:event|start|incident) (?:time|date)|(?:utc|gmt|cet|pst|est|pt|et|local)(?: time)?"
)
_PLACEHOLDER_TIME = re.compile(r"[\s~*({\[]*(?:[\dX?]{1,2}[:.h][\dX?]{2}\b|[\dX]{4}-[\dXM?]{2}-[\dXD?]{2})")
_SEPARATOR = re.compile(r"[\s\])}~*]*(?:\([^)]{0,30}\))?[\s\])}*]*(?:[-–—:|→>,.]+|$|(?=\S))\s*")
_PLACE = re.compile(r"[ \t]+([A-Z][A-Za-z]{2,20})(?:[ \t]+time)?[ \t]*(?:[-–—]|$)")
_UNKNOWN_ZONE = re.compile(r"[ \t]*\(?([A-Z]{3,5})\)?[ \t]*(?:[-–—:]|$)")
_WHERE = {
    "label": "date stated elsewhere",
    "title": "title",
    "front_matter": "front matter",
    "path": "file name",
    "prose": "summary",
}
_MAX_ROWS = 3000
_MAX_ROW_TEXT = 2000


@dataclass(slots=True)
class Row:
    """One row: its moment as written, its words, and, once resolved, `at` (naive UTC) and `day` (civil)."""

    at_text: str
    moment: Moment | None
    text: str
    line: int
    zone: Zone | None = None  # announced above it
    place: str | None = None
    label: str | None = None  # words that name a field: "Fault occurs"
    at: datetime | None = None
    day: date | None = None
    day_is_assumed: bool = False
    kind: str | None = None
    kind_words: str = ""
    form: str = "list"  # table, list, heading, line

    @property
    def quote(self) -> str:
        """The row as one would quote it."""
        return squeeze(f"{self.at_text} {self.text}".strip())


def timeline_rows(sections: list[Section], calendar: Calendar, services: tuple[str, ...] = ()) -> list[Row]:
    """The rows of an incident's timeline in the document's order, resolved and with their kinds.

    Names of `services` say nothing of what happened.
    """
    reading = calendar.reading
    rows: list[Row] = []
    follows = False
    for section in sections:
        if len(rows) > _MAX_ROWS:
            break
        if _is_timeline(section) or (follows and _is_event_heading(section, reading)):
            rows.extend(_section_rows(section, calendar, is_timeline=True))
            follows = True
        elif section.heading is not None:
            under_event = (
                section.parent is not None and follows and _is_event_heading(section.parent, reading)
            )
            follows = follows and under_event
    if not any(row.moment for row in rows):
        for section in sections:
            if section.role in ("action_items", "lessons", "aside", "people") or _is_timeline(section):
                continue
            found = list(_section_rows(section, calendar, is_timeline=False))
            if len(found) >= 2 or (found and found[0].form == "heading"):
                rows.extend(found)
    rows = rows[:_MAX_ROWS]
    _resolve(rows, calendar)
    for row in rows:
        row.kind, row.kind_words = _kind(row, services)
    return rows


def _is_timeline(section: Section) -> bool:
    return section.role == "timeline" and not section.is_title


def section_zone(section: Section, default: str) -> Zone | None:
    """The zone announced by a section's heading or sentences, or by a section above it."""
    for above in section.ancestors():
        if above.heading is not None and not above.is_title:
            zone = announced_zone(above.words, default, is_heading=True)
            if zone is not None:
                return zone
        for block in above.blocks[:6]:
            words = [block.text.text] if block.kind == "paragraph" else []
            words += [child.text.text for child in block.children[:3] if block.kind == "quote"]
            for text in words:
                zone = announced_zone(text, default)
                if zone is not None:
                    return zone
    return None


def _is_event_heading(section: Section, reading: TimeReading) -> bool:
    if section.heading is None or section.is_title or section.own_role is not None:
        return False
    moment = leading_moment(section.words, reading)
    if moment is not None and moment.clock is not None:
        return True
    return _PLACEHOLDER_TIME.match(section.words) is not None


def _section_rows(section: Section, calendar: Calendar, *, is_timeline: bool) -> Iterator[Row]:
    reading = calendar.reading
    zone = section_zone(section, reading.default_zone)
    heading_moment = None
    if section.own_role is None and section.heading is not None and not section.is_title:
        heading_moment = leading_moment(section.words, reading)
    body_rows = list(_block_rows(section.blocks, zone, reading, is_timeline=is_timeline))
    if section.own_role is not None and section.heading is not None:
        dated = [m for m in moments(section.words, reading) if m.has_date and m.clock is None]
        if dated:
            yield _context_row(section.heading, dated[0])
    if heading_moment is None and not (is_timeline and _PLACEHOLDER_TIME.match(section.words)):
        if section.own_role is None and section.heading is not None and is_timeline:
            dated = [m for m in moments(section.words, reading) if m.has_date and m.clock is None]
            if dated:
                yield _context_row(section.heading, dated[0])
        yield from body_rows
        return
    if not is_timeline and (heading_moment is None or heading_moment.clock is None):
        return
    has_clock = heading_moment is not None and heading_moment.clock is not None
    if not has_clock and any(row.moment is not None for row in body_rows):
        if heading_moment is not None and section.heading is not None:
            yield _context_row(section.heading, heading_moment)
        yield from body_rows
        return
    heading = section.heading
    assert heading is not None
    end = heading_moment.end if heading_moment is not None else 0
    title = heading.text[_separated(heading.text, end) :].strip(" {}*") if heading_moment else heading.text
    body = "\n".join(_block_words(block) for block in section.blocks if block.kind != "table")
    yield Row(
        at_text=heading.text[:end].strip(" {}[](*") if heading_moment else heading.text,
        moment=heading_moment,
        text="\n".join(part for part in (title, body) if part)[:_MAX_ROW_TEXT],
        line=heading.line,
        zone=zone,
        form="heading",
        place=_place(heading.text, end),
    )


def _context_row(heading: Text, moment: Moment) -> Row:
    """Not a row of the timeline: the date that the rows below it take."""
    return Row(at_text=heading.text, moment=moment, text="", line=heading.line, form="context")


def _block_rows(
    blocks: list[Block], zone: Zone | None, reading: TimeReading, *, is_timeline: bool
) -> Iterator[Row]:
    for block in blocks:
        if block.kind == "table":
            yield from _table_rows(block, zone, reading, is_timeline=is_timeline)
        elif block.kind == "list":
            for item in block.children:
                yield from _item_rows(item, zone, reading, is_timeline=is_timeline)
        elif block.kind == "quote":
            yield from _block_rows(block.children, zone, reading, is_timeline=is_timeline)
        elif block.kind == "paragraph":
            yield from _paragraph_rows(block.text, zone, reading, is_timeline=is_timeline)


def _item_rows(item: Block, zone: Zone | None, reading: TimeReading, *, is_timeline: bool) -> Iterator[Row]:
    text = item.text
    moment = leading_moment(text.text, reading)
    nested = list(_block_rows(item.children, zone, reading, is_timeline=is_timeline))
    if moment is not None:
        if moment.clock is None:
            rest = text.text[_separated(text.text, moment.end) :]
            if any(row.moment for row in nested) and len(rest) < 80:
                yield _context_row(text, moment)
                yield from nested
                return
            if not is_timeline:
                return
        words = text.text[_separated(text.text, moment.end) :]
        below = " ".join(_block_words(child) for child in item.children)
        row = Row(
            at_text=text.text[: moment.end].strip(" []()*~-–—"),
            moment=moment,
            text=f"{words} {below}".strip()[:_MAX_ROW_TEXT],
            line=text.line,
            zone=zone,
            place=_place(text.text, moment.end),
        )
        if _UNKNOWN_ZONE.match(text.text, moment.end) and moment.zone is None and row.place is None:
            unknown = _UNKNOWN_ZONE.match(text.text, moment.end)
            if unknown and re.fullmatch(r"[A-Z]{2,4}T", unknown.group(1)):
                row.moment = replace(moment, is_ambiguous=True)
        yield row
        return
    if is_timeline:
        label, value = split_label(text) or (None, None)
        found = moments(text.text[:300], reading, loose=False)
        last = found[-1] if len(found) == 1 else None
        if last is not None and last.clock is not None and not text.text[last.end :].strip(" .)*]"):
            words = text.text[: last.start].strip(" :-–—*([@")
            words = label.text if label is not None and value is not None and value.text else words
            if any(kind == "time" for _, kind in fields_of(words)):
                yield Row(text.text[last.start : last.end].strip(), last, words, text.line, zone, label=words)
                return
        yield from nested


def _paragraph_rows(
    text: Text, zone: Zone | None, reading: TimeReading, *, is_timeline: bool
) -> Iterator[Row]:
    open_row: Row | None = None
    for line in text.lines():
        moment = leading_moment(line.text, reading)
        starts = moment is not None and (
            moment.clock is not None
            or (
                is_timeline
                and moment.day is not None
                and line.text[moment.end : moment.end + 3].strip(" *])")[:1] in ("", "-", "–", "—", ":", "|")
            )
        )
        if starts and moment is not None:
            if open_row is not None:
                yield open_row
                open_row = None
            if moment.clock is None and not line.text[_separated(line.text, moment.end) :].strip():
                yield _context_row(line, moment)
                continue
            open_row = Row(
                at_text=line.text[: moment.end].strip(" []()*~-–—"),
                moment=moment,
                text=line.text[_separated(line.text, moment.end) :],
                line=line.line,
                zone=zone,
                form="line",
                place=_place(line.text, moment.end),
            )
        elif open_row is not None:
            open_row.text = f"{open_row.text} {line.text}".strip()[:_MAX_ROW_TEXT]
    if open_row is not None and (is_timeline or len(list(text.lines())) > 1):
        yield open_row


def _table_rows(block: Block, zone: Zone | None, reading: TimeReading, *, is_timeline: bool) -> Iterator[Row]:
    if len(block.rows) < 2 or not block.rows[0]:
        return
    head = [normalise(cell.text) for cell in block.rows[0]]
    columns = [index for index, words in enumerate(head) if _TIME_HEAD.fullmatch(words)]
    body = block.rows[1:]
    timed = [
        row for row in body if row and (m := leading_moment(row[0].text, reading)) is not None and m.clock
    ]
    if not columns:
        if len(timed) * 2 < len(body) or not timed:
            return
        columns = [0]
    if not is_timeline and not any(_cells_have_clock(row, columns, reading) for row in body):
        return
    dates = [c for c in columns if "date" in head[c] or "day" in head[c]]
    clocks = [c for c in columns if c not in dates]
    used = [dates[0], clocks[0]] if dates and clocks else columns[:1]
    for column in used:
        zone = (
            announced_zone(f"time {block.rows[0][column].text}", reading.default_zone, is_heading=True)
            or zone
        )
    for row in body:
        if max(used) >= len(row):
            continue
        at_text = " ".join(row[column].text.strip() for column in used).strip()
        words = " — ".join(
            cell.text.strip() for index, cell in enumerate(row) if index not in used and cell.text.strip()
        )
        if not words and not at_text:
            continue
        yield Row(
            at_text=squeeze(at_text, 80),
            moment=_cell_moment(at_text, reading),
            text=words[:_MAX_ROW_TEXT],
            line=row[0].line,
            zone=zone,
            form="table",
        )


def _cells_have_clock(row: list[Text], columns: list[int], reading: TimeReading) -> bool:
    return any(
        moment.clock is not None
        for column in columns
        if column < len(row)
        for moment in moments(row[column].text, reading, loose=True)[:1]
    )


def _cell_moment(cell: str, reading: TimeReading) -> Moment | None:
    """The moment of a time cell; None when digits remain that were not understood, as in 20202-01-16."""
    found = moments(cell[:120], reading, loose=True)
    if not found:
        return None
    first = found[0]
    rest = cell[: first.start] + (cell[first.end :] if len(found) == 1 else cell[first.end : found[1].start])
    if re.search(r"\d", rest):
        return None
    place = re.fullmatch(r"[\s(]*([A-Z][A-Za-z]{2,20})(?: time)?[\s)]*", rest)
    if place and first.zone is None:
        zone = zone_of_place(place.group(1))
        if zone is not None:
            return replace(first, zone=zone)
        if re.fullmatch(r"[A-Z]{2,4}T", place.group(1)):
            return replace(first, is_ambiguous=True)
    return first


def _separated(text: str, end: int) -> int:
    match = _SEPARATOR.match(text, end)
    return match.end() if match else end


def _place(text: str, end: int) -> str | None:
    match = _PLACE.match(text, end)
    return match.group(1) if match else None


def _block_words(block: Block) -> str:
    if block.kind in ("code", "table"):
        return ""
    parts = [block.text.text] + [_block_words(child) for child in block.children]
    return "\n".join(part for part in parts if part)


def _resolve(rows: list[Row], calendar: Calendar) -> None:
    """Give each row its date, then its moment in UTC."""
    timed = [row for row in rows if row.moment is not None and row.moment.clock is not None]
    places = {row.place.casefold() for row in timed if row.place}
    place = None
    if timed and len(places) == 1 and all(row.place for row in timed):
        place = zone_of_place(next(iter(places)))
    spoken = None  # the zone of the nearest row above that names one
    named = {row.moment.zone for row in timed if row.moment is not None and row.moment.zone is not None}
    only = next(iter(named)) if len({zone.written.upper() for zone in named}) == 1 else None
    day: date | None = None
    before: datetime | None = None
    lost = False
    assumed = False
    for row in rows:
        moment = row.moment
        if moment is None:
            continue
        written = calendar.date_of(moment, near=day)
        if moment.is_ambiguous:
            calendar.doubts.note("time_ambiguous", row.line, row.at_text)
            if moment.clock is None or written is None:
                lost = lost or (
                    moment.day is None and moment.clock is not None and not _has_zone_doubt(moment)
                )
            continue
        if written is not None:
            day, before, lost, assumed = written, None, False, False
        elif moment.has_date:
            continue
        row.day = day
        if moment.clock is None or lost:
            continue
        if day is None:
            if calendar.day is None:
                calendar.doubts.note("timeline_without_date", row.line, row.at_text)
                continue
            day, assumed = calendar.day, True
            calendar.doubts.note("timeline_date_assumed", row.line, _WHERE[calendar.dates[0][1]])
        civil = combine(day, moment.clock)
        if before is not None and civil < before and written is None:
            if is_far_back(before, civil):
                if not _is_full_clock(row, before):
                    calendar.doubts.note("timeline_hours_ambiguous", row.line, row.at_text)
                    lost = True
                    continue
                day = next_day(day)
                civil = combine(day, moment.clock)
                calendar.doubts.note("timeline_passes_midnight", row.line, row.at_text)
            else:
                calendar.doubts.note("timeline_out_of_order", row.line, row.at_text)
        before = civil if before is None else max(civil, before)
        row.day, row.day_is_assumed = day, assumed
        if moment.zone is not None:
            spoken = moment.zone
        inherited = spoken or only if row.zone is None and calendar.zone is None else None
        if inherited is not None and moment.zone is None:
            calendar.doubts.note("zone_taken_from_other_rows", row.line, inherited.written)
        zone = calendar.zone_for(moment, place, row.zone, inherited)
        row.at = calendar.utc(day, moment.clock, zone, row.line, row.at_text)
        if place is not None and row.place and row.text.startswith(row.place):
            row.text = row.text[len(row.place) :].lstrip(" -–—")
    rows[:] = [row for row in rows if row.form != "context"]


def _has_zone_doubt(moment: Moment) -> bool:
    return moment.zone is None and moment.day is not None


def _is_full_clock(row: Row, before: datetime) -> bool:
    """Whether a time is surely on the 24-hour clock: `01:10`, `1:10 am`, or after an hour past noon."""
    written = re.search(r"\d{1,2}[:.h]", row.at_text)
    leading_zero = written is not None and (written.group().startswith("0") or len(written.group()) == 3)
    has_meridiem = row.moment is not None and row.moment.has_meridiem
    return (
        before.hour >= 13
        or has_meridiem
        or (leading_zero and written is not None and written.group()[0] == "0")
    )


def _kind(row: Row, services: tuple[str, ...]) -> tuple[str | None, str]:
    label = row.label or (row.text if len(row.text) <= 40 else "")
    parts = split_label(Text(row.text)) if not row.label and ":" in row.text[:40] else None
    for words in (label, parts[0].text if parts else ""):
        if not words:
            continue
        for name, kind in fields_of(words.strip(" .!")):
            if kind == "time":
                return name.removesuffix("_at"), words
    found = event_kind(row.text, services)
    return found if found is not None else (None, "")
