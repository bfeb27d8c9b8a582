"""How do promises slip, and what do they lack? The ledger, its sums, and what nobody owns or dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.metrics.definitions import rows_of_metric, with_interval
from pipeline.metrics.statistics import share_interval

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
    """The ledger summed up: one row per team, with exact 90 % intervals of its shares.

    Columns as `sql/metrics/slippage_by_team.sql` describes them.
    """
    frame = rows_of_metric(published, "slippage_by_team", filters)
    for name, count, n in (
        ("pushed", "pushed_count", "with_due_date_count"),
        ("reopened", "reopened_count", "ever_done_count"),
        ("bulk", "bulk_count", "closed_count"),
        ("no_trace", "no_trace_count", "traceable_count"),
    ):
        frame = _with_share_interval(frame, name, count, n)
    return frame


def promise_gaps_by_team(published: Published, filters: Filters) -> pl.DataFrame:
    """Action items without owner, date or tracker, and postmortems that promise nothing: one row per team.

    Columns as `sql/metrics/promise_gaps_by_team.sql` describes them, with exact 90 % intervals.
    """
    frame = rows_of_metric(published, "promise_gaps_by_team", filters)
    for name, count, n in (
        ("no_owner", "no_owner_count", "n"),
        ("no_date", "no_date_count", "n"),
        ("no_tracker", "no_tracker_count", "n"),
        ("nothing", "nothing_promised_count", "postmortem_count"),
    ):
        frame = _with_share_interval(frame, name, count, n)
    return frame


def postmortems_without_action_items(published: Published, filters: Filters) -> pl.DataFrame:
    """Incidents whose postmortem promises nothing: one row per incident, the latest first.

    Columns as `sql/metrics/postmortems_without_action_items.sql` describes them.
    """
    return rows_of_metric(published, "postmortems_without_action_items", filters)


def _with_share_interval(frame: pl.DataFrame, name: str, count: str, n: str) -> pl.DataFrame:
    intervals = [share_interval(k, size) for k, size in frame.select(count, n).rows()]
    return with_interval(frame, f"{name}_low", f"{name}_high", intervals)
