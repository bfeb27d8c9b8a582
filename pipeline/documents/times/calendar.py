"""What a moment lacks, supplied from the text around it: its date, its year, its zone.

Also the place where a civil time becomes UTC, so that every doubt about a clock is told once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from pipeline.documents.times.moments import Moment, TimeReading, complete_year, next_day
from pipeline.documents.times.zones import Zone, literal_offset, to_utc


@dataclass(slots=True)
class ClockDoubts:
    """Doubts met while clocks were read: rule → (line, words), the first of each."""

    met: dict[str, tuple[int, str]] = field(default_factory=dict)

    def note(self, rule: str, line: int, words: str) -> None:
        """Remember the first place where `rule` was met."""
        self.met.setdefault(rule, (line, words))


@dataclass(slots=True)
class Calendar:
    """The document's own dates and zone. `dates` are ordered by how much they can be trusted."""

    reading: TimeReading
    doubts: ClockDoubts
    zone: Zone | None = None  # announced by the document
    is_zone_inferred: bool = False  # or not announced, but the only one that its timeline names
    dates: list[tuple[date, str, int | None]] = field(default_factory=list)  # date, where from, line
    span: tuple[time, time] | None = None  # of the incident, stated with "am" and "pm", on one day
    told: date | None = None  # a date of the timeline: it gives a year to dates without one, and no more

    @property
    def day(self) -> date | None:
        """The date that times without one are given."""
        return self.dates[0][0] if self.dates else None

    def date_of(self, moment: Moment, near: date | None = None) -> date | None:
        """The date written in `moment`, its year completed from `near` or the document, or None."""
        if moment.day is not None:
            return moment.day
        reference = near or self.day or self.told
        if moment.month_day is not None and reference is not None:
            return complete_year(moment.month_day, reference)
        return None

    def end_day(self, moment: Moment, day: date) -> date:
        """The day on which a range from `day` ends: its own, else the next when it passes midnight."""
        if moment.until_day is not None:
            return moment.until_day
        if moment.until_month_day is not None:
            return complete_year(moment.until_month_day, day) or day
        over_midnight = moment.until is not None and moment.clock is not None and moment.until < moment.clock
        return next_day(day) if over_midnight else day

    def zone_for(self, moment: Moment, *announced: Zone | None) -> Zone:
        """The moment's own zone, else the nearest announced one, else the source's."""
        for zone in (moment.zone, *announced, self.zone):
            if zone is not None:
                return zone
        return Zone(self.reading.default_zone, name=self.reading.default_zone)

    def utc(
        self,
        day: date,
        clock: time,
        zone: Zone,
        line: int,
        words: str,
        beside: tuple[time, Zone] | None = None,
    ) -> datetime | None:
        """The moment as naive UTC; doubts are noted. None for a time the clock skipped or showed twice.

        `beside` is the same moment in another zone: None, too, when the two are not one moment.
        """
        if not zone.is_known:
            self.doubts.note("zone_unclear", line, zone.written)
            return None
        civil = datetime.combine(day, clock)
        try:
            utc, problem = to_utc(civil, zone)
            others = _near(day, *beside) if beside is not None else []
        except (OverflowError, ValueError):
            return None
        if zone.contradicts_calendar(civil):
            self.doubts.note("zone_against_calendar", line, zone.written)
        if beside is not None:
            agreed = _agreed(utc, civil, zone, others, beside[1], is_doubtful=problem is not None)
            if agreed is None:
                self.doubts.note("zones_disagree", line, words)
            return agreed
        if problem is not None:
            self.doubts.note(f"time_in_clock_{problem}", line, words)
            return None
        return utc


def _near(day: date, clock: time, zone: Zone) -> list[datetime]:
    """The moments in UTC of a clock on the day and its neighbours: its zone's day may be another."""
    return [to_utc(datetime.combine(day, clock) + timedelta(days=days), zone)[0] for days in (-1, 0, 1)]


def _agreed(
    utc: datetime, civil: datetime, zone: Zone, others: list[datetime], beside: Zone, *, is_doubtful: bool
) -> datetime | None:
    """The moment that two clocks side by side show; None when they show two.

    Where one is an offset it settles what the other's name means, and which of two equal hours is meant.
    """
    tolerance = timedelta(minutes=1)
    same = [other for other in others if abs(other - utc) < tolerance]
    if same:
        return utc
    if beside.offset is not None and (literal := literal_offset(zone, civil.year)) is not None:
        same = [other for other in others if abs(other - (civil - literal)) < tolerance]
    if not same and zone.offset is not None and (literal := literal_offset(beside, civil.year)) is not None:
        shift = to_utc(civil, beside)[0] - (civil - literal)
        same = [utc for other in others if abs(other - shift - utc) < tolerance]
    if not same and is_doubtful and beside.offset is not None:
        same = [other for other in others if abs(other - utc) <= timedelta(hours=1)]
    return same[0] if same else None


def is_far_back(before: datetime, after: datetime) -> bool:
    """Whether a step back on the clock is so long that midnight must lie between, not a row out of order."""
    return (before - after).total_seconds() > 6 * 3600
