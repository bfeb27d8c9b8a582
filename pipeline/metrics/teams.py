"""How do teams do, beside what chance alone would give? Flagged beyond exact limits, never ranked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from pipeline.metrics.definitions import rows_of_metric, with_interval
from pipeline.metrics.statistics import (
    FunnelLimits,
    funnel_limits,
    funnel_place,
    mean_interval,
    mixed_funnel_limits,
    share_interval,
)

if TYPE_CHECKING:
    import polars as pl

    from pipeline.metrics.filters import Filters
    from pipeline.metrics.published import Published

#: What is measured of a team, as `sql/metrics/team_rates.sql` defines it.
TeamMeasure = Literal[
    "decided",
    "on_time",
    "ignored",
    "pushed",
    "reopened",
    "closed_in_bulk",
    "no_trace",
    "repeat_while_open",
    "written_in_time",
    "reviewed_in_time",
]
TEAM_MEASURES: tuple[TeamMeasure, ...] = (
    "decided", "on_time", "ignored", "pushed", "reopened", "closed_in_bulk", "no_trace", "repeat_while_open",
    "written_in_time", "reviewed_in_time",
)  # fmt: skip
#: Up to so many the limits are those of the exact mix; above, of the mix's mean, which are a little wider.
EXACT_MIX = 2000
#: Points of a funnel's limits.
POINTS = 200


@dataclass(frozen=True, slots=True)
class Funnel:
    """A funnel plot: `points`, the rows of `team_rates` of one measure, around `whole_share`.

    `limits` has one row per size: n, low_95, high_95, low_99_9, high_99_9, around the whole's share; a team's
    own limits, of its own mix, stand in its row of `points` and decide.
    """

    whole_share: float | None
    points: pl.DataFrame
    limits: pl.DataFrame


def team_scorecard(published: Published, filters: Filters) -> pl.DataFrame:
    """What each team owned, promised and kept: one row per team.

    Columns as `sql/metrics/team_scorecard.sql` describes them: counts, and of each measure of `team_rates`
    the share and the flag.
    """
    import polars as pl

    frame = rows_of_metric(published, "team_scorecard", filters)
    scores = frame.select("mean_completeness", "deviation", "scored_count").rows()
    scored = [mean_interval(*row) for row in scores]
    frame = with_interval(frame, "completeness_low", "completeness_high", scored)
    rates = team_rates(published, filters)
    for measure in TEAM_MEASURES:
        own = rates.filter(pl.col("measure") == measure).select(
            "team", pl.col("share").alias(f"{measure}_share"), pl.col("flag").alias(f"{measure}_flag")
        )
        frame = frame.join(own, on="team", how="left", maintain_order="left")
    return frame


def team_rates(published: Published, filters: Filters, measure: TeamMeasure | None = None) -> pl.DataFrame:
    """Each rate of each team beside the whole's: one row per team and measure, or of one measure only.

    Columns as `sql/metrics/team_rates.sql` describes them. The limits are exact for the team's n and mix of
    priorities (Spiegelhalter, Statistics in Medicine 24, 2005). Teams that the filters leave out are still
    part of the whole.
    """
    import polars as pl

    frame = rows_of_metric(published, "team_rates", replace(filters, teams=()))
    if measure is not None:
        frame = frame.filter(pl.col("measure") == measure)
    if filters.teams:
        frame = frame.filter(pl.col("team").is_in([team or "not stated" for team in filters.teams]))
    rows = frame.rows(named=True)
    frame = with_interval(frame, "low", "high", [share_interval(row["hit_count"], row["n"]) for row in rows])
    limits = [_limits(row) for row in rows]
    for name, ends in (("95", [each[:2] for each in limits]), ("99_9", [each[2:] for each in limits])):
        frame = with_interval(frame, f"low_{name}", f"high_{name}", ends)
    small = [_is_small(row, own) for row, own in zip(rows, limits, strict=True)]
    flags = [_flag(row, own, is_small) for row, own, is_small in zip(rows, limits, small, strict=True)]
    adjusted = [
        min(1.0, row["whole_share"] * row["hit_count"] / row["expected_count"])
        if row["expected_count"]
        else None
        for row in rows
    ]
    return frame.with_columns(
        pl.Series("adjusted_share", adjusted, pl.Float64),
        pl.Series("is_small", small, pl.Boolean),
        pl.Series("flag", flags, pl.String),
        pl.Series(
            "verdict",
            ["signal" if flag.endswith("99_9") else "not distinguishable" for flag in flags],
            pl.String,
        ),
    )


def team_funnel(published: Published, filters: Filters, measure: TeamMeasure) -> Funnel:
    """The points and the limits of the funnel plot of one measure."""
    import polars as pl

    points = team_rates(published, filters, measure)
    whole = points["whole_share"][0] if len(points) else None
    largest = max(points["n"].to_list(), default=0)
    sizes = (
        sorted({1 + round(place * (largest - 1) / POINTS) for place in range(POINTS + 1)}) if largest else []
    )
    limits = [] if whole is None else funnel_limits(whole, sizes)
    return Funnel(
        whole,
        points,
        pl.DataFrame(
            [(size, *own) for size, own in zip(sizes, limits, strict=True)],
            schema={"n": pl.Int64}
            | dict.fromkeys(("low_95", "high_95", "low_99_9", "high_99_9"), pl.Float64),
            orient="row",
        ),
    )


def _limits(row: dict[str, Any]) -> FunnelLimits:
    if row["n"] <= EXACT_MIX:
        return mixed_funnel_limits([list(zip(row["stratum_sizes"], row["stratum_shares"], strict=True))])[0]
    return funnel_limits(row["expected_share"], [row["n"]])[0]


def _is_small(row: dict[str, Any], limits: FunnelLimits) -> bool:
    """Whether even the worst possible result would lie within the inner limits."""
    return limits.low_inner <= 0 if row["is_good_high"] else limits.high_inner >= 1


def _flag(row: dict[str, Any], limits: FunnelLimits, is_small: bool) -> str:
    place = funnel_place(row["share"], limits)
    if place.side is not None and place.level is not None:
        side = "below" if place.side == "low" else "above"
        return f"{side}_{f'{place.level:.1%}'.removesuffix('%').removesuffix('.0').replace('.', '_')}"
    return "too_few" if is_small else "within"
