"""Dates and times of day as people write them → moments, which still may lack their date, year or zone.

What is ambiguous is marked so and never guessed: `03/04/2024` without a rule, a zone name with several
meanings. What a moment lacks is supplied by `calendar` and `timelines/` from the text around it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache

from pipeline.documents.times.zones import Zone, to_utc, zone_at

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|"
    r"Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)"
)
_MONTH = rf"(?:{_MONTH}|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)"
#: The end of "24–25 April" and "July 30/31": the first day counts.
_TO_DAY = r"(?:[ \t]?[-–/&][ \t]?\d{1,2}(?:st|nd|rd|th)?(?![\d:/.-]))?"
_YEAR = r"(?:19|20)\d\d(?!\d|:\d)"
_DATE = re.compile(
    rf"(?<![\w/-])(?P<y>(?:19|20)\d\d)(?P<sep>[-/.])(?P<m>\d{{1,2}})(?P=sep)(?P<d>\d{{1,2}})(?!\d)"
    rf"|(?<![\w/.:-])(?P<d2>\d{{1,2}})(?:st|nd|rd|th|\.)?{_TO_DAY}[ \t-](?:of[ "
    rf"\t]+)?(?P<m2>{_MONTH})\b\.?(?:[ \t,-]{{1,3}}(?P<y2>{_YEAR}))?"
    rf"|\b(?P<m3>{_MONTH})\b\.?[ \t]{{1,2}}(?P<d3>\d{{1,2}})(?:st|nd|rd|"
    rf"th)?(?!\d|:\d)(?!\.\d){_TO_DAY}(?:[ \t]?,?[ \t]{{0,2}}(?P<y3>{_YEAR}))?"
    rf"|"
    rf"(?<![\w/.:-])(?P<a>\d{{1,2}})(?P<sep4>[/.-])(?P<b>\d{{1,2}})(?P=sep4)(?P<y4>\d{{4}}|"
    rf"\d\d)(?![\w/.:-]*\d)"
)
_MERIDIEM = r"(?:[ \t]?(?P<half>[AaPp])\.?[Mm]\b\.?)"
_CLOCK = re.compile(
    rf"(?<![\d.:+])(?<!\d/)(?P<h>\d{{1,2}})(?::"
    rf"|\.(?=[0-5]\d[ \t]?[AaPp]\.?[Mm]\b))(?P<m>[0-5]\d)(?::(?P<s>[0-5]\d)(?:[.,]\d{{1,9}})?)?(?!\d"
    rf"|:\d)(?:{_MERIDIEM}|(?P<letter>[ap])(?![\w.]))?"
    rf"|(?:(?<![\d.:+/-])|(?<=\d[AaPp][Mm]-))(?P<h2>\d{{1,2}})[ \t]?(?P<half2>[AaPp])\.?[Mm]\b\.?"
)
_LOOSE_CLOCK = re.compile(
    r"(?<![\d.:+/-])(?P<h>\d{1,2})[.h](?P<m>[0-5]\d)(?![\d.%])(?:[ \t]?(?P<half>[AaPp])\.?[Mm]\b\.?)?"
    r"|(?<![\d.:+/-])(?P<h2>[0-2]\d)(?P<m2>[0-5]\d)(?=[ \t]?(?:UTC|GMT|Z\b|hrs?\b|"
    r"h\b))(?:[ \t]?(?:hrs?|h)\b)?(?P<s>)"
)
#: Where a time is expected: `20240301T113000Z`, seconds since 1970 (from 2001 on) or their thousandths.
_COMPACT = re.compile(
    r"(?<![\w.-])(?P<y>(?:19|20)\d\d)(?P<m>[01]\d)(?P<d>[0-3]\d)[T ](?P<h>[0-2]\d):?(?P<min>[0-5]\d)"
    r"(?::?(?P<s>[0-5]\d)(?:[.,]\d{1,9})?)?(?=Z|[+-]\d\d|[\s,;:)\]|–—-]|$)"
)
_EPOCH = re.compile(r"(?<![\w.,:/#-])(?P<seconds>1\d{9})(?P<thousandths>\d{3})?(?![\w/]|[.,:-]\d)")
#: Day and month without a year, before a clock: `07-20 04:10`, `7/20 4:10 pm`.
_SHORT_DATE = re.compile(
    r"(?<![\w/.:-])(?P<a>\d{1,2})(?P<sep>[/-])(?P<b>\d{1,2})"
    r"(?=(?:,|[ \t]at)?[ \t]{1,3}\d{1,2}(?::\d\d|[ \t]?[AaPp][Mm]\b))"
)
_SPOKEN_CLOCK = re.compile(r"\b(?:12[ \t])?(?P<noon>noon|midday)\b", re.IGNORECASE)
#: A second clock beside the first: "10:00 PST / 18:00 UTC", "10:00 PST (18:00 UTC)".
_BESIDE = re.compile(r"[ \t]*(?:/|\||=|≙|\(=?|\[|,[ \t]*(?:or|i\.e\.)\b|or\b|aka\b)[ \t]*", re.IGNORECASE)
_DATE_TO_CLOCK = re.compile(
    r"[ \t]*(?:[,;@/|~(\[\-–—:]|T|at\b|around\b|about\b|ca\.?|circa\b|approx\.?|"
    r"approximately\b|between\b|from\b|[ \t\n]){0,6}[ \t~]*",
    re.IGNORECASE,
)
_CLOCK_TO_DATE = re.compile(
    r"[ \t]*(?:[,(\[\-–—]|on\b|of\b|the\b|(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|"
    r"Sat(?:ur)?|Sun)(?:day)?\b|[ \t]){0,6}[ \t]*"
)
_TO = re.compile(
    r"[ \t]*(?:,[ \t](?=(?:to|until|till)\b))?(?:-|–|—|->|→|\bto\b|\buntil\b|\btill\b|\band\b)[ \t]*"
    r"(?:(?:about|approximately|around|approx\.?|roughly)[ \t]+|~[ \t]*)?"
)
_SECONDS_ONLY = re.compile(r"-\d\d(?![\d:])")
_APPROXIMATE = re.compile(
    r"(?:~|≈|\b(?:about|around|ca\.?|circa|approx\.?|approximately|roughly))[ \t]*$", re.IGNORECASE
)
_APPROXIMATE_ENDS = frozenset("~≈.tTdDaAxXyY")
_NUMBER = re.compile(r"\d+")
_MONTH_OF_YEAR = re.compile(
    r"(?<!\d )(?<!\d)(?<!\dst )(?<!\dnd )(?<!\drd )(?<!\dth )"
    rf"\b(?P<m>{_MONTH})\.?,? (?P<y>20\d\d|19\d\d)\b(?!-)"
)
_MONTH_BEGINS = re.compile(
    r"[JFMASOND](?:an|eb|ar|pr|ay|un|ul|ug|ep|ct|ov|ec|AN|EB|AR|PR|AY|UN|UL|UG|EP|CT|OV|EC)"
)
_LONG_NUMBER = re.compile(r"\d{8}")
_MAX_MOMENTS = 400  # of one run of words


@dataclass(frozen=True, slots=True)
class Moment:
    """A date, a time of day, or both, at `start`..`end` of a text.

    `month_day` stands for a date without year. `until` is the end when a range of times is written, and
    `until_day` or `until_month_day` its date when it has one. `beside` is the same moment in another zone,
    written next to it. `is_ambiguous`: it can be read in two ways, or in none, so it must not be.
    """

    start: int
    end: int
    day: date | None = None
    month_day: tuple[int, int] | None = None
    clock: time | None = None
    zone: Zone | None = None
    until: time | None = None
    until_day: date | None = None
    until_month_day: tuple[int, int] | None = None
    beside: tuple[time, Zone] | None = None
    has_meridiem: bool = False
    is_ambiguous: bool = False
    is_approximate: bool = False
    ends_day: bool = False  # 24:00: `clock` is 0:00 of the day after
    is_impossible: bool = False  # a day that no calendar has, as 30 February

    @property
    def has_date(self) -> bool:
        """Whether a date is written, with or without year."""
        return self.day is not None or self.month_day is not None


@dataclass(frozen=True, slots=True)
class TimeReading:
    """How to read what is written: the source's zone, and the order of day and month."""

    default_zone: str = "UTC"
    day_first: bool | None = None
    orders: tuple[tuple[str, bool], ...] = ()  # mark between the parts → whether the day stands first

    def has_day_first(self, mark: str) -> bool | None:
        """Whether the day stands first in a date written with `mark`; None when nobody says."""
        return self.day_first if self.day_first is not None else dict(self.orders).get(mark)


