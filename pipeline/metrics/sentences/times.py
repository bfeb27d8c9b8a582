"""How long do incidents take, and how long is it quiet between them? In words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pipeline.metrics.filters import Measure
from pipeline.metrics.sentences.words import count_of, in_words, interval_in_words, percent

if TYPE_CHECKING:
    import polars as pl


def times_in_words(row: Mapping[str, Any], measure: Measure = "resolve") -> str:
    """The median of one group with its interval and n, and what was left out.

    `row` is one of the metric `times_by_group`: "Median time to resolve was 1 h 02 min (n = 41, 90 % interval
    50 min – 1 h 11 min); 2 incidents are unresolved."
    """
    if not row["n"]:
        said = f"No incident has a time to {measure}"
    else:
        interval = interval_in_words(row["median_low"], row["median_high"])
        interval = interval if interval.startswith("too few") else f"90 % interval {interval}"
        said = (
            f"Median time to {measure} was {in_words(row['median_minutes'])} (n = {row['n']:,}, {interval})"
        )
    return f"{said}{_left_out(row)}."


def median_title(row: Mapping[str, Any], measure: Measure = "resolve") -> str:
    """The median with its interval, as a chart's title; `row` is one of the metric `times_by_group`."""
    if not row["n"]:
        return f"No incident has a time to {measure}"
    interval = interval_in_words(row["median_low"], row["median_high"])
    interval = interval if interval.startswith("too few") else f"90 % interval {interval}"
    return f"Median to {measure}: {in_words(row['median_minutes'])} ({interval})"


def spread_title(row: Mapping[str, Any], measure: Measure = "resolve") -> str:
    """How long half and nine in ten took at the most; `row` is one of the metric `times_by_group`."""
    if not row["n"]:
        return f"No incident has a time to {measure}"
    if row["n"] == 1:
        return f"The one time to {measure} is {in_words(row['median_minutes'])}"
    return (
        f"Half took no longer than {in_words(row['median_minutes'])}, nine in ten no longer than "
        f"{in_words(row['p90_minutes'])}"
    )


def distribution_in_words(bins: pl.DataFrame, measure: Measure = "resolve") -> str:
    """Below what half and nine in ten of the durations lie; `bins` is the metric `duration_distribution`."""
    total = sum(bins["n"].to_list())
    if not total:
        return f"No incident has a time to {measure}."
    half, nine = (
        next(row["bin_to_minutes"] for row in bins.iter_rows(named=True) if row["cumulative_share"] >= share)
        for share in (0.5 - 1e-9, 0.9 - 1e-9)
    )
    if total == 1:
        return f"The one time to {measure} is below {in_words(half)}."
    return (
        f"Of {count_of(total, 'time', 'times')} to {measure}, half are below {in_words(half)} and nine in "
        f"ten below {in_words(nine)}."
    )


def time_between_in_words(row: Mapping[str, Any]) -> str:
    """The median of the days between incidents; `row` is one of the metric `time_between_incidents`."""
    if not row["n"]:
        return "No incident followed another."
    low, high = row["median_low"], row["median_high"]
    if low is None and high is None:
        interval = "too few for an interval"
    elif high is None:
        interval = f"90 % interval from {days_in_words(low)} up"
    elif low is None:
        interval = f"90 % interval up to {days_in_words(high)}"
    else:
        interval = f"90 % interval {days_in_words(low)} – {days_in_words(high)}"
    return (
        f"From one incident to the next it took {days_in_words(row['median_days'])} at the median "
        f"(n = {row['n']:,}, {interval})."
    )


def incident_rate_in_words(row: Mapping[str, Any]) -> str:
    """How many incidents in how many days; `row` is one of the metric `incidents_by_group`."""
    counted = f"{count_of(row['n'], 'incident')} in {count_of(round(row['observed_days'] or 0), 'day')}"
    if row["rate_per_30_days"] is None:
        return f"{counted}: no day is observed, so there is no rate."
    undated = row["undated_count"]
    rest = f"; {count_of(undated, 'more has', 'more have')} no day" if undated else ""
    return (
        f"{counted}: {rate_in_words(row['rate_per_30_days'])} in 30 days (90 % interval "
        f"{rate_in_words(row['rate_low'])} – {rate_in_words(row['rate_high'])}){rest}."
    )


def rate_in_words(rate: float) -> str:
    """ "1.6", "0.12": two figures where it is below one."""
    return f"{rate:,.1f}" if rate >= 1 else f"{rate:.2f}"


def days_in_words(days: float | None) -> str:
    """ "3.4 days", "12 days"; hours below one day."""
    if days is None:
        return "not known"
    if days < 1:
        return in_words(days * 1440)
    rounded = f"{days:,.1f}" if days < 10 else f"{round(days):,}"
    return f"{rounded.removesuffix('.0')}\u00a0{'day' if rounded == '1.0' else 'days'}"


def _left_out(row: Mapping[str, Any]) -> str:
    told = []
    if row["unresolved_count"]:
        told.append(f"{count_of(row['unresolved_count'], 'incident is', 'incidents are')} unresolved")
    if row["no_times_count"]:
        told.append(f"{count_of(row['no_times_count'], 'incident has', 'incidents have')} no usable times")
    if row["coverage"] is not None and row["coverage"] < 1 and row["n"]:
        told.append(f"{percent(row['coverage'])} of the incidents have one")
    return f"; {', '.join(told)}" if told else ""
