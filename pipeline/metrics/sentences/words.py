"""Durations, days, shares, counts, periods and changes in words."""

from __future__ import annotations

from datetime import date, datetime
from math import ceil, floor

from pipeline.metrics.filters import Filters
from pipeline.metrics.statistics import Comparison

#: A share above which what is not known is said first.
MOST = 0.5


#: Between a number and its unit, so that no line breaks there.
_SPACE = "\u00a0"


def in_words(minutes: float | None) -> str:
    """A duration for people: "48 min", "1 h 05 min", "26 h", "5.3 days"; "not known" of None."""
    if minutes is None:
        return "not known"
    whole = round(minutes)
    if whole < 60:
        return f"{whole}{_SPACE}min"
    if whole < 10 * 60:
        return f"{whole // 60}{_SPACE}h{_SPACE}{whole % 60:02d}{_SPACE}min"
    if whole < 72 * 60:
        return f"{round(minutes / 60):,}{_SPACE}h"
    return f"{minutes / 1440:,.1f}{_SPACE}days"


def day_in_words(day: date | None) -> str:
    """ "24 Nov 2026"; nothing of None."""
    return "" if day is None else f"{day.day} {day:%b %Y}"


def percent(share: float) -> str:
    """ "53 %", with a space that does not break. Nearly all is not "100 %", and nearly none not "0 %"."""
    if 0 < share < 0.005:
        return f"under 1{_SPACE}%"
    if 0.995 <= share < 1:
        return f"over 99{_SPACE}%"
    return f"{round(share * 100):,}{_SPACE}%"


def share_span(low: float, high: float) -> str:
    """An interval of shares, rounded outwards so that it still holds, within 0 and 100: "26–55 %"."""
    return f"{max(floor(low * 100 + 1e-9), 0)}–{min(ceil(high * 100 - 1e-9), 100)}{_SPACE}%"


def count_of(n: int, singular: str, plural: str | None = None) -> str:
    """ "1 incident", "12 incidents", "1,204 incidents"."""
    return f"{n:,} {singular if n == 1 else plural or singular + 's'}"


def times(n: int) -> str:
    """ "once", "2 times"."""
    return "once" if n == 1 else f"{n:,} times"


def all_of(n: int, singular: str, plural: str | None = None) -> str:
    """ "the one fix", "both fixes", "all 12 fixes": every one that there is."""
    if n == 1:
        return f"the one {singular}"
    return f"{'both' if n == 2 else f'all {n:,}'} {plural or singular + 's'}"


def none_of(n: int, singular: str, plural: str | None = None) -> str:
    """ "neither fix", "none of 12 fixes"; of one "not the one fix"."""
    if n == 1:
        return f"not the one {singular}"
    return f"neither {singular}" if n == 2 else f"none of {n:,} {plural or singular + 's'}"


def part_of(part: int, whole: int) -> str:
    """ "all 12", "both", "204 of 213", "1 of 1"."""
    if part != whole or whole < 2:
        return f"{part:,} of {whole:,}"
    return "both" if whole == 2 else f"all {whole:,}"


def part_with_verb(
    part: int,
    whole: int,
    singular: str,
    plural: str | None = None,
    verbs: tuple[str, str, str] = ("was", "were", "was not"),
) -> str:
    """Subject and verb: "the one review was", "neither review was", "1 of 4 reviews was", "all 4 … were".

    `verbs` are those of one, of several, and of the only one there is when it is not so.
    """
    one, several, not_one = verbs
    if whole == 1:
        return f"the one {singular} {one if part else not_one}"
    if not part:
        return f"{none_of(whole, singular, plural)} {one}"
    if part == whole:
        return f"{all_of(whole, singular, plural)} {several}"
    return f"{part:,} of {whole:,} {plural or singular + 's'} {one if part == 1 else several}"


def period_in_words(filters: Filters, first_day: date | None = None, last_day: date | None = None) -> str:
    """ "1 Nov 2025 – 31 Oct 2026"; with neither side bound, "all time" and the days the records span."""
    first, last = filters.period_from, filters.period_to
    if first is None and last is None:
        if first_day is None or last_day is None:
            return "all time"
        return f"all time, {day_in_words(first_day)} – {day_in_words(last_day)}"
    if first is None:
        return f"up to {day_in_words(last)}"
    if last is None:
        return f"since {day_in_words(first)}"
    return f"{day_in_words(first)} – {day_in_words(last)}"


def value_in_words(column: str, value: object) -> str:
    """A value of that column of a metric, for a list of them: a day, a category, or what it is."""
    if isinstance(value, date):
        return day_in_words(value)
    if value is None or value == "":
        return "not stated"
    return category_in_words(str(value)) if column == "cause_category" else str(value)


