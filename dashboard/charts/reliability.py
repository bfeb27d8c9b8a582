"""Are we getting more reliable? Incidents and times to resolve, period by period."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from dashboard.charts.drawing import (
    ADDRESS,
    MINUTES_LABEL,
    MINUTES_TICKS,
    Figure,
    Look,
    badge_of,
    door,
    door_words,
    drawable,
    over_periods,
    partial_words,
    period_of,
    series_colour,
    share_of,
    spec_of,
    total,
    with_interval,
)
from pipeline.metrics.sentences import count_of, in_words


def incidents_by_period(frame: pl.DataFrame, look: Look) -> Figure:
    """Bars of incidents per period, each with its exact 90 % interval."""
    n, planned = total(frame, "n"), total(frame, "planned_count")
    badge = badge_of(count_of(n, "incident"), {"planned": planned})
    caption = f"Incidents per {look.grain}. Lines: what chance alone gives around each count (90 %)."
    if not n:
        return Figure(None, caption, badge, "No incidents.")
    rows = [
        period_of(row, look)
        | {
            ADDRESS: row.get(ADDRESS) if row["n"] else None,
            "n": row["n"],
            "low": row["low"],
            "high": row["high"],
            "shown": f"{row['n']} ({row['low']:.0f}–{row['high']:.0f})",
        }
        for row in frame.iter_rows(named=True)
        if row["observed_days"]
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
    return Figure(
        spec_of(alt.layer(bars, intervals, labels), look, 230),
        caption + partial_words(rows, look) + door_words(rows, "A bar leads to its incidents."),
        badge,
        f"Bar chart of incidents per {look.grain}: "
        + "; ".join(f"{row['period']}: {row['shown']}" for row in rows),
    )


def time_to_resolve_by_period(frame: pl.DataFrame, look: Look) -> Figure:
    """Median and p90 time to resolve per period, on a logarithmic axis, each with its 90 % interval."""
    n, incident_count = total(frame, "n"), total(frame, "incident_count")
    badge = badge_of(
        f"n = {n:,} of {count_of(incident_count, 'incident')} ({share_of(n, incident_count)} coverage)",
        {
            "planned": total(frame, "planned_count"),
            "unresolved": total(frame, "unresolved_count"),
            "without usable times": total(frame, "no_times_count"),
        },
    )
    caption = (
        f"Per {look.grain}, logarithmic. Dot: median; ring: p90; lines: 90 % intervals, "
        "dotted where so few have no upper bound."
    )
    if not n:
        return Figure(None, caption, badge, "No incident has a time to resolve.")
    rows: list[dict[str, Any]] = []
    top = 1.5 * max(row["ordered_minutes"][-1] for row in frame.iter_rows(named=True) if row["n"])
    for row in frame.iter_rows(named=True):
        if not row["n"]:
            rows.append(period_of(row, look) | {"n": 0})
            continue
        rows.append(
            period_of(row, look)
            | {
                ADDRESS: row.get(ADDRESS),
                "n": row["n"],
                "median": drawable(row["median_minutes"]),
                "median_low": drawable(row["median_low"]),
                "median_high": drawable(row["median_high"]),
                "p90": drawable(row["p90_minutes"]),
                "p90_low": drawable(row["p90_low"]),
                "p90_high": drawable(row["p90_high"]) or top,
                "p90_is_bounded": row["p90_high"] is not None,
                "median_shown": with_interval(row["median_minutes"], row["median_low"], row["median_high"]),
                "p90_shown": with_interval(row["p90_minutes"], row["p90_low"], row["p90_high"]),
                "mean_shown": in_words(row["mean_minutes"]),
                "coverage": share_of(row["n"], row["incident_count"]),
            }
        )
    base = over_periods(rows, look)
    last = next(row for row in reversed(rows) if row["n"])
    tooltip = [
        alt.Tooltip("period:N", title="Period"),
        alt.Tooltip("median_shown:N", title="Median (90 % interval)"),
        alt.Tooltip("p90_shown:N", title="p90 (90 % interval)"),
        alt.Tooltip("mean_shown:N", title="Mean"),
        alt.Tooltip("n:Q", title="n"),
        alt.Tooltip("coverage:N", title="Coverage"),
    ]
    axis = alt.Axis(values=MINUTES_TICKS, labelExpr=MINUTES_LABEL, labelOverlap="greedy")

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", title=None, scale=alt.Scale(type="log", nice=False), axis=axis)

    colour = series_colour(look)
    layers = [
        door(base.mark_rule(strokeWidth=1.2, opacity=0.8), rows).encode(
            y=y("p90_low"),
            y2="p90_high",
            color=colour,
            strokeDash=alt.condition("datum.p90_is_bounded", alt.value([1, 0]), alt.value([2, 4])),
            tooltip=tooltip,
        ),
        door(
            base.mark_point(filled=False, size=34, strokeWidth=1.5, fill=look.colours.card, opacity=1), rows
        ).encode(y=y("p90"), color=colour, tooltip=tooltip),
        door(base.mark_rule(strokeWidth=5, opacity=0.35, strokeCap="round"), rows).encode(
            y=y("median_low"), y2="median_high", color=colour, tooltip=tooltip
        ),
        door(base.mark_point(filled=True, size=70, opacity=1), rows).encode(
            y=y("median"), color=colour, tooltip=tooltip
        ),
    ]
    # The two are named where they stand far enough apart to be read; the caption tells them in any case.
    named = base.transform_filter(alt.datum.period == last["period"])
    for field in ("median", "p90") if last["p90"] > 2 * last["median"] else ():
        layers.append(
            named.mark_text(align="left", dx=10, color=look.colours.muted, fontSize=11.5, text=field).encode(
                y=y(field)
            )
        )
    return Figure(
        spec_of(alt.layer(*layers), look, 230),
        caption + partial_words(rows, look) + door_words(rows, "A dot leads to its incidents."),
        badge,
        "Median time to resolve per period with its interval: "
        + "; ".join(f"{row['period']}: {row.get('median_shown', 'none')}, n {row['n']}" for row in rows),
    )
