"""Timelines → rows with their moment in UTC, whatever form they are written in.

A timeline is a table, a list, one heading per event, or lines that begin with a time. A time without a date
takes the nearest date above it and goes on to the next day when the clock goes back over midnight; a small
step back is a row out of order.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from pipeline.documents.blocks import Block, Text, squeeze
from pipeline.documents.outline import Section, split_label
from pipeline.documents.timelines.event_kinds import event_kind, update_kind, with_match
from pipeline.documents.timelines.prose import sentences
from pipeline.documents.timelines.status_updates import STATUS_UPDATES
from pipeline.documents.times.calendar import Calendar, is_far_back
from pipeline.documents.times.durations import duration_at
from pipeline.documents.times.moments import Moment, TimeReading, combine, leading_moment, moments, next_day
from pipeline.documents.times.zones import Zone, announced_zone, zone_of_place
from pipeline.documents.vocabulary import fields_of, normalise

_TIME_HEAD = re.compile(
    r"(?:date|time|when|timestamp|hour|day|at|date time|date and time|time stamp|clock)\b.{0,30}"
    r"|(?:event|start|incident) (?:time|date)|(?:utc|gmt|cet|pst|est|pt|et|local)(?: time)?"
)
_PLACEHOLDER_TIME = re.compile(r"[\s~*({\[]*(?:[\dX?]{1,2}[:.h][\dX?]{2}\b|[\dX]{4}-[\dXM?]{2}-[\dXD?]{2})")
_SEPARATOR = re.compile(r"[\s\])}~*]*(?:\([^)]{0,30}\))?[\s\])}*]*(?:[-–—:|→>,.]+|$|(?=\S))\s*")
_DIGIT = re.compile(r"\d")
_PLACE_ALONE = re.compile(r"[\s(]*([A-Z][A-Za-z]{2,20})(?: time)?[\s)]*")
_PLACE = re.compile(r"[ \t]+([A-Z][A-Za-z]{2,20})(?:[ \t]+time)?[ \t]*(?:[-–—]|$)")
#: "T+15", "T-5m", "T+1h10m", "T+01:10", "T0": counted from a moment that is named elsewhere.
_COUNTED = re.compile(r"[\s\[({*`]*T\s?(?:(?P<sign>[+\-−–])\s?(?=\d)|(?=0\b)|=\s?(?=0\b))")
_COUNTED_CLOCK = re.compile(r"(?P<h>\d{1,3}):(?P<m>[0-5]\d)(?::(?P<s>[0-5]\d))?(?![\d:])")
_COUNTED_FROM = re.compile(
    r"\bT(?:\s?[+=-]?\s?0(?:m|min|h)?)?\s*(?:=|:|\bis\b|\bwas\b|\()\s*(?:at\s+)?(?=\d)"
)
_PADDED = re.compile(r"(?<!\d)0\d[:.h]\d\d(?![ \t]?[AaPp]\.?[Mm])")
_SHORT_NIGHT = 6  # hours: a list of times from 00:00 on, shorter than this, may count from its beginning
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
    counted: timedelta | None = None  # from T, for "T+15"
    label: str | None = None  # words that name a field: "Fault occurs"
    at: datetime | None = None
    day: date | None = None
    day_is_assumed: bool = False
    kind: str | None = None
    kind_words: str = ""
    form: str = "list"  # table, list, heading, line, or update of a status page

    @property
    def quote(self) -> str:
        """The row as one would quote it."""
        return squeeze(f"{self.at_text} {self.text}".strip())

    @property
    def proof(self) -> str:
        """The row, and the words of it by which it has its kind."""
        return with_match(f"{self.at_text} {self.text}".strip(), self.kind_words)


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
            found = list(_section_rows(section, calendar, is_timeline=True))
            if section.words == STATUS_UPDATES:
                for row in found:
                    row.form = "update"
            rows.extend(found)
            follows = True
        elif section.heading is not None:
            under_event = (
                section.parent is not None and follows and _is_event_heading(section.parent, reading)
            )
            follows = follows and under_event
    if not any(row.moment for row in rows):
        for section in sections:
            if section.role in ("action_items", "aside", "people") or _is_timeline(section):
                continue
            found = list(_section_rows(section, calendar, is_timeline=False))
            least = 4 if section.role == "lessons" else 2
            if len(found) >= least or (found and found[0].form == "heading" and section.role != "lessons"):
                rows.extend(found)
    rows = rows[:_MAX_ROWS]
    if _is_newest_first(rows):
        rows.reverse()
    _resolve(rows, calendar)
    if any(row.counted is not None for row in rows):
        _resolve_counted(rows, sections, calendar)
    if _falls(rows):
        rows.reverse()
    for row in rows:
        row.kind, row.kind_words = _kind(row, services)
    return rows


def _is_timeline(section: Section) -> bool:
    return section.role == "timeline" and not section.is_title


def section_zone(section: Section, default: str) -> Zone | None:
    """The zone announced by a section's heading or sentences, or by a section above it."""
    for above in section.ancestors():
        heading = above.words if above.heading is not None else ""
        if above.is_title:
            # only in brackets: "Slow response times in Sydney" is no announcement
            heading = " ".join(re.findall(r"[(\[][^()\[\]]{0,60}[)\]]", heading))
        zone = announced_zone(heading, default, is_heading=not above.is_title) if heading else None
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


