"""Do we do what we promised? Action items made, done, late, and whose they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.metrics.definitions import rows_of_metric
from pipeline.metrics.filters import Filters, Grain
from pipeline.metrics.intervals import share_interval, with_interval

if TYPE_CHECKING:
    import polars as pl

    from pipeline.metrics.published import Published


def action_items_by_period(published: Published, filters: Filters, grain: Grain = "quarter") -> pl.DataFrame:
    """Promised, done, declined and still open: one row per period.

    Columns as `sql/metrics/action_items_by_period.sql` describes them.
    """
    return rows_of_metric(published, "action_items_by_period", filters, grain)


def action_items_by_team(published: Published, filters: Filters) -> pl.DataFrame:
    """Of the action items due in the period, the share decided in time: one row per team.

    Columns as `sql/metrics/action_items_by_team.sql` describes them, with the exact 90 % interval of
    `on_time_share`, `on_time_low` and `on_time_high`; null where nothing came due.
    """
    frame = rows_of_metric(published, "action_items_by_team", filters)
    return with_interval(
        frame,
        "on_time_low",
        "on_time_high",
        [share_interval(row["on_time_count"], row["n"]) for row in frame.iter_rows(named=True)],
    )


def overdue_action_items(published: Published, filters: Filters) -> pl.DataFrame:
    """The promises that are late now, the longest overdue first: one row per open action item past its date.

    Columns as `sql/metrics/overdue_action_items.sql` describes them. The period plays no part: late is
    late, whenever it was promised.
    """
    return rows_of_metric(published, "overdue_action_items", filters)
