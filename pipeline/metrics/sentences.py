"""Each finding as one plain sentence, never claiming more than its interval allows."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from pipeline.metrics.filters import Filters
from pipeline.metrics.intervals import Comparison

if TYPE_CHECKING:
    import polars as pl


def in_words(minutes: float | None) -> str:
    """A duration for people: "48 min", "1 h 05 min", "26 h", "5.3 days"; "not known" of None."""
    if minutes is None:
        return "not known"
    whole = round(minutes)
    if whole < 60:
        return f"{whole} min"
    if whole < 10 * 60:
        return f"{whole // 60} h {whole % 60:02d} min"
    if whole < 72 * 60:
        return f"{round(minutes / 60):,} h"
    return f"{minutes / 1440:,.1f} days"


def count_of(n: int, singular: str, plural: str | None = None) -> str:
    """ "1 incident", "12 incidents", "1,204 incidents"."""
    return f"{n:,} {singular if n == 1 else plural or singular + 's'}"


def period_in_words(filters: Filters) -> str:
    """ "1 Nov 2025 – 31 Oct 2026"; "all time" when neither side is bound."""
    first, last = filters.period_from, filters.period_to
    if first is None and last is None:
        return "all time"
    if first is None:
        return f"up to {_day(last)}"
    if last is None:
        return f"since {_day(first)}"
    return f"{_day(first)} – {_day(last)}"


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
            f"{_relative(change.ratio, more, less)} "
            f"(95 % interval: {_relative(change.low, more, less)} to {_relative(change.high, more, less)})"
        )
    if change.smallest_ratio is None or change.low is None:
        return "not distinguishable from the period before: too few to tell"
    factor = change.smallest_ratio
    return (
        "not distinguishable from the period before; "
        f"a change smaller than {_percent(1 - 1 / factor)} {less} or {_percent(factor - 1)} {more} "
        "would not show with this few"
    )


def incident_count_sentence(change: Comparison) -> str:
    """How many incidents, and whether that is a change."""
    return f"{count_of(change.n_after, 'incident')}, {change.n_before:,} in the period before."


def time_to_resolve_sentence(after: pl.DataFrame) -> str:
    """The median and p90 of one period, from the one row of `time_to_resolve_by_period` with grain "span"."""
    if after.is_empty() or not after["n"][0]:
        return "No incident in this period has a time to resolve."
    row = after.row(0, named=True)
    return (
        f"Half of {count_of(row['n'], 'incident')} were resolved within {in_words(row['median_minutes'])}, "
        f"nine in ten within {in_words(row['p90_minutes'])}."
    )


def impact_sentence(causes: pl.DataFrame, services: pl.DataFrame) -> str:
    """Which cause and which service cost most; says how much of the impact has no known cause."""
    if causes.is_empty() or not sum(causes["impact_minutes"].to_list()):
        return "No incident in this period states how long it hurt."
    named = [row for row in causes.iter_rows(named=True) if row["cause_category"] != "unknown"]
    service = services.row(0, named=True)
    at = f"{service['service']} carried {_percent(service['impact_share'])} of the impact"
    if not named:
        return f"{at}; no cause is known."
    cause = named[0]
    return (
        f"{category_in_words(cause['cause_category'])} cost most: {in_words(cause['impact_minutes'])}, "
        f"{_percent(cause['impact_share'])} of all impact; {at}."
    )


def follow_through_sentence(teams: pl.DataFrame) -> str:
    """What share of what came due was decided in time, over all teams; and what is overdue now."""
    n = sum(teams["n"].to_list())
    overdue = sum(teams["overdue_count"].to_list())
    ignored = sum(teams["ignored_count"].to_list())
    late = f"{count_of(overdue, 'is', 'are')} overdue now" + (
        f", {ignored:,} of them untouched for long" if ignored else ""
    )
    if not n:
        return f"No action item came due in this period; {late}."
    kept = sum(teams["on_time_count"].to_list())
    return f"{kept:,} of {count_of(n, 'action item')} that came due were decided in time; {late}."


def repeats_sentence(repeats: pl.DataFrame) -> str:
    """How often something came back while the promise to prevent it was still open."""
    if repeats.is_empty():
        return "No incident repeated one whose prevention was still open."
    cost = sum(value or 0 for value in repeats["impact_minutes"].to_list())
    return (
        f"{count_of(len(repeats), 'incident')} resembled an earlier one whose prevention was still open "
        f"({in_words(cost)} of impact). An association, not a proof."
    )


def category_in_words(category: str | None) -> str:
    """ "software_defect" as "Software defect"."""
    return "Unknown" if not category else category.replace("_", " ").strip().capitalize()


def _relative(ratio: float | None, more: str, less: str) -> str:
    if ratio is None:
        return f"any amount {more}"
    return f"{_percent(ratio - 1)} {more}" if ratio >= 1 else f"{_percent(1 - ratio)} {less}"


def _percent(share: float) -> str:
    return f"{round(share * 100):,} %"


def _day(day: date | None) -> str:
    return "" if day is None else f"{day.day} {day:%b %Y}"
