"""Are we getting more reliable? Incidents and times to resolve, period by period."""

from __future__ import annotations

import altair as alt
import polars as pl

from dashboard.charts.annotated import figure_over_time, periods_of
from dashboard.charts.drawing import (
    ADDRESS,
    Figure,
    Look,
    badge_of,
    door,
    door_words,
    over_periods,
    partial_words,
    period_name,
    period_of,
    series_colour,
    total,
)
from pipeline.metrics.sentences import count_of


def incidents_by_period(frame: pl.DataFrame, look: Look) -> Figure:
    """Bars of incidents per period, each with its exact 90 % interval."""
    n, planned = total(frame, "n"), total(frame, "planned_count")
    badge = badge_of(count_of(n, "incident"), {"planned": planned})
    caption = f"Incidents per {look.grain}. Lines: what chance alone gives around each count (90 %)."
    if not n:
        return Figure(None, caption, badge, "No incidents.")
    observed = [row for row in frame.iter_rows(named=True) if row["observed_days"]]
    rows = [
        period_of(row, look)
        | {
            ADDRESS: row.get(ADDRESS) if row["n"] else None,
            "n": row["n"],
            "low": row["low"],
            "high": row["high"],
            "shown": f"{row['n']} ({row['low']:.0f}–{row['high']:.0f})",
        }
        for row in observed
    ]
    base = over_periods(rows, look)
    tooltip = [
        alt.Tooltip("period:N", title="Period"),
        alt.Tooltip("shown:N", title="Incidents (90 % interval)"),
        alt.Tooltip("state:N", title="Days"),
    ]
    bars = door(base.mark_bar(cornerRadiusTopLeft=2, cornerRadiusTopRight=2), rows).encode(
        y=alt.Y("n:Q", title=None, axis=alt.Axis(tickCount=4, format="d")),
        color=series_colour(look),
        fillOpacity=alt.condition("datum.is_partial", alt.value(0.45), alt.value(1)),
        tooltip=tooltip,
    )
    intervals = door(base.mark_rule(strokeWidth=1.5, color=look.colours.ink, opacity=0.55), rows).encode(
        y="low:Q", y2="high:Q", tooltip=tooltip
    )
    labels = door(
        base.mark_text(baseline="bottom", dy=-5, color=look.colours.muted, fontSize=11), rows
    ).encode(y="high:Q", text=alt.Text("n:Q", format="d"))
    told = Figure(
        None,
        caption + partial_words(rows, look) + door_words(rows, "A bar leads to its incidents."),
        badge,
        f"Bar chart of incidents per {look.grain}: "
        + "; ".join(f"{row['period']}: {row['shown']}" for row in rows),
    )
    # A number may stand above the highest line of the grid.
    return figure_over_time([bars, intervals, labels], periods_of(observed), look, 230, told, above=13)


def monthly_rate_changes(frame: pl.DataFrame, look: Look) -> Figure:
    """Dots of incidents per month, and steps of the rate between its changes with their 90 % intervals."""
    n, planned = total(frame, "n"), total(frame, "planned_count")
    undated = max(frame["undated_count"].to_list(), default=0)
    badge = badge_of(
        f"{count_of(n, 'incident')} in {count_of(len(frame), 'month')}",
        {"planned": planned, "without a day": undated},
    )
    caption = (
        "Incidents of each month on record; line: their rate between two changes, band: its 90 % interval. "
        "At most one in twenty series without a change shows one."
    )
    if not n:
        return Figure(None, caption, badge, "No incidents.")
    observed = list(frame.iter_rows(named=True))
    rows = [
        {
            ADDRESS: row.get(ADDRESS) if row["n"] else None,
            "from": row["period_start"].isoformat(),
            "to": row["period_end"].isoformat(),
            "month": period_name(row["period_start"], row["period_end"], "month"),
            "n": row["n"],
            "level": row["level_rate"],
            "low": row["level_low"],
            "high": row["level_high"],
            "shown": f"{row['level_rate']:.1f} ({row['level_low']:.1f}–{row['level_high']:.1f})",
        }
        for row in observed
    ]
    axis = alt.Axis(grid=False, tickCount=8, labelOverlap=True)
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X("from:T", title=None, axis=axis, scale=alt.Scale(type="utc")),
        tooltip=[
            alt.Tooltip("month:N", title="Month"),
            alt.Tooltip("n:Q", title="Incidents"),
            alt.Tooltip("shown:N", title="Rate in 30 days (90 % interval)"),
        ],
    )
    colours = look.colours
    bands = base.mark_rect(color=colours.accent, opacity=0.16).encode(
        x2="to:T", y=alt.Y("low:Q", title=None, axis=alt.Axis(tickCount=4, format="d")), y2="high:Q"
    )
    levels = base.mark_rule(color=colours.accent, strokeWidth=2).encode(x2="to:T", y="level:Q")
    dots = door(base.mark_point(filled=True, size=42, opacity=1, color=colours.muted), rows).encode(y="n:Q")
    told = Figure(
        None,
        caption + door_words(rows, "A dot leads to its incidents."),
        badge,
        "Incidents per month: "
        + "; ".join(f"{row['month']}: {row['n']}, rate {row['shown']}" for row in rows),
    )
    span = (observed[0]["period_start"], observed[-1]["period_end"])
    return figure_over_time([bands, levels, dots], [span], look, 200, told)