def written_orders(text: str) -> tuple[tuple[str, bool], ...]:
    """What a document's own plain dates say of the order: 23/08/2024 makes 01/08/2024 the first of August.

    So does a date in words that is one of its two readings. A mark with dates of both orders says nothing.
    """
    if _YEAR_LAST.search(text) is None:
        return ()
    orders: dict[str, set[bool]] = {}
    open_dates: list[tuple[str, int, int, int]] = []
    for count, match in enumerate(_NUMBERS.finditer(text)):
        if count >= _MAX_MOMENTS:
            break
        first, mark, second = int(match.group(1)), match.group(2), int(match.group(3))
        if 12 < first <= 31 and 1 <= second <= 12:
            orders.setdefault(mark, set()).add(True)
        elif 1 <= first <= 12 < second <= 31:
            orders.setdefault(mark, set()).add(False)
        elif first != second:
            open_dates.append((mark, first, second, int(match.group(4))))
    unsaid = [row for row in open_dates if row[0] not in orders]
    spelled = _spelled_dates(text) if unsaid else set()
    for mark, first, second, year in unsaid:
        for is_day_first, month, day in ((True, second, first), (False, first, second)):
            if _day(year, month, day) in spelled:
                orders.setdefault(mark, set()).add(is_day_first)
    return tuple((mark, found.pop()) for mark, found in sorted(orders.items()) if len(found) == 1)


