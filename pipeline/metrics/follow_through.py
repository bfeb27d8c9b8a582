"""Do we do what we promised? Action items made, done, late, and whose they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from pipeline.metrics.definitions import clustered_shares, rows_of_metric, with_interval
from pipeline.metrics.filters import Filters, Grain, ItemGroup
from pipeline.metrics.statistics import (
    ClusteredShare,
    Interval,
    clustered_share_interval,
    correlation_within,
    quantile_interval,
)
from pipeline.metrics.teams import with_standing

if TYPE_CHECKING:
    import polars as pl

    from pipeline.metrics.published import Published

#: Which promises to list. "late": overdue or ignored; "due": in the period; "no_owner", "no_date" and
#: "no_issue": made in the period, or nobody knows when.
Which = Literal[
    "late", "ignored", "open", "due", "pushed", "done", "declined", "unknown", "no_owner", "no_date",
    "no_issue", "all",
]  # fmt: skip


def action_items_by_period(published: Published, filters: Filters, grain: Grain = "quarter") -> pl.DataFrame:
    """Promised, done, declined, reopened and still open: one row per period, as it was then.

    From the history, so that a period that ends on a past day tells what was so on that day. Columns as
    `sql/metrics/action_items_by_period.sql` describes them.
    """
    return rows_of_metric(published, "action_items_by_period", filters, grain)


def open_items_by_age(published: Published, filters: Filters, group_by: ItemGroup = "all") -> pl.DataFrame:
    """How old what is open is: one row per group, the median age in days with its 90 % interval.

    Columns as `sql/metrics/open_items_by_age.sql` describes them. Whenever it was promised: the period of the
    filters does not count.
    """
    frame = rows_of_metric(published, "open_items_by_age", filters, group_by=group_by)
    intervals = [quantile_interval(days, 0.5) for days in frame["ordered_days"].to_list()]
    return with_interval(frame, "median_low", "median_high", intervals)


def action_items_by_team(published: Published, filters: Filters) -> pl.DataFrame:
    """Of the action items due in the period, the share decided in time: one row per team.

    Columns as `sql/metrics/action_items_by_team.sql` describes them, with the 90 % interval of the share
    and how it stands beside the other teams; null where nothing came due.
    """
    return with_standing(
        rows_of_metric(published, "action_items_by_team", filters), "on_time", published, filters
    )


def on_time_interval(teams: pl.DataFrame) -> Interval:
    """Of the share decided in time of all teams together, which are rows of `action_items_by_team`."""
    import polars as pl

    due = teams.filter(pl.col("n") > 0)
    shares = clustered_shares(due, "on_time_count", "n", "on_time_spread")
    return clustered_share_interval(sum(shares, ClusteredShare(0, 0)), correlation_within(shares))


def action_items_matching(
    published: Published, filters: Filters, which: Which = "all", reason: str | None = None
) -> pl.DataFrame:
    """The promises one by one, the longest overdue first: one row per action item.

    Of one `reason` of their outcome only, when named. Columns as `sql/metrics/action_items_matching.sql`
    describes them. The period tells only what came due in it, and of which promises made in it something is
    missing: late is late, whenever it was promised.
    """
    import polars as pl

    frame = rows_of_metric(published, "action_items_matching", filters)
    state = pl.col("state")
    chosen: dict[Which, pl.Expr] = {
        "late": state.is_in(["overdue", "ignored"]),
        "ignored": state == "ignored",
        "open": state.is_in(["open", "overdue", "ignored"]),
        "due": pl.col("is_due"),
        "pushed": pl.col("due_date_push_count") > 0,
        "done": state == "done",
        "declined": state == "declined",
        "unknown": state.is_in(["unknown", "missing"]),
        "no_owner": pl.col("is_made_in_period") & pl.col("has_no_owner"),
        "no_date": pl.col("is_made_in_period") & pl.col("has_no_date"),
        "no_issue": pl.col("is_made_in_period") & pl.col("has_no_issue"),
    }
    if reason is not None:
        frame = frame.filter(pl.col("outcome_reason") == reason)
    return frame if which == "all" else frame.filter(chosen[which])


def action_item_history(published: Published, action_item_ids: Sequence[str]) -> pl.DataFrame:
    """What was done to the issues of these action items: one row per change, the newest first.

    Columns as those of `marts.action_item_events`, and `is_of_survivor`: whether it was done to the issue in
    which the action item goes on.
    """
    return published.query(
        "SELECT events.*, coalesce(events.issue_id = items.survivor_issue_id, false) AS is_of_survivor"
        " FROM marts.action_item_events AS events INNER JOIN marts.action_items AS items"
        " ON events.action_item_id = items.action_item_id"
        " WHERE list_contains($ids, events.action_item_id)"
        ' ORDER BY events.action_item_id, events."at" DESC, events.issue_id, events.change_number DESC',
        {"ids": list(action_item_ids)},
    )


def action_items_by_outcome(published: Published, filters: Filters) -> pl.DataFrame:
    """What became of the promises and why: one row per outcome and reason.

    Columns as `sql/metrics/action_items_by_outcome.sql` describes them.
    """
    return rows_of_metric(published, "action_items_by_outcome", filters)
