"""What keeps hurting us? Causes and services by what they cost, and repeats of what was not fixed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from pipeline.metrics.definitions import rows_of_metric, with_interval
from pipeline.metrics.filters import Filters
from pipeline.metrics.statistics import (
    ERROR,
    LEVEL,
    compare_counts,
    corrected,
    count_interval,
    multinomial_intervals,
    scatter_of,
    share_interval,
    shares_against_known,
    shrunken_rates,
    total_share_intervals,
)

if TYPE_CHECKING:
    from pipeline.metrics.published import Published

#: Of all incidents so many must have a published counterpart, for a mix to be set beside the published one.
COMPARABLE_SHARE = 0.5


def impact_shares(
    published: Published, filters: Filters, kind: Literal["cause", "service"] = "cause"
) -> pl.DataFrame:
    """Incidents and impact in minutes per cause or service, the costliest first; what is not known is one.

    Columns as `sql/metrics/impact_shares.sql` describes them, with 90 % intervals of the share of incidents
    (`share_low`, `share_high`, exact) and of the share of impact (`impact_share_low`, `impact_share_high`).
    """
    frame = rows_of_metric(published, "impact_shares", filters, group_by=kind)
    counts = frame["incident_count"].to_list()
    total = sum(counts)
    shares = [share_interval(count, total) for count in counts]
    return _with_impact_interval(with_interval(frame, "share_low", "share_high", shares))


def repeats_while_open(published: Published, filters: Filters) -> pl.DataFrame:
    """Incidents that resemble an earlier one whose prevention item was still open: one row per incident.

    Columns as `sql/metrics/repeats_while_open.sql` describes them. Association, not proof.
    """
    return rows_of_metric(published, "repeats_while_open", filters)


def _with_impact_interval(frame: pl.DataFrame) -> pl.DataFrame:
    intervals = total_share_intervals(frame["ordered_impacts"].to_list())
    return with_interval(frame, "impact_share_low", "impact_share_high", intervals)


def recurring_causes(
    published: Published, filters: Filters, kind: Literal["cause", "trigger"] = "cause"
) -> pl.DataFrame:
    """Causes, or triggers, by number, impact and trend, the costliest first; "unknown" is one of them.

    Columns as `sql/metrics/recurring_causes.sql` describes them: shares with simultaneous 90 % intervals,
    Pareto's cumulative shares, and the change of the rate between the halves of the span, corrected for as
    many comparisons.
    """
    frame = rows_of_metric(published, "recurring_causes", filters, "month", group_by=kind)
    shares = multinomial_intervals(frame["incident_count"].to_list())
    frame = _with_impact_interval(with_interval(frame, "share_low", "share_high", shares))
    found = corrected(
        [
            compare_counts(
                row["first_half_count"],
                row["second_half_count"],
                row["half_days"],
                row["half_days"],
                scatter=scatter_of(_halves(row)),
            )
            for row in frame.iter_rows(named=True)
        ]
    )
    return frame.with_columns(
        pl.Series("ratio", [each.comparison.ratio for each in found], dtype=pl.Float64),
        pl.Series("ratio_low", [each.comparison.low for each in found], dtype=pl.Float64),
        pl.Series("ratio_high", [each.comparison.high for each in found], dtype=pl.Float64),
        pl.Series("p_value", [each.p_value for each in found], dtype=pl.Float64),
        pl.Series("verdict", [each.verdict for each in found], dtype=pl.String),
        pl.Series("compared", [each.compared for each in found], dtype=pl.Int64),
    )


def _halves(row: dict[str, Any]) -> list[list[tuple[int, float]]]:
    """The months of either half of the span, without the one in which they meet."""
    halves: list[list[tuple[int, float]]] = [[], []]
    passed = 0.0
    for count, days in zip(row["period_counts"], row["period_days"], strict=True):
        if passed + days <= row["half_days"]:
            halves[0].append((count, days))
        elif passed >= row["half_days"]:
            halves[1].append((count, days))
        passed += days
    return halves


def causes_by_service(published: Published, filters: Filters) -> pl.DataFrame:
    """Incidents and impact in minutes of each service and cause that met: one row per cell of a heat map.

    Columns as `sql/metrics/causes_by_service.sql` describes them, with the exact interval of each number.
    """
    frame = rows_of_metric(published, "causes_by_service", filters)
    return with_interval(frame, "low", "high", [count_interval(n) for n in frame["n"].to_list()])


def services_by_rate(published: Published, filters: Filters) -> pl.DataFrame:
    """Incidents in 30 days of each service, the small ones drawn towards the whole: one row per service.

    Columns as `sql/metrics/services_by_rate.sql` describes them. Sorted by the number of incidents.
    """
    frame = rows_of_metric(published, "services_by_rate", filters)
    counts, days = frame["n"].to_list(), frame["observed_days"].to_list()
    is_observed = bool(days) and min(days) > 0
    rates = shrunken_rates(counts, [each / 30 for each in days]) if is_observed else [None] * len(frame)
    return frame.with_columns(
        pl.Series("rate_per_30_days", [each and each.rate for each in rates], dtype=pl.Float64),
        pl.Series("low", [each and each.low for each in rates], dtype=pl.Float64),
        pl.Series("high", [each and each.high for each in rates], dtype=pl.Float64),
        pl.Series("weight", [each and each.weight for each in rates], dtype=pl.Float64),
    )


def published_mix(
    published: Published, filters: Filters, kind: Literal["cause", "trigger"] | None = None
) -> pl.DataFrame:
    """The own mix of triggers and causes beside the one Google published: one row per published category.

    `kind` keeps the rows of one kind. Columns as `sql/metrics/published_mix.sql` describes them. The own
    share is of the incidents whose category is known; `unknown_share` says how many are not.
    """
    frame = rows_of_metric(published, "published_mix", filters)
    if kind is not None:
        frame = frame.filter(pl.col("kind") == kind)
    return pl.concat([_beside_published(each) for each in frame.partition_by("kind", maintain_order=True)])


def _beside_published(mix: pl.DataFrame) -> pl.DataFrame:
    """The rows of one kind, with the intervals of the own shares and what a test of each can say."""
    rows = list(mix.iter_rows(named=True))
    n, total = rows[0]["n"], sum(row["own_count"] for row in rows)
    has_share = [row["own_share"] is not None for row in rows]
    # Exact, as the test is: score intervals do not hold where a mix is of one incident or two.
    level = 1 - (1 - LEVEL) / max(1, sum(has_share))
    intervals = [
        share_interval(row["own_count"], n, level) if has else (None, None)
        for row, has in zip(rows, has_share, strict=True)
    ]
    comparable = sum(row["own_count"] for row in rows if row["published_share"] is not None) / max(1, total)
    # Where most of the own incidents have no counterpart, what is missing may hold any of the published ones.
    is_asked = comparable >= COMPARABLE_SHARE
    beside = [row for row in rows if row["own_share"] is not None and row["published_share"] is not None]
    p_values: dict[str, float] = dict(
        zip(
            [row["published_name"] for row in beside],
            shares_against_known(
                [row["own_count"] for row in beside], n, [row["published_share"] for row in beside]
            ),
            strict=True,
        )
    )
    asked = p_values if is_asked else {}
    names = mix["published_name"].to_list()
    return with_interval(mix, "own_low", "own_high", intervals).with_columns(
        pl.lit(comparable if total else None, pl.Float64).alias("comparable_share"),
        pl.Series("p_value", [asked.get(name) for name in names], dtype=pl.Float64),
        pl.lit(len(asked), pl.Int64).alias("compared"),
        pl.Series(
            "verdict",
            [
                None
                if name not in p_values
                else "too little is comparable"
                if not is_asked
                else "signal"
                if p_values[name] <= ERROR
                else "not distinguishable"
                for name in names
            ],
            dtype=pl.String,
        ),
    )
