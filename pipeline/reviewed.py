"""The file of reviewed values, `reviewed.csv`: what a person who knows better said of a document.

Columns `document`, `field`, `value`, `who`, `when`, and `incident` where a document tells of several. It is
read anew at every build and overrides what was read; `postmortems review --format csv` writes rows to start
from. The fields `repeat_of` and `not_repeat_of` say of two incidents that one is, or is not, the other come
back: their value is the other's id, or its document, with `#2` after it for the second incident of several.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from pipeline.documents.evidence import as_minutes, as_timestamp
from pipeline.documents.facts import FIELDS, TIME_FIELDS
from pipeline.documents.times.durations import read_duration
from pipeline.documents.times.moments import lone_moment
from pipeline.settings import Settings
from pipeline.taxonomy import plain_words
from pipeline.written_tables import WrittenTable

COLUMNS = ("document", "field", "value", "who", "when")
#: What is said of two incidents; of one field there may be several, about several others.
REPEAT_FIELDS = ("repeat_of", "not_repeat_of")
MAX_BYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class ReviewedValue:
    """One row of the file, or what follows from it (`is_implied`): the service of the services, and back.

    `value` has the form `FIELDS` names; None says that the document does not state the field. `ordinal` is
    the incident's place in the document, None when the row gives none. `reviewed_at` is naive UTC.
    """

    line: int
    document: str
    ordinal: int | None
    field: str
    value: str | None
    reviewer: str
    reviewed_at: datetime
    quote: str
    is_implied: bool = False


def load_reviewed(settings: Settings, today: date | None = None) -> list[ReviewedValue]:
    """The rows of the file the settings name; none when there is no file and the settings name none.

    Raises SettingsError with a line for each mistake, naming file and line.
    """
    table = WrittenTable(settings.resolve(settings.review.file), "review.file", COLUMNS, ("incident",))
    text = table.text(MAX_BYTES, is_named="file" in settings.review.model_fields_set)
    if text is None:
        return []
    reader = _Reader(table, settings, today or datetime.now(UTC).date())
    values = list(reader.rows(text))
    reader.contradictions(values)
    table.tell_mistakes()
    return list(_with_implied(values))


class _Reader:
    def __init__(self, table: WrittenTable, settings: Settings, today: date) -> None:
        self._table = table
        self._today = today
        taxonomy = settings.read_taxonomy()
        self._categories = {
            field: {plain_words(word): each.name for each in known for word in (each.name, *each.aliases)}
            for field, known in (
                ("cause_category", taxonomy.causes),
                ("trigger_category", taxonomy.triggers),
            )
        }

    def _mistake(self, line: int, what: str) -> None:
        self._table.mistake(line, what)

    def rows(self, text: str) -> Iterator[ReviewedValue]:
        """Every row without a mistake; the mistakes are kept."""
        for number, cells in self._table.rows(text):
            row = self._row(number, cells)
            if row is not None:
                yield row

    def _row(self, line: int, cells: dict[str, str]) -> ReviewedValue | None:
        known = len(self._table.mistakes)
        field = cells["field"]
        known_fields = (*FIELDS, *REPEAT_FIELDS)
        if field not in known_fields:
            near = difflib.get_close_matches(field, known_fields, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]}?" if near else f"known here: {', '.join(known_fields)}"
            self._mistake(line, f'field: "{field}" is none; {hint}')
        for name in ("document", "who"):
            if not cells[name]:
                self._mistake(line, f"{name}: is empty; say {'which one' if name == 'document' else 'who'}")
        when = _moment(cells["when"], with_time=False)
        if when is None:
            self._mistake(line, f'when: should be a day such as 2024-03-01, not "{cells["when"]}"')
        elif when.date() > self._today + timedelta(days=1):
            self._mistake(line, f"when: {cells['when']} is still to come; correct it")
        place = cells["incident"]
        if place and not (place.isdecimal() and 0 < int(place) < 10_000):
            self._mistake(line, f'incident: should be its place in the document, from 1, not "{place}"')
        value: str | None = None
        if field in REPEAT_FIELDS:
            value = self._other_incident(line, field, cells["value"])
        elif field in FIELDS and cells["value"]:
            value = self._value(line, field, cells["value"])
        if len(self._table.mistakes) > known or when is None:
            return None
        return ReviewedValue(
            line,
            cells["document"],
            int(place) if place else None,
            field,
            value,
            cells["who"],
            when,
            f"Reviewed by {cells['who']} on {when:%Y-%m-%d} ({self._table.path.name}, line {line})",
        )

    def _other_incident(self, line: int, field: str, text: str) -> str | None:
        """The other incident's id or document; None, with a mistake noted, when none is named."""
        if not text:
            self._mistake(line, f"{field}: is empty; name the other incident by its id or its document")
        return _words(text)

    def _value(self, line: int, field: str, text: str) -> str | None:
        """The value in the form of its field; None with a mistake noted when it has another."""
        known = self._categories.get(field)
        if known is not None:
            found = known.get(plain_words(text))
            if found is None:
                near = difflib.get_close_matches(plain_words(text), known, n=1, cutoff=0.5)
                names = ", ".join(dict.fromkeys(known.values()))
                hint = f"did you mean {known[near[0]]}?" if near else f"known: {names}"
                self._mistake(line, f'{field}: "{text[:60]}" is no category of the taxonomy; {hint}')
            return found
        read, form = _FORMS[FIELDS[field]]
        if field == "severity":
            read, form = _severity, "a number from 1 (worst) to 5"
        elif field == "detection_method":
            read, form = _detection, "alert, customer or staff"
        elif field.endswith("_minutes"):
            read, form = _minutes, 'minutes, or a duration such as "1 h 30 min"'
        value = read(text)
        if value is None:
            self._mistake(line, f'{field}: should be {form}, not "{text[:60]}"')
        elif field in TIME_FIELDS and value[:10] > (self._today + timedelta(days=2)).isoformat():
            self._mistake(line, f"{field}: {text} is still to come; correct it")
        return value

    def contradictions(self, values: list[ReviewedValue]) -> None:
        """Two rows that say different things of one field at one time."""
        said: dict[tuple[object, ...], ReviewedValue] = {}
        for row in values:
            what = ("repeat", row.value) if row.field in REPEAT_FIELDS else (row.field,)
            earlier = said.setdefault((row.document, row.ordinal, row.reviewed_at, *what), row)
            if (earlier.field, earlier.value) != (row.field, row.value):
                self._mistake(
                    row.line,
                    f"contradicts line {earlier.line}, which says otherwise of {row.field} of "
                    f"{row.document} at the same time; remove one, or give the later one a later when",
                )