def _spelled_dates(text: str) -> set[date | None]:
    """The dates whose order is plain: with the month's name, or the year first."""
    found = set()
    for count, match in enumerate(_DATE.finditer(text)):
        if count >= _MAX_MOMENTS:
            break
        if match.group("y") or match.group("m2") or match.group("m3"):
            found |= {moment.day for moment in _date(match, TimeReading())}
    return found - {None}


_YEAR_LAST = re.compile(r"[/.-](?:19|20)\d\d(?![\w/:-])")  # what such a date ends with, found faster
_NUMBERS = re.compile(r"(?<![\w/.:-])(\d{1,2})([/.-])(\d{1,2})\2((?:19|20)\d\d)(?![\w/:-]|\.\d)")


def moments(text: str, reading: TimeReading, *, loose: bool = False) -> list[Moment]:
    """Every moment in `text`, in order. `loose`: a time is expected here, so `9.59` and `1630Z` are times."""
    return list(_moments(text, reading, loose))


@lru_cache(maxsize=256)  # several readers ask for the moments of the same words, one soon after the other
def _moments(text: str, reading: TimeReading, loose: bool) -> tuple[Moment, ...]:
    numbers = [number.start() for number in _NUMBER.finditer(text)]
    if not numbers and not (loose and _names_noon(text)):
        return ()
    found: list[Moment] = list(_machine_moments(text, reading)) if loose and _LONG_NUMBER.search(text) else []
    dates = [day for day in _dates(text, reading, numbers, loose=loose) if not _overlaps(day, found)]
    clocks = [clock for clock in _clocks(text, reading, numbers, dates, loose) if not _overlaps(clock, found)]
    used: set[int] = set()
    for day in dates:
        joined = None
        for index, clock in enumerate(clocks):
            if index in used or joined is not None:
                continue
            if (clock.start >= day.end and _DATE_TO_CLOCK.fullmatch(text, day.end, clock.start)) or (
                clock.end <= day.start and _CLOCK_TO_DATE.fullmatch(text, clock.end, day.start)
            ):
                joined = _join(day, clock, text, reading)
            if joined is not None:
                used.add(index)
        found.append(joined or day)
    found.extend(clock for index, clock in enumerate(clocks) if index not in used)
    return tuple(_merge_ranges(sorted(found, key=lambda moment: moment.start), text))


def lone_moment(words: str) -> tuple[datetime, tzinfo] | None:
    """The one moment that `words` are → naive UTC and the zone it names, else UTC; None when it is not plain.

    Plain is a date with a time, in any style and any zone that is known, and nothing besides.
    """
    found = moments(words, TimeReading())
    if len(found) != 1:
        return None
    moment = found[0]
    is_whole = not words[: moment.start].strip() and not words[moment.end :].strip()
    if (
        not is_whole
        or moment.day is None
        or moment.clock is None
        or moment.until is not None
        or moment.beside is not None
        or moment.is_ambiguous
        or moment.is_approximate
    ):
        return None
    civil = datetime.combine(moment.day, moment.clock)
    zone = moment.zone or Zone("UTC", offset=0)
    if zone.contradicts_calendar(civil):
        return None
    try:
        at, problem = to_utc(civil, zone)
    except OverflowError:
        return None
    return (at, zone.tzinfo) if problem is None else None


