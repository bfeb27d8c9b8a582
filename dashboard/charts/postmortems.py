"""Are postmortems written and reviewed when it was agreed?"""

from __future__ import annotations

import polars as pl

from dashboard.charts.drawing import (
    ADDRESS,
    Figure,
    Look,
    badge_of,
    door_words,
    dots_by_team,
    standing_words,
    total,
)
from pipeline.metrics.sentences import count_of, flag_in_words, percent, share_span


def postmortems_written(frame: pl.DataFrame, look: Look) -> Figure:
    """Share written within the days agreed, per team, with its exact 90 % interval."""
    return _in_time(frame, look, "written")


def postmortems_reviewed(frame: pl.DataFrame, look: Look) -> Figure:
    """Share reviewed within the days agreed, per team, with its exact 90 % interval."""
    return _in_time(frame, look, "reviewed")


def _in_time(frame: pl.DataFrame, look: Look, step: str) -> Figure:
    own = frame.filter(pl.col("step") == step)
    n, incident_count, kept = (total(own, name) for name in ("n", "incident_count", "in_time_count"))
    badge = badge_of(
        f"n = {n:,} of {count_of(incident_count, 'incident')}",
        {
            "not due yet": total(own, "not_due_count"),
            "nothing agreed": total(own, "not_agreed_count"),
            "end not known": total(own, "no_end_count"),
            "day not known": total(own, "no_day_count"),
        },
    )
    caption = f"Share {step} within the days agreed. Lines: exact 90 % intervals; dashed: all of these."
    if not n:
        return Figure(None, caption, badge, f"Of no postmortem can it be told whether it was {step} in time.")
    rows = [
        {
            ADDRESS: row.get(ADDRESS),
            "team": row["group_name"],
            "share": row["share_in_time"],
            "low": row["share_low"],
            "high": row["share_high"],
            "counted": f"{row['in_time_count']:,} of {row['n']:,}",
            "flag": row["flag"],
            "standing": flag_in_words({"flag": row["flag"]}),
            "shown": f"{percent(row['share_in_time'])} ({share_span(row['share_low'], row['share_high'])})",
        }
        for row in own.iter_rows(named=True)
        if row["n"]
    ]
    return Figure(
        dots_by_team(rows, kept / n, look, "In time (90 % interval)"),
        caption + standing_words(rows) + door_words(rows, "A dot leads to the team's incidents."),
        badge,
        f"Share {step} in time, all teams {percent(kept / n)}: "
        + "; ".join(f"{row['team']} {row['shown']}, {row['counted']}, {row['standing']}" for row in rows),
    )
