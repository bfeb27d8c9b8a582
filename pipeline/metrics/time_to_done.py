"""How long does it take until what was promised is done, and is it faster here than there?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.metrics.definitions import clustered_shares, rows_of_metric, with_interval
from pipeline.metrics.filters import Filters, ItemGroup
from pipeline.metrics.statistics import (
    SIGNAL_LEVEL,
    CumulativeIncidence,
    Curve,
    aalen_johansen,
    adjusted,
    clustered_share_intervals,
    kaplan_meier,
    log_rank,
    outlying_curves,
    survival_median,
)

if TYPE_CHECKING:
    import polars as pl

    from pipeline.metrics.published import Published

DONE, DECLINED = 1, 2


def time_to_done(published: Published, filters: Filters, group_by: ItemGroup = "all") -> pl.DataFrame:
    """By when half of what was promised in the period is done: one row per group, with 90 % intervals.

    Columns as `sql/metrics/time_to_done.sql` describes them. What is still open counts for as long as it has
    been, and what is declined will never be done (Aalen and Johansen); never the mean of what is done
    already, which flatters. `verdict` says of each group whether it differs from all others together; of a
    team, as `team_rates` does, from those that do not lie apart.
    """
    import polars as pl

    frame = rows_of_metric(published, "time_to_done", filters, group_by=group_by)
    rows = frame.select("ordered_days", "ordered_causes").rows()
    done = [survival_median(_not_done(aalen_johansen(days, causes)[DONE])) for days, causes in rows]
    decided = [survival_median(kaplan_meier(days, [cause > 0 for cause in causes])) for days, causes in rows]
    for name, medians in (("median", done), ("decision_median", decided)):
        frame = frame.with_columns(pl.Series(f"{name}_days", [each[0] for each in medians], pl.Float64))
        frame = with_interval(frame, f"{name}_low", f"{name}_high", [each[1:] for each in medians])
    shares = clustered_shares(frame, "in_time_count", "due_count", "in_time_spread")
    frame = with_interval(frame, "in_time_low", "in_time_high", clustered_share_intervals(shares))
    incidents = frame["ordered_incidents"].to_list()
    p_values, overall = _differences(rows, incidents)
    verdicts: list[str | None] = [
        None if p_value is None else "signal" if p_value <= 1 - SIGNAL_LEVEL else "not distinguishable"
        for p_value in p_values
    ]
    directions = _directions(rows)
    if group_by == "team":
        curves = [(days, [cause == DONE for cause in causes]) for days, causes in rows]
        places = outlying_curves(curves, incidents)
        p_values = [place.p_value for place in places]
        verdicts = [place.standing for place in places]
        directions = [
            None if place.is_sooner is None else "sooner" if place.is_sooner else "later" for place in places
        ]
    return frame.with_columns(
        pl.Series("p_value", p_values, pl.Float64),
        pl.Series("overall_p_value", [overall] * len(rows), pl.Float64),
        pl.Series("verdict", verdicts, pl.String),
        pl.Series("direction", directions, pl.String),
    )


def _directions(rows: list[tuple[list[float], list[int]]]) -> list[str | None]:
    """Of each group, whether more is done per day open than by all others ("sooner") or less ("later")."""
    done = [sum(cause == DONE for cause in causes) for _, causes in rows]
    days = [sum(durations) for durations, _ in rows]
    found: list[str | None] = []
    for own_done, own_days in zip(done, days, strict=True):
        other_done, other_days = sum(done) - own_done, sum(days) - own_days
        more = own_done * other_days - other_done * own_days
        found.append(None if not more else "sooner" if more > 0 else "later")
    return found


def done_curves(published: Published, filters: Filters, group_by: ItemGroup = "all") -> pl.DataFrame:
    """The curves behind `time_to_done`: one row per group and day on which something was decided.

    Columns: group_name, days (since promised), at_risk_count (open just before), done_share, done_low,
    done_high, declined_share and open_share (they sum to 1), with 90 % intervals of the share done. Each
    group begins with a row for day 0.
    """
    import polars as pl

    parts = []
    for row in rows_of_metric(published, "time_to_done", filters, group_by=group_by).iter_rows(named=True):
        curves = aalen_johansen(row["ordered_days"], row["ordered_causes"])
        done, declined = curves[DONE], curves.get(DECLINED)
        at_day = declined.incidence if declined is not None else done.incidence * 0
        columns = {
            "days": [0.0, *done.times],
            "at_risk_count": [float(row["n"]), *done.at_risk],
            "done_share": [0.0, *done.incidence],
            "done_low": [0.0, *done.low],
            "done_high": [0.0, *done.high],
            "declined_share": [0.0, *at_day],
            "open_share": [1.0, *(1 - done.incidence - at_day)],
        }
        parts.append(
            pl.DataFrame(
                {"group_name": [row["group_name"]] * len(columns["days"]), **columns},
                schema={"group_name": pl.String, **dict.fromkeys(columns, pl.Float64)},
            )
        )
    return pl.concat(parts) if parts else pl.DataFrame()


def _not_done(done: CumulativeIncidence) -> Curve:
    """The share not done over time, be it open or declined, so that its median can be read."""
    return Curve(
        done.times,
        done.at_risk,
        done.events,
        1 - done.incidence,
        1 - done.high,
        1 - done.low,
        done.variance,
        done.n,
        done.followed_until,
        done.is_complete,
        done.level,
    )


def _differences(
    rows: list[tuple[list[float], list[int]]], incidents: list[list[int]]
) -> tuple[list[float | None], float | None]:
    """Of each group the p-value against all others, corrected for their number, and of all groups together.

    Compared is how soon things are done, with what is declined taken out when it is (cause-specific).
    """
    groups = [(days, [cause == DONE for cause in causes]) for days, causes in rows]
    overall = log_rank(groups, incidents)[2]
    found: list[float | None] = []
    for index, group in enumerate(groups):
        others = [place for place in range(len(groups)) if place != index]
        rest = (
            [day for place in others for day in groups[place][0]],
            [is_done for place in others for is_done in groups[place][1]],
        )
        rest_incidents = [number for place in others for number in incidents[place]]
        found.append(log_rank([group, rest], [incidents[index], rest_incidents])[2])
    known = [p_value for p_value in found if p_value is not None]
    # Of two groups each is the other's rest: one test, told twice.
    left = iter(known if len(groups) == 2 else adjusted(known))
    return [None if p_value is None else next(left) for p_value in found], overall