def leading_moment(text: str, reading: TimeReading) -> Moment | None:
    """The moment that `text` begins with, behind brackets, dashes, "~" or "between" at most."""
    lead = _LEADING.match(text)
    start = lead.end() if lead else 0
    for moment in moments(text[:160], reading, loose=True):
        if moment.start <= start or not text[start : moment.start].strip(" \t([~*-–—,"):
            return moment
        break
    return None


_LEADING = re.compile(
    r"[\s\[({<~≈*>\-–—•:`@]*(?:(?:between|from|at|on|about|around|ca?\.|ca|circa|approx\.?|"
    r"approximately|~|by|update(?: at)?"
    r"|initial message at|(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?,?)\s*[~:]?\s*)*",
    re.IGNORECASE,
)


def named_month(words: str) -> tuple[int, int] | None:
    """Year and month of "October 2024", when words name just one and no day of it."""
    found = {(int(match["y"]), _MONTHS[match["m"][:3].lower()]) for match in _MONTH_OF_YEAR.finditer(words)}
    return found.pop() if len(found) == 1 else None


def complete_year(month_day: tuple[int, int], near: date) -> date | None:
    """The date with this month and day that lies nearest to `near`; None for 30 February."""
    candidates = []
    for year in (near.year - 1, near.year, near.year + 1):
        try:
            candidates.append(date(year, *month_day))
        except ValueError:
            continue
    return min(candidates, key=lambda day: abs(day - near)) if candidates else None


def dates_in_path(path: str) -> list[date]:
    """The dates a path holds, as in `2024-03-01-checkout.md`, `2024/03/01/x.md` or `20240301_x.md`."""
    found = []
    for match in re.finditer(r"(?<!\d)((?:19|20)\d\d)([-_/.]?)(\d\d)\2(\d\d)(?!\d)", path):
        day = _day(int(match.group(1)), int(match.group(3)), int(match.group(4)))
        if day is not None:
            found.append(day)
    return found


def _overlaps(moment: Moment, others: list[Moment]) -> bool:
    return any(other.start < moment.end and moment.start < other.end for other in others)


def _machine_moments(text: str, reading: TimeReading) -> Iterator[Moment]:
    """`20240301T113000Z` and seconds since 1970: dates and clocks without marks, as programs write them."""
    for match in itertools.islice(_COMPACT.finditer(text), _MAX_MOMENTS):
        day = _day(int(match.group("y")), int(match.group("m")), int(match.group("d")))
        if day is None or int(match.group("h")) > 23:
            continue
        clock = time(int(match.group("h")), int(match.group("min")), int(match.group("s") or 0))
        zone = zone_at(text, match.end(), reading.default_zone, after_iso=True)
        end, is_ambiguous = (zone[1], zone[0] is None) if zone else (match.end(), False)
        zone_read = zone[0] if zone else None
        yield Moment(match.start(), end, day=day, clock=clock, zone=zone_read, is_ambiguous=is_ambiguous)
    for match in itertools.islice(_EPOCH.finditer(text), _MAX_MOMENTS):
        at = datetime(1970, 1, 1) + timedelta(seconds=int(match.group("seconds")))
        yield Moment(*match.span(), day=at.date(), clock=at.time(), zone=Zone("epoch", offset=0))


def _at_numbers(pattern: re.Pattern[str], text: str, numbers: list[int]) -> Iterator[re.Match[str]]:
    """What `finditer` finds of a pattern that begins with a whole number: `numbers` is where those begin."""
    end = 0
    for number in numbers:
        match = pattern.match(text, number) if number >= end else None
        if match is not None:
            end = match.end()
            yield match


def _dates(text: str, reading: TimeReading, numbers: list[int], *, loose: bool) -> Iterator[Moment]:
    has_month = _MONTH_BEGINS.search(text) is not None
    found = _DATE.finditer(text) if has_month else _at_numbers(_DATE, text, numbers)
    for count, match in enumerate(found):
        if count >= _MAX_MOMENTS:
            return
        yield from _date(match, reading)
    for match in itertools.islice(_at_numbers(_SHORT_DATE, text, numbers), _MAX_MOMENTS) if loose else ():
        first, second = int(match.group("a")), int(match.group("b"))
        day_first = reading.has_day_first(match.group("sep"))
        readings = {
            order: (month, day)
            for order, month, day in ((True, second, first), (False, first, second))
            if _day(2024, month, day) and day_first in (None, order)
        }
        if readings:
            month_day = next(iter(readings.values())) if len(set(readings.values())) == 1 else None
            yield Moment(*match.span(), month_day=month_day, is_ambiguous=month_day is None)


