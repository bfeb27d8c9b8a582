"""How do teams do, beside what chance gives and how teams differ? Flagged beyond limits, never ranked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from pipeline.metrics.definitions import clustered_shares, rows_of_metric, with_interval
from pipeline.metrics.statistics import (
    GroupPlace,
    OutlyingGroups,
    clustered_share_intervals,
    mean_interval,
    outlying_groups,
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
#: Points of a funnel's limits.
POINTS = 200


@dataclass(frozen=True, slots=True)
class Funnel:
    """A funnel plot: `points`, the rows of `team_rates` of one measure, around `whole_share`.

    That is the share of the teams that differ by chance alone, `target_share` in `points`. `limits` has one
    row per size: n, low_95, high_95, low_99_9, high_99_9, as those that decide; these, of the team's
    own mix and against the others, stand in its row of `points`. Plot `adjusted_share`.
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
            "team",
            pl.col("n").alias(f"{measure}_n"),
            pl.col("share").alias(f"{measure}_share"),
            pl.col("flag").alias(f"{measure}_flag"),
        )
        frame = frame.join(own, on="team", how="left", maintain_order="left")
    return frame


def team_rates(published: Published, filters: Filters, measure: TeamMeasure | None = None) -> pl.DataFrame:
    """Each rate of each team beside the others': one row per team and measure, or of one measure only.

    Columns as `sql/metrics/team_rates.sql` describes them, judged by `outlying_groups`. Teams that the
    filters leave out are still among the others.
    """
    return _team_rates(published, filters, measure)[0]


def with_standing(
    frame: pl.DataFrame, measure: TeamMeasure, published: Published, filters: Filters
) -> pl.DataFrame:
    """A frame of teams with what `team_rates` says of each: `<measure>_low` and `<measure>_high`, `_spread`,
    `_expected` and `_flag`, null where nothing of it can be told."""
    import polars as pl

    standing = team_rates(published, filters, measure).select(
        "team",
        *(pl.col(name).alias(f"{measure}_{name}") for name in ("low", "high", "spread", "flag")),
        pl.col("expected_share").alias(f"{measure}_expected"),
    )
    return frame.join(standing, on="team", how="left", maintain_order="left")


def _team_rates(
    published: Published, filters: Filters, measure: TeamMeasure | None
) -> tuple[pl.DataFrame, dict[str, OutlyingGroups]]:
    """The metric, and of each measure what it was judged by."""
    import polars as pl

    frame = rows_of_metric(published, "team_rates", replace(filters, teams=()))
    if measure is not None:
        frame = frame.filter(pl.col("measure") == measure)
    measures = frame["measure"].unique(maintain_order=True).to_list()
    judged = {name: _judged(frame.filter(pl.col("measure") == name)) for name in measures}
    rows = frame.rows(named=True)
    places = [place for name in measures for place in judged[name].places]
    limits = [place.limits for place in places]
    expected = [place.expected_share for place in places]
    targets = [judged[row["measure"]].target_share for row in rows]
    small = [
        place.is_low_open if row["is_good_high"] else place.is_high_open
        for row, place in zip(rows, places, strict=True)
    ]
    flags = [_flag(place, is_small) for place, is_small in zip(places, small, strict=True)]
    floats: dict[str, list[float | None]] = {
        "expected_count": [
            None if share is None else share * row["n"] for row, share in zip(rows, expected, strict=True)
        ],
        "expected_share": expected,
        "target_share": targets,
        "adjusted_share": [
            None if not share or target is None else min(1.0, target * row["share"] / share)
            for row, share, target in zip(rows, expected, targets, strict=True)
        ],
        "design_effect": [place.design_effect for place in places],
        "p_value": [place.p_value for place in places],
    }
    intervals = [
        interval
        for name in measures
        for interval in clustered_share_intervals(clustered_shares(frame.filter(pl.col("measure") == name)))
    ]
    frame = with_interval(frame, "low", "high", intervals)
    for name, ends in (("95", [each[:2] for each in limits]), ("99_9", [each[2:] for each in limits])):
        frame = with_interval(frame, f"low_{name}", f"high_{name}", ends)
    frame = frame.with_columns(
        *(pl.Series(name, values, pl.Float64) for name, values in floats.items()),
        pl.Series("is_small", small, pl.Boolean),
        pl.Series("flag", flags, pl.String),
        pl.Series("verdict", [place.standing for place in places], pl.String),
    )
    if filters.teams:
        frame = frame.filter(pl.col("team").is_in([team or "not stated" for team in filters.teams]))
    return frame, judged


def team_funnel(published: Published, filters: Filters, measure: TeamMeasure) -> Funnel:
    """The points and the limits of the funnel plot of one measure."""
    import polars as pl

    points, judged = _team_rates(published, filters, measure)
    groups = judged.get(measure)
    whole = groups.target_share if groups else None
    largest = max(points["n"].to_list(), default=0)
    sizes = (
        sorted({1 + round(place * (largest - 1) / POINTS) for place in range(POINTS + 1)}) if largest else []
    )
    limits = groups.funnel(sizes) if groups else []
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


def _judged(frame: pl.DataFrame) -> OutlyingGroups:
    """The teams of one measure, each against the others."""
    rows = frame.rows(named=True)
    return outlying_groups(
        [_strata(row) for row in rows],
        clustered_shares(frame),
        is_good_high=rows[0]["is_good_high"],
    )


def _strata(row: dict[str, Any]) -> dict[str, tuple[int, int]]:
    pairs = zip(row["stratum_sizes"], row["stratum_hits"], strict=True)
    return dict(zip(row["strata"], pairs, strict=True))


def _flag(place: GroupPlace, is_small: bool) -> str:
    if place.side is not None:
        side = "below" if place.side == "low" else "above"
        return f"{side}_99_9" if place.standing == "signal" else f"{side}_95"
    return "too_few" if is_small else "within"