def column_zones(section: Section, default: str) -> Iterator[Zone]:
    """The zones that titles of time columns name, as "Time (EST)" does."""
    for block in section.blocks:
        for cell in block.rows[0] if block.kind == "table" and block.rows else ():
            if _TIME_HEAD.fullmatch(normalise(cell.text)):
                zone = announced_zone(f"time {cell.text}", default, is_heading=True)
                if zone is not None:
                    yield zone


def only_zone(rows: list[Row]) -> Zone | None:
    """The zone of all rows that name one, when they all name the same."""
    named = {row.moment.zone for row in rows if row.moment is not None and row.moment.zone is not None}
    return next(iter(named)) if len({zone.written.upper() for zone in named}) == 1 else None


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
        yield Row(
            at_text=_as_written(text.text[: moment.end]),
            moment=moment,
            text=f"{words} {below}".strip()[:_MAX_ROW_TEXT],
            line=text.line,
            zone=zone,
            place=_place(text.text, moment.end),
        )
        return
    if is_timeline and (counted := _counted(text.text)) is not None:
        below = " ".join(_block_words(child) for child in item.children)
        yield _counted_row(text, counted, f"{text.text[_separated(text.text, counted[1]) :]} {below}", zone)
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


#: What may follow the day that heads a list of times: "2024-03-01 (all times in UTC)".
_REMARK = re.compile(
    r"[\s:*_]{0,5}\([^()]{0,40}\b(?:(?i:times|zone|timezone|(?:mon|tues|wednes|thurs|fri|satur|sun)day)|UTC|GMT"
    r"|[A-Z]{1,4}T)\b[^()]{0,40}\)[\s:*_]*"
)


