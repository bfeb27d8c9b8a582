"""Single values of records, as tools write them, → times, durations, names, numbers and text.

A record states a value or it does not: what can be read in two ways, or only in part, is not read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from pipeline.documents.blocks import squeeze
from pipeline.documents.formats import WIKI, NoPage, read_page
from pipeline.documents.statements import is_value
from pipeline.documents.times.calendar import Calendar
from pipeline.documents.times.durations import read_duration
from pipeline.documents.times.moments import moments
from pipeline.documents.times.zones import Zone, announced_zone, day_of
from pipeline.record_mappings.paths import UNITS, decoded, is_null

_NUMBER = re.compile(r"[+-]?\d{1,19}(?:\.\d{1,20})?")
_ISO = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)(?:[T ]|  )(?P<clock>\d\d:\d\d(?::\d\d)?)(?:[.,]\d{1,12})?"
    r"\s?(?P<zone>Z|UTC|GMT|[+-]\d\d:?\d\d|[+-]\d\d)?(?:(?<=\d\d) UTC)?",
    re.IGNORECASE,
)
_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_COMPACT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)[T ]?(\d\d)(\d\d)(\d\d)(Z?)")
#: "01/Mar/24 9:30 AM", as Jira writes times
_SLASHED = re.compile(r"(\d{1,2})/([A-Za-z]{3})/(\d{2}|\d{4})(?!\d)")
_AROUND_TIME = re.compile(
    r"[\s,.()]*(?:(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?)?[\s,.()]*", re.IGNORECASE
)
_UTC_COLUMN = re.compile(r"(?:^|[\W_])(?:utc|gmt)$", re.IGNORECASE)
#: digits before the point → what an epoch counts, for times since 2001
_EPOCHS = {10: 1, 13: 1_000, 16: 1_000_000, 19: 1_000_000_000}
_NAMED_UNITS = (
    (re.compile(r"milli ?seconds?|(?<![a-z])ms(?![a-z])"), "milliseconds"),
    (re.compile(r"seconds?|(?<![a-z])secs?(?![a-z])"), "seconds"),
    (re.compile(r"minutes?|(?<![a-z])mins?(?![a-z])"), "minutes"),
    (re.compile(r"hours?|(?<![a-z])hrs?(?![a-z])"), "hours"),
    (re.compile(r"(?<![a-z])days?(?![a-z])"), "days"),
)
_AMOUNT = re.compile(r"[$€£¥]?\s?(\d[\d.,' \u00a0\u202f]{0,40})\s?(?:[A-Z]{3}|[$€£¥])?")
#: How numbers are written: the mark between thousands, the mark before decimals.
_NUMBER_FORMS = (
    (re.compile(r"\d{1,19}"), "", "."),
    (re.compile(r"\d{1,3}(?:,\d{3}){1,5}(?:\.\d{1,20})?"), ",", "."),
    (re.compile(r"\d{1,3}(?:['  \u202f]\d{3}){1,5}(?:\.\d{1,20})?"), "'  \u202f", "."),
    (re.compile(r"\d{1,3}(?:\.\d{3}){1,5},\d{1,20}|\d{1,3}(?:\.\d{3}){2,5}"), ".", ","),
    (re.compile(r"\d{1,19},(?:\d{1,2}|\d{4,20})"), "", ","),
    # 1.200 is a thousand to some, and little more than one to others
    (re.compile(r"(?!\d{1,3}\.\d{3}$)\d{1,19}\.\d{1,20}|0\.\d{3}"), "", "."),
)
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{24,64}", re.IGNORECASE)
#: The keys under which tools keep what an object is called.
_NAME_KEYS = ("name", "displayName", "display_name", "summary", "title", "value", "label", "slug", "email")
_HTML = re.compile(r"<(?:p|div|br|ul|ol|li|h[1-6]|span|table|strong|em|b|i|a)\b[^<>]{0,500}>", re.IGNORECASE)
_BULLET = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+")
_MAX_NODES = 5_000


@dataclass(frozen=True, slots=True)
class Instant:
    """A time as naive UTC, and the day it was written as; only the day when no clock was written."""

    at: datetime | None
    day: date


def read_instant(value: Any, calendar: Calendar, line: int, column: str = "") -> Instant | None:
    """The time that a value states; None when it states none, or not clearly. Doubts go to the calendar.

    The zone is that of the value, else of the column's name (Start (PT), ended_utc), else of the source.
    Numbers are seconds, milliseconds, micro- or nanoseconds since 1970, told apart by their digits.
    """
    if isinstance(value, bool):
        return None
    text = str(value).strip()[:200]
    compact = _COMPACT.fullmatch(text)
    if compact is not None:
        year, month, day, hour, minute, second, mark = compact.groups()
        text = f"{year}-{month}-{day}T{hour}:{minute}:{second}{mark}"
    elif isinstance(value, (int, float)) or _NUMBER.fullmatch(text):
        return _epoch(text)
    iso = _ISO.fullmatch(text)
    try:
        if iso is not None:
            return _iso(iso, calendar, line, text, column)
        if _ISO_DAY.fullmatch(text):
            return Instant(None, date.fromisoformat(text))
    except (ValueError, OverflowError):
        return None
    return _written(text, calendar, line, column)


def _epoch(text: str) -> Instant | None:
    whole = text.partition(".")[0]
    per_second = _EPOCHS.get(len(whole))
    if per_second is None or not whole.isdigit():
        return None
    at = datetime.fromtimestamp(int(whole) // per_second, UTC).replace(tzinfo=None)
    return Instant(at, at.date())


def _iso(match: re.Match[str], calendar: Calendar, line: int, words: str, column: str) -> Instant | None:
    civil = datetime.fromisoformat(f"{match.group('day')}T{match.group('clock')}")
    zone = (match.group("zone") or "").upper()
    if not zone:
        at = calendar.utc(civil.date(), civil.time(), _zone(calendar, column), line, squeeze(words, 60))
        return None if at is None else Instant(at, civil.date())
    if zone in ("Z", "UTC", "GMT"):
        return Instant(civil, civil.date())
    digits = zone[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return Instant(civil - offset if zone[0] == "+" else civil + offset, civil.date())


def _written(text: str, calendar: Calendar, line: int, column: str) -> Instant | None:
    """A time in another form, when it is the whole of the value."""
    slashed = _SLASHED.match(text)
    if slashed is not None:
        day, month, year = slashed.groups()
        text = f"{day} {month} {year if len(year) == 4 else f'20{year}'}{text[slashed.end() :]}"
    found = moments(text, calendar.reading)
    if len(found) != 1:
        return None
    moment = found[0]
    around = f"{text[: moment.start]} {text[moment.end :]}"
    if moment.is_ambiguous:
        rule = "date_ambiguous" if moment.clock is None else "time_ambiguous"
        rule = "date_impossible" if moment.is_impossible else rule
        calendar.doubts.note(rule, line, squeeze(text, 60))
        return None
    if moment.day is None or moment.until is not None or _AROUND_TIME.fullmatch(around) is None:
        return None
    if moment.clock is None:
        return Instant(None, moment.day)
    zone = moment.zone or _zone(calendar, column)
    at = calendar.utc(moment.day, moment.clock, zone, line, squeeze(text, 60))
    return None if at is None else Instant(at, moment.day)


def _zone(calendar: Calendar, column: str = "") -> Zone:
    """The zone of times that name none: that of their column, else the source's."""
    default = calendar.reading.default_zone
    if _UTC_COLUMN.search(column):
        return Zone("UTC", name="UTC")
    return announced_zone(column, default, is_heading=True) or Zone(default, name=default)


