"""Is it real? Two periods or groups, every group against the rest, and when a rate changed."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, get_args

import polars as pl

from pipeline.metrics.definitions import clustered_shares, rows_of_metric, with_interval
from pipeline.metrics.filters import Compared, Filters, GroupBy, ItemGroup, ShareMeasure
from pipeline.metrics.statistics import (
    ClusteredShare,
    Comparison,
    Interval,
    OneOfMany,
    Scatter,
    change_points,
    clustered_share_intervals,
    compare_clustered_shares,
    compare_counts,
    compare_durations,
    correlation_within,
    count_interval,
    counts_against_rest,
    durations_against_rest,
    outlying_groups,
    scatter_of,
    shares_against_rest,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.metrics.published import Published


_SHARES: tuple[ShareMeasure, ...] = get_args(ShareMeasure)
_GROUPS: dict[ShareMeasure, tuple[str, ...]] = {
    "written_in_time": get_args(GroupBy),
    "reviewed_in_time": get_args(GroupBy),
    "on_time": get_args(ItemGroup),
    "done_in_time": get_args(ItemGroup),
}


def compare(
    published: Published, before: Filters, after: Filters, measure: Compared = "resolve"
) -> Comparison:
    """Whether two choices differ, of periods or of groups that share no incident.

    `measure` is one of the four durations or "customer_impact" (both in minutes: ratio of typical values),
    "incidents" (ratio of rates per day), or a share, as "on_time" (ratio of shares). The answer holds the
    ratio of `after` to `before` with its 95 % interval, the verdict, and the smallest change that so many
    could have shown with 80 % power; `p_value` is not corrected for other comparisons made.
    """
    if measure in _SHARES:
        earlier_share, later_share = (
            sum(
                clustered_shares(rows_of_metric(published, "compare_group_shares", filters, measure=measure)),
                ClusteredShare(0, 0),
            )
            for filters in (before, after)
        )
        return compare_clustered_shares(earlier_share, later_share)
    earlier, later = (
        rows_of_metric(published, "compare_groups", filters, "month", group_by="all", measure=measure).row(
            0, named=True
        )
        for filters in (before, after)
    )
    if measure == "incidents":
        return compare_counts(
            earlier["n"],
            later["n"],
            earlier["observed_days"],
            later["observed_days"],
            scatter=scatter_of([_series(earlier), _series(later)]),
        )
    return compare_durations(earlier["ordered_values"], later["ordered_values"])


def compare_groups(
    published: Published, filters: Filters, group_by: GroupBy = "team", measure: Compared = "resolve"
) -> pl.DataFrame:
    """Each group against all the others, corrected for how many were compared: one row per group.

    Columns as `sql/metrics/compare_groups.sql` describes them. `measure` is one of the four durations,
    "customer_impact" or "incidents"; raises ValueError for a share, which `compare_group_shares` compares.
    """
    if measure in _SHARES:
        raise ValueError(f"{measure} is a share: ask compare_group_shares")
    frame = rows_of_metric(published, "compare_groups", filters, "month", group_by=group_by, measure=measure)
    days = frame["observed_days"].to_list()
    found = (
        counts_against_rest(frame["n"].to_list(), days, _scatters(frame))
        if measure == "incidents"
        else durations_against_rest(frame["ordered_values"].to_list())
    )
    return _with_comparisons(frame, found)


def compare_group_shares(
    published: Published,
    filters: Filters,
    group_by: GroupBy | ItemGroup = "team",
    measure: ShareMeasure = "on_time",
) -> pl.DataFrame:
    """The share of each group against that of all the others, corrected for how many were compared.

    Teams are judged as `team_rates` does, here without regard to priorities: against those that do not lie
    apart. One row per group; columns as `sql/metrics/compare_group_shares.sql` describes them. Raises
    ValueError for a measure that is no share, and for groups that its incidents or action items do not have.
    """
    if measure not in _SHARES:
        raise ValueError(f"{measure} is no share: ask compare_groups")
    known = _GROUPS[measure]
    if group_by not in known:
        raise ValueError(f"{measure} is grouped by {', '.join(known)}, not by {group_by}")
    frame = rows_of_metric(published, "compare_group_shares", filters, group_by=group_by, measure=measure)
    shares = clustered_shares(frame)
    frame = with_interval(frame, "share_low", "share_high", clustered_share_intervals(shares))
    if group_by == "team":
        return _teams_against_others(frame, shares)
    return _with_comparisons(frame, shares_against_rest(shares))


def _teams_against_others(frame: pl.DataFrame, shares: Sequence[ClusteredShare]) -> pl.DataFrame:
    """Each team against those of the others that do not lie apart, with what is said of it."""
    found = outlying_groups([{"": (share.n, share.count)} for share in shares], shares)
    within = correlation_within(shares)
    compared = sum(place.p_value is not None for place in found.places)
    pairs: list[OneOfMany] = []
    others: list[ClusteredShare] = []
    for index, (share, place) in enumerate(zip(shares, found.places, strict=True)):
        rest = [shares[other] for other in found.together if other != index]
        others.append(sum(rest, ClusteredShare(0, 0)))
        comparison = compare_clustered_shares(others[-1], share, within)
        pairs.append(OneOfMany(comparison, place.p_value, compared))
    return _with_comparisons(frame, pairs).with_columns(
        pl.Series("n_others", [other.n for other in others], pl.Int64),
        pl.Series("share_others", [other.count / other.n if other.n else None for other in others]),
        pl.Series("verdict", [place.standing for place in found.places], pl.String),
    )


def _with_comparisons(frame: pl.DataFrame, found: Sequence[OneOfMany]) -> pl.DataFrame:
    floats = {
        "ratio": [each.comparison.ratio for each in found],
        "ratio_low": [each.comparison.low for each in found],
        "ratio_high": [each.comparison.high for each in found],
        "smallest_ratio": [each.comparison.smallest_ratio for each in found],
        "p_value": [each.p_value for each in found],
    }
    return frame.with_columns(
        *(pl.Series(name, values, dtype=pl.Float64) for name, values in floats.items()),
        pl.Series("verdict", [each.verdict for each in found], dtype=pl.String),
        pl.Series("compared", [each.compared for each in found], dtype=pl.Int64),
    )


def _series(row: dict[str, Any]) -> list[tuple[int, float]]:
    return list(zip(row["period_counts"], row["period_days"], strict=True))


def _scatters(frame: pl.DataFrame) -> list[Scatter | None]:
    """Of each group beside the others: the months of both, or where groups are periods, the other periods."""
    if frame["period_start"].null_count() == 0:
        periods = frame.select("n", "observed_days").rows()
        return [scatter_of([periods[:place] + periods[place + 1 :]]) for place in range(len(periods))]
    rows = [_series(row) for row in frame.iter_rows(named=True)]
    whole = [sum(count for count, _ in month) for month in zip(*rows, strict=True)]
    days = [exposure for _, exposure in rows[0]] if rows else []
    return [
        scatter_of(
            [
                own,
                [
                    (total - count, exposure)
                    for total, (count, _), exposure in zip(whole, own, days, strict=True)
                ],
            ]
        )
        for own in rows
    ]


def monthly_rate_changes(published: Published, filters: Filters) -> pl.DataFrame:
    """When the number of incidents a month changed, if it did: one row per month.

    Columns as `sql/metrics/monthly_rate_changes.sql` describes them.
    """
    frame = rows_of_metric(published, "monthly_rate_changes", filters, "month")
    counts, days = frame["n"].to_list(), frame["observed_days"].to_list()
    found = {point.index: point for point in change_points(counts, days)}
    rows = range(len(frame))
    floats = {
        "ratio": [found[row].ratio if row in found else None for row in rows],
        "ratio_low": [found[row].low if row in found else None for row in rows],
        "ratio_high": [found[row].high if row in found else None for row in rows],
        "p_value": [found[row].p_value if row in found else None for row in rows],
    }
    levels = _levels(counts, days, sorted(found))
    frame = frame.with_columns(
        pl.Series("is_change", [row in found for row in rows], dtype=pl.Boolean),
        *(pl.Series(name, values, dtype=pl.Float64) for name, values in floats.items()),
        pl.Series("level_rate", [rate for rate, _ in levels], dtype=pl.Float64),
    )
    return with_interval(frame, "level_low", "level_high", [interval for _, interval in levels])


def _levels(
    counts: Sequence[int], days: Sequence[float], changes: Sequence[int]
) -> list[tuple[float, Interval]]:
    """For each month, the rate in 30 days of the months between the changes around it, with its interval."""
    levels: list[tuple[float, Interval]] = []
    bounds = [0, *changes, len(counts)]
    for start, end in pairwise(bounds):
        total, exposure = sum(counts[start:end]), sum(days[start:end])
        if exposure:
            low, high = count_interval(total)
            assert low is not None
            assert high is not None
            level = (total * 30 / exposure, (low * 30 / exposure, high * 30 / exposure))
            levels += [level] * (end - start)
    return levels