def _paragraph_rows(
    text: Text, zone: Zone | None, reading: TimeReading, *, is_timeline: bool
) -> Iterator[Row]:
    open_row: Row | None = None
    lines = list(_told_lines(text, reading) if is_timeline else text.lines())
    is_wrapped = not is_timeline and _is_wrapped(lines, reading)
    ends = (".", "!", "?", ":", ";")
    for number, line in enumerate(lines):
        moment = leading_moment(line.text, reading)
        is_inside = is_wrapped or (not is_timeline and line.text[:1].islower())
        if is_inside and number and not lines[number - 1].text.rstrip().endswith(ends):
            moment = None  # the middle of a sentence
        counted = _counted(line.text) if is_timeline and moment is None else None
        if counted is not None:
            if open_row is not None:
                yield open_row
                open_row = None
            if _says_when(line.text, reading):
                continue
            open_row = _counted_row(line, counted, line.text[_separated(line.text, counted[1]) :], zone)
            continue
        starts = moment is not None and (
            moment.clock is not None
            or (
                is_timeline
                and moment.day is not None
                and (
                    line.text[moment.end : moment.end + 3].strip(" *])")[:1] in ("", "-", "–", "—", ":", "|")
                    or _REMARK.fullmatch(line.text, moment.end)
                )
            )
        )
        if starts and moment is not None:
            if open_row is not None:
                yield open_row
                open_row = None
            is_remarked = _REMARK.fullmatch(line.text, moment.end) is not None
            if moment.clock is None and (
                is_remarked or not line.text[_separated(line.text, moment.end) :].strip()
            ):
                yield _context_row(line, moment)
                continue
            open_row = Row(
                at_text=_as_written(line.text[: moment.end]),
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


def _is_wrapped(lines: list[Text], reading: TimeReading) -> bool:
    """Whether lines are those of running text, so that a time that opens one may stand inside a sentence."""
    timed = sum(
        (m := leading_moment(line.text, reading)) is not None and m.clock is not None for line in lines
    )
    return timed * 2 < len(lines)


def _told_lines(text: Text, reading: TimeReading) -> Iterator[Text]:
    """The lines of a paragraph, and the sentences of a line that begin with times of their own."""
    for line in text.lines():
        first = leading_moment(line.text, reading)
        if first is None or first.clock is None:
            yield line
            continue
        start = 0
        for sentence in list(sentences(line))[1:]:
            own = leading_moment(sentence.text, reading)
            if own is not None and own.clock is not None:
                at = line.text.index(sentence.text, start)
                yield line.part(start, at)
                start = at
        yield line.part(start)


def _counted(text: str) -> tuple[timedelta, int] | None:
    """What "T+15" counts, and where it ends: minutes without a unit, hours and minutes with a colon."""
    head = _COUNTED.match(text) if "T" in text[:12] else None
    if head is None:
        return None
    clock = _COUNTED_CLOCK.match(text, head.end())
    length = None if clock else duration_at(text, head.end())
    bare = re.compile(r"\d{1,5}(?![\w.])").match(text, head.end())
    if clock:
        minutes = int(clock.group("h")) * 60 + int(clock.group("m")) + int(clock.group("s") or 0) / 60
        end = clock.end()
    elif length:
        minutes, end = length
    elif bare:
        minutes, end = float(bare.group()), bare.end()
    else:
        return None
    sign = 1 if head.group("sign") in (None, "+") else -1
    return timedelta(minutes=sign * minutes), end


def _says_when(text: str, reading: TimeReading) -> bool:
    """Whether a line only says when T was: "T0 = 14:05 UTC"."""
    match = _COUNTED_FROM.match(text.strip(" *`"))
    rest = text.strip(" *`")[match.end() :] if match else ""
    moment = leading_moment(rest, reading) if rest else None
    return moment is not None and not rest[moment.end :].strip(" .)*")


def _counted_row(text: Text, counted: tuple[timedelta, int], words: str, zone: Zone | None) -> Row:
    length, end = counted
    at_text = text.text[:end].strip(" []()*`")
    return Row(at_text, None, words.strip()[:_MAX_ROW_TEXT], text.line, zone, counted=length, form="line")


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
            cell.text.strip()
            for index, cell in enumerate(row)
            if index not in used and cell.text.strip() and not (index in columns and _is_time(cell, reading))
        )
        if not words and not at_text:
            continue
        counted = _counted(at_text)
        yield Row(
            at_text=squeeze(at_text, 80),
            moment=_cell_moment(at_text, reading) if counted is None else None,
            counted=counted[0] if counted is not None else None,
            text=words[:_MAX_ROW_TEXT],
            line=row[0].line,
            zone=zone,
            form="table",
        )


def _is_time(cell: Text, reading: TimeReading) -> bool:
    """Whether a cell holds a time and nothing else: the same one in another zone."""
    moment = leading_moment(cell.text, reading)
    return moment is not None and not cell.text[moment.end :].strip(" .)]*")


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
    if _DIGIT.search(rest):
        return None
    place = _PLACE_ALONE.fullmatch(rest)
    if place and first.zone is None:
        zone = zone_of_place(place.group(1))
        if zone is not None:
            return replace(first, zone=zone)
    return first


def _as_written(text: str) -> str:
    """A time as it stands in its row, without the marks around it."""
    words = text.strip(" []()*~-–—")
    return f"{words})" if words.count("(") > words.count(")") else words


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


def _is_newest_first(rows: list[Row]) -> bool:
    """Whether times without dates only make sense from the last to the first, as on a status page."""
    timed = [row.moment for row in rows if row.moment is not None]
    clocks = [moment.clock for moment in timed if moment.clock is not None and not moment.has_date]
    if len(clocks) < 3 or len(clocks) < len(timed):
        return False
    down = _small_steps_back(clocks)
    return down >= 2 and down * 2 >= len(clocks) - 1 and _small_steps_back(clocks[::-1]) == 0


def _small_steps_back(clocks: list[time]) -> int:
    """How often a time is earlier than the one before, without midnight between."""
    days = [combine(date.min, clock) for clock in clocks]
    return sum(
        later < earlier and not is_far_back(earlier, later) for earlier, later in itertools.pairwise(days)
    )


