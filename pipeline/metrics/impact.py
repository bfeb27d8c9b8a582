"""What do incidents cost, and when are their postmortems written?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.metrics.definitions import rows_of_metric, with_interval
from pipeline.metrics.filters import Filters, GroupBy
from pipeline.metrics.statistics import quantile_interval, share_interval
from pipeline.metrics.teams import team_rates

if TYPE_CHECKING:
    import polars as pl

    from pipeline.metrics.published import Published


def impact_by_group(published: Published, filters: Filters, group_by: GroupBy = "all") -> pl.DataFrame:
    """Customer impact in minutes, users, person-hours and cost: one row per group, with coverages.

    Columns as `sql/metrics/impact_by_group.sql` describes them. A total is null when no incident states it.
    """
    frame = rows_of_metric(published, "impact_by_group", filters, group_by=group_by)
    intervals = [quantile_interval(values, 0.5) for values in frame["ordered_minutes"].to_list()]
    return with_interval(frame, "median_impact_low", "median_impact_high", intervals)


def postmortem_timeliness(published: Published, filters: Filters, group_by: GroupBy = "all") -> pl.DataFrame:
    """Share of postmortems written, and reviewed, within the days agreed: two rows per group.

    Columns as `sql/metrics/postmortem_timeliness.sql` describes them, with the exact 90 % interval of the
    share and the interval of the median of days. The share is null where nothing was agreed.
    """
    import polars as pl

    frame = rows_of_metric(published, "postmortem_timeliness", filters, group_by=group_by)
    flags: dict[tuple[str, str], str] = {}
    if group_by == "team":
        rates = team_rates(published, filters).select("team", "measure", "flag").rows()
        flags = {(team, measure.removesuffix("_in_time")): flag for team, measure, flag in rates}
    named = frame.select("group_name", "step").rows()
    frame = frame.with_columns(pl.Series("flag", [flags.get(each) for each in named], pl.String))
    shares = [share_interval(k, n) for k, n in frame.select("in_time_count", "n").iter_rows()]
    frame = with_interval(frame, "share_low", "share_high", shares)
    medians = [quantile_interval(values, 0.5) for values in frame["ordered_days"].to_list()]
    return with_interval(frame, "median_low", "median_high", medians)


def reporting_delay(published: Published, filters: Filters) -> pl.DataFrame:
    """Days from an incident to its postmortem: one row, with the 90 % interval of the 90th percentile.

    Columns as `sql/metrics/reporting_delay.sql` describes them. Where postmortems come late, the last days of
    any period have fewer incidents on record than there were.
    """
    frame = rows_of_metric(published, "reporting_delay", filters)
    intervals = [quantile_interval(values or (), 0.9) for values in frame["ordered_days"].to_list()]
    return with_interval(frame, "p90_low", "p90_high", intervals)
