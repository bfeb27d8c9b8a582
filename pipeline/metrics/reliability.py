"""Are we getting more reliable? Incidents and times to resolve, period by period."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pipeline.metrics.definitions import rows_of_metric, with_interval
from pipeline.metrics.filters import Filters, Grain, GroupBy
from pipeline.metrics.statistics import (
    Comparison,
    compare_counts,
    compare_durations,
    count_interval,
    geometric_mean,
    quantile_interval,
    scatter_of,
)

if TYPE_CHECKING:
    from pipeline.metrics.published import Published


def incidents_by_period(published: Published, filters: Filters, grain: Grain = "quarter") -> pl.DataFrame:
    """How many incidents there were: one row per period, with the exact 90 % Poisson interval `low`, `high`.

    Columns as `sql/metrics/incidents_by_period.sql` describes them. Planned work is left out and counted.
    """
    frame = rows_of_metric(published, "incidents_by_period", filters, grain)
    return with_interval(frame, "low", "high", [count_interval(n) for n in frame["n"].to_list()])


def incidents_by_group(published: Published, filters: Filters, group_by: GroupBy = "all") -> pl.DataFrame:
    """How many incidents, and how many in 30 days: one row per group, with exact 90 % Poisson intervals.

    Columns as `sql/metrics/incidents_by_group.sql` describes them; a rate is null where no day is observed.
    """
    frame = rows_of_metric(published, "incidents_by_group", filters, group_by=group_by)
    intervals = [count_interval(n) for n in frame["n"].to_list()]
    frame = with_interval(frame, "low", "high", intervals)
    exposures = frame["observed_days"].to_list()
    return with_interval(
        frame,
        "rate_low",
        "rate_high",
        [
            (None, None) if not days else (_per_30_days(low, days), _per_30_days(high, days))
            for (low, high), days in zip(intervals, exposures, strict=True)
        ],
    )


def time_to_resolve_by_period(
    published: Published, filters: Filters, grain: Grain = "quarter"
) -> pl.DataFrame:
    """Median, p90 and mean time to resolve in minutes: one row per period, with 90 % intervals.

    Columns as `sql/metrics/time_to_resolve_by_period.sql` describes them; `coverage` and the counts of what
    was left out stand in each row. An interval's end is null where n cannot bound it.
    """
    frame = rows_of_metric(published, "time_to_resolve_by_period", filters, grain)
    for name, share in (("median", 0.5), ("p90", 0.9)):
        frame = with_interval(
            frame,
            f"{name}_low",
            f"{name}_high",
            [quantile_interval(values, share) for values in frame["ordered_minutes"].to_list()],
        )
    means = [geometric_mean(values) for values in frame["ordered_minutes"].to_list()]
    return frame.with_columns(pl.Series("geometric_mean_minutes", means, dtype=pl.Float64))


def incident_count_change(published: Published, before: Filters, after: Filters) -> Comparison:
    """Whether incidents became more or fewer from one period to another, as `compared_periods` gives them.

    Where the months within the periods scatter more than by chance, so much more has to show.
    """
    earlier, later = (
        rows_of_metric(published, "incidents_by_period", period, "month") for period in (before, after)
    )
    months = ("n", "observed_days")
    return compare_counts(
        sum(earlier["n"].to_list()),
        sum(later["n"].to_list()),
        sum(earlier["observed_days"].to_list()),
        sum(later["observed_days"].to_list()),
        scatter=scatter_of([earlier.select(months).rows(), later.select(months).rows()]),
    )


def time_to_resolve_change(published: Published, before: Filters, after: Filters) -> Comparison:
    """Whether resolving took a different time from one period to another."""
    earlier, later = (
        [
            minutes
            for row in rows_of_metric(published, "time_to_resolve_by_period", period, "span")[
                "ordered_minutes"
            ].to_list()
            for minutes in row
        ]
        for period in (before, after)
    )
    return compare_durations(earlier, later)


def _per_30_days(count: float | None, days: float) -> float | None:
    return None if count is None else count * 30 / days