def choices_in_words(filters: Filters) -> str:
    """ "Team Payments or Search · severity 1", without the period; "" when all is chosen."""
    chosen: tuple[tuple[str, list[str]], ...] = (
        ("team", [team or "not stated" for team in filters.teams]),
        ("service", [service or "not stated" for service in filters.services]),
        ("severity", [str(level) if level else "not stated" for level in filters.severities]),
        ("cause", [category_in_words(cause) for cause in filters.causes]),
        ("source", list(filters.sources)),
    )
    told = " · ".join(f"{what} {' or '.join(names)}" for what, names in chosen if names)
    return told[:1].upper() + told[1:]


def months_between(first: date | None, last: date | None) -> int:
    """How many calendar months two days span, both counted; 0 when one is not known."""
    if first is None or last is None:
        return 0
    return (last.year - first.year) * 12 + last.month - first.month + 1


def interval_in_words(low: float | None, high: float | None) -> str:
    """ "36 min – 1 h 01 min", or which end these few incidents cannot bound."""
    if low is None and high is None:
        return "too few for an interval"
    if low is None:
        return f"at most {in_words(high)}"
    if high is None:
        return f"at least {in_words(low)}"
    return f"{in_words(low)} – {in_words(high)}"


def age_in_words(fetched_at: datetime | None, outcome: str | None, as_of: datetime) -> str:
    """ "fresh", "5 h old", "3 days old"; says so when the last attempt did not end well."""
    if fetched_at is None:
        return "never fetched"
    hours = (as_of - fetched_at).total_seconds() / 3600
    words = "fresh" if hours < 1 else f"{hours:.0f} h old" if hours < 48 else f"{hours / 24:.0f} days old"
    return words if outcome == "ok" else f"{words}, last fetch failed"


def upper_first(words: str) -> str:
    """The words as they begin a sentence."""
    return f"{words[:1].upper()}{words[1:]}"


def lower_first(words: str) -> str:
    """The words as they stand in the middle of a sentence."""
    return f"{words[:1].lower()}{words[1:]}"


def category_in_words(category: str | None) -> str:
    """ "software_defect" as "Software defect"."""
    return "Unknown" if not category else category.replace("_", " ").replace("-", " ").strip().capitalize()


def change_in_words(change: Comparison, more: str, less: str) -> str:
    """What a comparison supports, in words: `more` and `less` are as in "longer", "shorter".

    "34 % shorter (95 % interval 12 % to 51 % shorter)" for a signal; else that the two cannot be told
    apart, and the smallest change that could have been.
    """
    if change.ratio is None and change.low is None:
        return "too few to compare with the period before"
    if change.verdict == "signal":
        if change.ratio is None:
            return f"a signal: none before, {change.n_after:,} now"
        return (
            f"{relative(change.ratio, more, less)} "
            f"(95 % interval: {relative(change.low, more, less)} to {relative(change.high, more, less)})"
        )
    if change.smallest_ratio is None or change.low is None:
        return "not distinguishable: too few to tell"
    factor = change.smallest_ratio
    return (
        f"not distinguishable; only {percent(1 - 1 / factor)} {less} "
        f"or {percent(factor - 1)} {more} would show"
    )


def direction(change: Comparison, more: str, less: str) -> str:
    """The one or the other for a signal, nothing without one."""
    if change.verdict != "signal":
        return ""
    return less if change.high is not None and change.high < 1 else more


def relative(ratio: float | None, more: str, less: str) -> str:
    """ "34 % shorter", of the ratio of after to before; "any amount longer" of one without bound."""
    if ratio is None:
        return f"any amount {more}"
    return f"{percent(ratio - 1)} {more}" if ratio >= 1 else f"{percent(1 - ratio)} {less}"


def ratio_in_words(ratio: float | None, low: float | None, high: float | None) -> str:
    """A ratio of rates with its interval: "× 2.7 (× 1.1 – × 7.6)", "÷ 4.0 (÷ 16 – as before)"."""
    if low is None and high is None:
        return "nothing to compare"
    upper = "no upper bound" if high is None else _times_in_words(high)
    said = "none before" if ratio is None else _times_in_words(ratio)
    return f"{said} ({_times_in_words(low or 0.0)} – {upper})"


def _times_in_words(ratio: float) -> str:
    if ratio == 0:
        return "none"
    factor = ratio if ratio >= 1 else 1 / ratio
    digits = f"{factor:,.0f}" if factor >= 10 else f"{factor:.1f}"
    if digits == "1.0":
        return "as before"
    return f"{'×' if ratio >= 1 else '÷'}{_SPACE}{digits}"