def _falls(rows: list[Row]) -> bool:
    """Whether every row is earlier than the one above it."""
    known = [row.at for row in rows if row.at is not None]
    return len(known) >= 3 and all(b < a for a, b in itertools.pairwise(known))


def _counts_from_zero(rows: list[Row], calendar: Calendar) -> bool:
    """Whether times from 00:00 on, without any date or zone, may count minutes and not name hours."""
    moments_met = [row.moment for row in rows if row.moment is not None]
    clocks = [moment.clock for moment in moments_met if moment.clock is not None]
    return (
        len(clocks) >= 3
        and clocks[0] == time(0)
        and clocks == sorted(clocks)
        and clocks[-1].hour < _SHORT_NIGHT
        and calendar.zone is None
        and all(row.zone is None for row in rows)
        and not any(m.has_date or m.zone is not None or m.has_meridiem for m in moments_met)
    )


def _resolve_counted(rows: list[Row], sections: list[Section], calendar: Calendar) -> None:
    """Give the rows of a count ("T+15") their moments, where the document says when T was."""
    origin = _origin(rows, sections, calendar)
    for row in rows:
        if row.counted is None:
            continue
        if origin is None:
            calendar.doubts.note("timeline_counted", row.line, row.at_text)
            return
        civil, zone, is_assumed = origin
        try:
            moment = civil + row.counted
        except OverflowError:
            continue
        row.day, row.day_is_assumed = moment.date(), is_assumed
        row.at = calendar.utc(moment.date(), moment.time(), zone, row.line, row.at_text)


def _origin(
    rows: list[Row], sections: list[Section], calendar: Calendar
) -> tuple[datetime, Zone, bool] | None:
    """When T was: said in its own row, "T+0 (14:05 UTC)", or in a sentence, "T0 = 14:05 UTC"."""
    own = [(f"{row.at_text} {row.text}"[:80], row.zone) for row in rows if row.counted == timedelta(0)]
    told = [
        (line.text[:400], section_zone(section, calendar.reading.default_zone))
        for section in sections
        if section.role in (None, "summary", "timeline", "impact")
        for block in section.blocks[:20]
        if block.kind in ("paragraph", "list")
        for text in [block.text, *(child.text for child in block.children[:20])]
        for line in text.lines()
        if "T" in line.text
    ]
    for words, zone in [*own, *told]:
        match = _COUNTED_FROM.search(words)
        moment = leading_moment(words[match.end() :], calendar.reading) if match else None
        if moment is None or moment.clock is None or moment.is_ambiguous:
            continue
        day = calendar.date_of(moment)
        if day is None and not moment.has_date:
            day = calendar.day
        if day is not None:
            civil = combine(day, moment.clock)
            return civil, calendar.zone_for(moment, zone), not moment.has_date
    return None


def _resolve(rows: list[Row], calendar: Calendar) -> None:
    """Give each row its date, then its moment in UTC."""
    timed = [row for row in rows if row.moment is not None and row.moment.clock is not None]
    places = {row.place.casefold() for row in timed if row.place}
    place = None
    if timed and len(places) == 1 and all(row.place for row in timed):
        place = zone_of_place(next(iter(places)))
    spoken = None  # the zone of the nearest row above that names one
    only = only_zone(timed)
    _take_as_written(timed)
    _take_stated_halves(timed, calendar.span)
    has_halves = any(row.moment.has_meridiem for row in timed if row.moment is not None)
    day: date | None = None
    before: datetime | None = None
    teller: Row | None = None  # the row whose date the rows below it take
    lost = False
    assumed = False
    if _counts_from_zero(rows, calendar):
        first = next(row for row in rows if row.moment is not None)
        calendar.doubts.note("timeline_counted", first.line, first.at_text)
        lost = True
    for row in rows:
        moment = row.moment
        if moment is None:
            continue
        written = calendar.date_of(moment, near=day)
        if moment.is_ambiguous:
            calendar.doubts.note(
                "date_impossible" if moment.is_impossible else "time_ambiguous", row.line, row.at_text
            )
            if moment.clock is None or written is None:
                lost = lost or (
                    moment.day is None and moment.clock is not None and not _has_zone_doubt(moment)
                )
            continue
        if written is not None:
            day, before, lost, assumed = written, None, False, False
            teller = row
        elif moment.has_date:
            calendar.doubts.note("date_without_year", row.line, row.at_text)
            lost = True
            continue
        if written is None and teller is not None and is_background(teller, calendar):
            calendar.doubts.note("timeline_day_contradicted", row.line, teller.at_text)
            day, lost, teller = None, True, None
        row.day = day
        if moment.clock is None or lost:
            continue
        if day is None:
            if calendar.day is None:
                calendar.doubts.note("timeline_without_date", row.line, row.at_text)
                continue
            day, assumed = calendar.day, True
            calendar.doubts.note("timeline_date_assumed", row.line, _WHERE[calendar.dates[0][1]])
        if moment.ends_day:
            day = next_day(day)
        civil = combine(day, moment.clock)
        if before is not None and civil < before and written is None:
            if is_far_back(before, civil):
                if not _is_full_clock(row, before, has_halves=has_halves):
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
        row.at = calendar.utc(day, moment.clock, zone, row.line, row.at_text, moment.beside)
        if place is not None and row.place and row.text.startswith(row.place):
            row.text = row.text[len(row.place) :].lstrip(" -–—")
    rows[:] = [row for row in rows if row.form != "context"]