def _date(match: re.Match[str], reading: TimeReading) -> Iterator[Moment]:
    start, end = match.span()
    if match.group("y"):
        day = _day(int(match.group("y")), int(match.group("m")), int(match.group("d")))
        yield Moment(start, end, day=day, is_ambiguous=day is None, is_impossible=day is None)
        return
    month = match.group("m2") or match.group("m3")
    if month:
        number = int(match.group("d2") or match.group("d3"))
        year = match.group("y2") or match.group("y3")
        month_day = (_MONTHS[month[:3].lower()], number)
        if year:
            day = _day(int(year), *month_day)
            yield Moment(start, end, day=day, is_ambiguous=day is None, is_impossible=day is None)
        elif _day(2024, *month_day):
            yield Moment(start, end, month_day=month_day)
        return
    first, second, year = int(match.group("a")), int(match.group("b")), match.group("y4")
    day_first = reading.has_day_first(match.group("sep4"))
    if len(year) == 2:
        is_plain = 1 <= first <= 12 < second <= 31 and match.group("sep4") != "."  # 5-26-21: only May 26
        if match.group("sep4") != "/" and reading.day_first is None and not is_plain:
            return  # 1.2.19 is a version more often than a date
        is_same = match.group("sep4") == "/" and match.group("a") == match.group("b") == str(first)  # 6/6/07
        known = day_first is not None or is_plain or is_same
        day = _either(first, second, 2000 + int(year), day_first) if known else None
    else:
        day = _either(first, second, int(year), day_first)
    yield Moment(start, end, day=day, is_ambiguous=day is None)


def _either(first: int, second: int, year: int, day_first: bool | None) -> date | None:
    as_day_first, as_month_first = _day(year, second, first), _day(year, first, second)
    if as_day_first and as_month_first and as_day_first != as_month_first:
        return None if day_first is None else as_day_first if day_first else as_month_first
    return as_day_first or as_month_first


def _day(year: int, month: int, day: int) -> date | None:
    if not 1970 <= year <= 2100:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _clocks(
    text: str, reading: TimeReading, numbers: list[int], dates: list[Moment], loose: bool
) -> Iterator[Moment]:
    found: list[Moment] = []
    if loose and _names_noon(text):
        found.extend(_noon(match, text, reading) for match in _SPOKEN_CLOCK.finditer(text))
    for pattern in (_CLOCK, _LOOSE_CLOCK) if loose else (_CLOCK,):
        for count, match in enumerate(_at_numbers(pattern, text, numbers)):
            if count >= _MAX_MOMENTS:
                break
            inside = any(a.start < match.end() and match.start() < a.end for a in (*dates, *found))
            clock = None if inside else _clock(match, text, reading)
            if clock is not None:
                found.append(clock)
    yield from sorted(found, key=lambda moment: moment.start)


def _names_noon(text: str) -> bool:
    folded = text.casefold()
    return "noon" in folded or "midday" in folded


def _noon(match: re.Match[str], text: str, reading: TimeReading) -> Moment:
    zone = zone_at(text, match.end(), reading.default_zone)
    end, read, is_ambiguous = (zone[1], zone[0], zone[0] is None) if zone else (match.end(), None, False)
    return Moment(match.start(), end, clock=time(12), zone=read, has_meridiem=True, is_ambiguous=is_ambiguous)


