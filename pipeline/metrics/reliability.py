"""Are we getting more reliable? Incidents and times to resolve, period by period."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pipeline.metrics.definitions import rows_of_metric, with_interval
from pipeline.metrics.filters import Filters, Grain, GroupBy
from pipeline.metrics.statistics import (
    count_interval,
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


def _per_30_days(count: float | None, days: float) -> float | None:
    return None if count is None else count * 30 / days
