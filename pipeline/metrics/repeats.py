"""What came back? Chains of repeats, and whether what was done against them made a difference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pipeline.metrics.definitions import rows_of_metric, with_interval
from pipeline.metrics.filters import Filters
from pipeline.metrics.statistics import Comparison, compare_counts, corrected, rate_ratio_interval

if TYPE_CHECKING:
    import polars as pl

    from pipeline.metrics.published import Published

FixVerdict = Literal["signal", "not distinguishable", "too early to say"]


def repeat_chains(published: Published, filters: Filters) -> pl.DataFrame:
    """Chains of repeats, the costliest first: one row per chain, as `sql/metrics/repeat_chains.sql` says."""
    return rows_of_metric(published, "repeat_chains", filters)


def incidents_in_chains(published: Published, filters: Filters) -> pl.DataFrame:
    """The incidents of each chain in the order of time: one row per incident.

    Columns as `sql/metrics/incidents_in_chains.sql` describes them. Association, not proof.
    """
    return rows_of_metric(published, "incidents_in_chains", filters)


def fix_effect(published: Published, filters: Filters) -> pl.DataFrame:
    """Rates of incidents before and after prevention items were done: one row per cause and service.

    Columns as `sql/metrics/fix_effect.sql` describes them. Association, not proof.
    """
    import polars as pl

    frame = rows_of_metric(published, "fix_effect", filters)
    rows = frame.select("before_count", "after_count", "before_days", "after_days").rows()
    # No closing: no days, hence nothing to compare.
    counted = [(before, after, one or 0.0, other or 0.0) for before, after, one, other in rows]
    comparisons = [compare_counts(*row) for row in counted]
    judged = corrected(comparisons)
    frame = frame.with_columns(
        pl.Series("ratio", [each.ratio for each in comparisons], dtype=pl.Float64),
        pl.Series("p_value", [each.p_value for each in judged], dtype=pl.Float64),
        pl.Series("compared_count", [each.compared for each in judged], dtype=pl.Int64),
        pl.Series("smallest_fall", [_fall(each) for each in comparisons], dtype=pl.Float64),
        pl.Series(
            "verdict",
            [
                None if still_open else "signal" if one.verdict == "signal" else _without_signal(*row)
                for still_open, one, row in zip(
                    frame["is_still_open"].to_list(), judged, counted, strict=True
                )
            ],
            dtype=pl.String,
        ),
    )
    intervals = [
        rate_ratio_interval(before, before_days, after, after_days)
        for before, after, before_days, after_days in counted
    ]
    return with_interval(frame, "ratio_low", "ratio_high", intervals)


def _without_signal(before: int, after: int, before_days: float, after_days: float) -> FixVerdict:
    """Whether a full stop would have shown in as many days."""
    stopped = compare_counts(before, 0, before_days, after_days)
    if stopped.verdict == "signal":
        return "not distinguishable"
    return "too early to say"


def _fall(comparison: Comparison) -> float | None:
    """The smallest fall that could have shown, as a share of the rate before."""
    smallest = comparison.smallest_ratio
    return None if smallest is None else 1 - 1 / smallest
