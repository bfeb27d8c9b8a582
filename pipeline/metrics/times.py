"""How long do incidents take, and how long is it quiet between them? Group by group."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pipeline.metrics.definitions import rows_of_metric, with_interval
from pipeline.metrics.filters import Basis, Filters, GroupBy, Measure
from pipeline.metrics.statistics import geometric_mean, geometric_mean_interval, quantile_interval

if TYPE_CHECKING:
    from pipeline.metrics.published import Published


def times_by_group(
    published: Published,
    filters: Filters,
    measure: Measure = "resolve",
    group_by: GroupBy = "all",
    *,
    basis: Basis = "used",
) -> pl.DataFrame:
    """Median, p90, mean and geometric mean of a duration in minutes: one row per group, with 90 % intervals.

    Columns as `sql/metrics/times_by_group.sql` describes them; n, `coverage` and the counts of what was left
    out stand in each row. `basis` "stated" takes only what documents themselves state. An interval's end is
    null where n cannot bound it.
    """
    frame = rows_of_metric(
        published, "times_by_group", filters, group_by=group_by, measure=measure, basis=basis
    )
    ordered = frame["ordered_minutes"].to_list()
    for name, share in (("median", 0.5), ("p90", 0.9)):
        intervals = [quantile_interval(values, share) for values in ordered]
        frame = with_interval(frame, f"{name}_low", f"{name}_high", intervals)
    means = [geometric_mean(values) for values in ordered]
    frame = frame.with_columns(pl.Series("geometric_mean_minutes", means, dtype=pl.Float64))
    on_log_scale = [geometric_mean_interval(values) for values in ordered]
    return with_interval(frame, "geometric_mean_low", "geometric_mean_high", on_log_scale)


def duration_distribution(
    published: Published, filters: Filters, measure: Measure = "resolve", *, basis: Basis = "used"
) -> pl.DataFrame:
    """How many incidents took how long, on a log scale: one row per step of a histogram.

    Columns as `sql/metrics/duration_distribution.sql` describes them. Ten steps make a tenfold.
    """
    return rows_of_metric(published, "duration_distribution", filters, measure=measure, basis=basis)


def time_between_incidents(published: Published, filters: Filters, group_by: GroupBy = "all") -> pl.DataFrame:
    """Days from one incident to the next: one row per group, the median with its 90 % interval.

    Columns as `sql/metrics/time_between_incidents.sql` describes them.
    """
    frame = rows_of_metric(published, "time_between_incidents", filters, group_by=group_by)
    intervals = [quantile_interval(values, 0.5) for values in frame["ordered_days"].to_list()]
    return with_interval(frame, "median_low", "median_high", intervals)