def _clock(match: re.Match[str], text: str, reading: TimeReading) -> Moment | None:
    groups = match.groupdict()
    hour = int(groups.get("h") or groups.get("h2") or 0)
    minute = int(groups.get("m") or groups.get("m2") or 0)
    half = groups.get("half") or groups.get("half2") or groups.get("letter")
    if half and hour <= 12:
        hour = hour % 12 + (12 if half in "Pp" else 0)
    ends_day = hour == 24 and minute == 0 and not half and int(groups.get("s") or 0) == 0
    if ends_day:
        hour = 0
    if hour > 23 or (half in ("a", "A") and hour > 11 and groups.get("h") not in ("12", None)):
        return None
    clock = time(hour, minute, int(groups.get("s") or 0))
    after_iso = text[match.start() - 1 : match.start()] == "T" or bool(groups.get("s"))
    zone = zone_at(text, match.end(), reading.default_zone, after_iso=after_iso)
    return Moment(
        match.start(),
        zone[1] if zone else match.end(),
        clock=clock,
        zone=zone[0] if zone else None,
        has_meridiem=half is not None,
        is_ambiguous=zone is not None and zone[0] is None,
        ends_day=ends_day,
        is_approximate=_is_approximate(text[max(0, match.start() - 16) : match.start()]),
    )


def _is_approximate(before: str) -> bool:
    return before.rstrip()[-1:] in _APPROXIMATE_ENDS and _APPROXIMATE.search(before) is not None


def _join(day: Moment, clock: Moment, text: str, reading: TimeReading) -> Moment:
    ends_dated = clock.ends_day and day.day is not None
    joined = replace(
        clock,
        start=min(day.start, clock.start),
        end=max(day.end, clock.end),
        day=next_day(day.day) if ends_dated and day.day is not None else day.day,
        month_day=day.month_day,
        ends_day=clock.ends_day and not ends_dated,
        is_ambiguous=day.is_ambiguous or clock.is_ambiguous,
        is_impossible=day.is_impossible,
    )
    if joined.zone is None and not joined.is_ambiguous and joined.end == day.end:
        zone = zone_at(text, joined.end, reading.default_zone)  # 10:00 on 5 May 2024 UTC
        if zone:
            joined = replace(joined, zone=zone[0], end=zone[1], is_ambiguous=zone[0] is None)
    return joined


def _merge_ranges(found: list[Moment], text: str) -> list[Moment]:
    """`13:30-13:45` and `10:45 to 16:11 UTC` are one moment with an end; the zone stands for both."""
    merged: list[Moment] = []
    for moment in found:
        last = merged[-1] if merged else None
        if last is not None and _is_beside(last, moment, text):
            assert moment.clock is not None
            assert moment.zone is not None
            merged[-1] = replace(last, end=_closed(text, moment.end), beside=(moment.clock, moment.zone))
            continue
        if (
            last is not None
            and last.clock is not None
            and last.until is None
            and moment.clock is not None
            and moment.start >= last.end
            and _TO.fullmatch(text, last.end, moment.start)
        ):
            clock = last.clock
            if moment.has_meridiem and not last.has_meridiem and moment.clock.hour >= 12 and clock.hour < 12:
                afternoon = clock.replace(hour=clock.hour + 12)
                clock = afternoon if afternoon <= moment.clock else clock
            merged[-1] = replace(
                last,
                end=moment.end,
                clock=clock,
                zone=last.zone or moment.zone,
                until=moment.clock,
                day=last.day or (None if last.month_day else moment.day),
                month_day=last.month_day or (None if last.day or moment.day else moment.month_day),
                until_day=moment.day if last.has_date else None,
                until_month_day=moment.month_day if last.has_date else None,
                has_meridiem=last.has_meridiem or moment.has_meridiem,
                is_ambiguous=last.is_ambiguous or moment.is_ambiguous,
            )
            continue
        if moment.clock is not None:
            rest = _SECONDS_ONLY.match(text, moment.end)
            if rest:
                moment = replace(moment, end=rest.end())
        merged.append(moment)
    return merged


def _is_beside(last: Moment, moment: Moment, text: str) -> bool:
    """Whether `moment` says once more, in another zone, when `last` was."""
    return (
        last.clock is not None
        and last.beside is None
        and moment.clock is not None
        and moment.zone is not None
        and moment.zone != last.zone
        and not moment.is_ambiguous
        and moment.until is None
        and moment.start >= last.end
        and moment.day in (None, last.day)
        and _BESIDE.fullmatch(text, last.end, moment.start) is not None
    )


def _closed(text: str, end: int) -> int:
    """Behind the bracket that closes at `end`, if one does."""
    return end + 1 if text[end : end + 1] in (")", "]") else end


def combine(day: date, clock: time) -> datetime:
    """The naive moment of a date and a time."""
    return datetime.combine(day, clock)


def next_day(day: date) -> date:
    """The day after, or the same at the end of the calendar."""
    return day + timedelta(days=1) if day < date.max else day
