"""How do promises slip, and what do they lack? The ledger, its sums, and what nobody owns or dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.metrics.definitions import clustered_shares, rows_of_metric, with_interval
from pipeline.metrics.statistics import clustered_share_intervals, share_interval
from pipeline.metrics.teams import team_rates

if TYPE_CHECKING:
    import polars as pl

    from pipeline.metrics.filters import Filters
    from pipeline.metrics.published import Published


def slippage_ledger(published: Published, filters: Filters) -> pl.DataFrame:
    """Each promise that slipped, and how: one row per action item, the most slipped first.

    Columns as `sql/metrics/slippage_ledger.sql` describes them; the changes behind a row are those of
    `action_item_history`.
    """
    return rows_of_metric(published, "slippage_ledger", filters)


def slippage_by_team(published: Published, filters: Filters) -> pl.DataFrame:
    """The ledger summed up: one row per team, with the 90 % intervals of `team_rates` for its shares.

    Columns as `sql/metrics/slippage_by_team.sql` describes them.
    """
    import polars as pl

    frame = rows_of_metric(published, "slippage_by_team", filters)
    rates = team_rates(published, filters)
    for name, measure in (
        ("pushed", "pushed"),
        ("reopened", "reopened"),
        ("bulk", "closed_in_bulk"),
        ("no_trace", "no_trace"),
    ):
        own = rates.filter(pl.col("measure") == measure).select(
            "team", pl.col("low").alias(f"{name}_low"), pl.col("high").alias(f"{name}_high")
        )
        frame = frame.join(own, on="team", how="left", maintain_order="left")
    return frame


def promise_gaps_by_team(published: Published, filters: Filters) -> pl.DataFrame:
    """Action items without owner, date or tracker, and postmortems that promise nothing: one row per team.

    Columns as `sql/metrics/promise_gaps_by_team.sql` describes them, with 90 % intervals.
    """
    import polars as pl

    frame = rows_of_metric(published, "promise_gaps_by_team", filters)
    has_items = frame.filter(pl.col("n") > 0)
    for name in ("no_owner", "no_date", "no_tracker"):
        shares = clustered_shares(has_items, f"{name}_count", "n", f"{name}_spread")
        own = with_interval(
            has_items.select("team"), f"{name}_low", f"{name}_high", clustered_share_intervals(shares)
        )
        frame = frame.join(own, on="team", how="left", maintain_order="left")
    nothing = frame.select("nothing_promised_count", "postmortem_count").rows()
    return with_interval(frame, "nothing_low", "nothing_high", [share_interval(k, n) for k, n in nothing])


def postmortems_without_action_items(published: Published, filters: Filters) -> pl.DataFrame:
    """Incidents whose postmortem promises nothing: one row per incident, the latest first.

    Columns as `sql/metrics/postmortems_without_action_items.sql` describes them.
    """
    return rows_of_metric(published, "postmortems_without_action_items", filters)