def _with_implied(values: list[ReviewedValue]) -> Iterator[ReviewedValue]:
    """The rows, and what the services say of the service, and the service of the services."""
    for row in values:
        yield row
        if row.field == "services":
            names = json.loads(row.value) if row.value else []
            first = names[0] if names else None
            yield replace(row, field="service", value=first, is_implied=True)
        elif row.field == "service":
            entries = json.dumps([row.value], ensure_ascii=False) if row.value else None
            yield replace(row, field="services", value=entries, is_implied=True)


def _moment(text: str, *, with_time: bool = True) -> datetime | None:
    """A moment as naive UTC: written in UTC unless an offset says otherwise."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    if with_time and len(text) <= 10:
        return None
    try:
        return at.astimezone(UTC).replace(tzinfo=None) if at.tzinfo else at
    except OverflowError:
        return None


def _timestamp(text: str) -> str | None:
    at = _moment(text)
    if at is None and (found := lone_moment(text)) is not None:
        at = found[0]
    return as_timestamp(at) if at is not None else None


def _day(text: str) -> str | None:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return None


def _severity(text: str) -> str | None:
    return text if text in ("1", "2", "3", "4", "5") else None


def _detection(text: str) -> str | None:
    return text.lower() if text.lower() in ("alert", "customer", "staff") else None


def _number(text: str) -> str | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return as_minutes(number) if 0 <= number < 1e15 else None


def _minutes(text: str) -> str | None:
    number = _number(text)
    if number is not None:
        return number
    minutes = read_duration(text)
    return as_minutes(minutes) if minutes is not None else None


def _whole(text: str) -> str | None:
    return str(int(text)) if text.isdecimal() and len(text) <= 15 else None


def _flag(text: str) -> str | None:
    return {"true": "true", "yes": "true", "false": "false", "no": "false"}.get(text.lower())


def _entries(text: str) -> str | None:
    entries = [entry.strip() for entry in text.split(";") if entry.strip()]
    return json.dumps(entries, ensure_ascii=False) if entries else None


def _words(text: str) -> str | None:
    return text.replace("\x00", "")[:8000] or None


_FORMS: dict[str, tuple[Callable[[str], str | None], str]] = {
    "VARCHAR": (_words, "words"),
    "VARCHAR[]": (_entries, "words, separated by ;"),
    "TIMESTAMP": (
        _timestamp,
        "a moment such as 2024-03-01 09:30, in UTC or with its zone as in 2024-03-01 09:30 Europe/London",
    ),
    "DATE": (_day, "a day such as 2024-03-01"),
    "INTEGER": (_whole, "a whole number"),
    "BIGINT": (_whole, "a whole number"),
    "DOUBLE": (_number, "a number"),
    "BOOLEAN": (_flag, "true or false"),
}