def read_day(value: Any, calendar: Calendar, line: int) -> date | None:
    """The day that a value states: as written, or that of its instant where the source is."""
    instant = read_instant(value, calendar, line)
    if instant is None:
        return None
    is_number = isinstance(value, (int, float)) or _NUMBER.fullmatch(str(value).strip()) is not None
    if instant.at is not None and is_number:
        return day_of(instant.at, _zone(calendar))
    return instant.day


def read_minutes(value: Any, unit: str | None, column: str) -> float | None:
    """The minutes of a duration: of a number by its unit or its column's name, else as words or ISO 8601.

    None for a number whose unit nobody names.
    """
    if isinstance(value, bool):
        return None
    text = str(value).strip()[:200]
    number = float(value) if isinstance(value, (int, float)) else _plain_number(text)
    if number is not None:
        named = unit or _unit_of(column)
        return number * UNITS[named] if named is not None and 0 <= number < 1e12 else None
    return None if _NUMBER.fullmatch(text) else read_duration(text, as_clock=False)


def _unit_of(column: str) -> str | None:
    words = re.sub(r"([a-z])([A-Z])", r"\1 \2", column).lower().replace("_", " ")
    return next((unit for pattern, unit in _NAMED_UNITS if pattern.search(words)), None)


def read_number(value: Any) -> float | None:
    """A number that is not negative, with or without marks between thousands and a currency.

    None for one that can be read in two ways: 1.200.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return float(value) if 0 <= value < 1e18 else None
    match = _AMOUNT.fullmatch(str(value).strip()[:60])
    return _plain_number(match.group(1).strip()) if match is not None else None


def _plain_number(text: str) -> float | None:
    for pattern, thousands, decimals in _NUMBER_FORMS:
        if pattern.fullmatch(text):
            digits = "".join(mark for mark in text if mark not in thousands)
            return float(digits.replace(decimals, "."))
    return None


def read_name(value: Any, limit: int = 200) -> str | None:
    """What a value or an object is called, in one line; None for an id that names nothing to a reader."""
    if isinstance(value, Mapping):
        value = next((value[key] for key in _NAME_KEYS if not is_null(value.get(key))), None)
    if value is None or isinstance(value, (list, Mapping, bool)):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # a column of numbers and nulls
    name = squeeze(str(value), limit)
    return name if name and is_value(name) and _UUID.fullmatch(name) is None else None


def plain_word(value: Any) -> str:
    """A word of a fixed set, in lower case with plain spaces: IN_PROGRESS, "[System] Incident"."""
    if isinstance(value, bool):
        return "true" if value else "false"
    said = read_name(value, 80) if not isinstance(value, (int, float)) else str(value)
    said = re.sub(r"^\[system\]\s*", "", (said or "").casefold())
    return re.sub(r"[\s_-]+", " ", said).strip()


def read_names(values: Iterable[Any], *, are_sentences: bool = False) -> list[str]:
    """The names, or the sentences, of several values, or of one cell that holds several."""
    given = list(values)
    if len(given) == 1 and isinstance(given[0], str):
        inner = decoded(given[0])
        given = inner if isinstance(inner, list) else given
    if len(given) == 1 and isinstance(given[0], str):
        separators = r"\s*\n\s*" if are_sentences else r"\s*[;,|\n]\s*"
        given = re.split(separators, plain_text(given[0]).strip())
    limit = 1000 if are_sentences else 120
    names = [read_name(_BULLET.sub("", each) if isinstance(each, str) else each, limit) for each in given]
    return list(dict.fromkeys(name for name in names if name))


def plain_text(value: Any, *, is_wiki: bool = False) -> str:
    """The words of a value: HTML without its tags, Atlassian's document format as Markdown.

    `is_wiki`: texts are in Jira's wiki markup, and lose its marks.
    """
    if isinstance(value, Mapping):
        if value.get("type") == "doc" and isinstance(value.get("content"), list):
            return "\n\n".join(_atlassian(value["content"], [_MAX_NODES], 0)).strip()
        return read_name(value) or ""
    if isinstance(value, list):
        return ""
    text = str(value).replace("\r\n", "\n").strip()
    if is_wiki:
        page = read_page(text, "", WIKI)
        return "" if isinstance(page, NoPage) else re.sub(r"\n{3,}", "\n\n", page.text).strip()
    if _HTML.search(text[:20_000]) and not re.search(r"^#{1,6} |^```", text[:20_000], re.MULTILINE):
        page = read_page(text, "", "text/html")
        return "" if isinstance(page, NoPage) else page.text.strip()
    return text


def _atlassian(nodes: list[Any], left: list[int], depth: int) -> list[str]:
    """The blocks of Atlassian's document format as Markdown; `left` counts down the nodes that are read."""
    blocks: list[str] = []
    for node in nodes:
        left[0] -= 1
        if left[0] < 0 or depth > 40 or not isinstance(node, Mapping):
            break
        inner = node.get("content")
        inside = inner if isinstance(inner, list) else []
        kind = node.get("type")
        if kind == "heading":
            level = node.get("attrs", {}).get("level") if isinstance(node.get("attrs"), Mapping) else 2
            mark = "#" * (level if isinstance(level, int) and 1 <= level <= 6 else 2)
            blocks.append(f"{mark} {_inline(inside, left, depth)}")
        elif kind in ("paragraph", "codeBlock"):
            blocks.append(_inline(inside, left, depth))
        elif kind in ("bulletList", "orderedList", "taskList"):
            items = [" ".join(_atlassian([item], left, depth + 1)) for item in inside]
            blocks.append("\n".join(f"- {item}" for item in items if item))
        elif inside and kind in ("taskItem", "tableCell", "tableHeader"):
            blocks.append(_inline(inside, left, depth))
        elif inside:
            blocks.extend(_atlassian(inside, left, depth + 1))
    return [block for block in blocks if block.strip()]


def _inline(nodes: list[Any], left: list[int], depth: int) -> str:
    words = ""
    for node in nodes:
        left[0] -= 1
        if left[0] < 0 or depth > 40 or not isinstance(node, Mapping):
            break
        attributes = node.get("attrs") if isinstance(node.get("attrs"), Mapping) else {}
        if node.get("type") == "hardBreak":
            words += "\n"
        elif isinstance(node.get("text"), str):
            words += node["text"]
        elif isinstance(attributes, Mapping) and isinstance(attributes.get("text"), str):
            words += attributes["text"]  # a mention, a status, an emoji
        elif isinstance(attributes, Mapping) and isinstance(attributes.get("url"), str):
            words += attributes["url"]
        elif isinstance(node.get("content"), list):
            words += _inline(node["content"], left, depth + 1)
    return words


def shown(value: Any, limit: int = 200) -> str:
    """A value as a quote shows it."""
    if isinstance(value, str):
        return squeeze(value, limit)
    if isinstance(value, Mapping) and (name := read_name(value, limit)) is not None:
        return name
    return squeeze(json.dumps(value, ensure_ascii=False, default=str)[: 4 * limit], limit)
