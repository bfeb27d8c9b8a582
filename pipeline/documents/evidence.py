"""Values with their words: gathered as candidates, one per field chosen."""

from __future__ import annotations

from bisect import insort
from dataclasses import dataclass, field
from datetime import date, datetime

from pipeline.documents.blocks import squeeze
from pipeline.documents.facts import FIELDS, Evidence, Method

#: The order of trust when several places state one field.
_TRUST: dict[Method, int] = {
    "record": -1,
    "front_matter": 0,
    "table": 1,
    "label": 1,
    "heading": 1,
    "timeline": 3,
    "prose": 4,
    "title": 5,
    "path": 6,
    "rule": 7,
}
_CONFIDENCE: dict[Method, float] = {
    "record": 1.0,
    "front_matter": 1.0,
    "table": 0.95,
    "label": 0.95,
    "heading": 0.9,
    "timeline": 0.85,
    "prose": 0.7,
    "title": 0.8,
    "path": 0.7,
    "rule": 0.5,
}
MAX_VALUE = 8000  # characters


def as_timestamp(moment: datetime) -> str:
    """Naive UTC as `FIELDS` writes it."""
    return moment.isoformat(" ", "seconds")


def as_minutes(minutes: float) -> str:
    """Minutes without needless digits: 273, 210.1."""
    return f"{round(minutes, 3):g}" if minutes < 1e6 else f"{minutes:.0f}"


@dataclass(slots=True)
class EvidenceList:
    """Candidates in the order they were met. `civil_days`: UTC timestamp → the day it was read from."""

    rows: list[Evidence] = field(default_factory=list)
    civil_days: dict[str, date] = field(default_factory=dict)
    _known: set[tuple[str, str, int | None]] = field(default_factory=set)
    _ranked: dict[str, list[Evidence]] = field(default_factory=dict)  # field → its rows, best first

    def add(
        self,
        name: str,
        value: str | datetime | date | float,
        method: Method,
        line: int | None,
        quote: str,
        confidence: float | None = None,
    ) -> None:
        """Remember that the document states `value` for the field `name`."""
        assert name in FIELDS, name
        if isinstance(value, datetime):
            text = as_timestamp(value)
        elif isinstance(value, date):
            text = value.isoformat()
        elif isinstance(value, (int, float)):
            text = as_minutes(value)
        else:
            text = value
        text = text.replace("\x00", "")[:MAX_VALUE].strip()
        if not text or (name, text, line) in self._known:
            return
        sure = round(_CONFIDENCE[method] if confidence is None else confidence, 2)
        row = Evidence(name, text, method, line, squeeze(quote), sure, is_chosen=False)
        self._known.add((name, text, line))
        self.rows.append(row)
        insort(self._ranked.setdefault(name, []), row, key=_rank)

    def of(self, name: str) -> list[Evidence]:
        """The candidates of a field, the most trusted first."""
        return list(self._ranked.get(name, ()))

    def best(self, name: str) -> Evidence | None:
        """The candidate that is chosen when nothing speaks against it."""
        found = self._ranked.get(name)
        return found[0] if found else None

    def settled(self, left_out: set[int]) -> tuple[Evidence, ...]:
        """All rows, the chosen ones marked; `left_out` holds the ids of rows that must not be chosen."""
        chosen: dict[str, int] = {}
        for name, rows in self._ranked.items():
            for row in rows:
                if id(row) not in left_out:
                    chosen[name] = id(row)
                    break
        return tuple(
            Evidence(row.field, row.value, row.method, row.line, row.quote, row.confidence, is_chosen=True)
            if chosen.get(row.field) == id(row)
            else row
            for row in self.rows
        )


def _rank(row: Evidence) -> tuple[int, float]:
    """What orders the rows of a field, the most trusted first."""
    return _TRUST[row.method], -row.confidence
