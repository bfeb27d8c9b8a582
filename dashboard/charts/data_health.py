"""How far can the figures be trusted? Coverage and completeness."""

from __future__ import annotations

import altair as alt
import polars as pl

from dashboard.charts.drawing import (
    ADDRESS,
    Figure,
    Look,
    at_the_end,
    door,
    door_words,
    dots_by_team,
    name_axis,
    share_x,
    spec_of,
    total,
)
from pipeline.metrics.sentences import (
    MOST,
    count_of,
    figure_in_words,
    mean_completeness,
    percent,
    reasons_in_words,
    share_span,
    used_in_words,
)


def coverage_by_figure(frame: pl.DataFrame, look: Look) -> Figure:
    """Bars of the share of incidents each figure can use, in a track that stands for all of them."""
    badge = count_of(
        max((row["incident_count"] for row in frame.iter_rows(named=True)), default=0), "incident"
    )
    caption = "Share of the incidents that each figure can use; the rest lacks what it needs."
    rows = [
        {
            ADDRESS: row.get(ADDRESS) if row["left_out_count"] else None,
            "figure": figure_in_words(row["figure"]),
            "share": row["coverage"],
            "all": 1,
            "label": f"{row['n']:,} of {row['incident_count']:,}",
            "shown": f"{used_in_words(row)} ({percent(row['coverage'])})",
            "missing": reasons_in_words(row) or "nothing",
            "is_weak": row["coverage"] < MOST,
        }
        for row in frame.iter_rows(named=True)
        if row["incident_count"]
    ]
    if not rows:
        return Figure(None, caption, badge, "No incident is on record.")
    colours = look.colours
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        y=alt.Y("figure:N", title=None, sort=None, axis=name_axis(150, look)),
        tooltip=[
            alt.Tooltip("figure:N", title="Figure"),
            alt.Tooltip("shown:N", title="Can use"),
            alt.Tooltip("missing:N", title="Left out because of"),
        ],
    )
    bars = base.mark_bar(cornerRadiusEnd=2, height={"band": 0.62})
    track = door(bars, rows).encode(x=share_x("all"), color=alt.value(colours.line))
    used = door(bars, rows).encode(
        x=share_x("share"),
        color=alt.condition("datum.is_weak", alt.value(colours.bad), alt.value(colours.accent)),
    )
    weak = " Red: less than half." if any(row["is_weak"] for row in rows) else ""
    return Figure(
        spec_of(alt.layer(track, used, at_the_end(base, "label", look)), look, 30 * len(rows) + 44),
        caption + weak + door_words(rows, "A bar leads to the findings that say why."),
        badge,
        "Share of incidents each figure can use: "
        + "; ".join(f"{row['figure']} {row['shown']}, left out because of {row['missing']}" for row in rows),
    )


def completeness_by_team(frame: pl.DataFrame, look: Look) -> Figure:
    """Mean completeness per team with its 90 % interval and n, beside the mean of all."""
    badge = count_of(total(frame, "n"), "incident")
    caption = (
        "Mean share of ten things a good postmortem tells. Lines: 90 % intervals; dashed: all of these. "
        "In the order of the alphabet: no ranking."
    )
    if frame.is_empty():
        return Figure(None, caption, badge, "No incident has a completeness score.")
    mean = mean_completeness(frame)
    rows = [
        {
            ADDRESS: row.get(ADDRESS),
            "team": row["team"],
            "share": row["mean_completeness"],
            "low": row["mean_low"],
            "high": row["mean_high"],
            "counted": f"n = {row['n']:,}",
            "flag": None,
            "standing": "not judged",
            "shown": f"{percent(row['mean_completeness'])} "
            + (
                "(too few for an interval)"
                if row["mean_low"] is None
                else f"({share_span(row['mean_low'], row['mean_high'])})"
            ),
        }
        for row in frame.iter_rows(named=True)
    ]
    spec = dots_by_team(rows, mean, look, "Completeness (90 % interval)")
    return Figure(
        spec,
        caption + door_words(rows, "A dot leads to the team's findings."),
        badge,
        f"Mean completeness, all teams {percent(mean)}: "
        + "; ".join(f"{row['team']} {row['shown']}, {row['counted']}" for row in rows),
    )
