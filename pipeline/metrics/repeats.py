"""What came back? Chains of repeats, and whether what was done against them made a difference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pipeline.metrics.definitions import rows_of_metric, with_interval
from pipeline.metrics.filters import Filters
from pipeline.metrics.statistics import (
    FallOrRise,
    compare_counts,
    falls_and_rises,
    rate_ratio_interval,
    smallest_fall,
)

if TYPE_CHECKING:
    import polars as pl

    from pipeline.metrics.published import Published

FixVerdict = Literal["signal", "not distinguishable", "too early to say", "too few before", "closed earlier"]
#: How many times the days before it is waited for, at most, to see that a rate has fallen to nothing.
_PATIENCE = 3


def repeat_chains(published: Published, filters: Filters) -> pl.DataFrame:
    """Chains of repeats, the costliest first: one row per chain, as `sql/metrics/repeat_chains.sql` says."""
    return rows_of_metric(published, "repeat_chains", filters)


def incidents_in_chains(published: Published, filters: Filters) -> pl.DataFrame:
    """The incidents of each chain in the order of time: one row per incident.

    Columns as `sql/metrics/incidents_in_chains.sql` describes them. Association, not proof.
    """
    return rows_of_metric(published, "incidents_in_chains", filters)


def similar_incidents(published: Published, filters: Filters, incident_id: str = "") -> pl.DataFrame:
    """What the incident of this id resembles, before and after it: one row per other incident.

    Columns as `sql/metrics/similar_incidents.sql` describes them. Association, not proof.
    """
    return rows_of_metric(published, "similar_incidents", filters, search_text=incident_id)


def repeats_by_chance(published: Published, filters: Filters) -> pl.DataFrame:
    """Repeats beside how many chance alone would bring: one row per cause and service.

    Columns as `sql/metrics/repeats_by_chance.sql` describes them.
    """
    return rows_of_metric(published, "repeats_by_chance", filters)


def fix_effect(published: Published, filters: Filters) -> pl.DataFrame:
    """Rates of incidents before and after prevention items were done: one row per cause and service.

    Columns as `sql/metrics/fix_effect.sql` describes them. Association, not proof.
    """
    import polars as pl

    frame = rows_of_metric(published, "fix_effect", filters)
    rows = frame.select("before_count", "after_count", "before_days", "after_days").rows()
    # No closing: no days, hence nothing to compare.
    counted = [(before, after, one or 0.0, other or 0.0) for before, after, one, other in rows]
    found = falls_and_rises(counted)
    frame = frame.with_columns(
        pl.Series("ratio", [each.comparison.ratio for each in found], dtype=pl.Float64),
        pl.Series("p_value", [each.p_value for each in found], dtype=pl.Float64),
        pl.lit(sum(each.p_value is not None for each in found), pl.Int64).alias("compared_count"),
        pl.Series("smallest_fall", [smallest_fall(*row) for row in counted], dtype=pl.Float64),
        pl.Series(
            "verdict",
            [
                None if still_open else _verdict(one, *row)
                for still_open, one, row in zip(frame["is_still_open"].to_list(), found, counted, strict=True)
            ],
            dtype=pl.String,
        ),
    )
    intervals = [
        rate_ratio_interval(before, before_days, after, after_days)
        for before, after, before_days, after_days in counted
    ]
    return with_interval(frame, "ratio_low", "ratio_high", intervals)


def _verdict(
    judged: FallOrRise, before: int, after: int, before_days: float, after_days: float
) -> FixVerdict:
    """Of no signal: whether a fall would have shown in as many days, or would in any number of them."""
    if before_days <= 0:
        return "closed earlier"
    if judged.verdict == "signal" or judged.could_fall:
        return judged.verdict
    # No quiet afterwards, as long as anyone waits, could be told from chance.
    waited = max(after_days, before_days * _PATIENCE)
    is_too_few = compare_counts(before, 0, before_days, waited).verdict != "signal"
    return "too few before" if is_too_few else "too early to say"