def is_background(row: Row, calendar: Calendar) -> bool:
    """Whether a dated row tells what led up to the incident, so that the times below it are of another day.

    Its day is before the one that the title or a label names: by more than one, or, where the row names a
    time, too, and so may open the timeline, by more than a week.
    """
    if row.form == "context" or row.day is None or not row.text or row.moment is None or not calendar.dates:
        return False
    day, where, _ = calendar.dates[0]
    days = (day - row.day).days
    return where in ("label", "title") and days > (1 if row.moment.clock is None else 7)


def _take_as_written(timed: list[Row]) -> None:
    """ "02:00–02.30 PM" above "06:10" and later: the first time is the one written, its end's "PM" a slip."""
    first = timed[0] if len(timed) >= 3 else None
    if first is None or first.moment is None or first.moment.clock is None or first.moment.until is None:
        return
    clocks = [
        row.moment.clock for row in timed[1:] if row.moment is not None and row.moment.clock is not None
    ]
    if (
        first.moment.clock.hour >= 12
        and _PADDED.search(first.at_text) is not None
        and not any(row.moment.has_meridiem for row in timed[1:] if row.moment is not None)
        and _PADDED.search(timed[1].at_text) is not None
        and clocks == sorted(clocks)
        and (written := first.moment.clock.replace(hour=first.moment.clock.hour - 12)) <= clocks[0]
        and clocks[0] < first.moment.clock
    ):
        first.moment = replace(first.moment, clock=written, until=None, has_meridiem=False)


def _take_stated_halves(timed: list[Row], span: tuple[time, time] | None) -> None:
    """ "12:55", "1:40", "4:17" of an outage from 12:55 PM to 4:17 PM are of the afternoon, as its ends say.

    So they are where the first is the stated start and none, each read after the one above, is past the end.
    """
    told = [row.moment for row in timed if row.moment is not None and row.moment.clock is not None]
    if span is None or len(told) < 2 or any(_PADDED.search(row.at_text) for row in timed):
        return
    if any(m.has_meridiem or m.has_date or m.until or m.ends_day or m.is_ambiguous for m in told):
        return
    read: list[time] = []
    for moment in told:
        clock = moment.clock or time.min
        halves = [clock.replace(hour=clock.hour % 12), clock.replace(hour=clock.hour % 12 + 12)]
        after = [half for half in halves if clock.hour <= 12 and half >= (read[-1] if read else span[0])]
        if not after:
            return
        read.append(after[0])
    if read[0] != span[0] or read[-1] > span[1]:
        return
    for row, moment, clock in zip(timed, told, read, strict=True):
        row.moment = replace(moment, clock=clock, has_meridiem=True)


def _has_zone_doubt(moment: Moment) -> bool:
    return moment.zone is None and moment.day is not None


def _is_full_clock(row: Row, before: datetime, *, has_halves: bool) -> bool:
    """Whether a time is surely on the 24-hour clock: `01:10`, `1:10 am`, or after an hour past noon.

    `has_halves`: other rows name morning or afternoon, so that one that does not may mean either.
    """
    if row.moment is not None and row.moment.has_meridiem:
        return True
    if has_halves:
        return False
    return before.hour >= 13 or re.search(r"(?<!\d)0\d[:.h]", row.at_text) is not None


def _kind(row: Row, services: tuple[str, ...]) -> tuple[str | None, str]:
    if row.form == "update":
        return update_kind(row.text, services)
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
