"""How long do incidents take, and how long is it quiet between them?"""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from dashboard.charts.annotated import figure_over_time, periods_of
from dashboard.charts.drawing import (
    ADDRESS,
    MINUTES_LABEL,
    MINUTES_TICKS,
    MOST_BARS,
    Figure,
    Look,
    at_the_end,
    badge_of,
    door,
    door_words,
    drawable,
    n_of,
    name_axis,
    over_periods,
    partial_words,
    period_of,
    series_colour,
    share_of,
    spec_of,
    total,
    with_interval,
)
from pipeline.metrics.sentences import category_in_words, count_of, days_in_words, in_words, percent


def times_by_group(frame: pl.DataFrame, look: Look) -> Figure:
    """Median and p90 of a duration per group with their 90 % intervals: periods upright, others in lines."""
    if not frame.is_empty() and frame["period_start"].null_count() == 0:
        return _by_period(frame, look)
    badge = _badge(frame)
    caption = "Logarithmic. Dot: median; ring: p90; bar: 90 % interval of the median. No ranking."
    known = frame.filter(pl.col("n") > 0).sort("n", descending=True)
    if known.is_empty():
        return Figure(None, caption, badge, "No incident has such a time.")
    rows = [
        {
            ADDRESS: row.get(ADDRESS),
            "group": category_in_words(row["group_name"]) if row["group_name"] == "unknown" else name_of(row),
            "median": drawable(row["median_minutes"]),
            "low": drawable(row["median_low"]),
            "high": drawable(row["median_high"]),
            "p90": drawable(row["p90_minutes"]),
            "counted": f"n = {row['n']:,}",
            "shown": with_interval(row["median_minutes"], row["median_low"], row["median_high"]),
            "p90_shown": with_interval(row["p90_minutes"], row["p90_low"], row["p90_high"]),
            "coverage": percent(row["coverage"]),
        }
        for row in known.head(MOST_BARS).iter_rows(named=True)
    ]
    colours = look.colours
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        y=alt.Y("group:N", title=None, sort=None, axis=name_axis(150, look)),
        tooltip=[
            alt.Tooltip("group:N", title="Group"),
            alt.Tooltip("shown:N", title="Median (90 % interval)"),
            alt.Tooltip("p90_shown:N", title="p90 (90 % interval)"),
            alt.Tooltip("counted:N", title="Incidents"),
            alt.Tooltip("coverage:N", title="Coverage"),
        ],
    )

    def x(field: str) -> alt.X:
        axis = alt.Axis(values=MINUTES_TICKS, labelExpr=MINUTES_LABEL, labelOverlap="greedy", orient="bottom")
        return alt.X(f"{field}:Q", title=None, scale=alt.Scale(type="log", nice=False), axis=axis)

    layers = [
        door(base.mark_rule(strokeWidth=6, opacity=0.28, strokeCap="round", color=colours.accent), rows)
        .encode(x=x("low"), x2="high:Q")
        .transform_filter("isValid(datum.low) && isValid(datum.high)"),
        door(base.mark_point(filled=False, size=34, strokeWidth=1.5, color=colours.muted), rows).encode(
            x=x("p90")
        ),
        door(base.mark_point(filled=True, size=75, opacity=1, color=colours.accent), rows).encode(
            x=x("median")
        ),
        at_the_end(base, "counted", look),
    ]
    shown = f" The {len(rows)} with most incidents of {len(known)}." if len(known) > len(rows) else ""
    return Figure(
        spec_of(alt.layer(*layers), look, max(230, 30 * len(rows) + 44), right=64),
        caption + shown + door_words(rows, "A dot leads to its incidents."),
        badge,
        "Median per group with its interval: "
        + "; ".join(f"{row['group']}: {row['shown']}, {row['counted']}" for row in rows),
    )


def name_of(row: dict[str, Any]) -> str:
    """A group as people write it: a severity with the word before it, a category with spaces."""
    name = str(row["group_name"])
    return f"Severity {name}" if name.isdigit() else category_in_words(name) if "_" in name else name


def duration_distribution(frame: pl.DataFrame, look: Look) -> Figure:
    """A histogram of durations on a logarithmic axis."""
    n = total(frame, "n")
    badge = count_of(n, "incident with such a time", "incidents with such a time")
    caption = "Incidents by how long they took, logarithmic: a step is a quarter longer than the last."
    if not n:
        return Figure(None, caption, badge, "No incident has such a time.")
    rows = [
        {
            "from": row["bin_from_minutes"],
            "to": row["bin_to_minutes"],
            "n": row["n"],
            "zero": 0,
            "span": f"{in_words(row['bin_from_minutes'])} – {in_words(row['bin_to_minutes'])}",
            "below": percent(row["cumulative_share"]),
        }
        for row in frame.iter_rows(named=True)
    ]
    colours = look.colours
    axis = alt.Axis(values=MINUTES_TICKS, labelExpr=MINUTES_LABEL, labelOverlap="greedy", grid=False)
    scale = alt.Scale(type="log", nice=False)
    bars = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_rect(color=colours.accent, stroke=colours.card, strokeWidth=1)
        .encode(
            x=alt.X("from:Q", title=None, scale=scale, axis=axis),
            x2="to:Q",
            y=alt.Y("n:Q", title=None, axis=alt.Axis(tickCount=4, format="d")),
            y2="zero:Q",
            tooltip=[
                alt.Tooltip("span:N", title="Took"),
                alt.Tooltip("n:Q", title="Incidents"),
                alt.Tooltip("below:N", title="Took no longer"),
            ],
        )
    )
    return Figure(
        spec_of(bars, look, 230),
        caption,
        badge,
        "Histogram of durations: " + "; ".join(f"{row['span']}: {row['n']}" for row in rows if row["n"]),
    )


def time_between_incidents(frame: pl.DataFrame, look: Look) -> Figure:
    """Median days from one incident to the next per period, with its 90 % interval."""
    n = total(frame, "n")
    badge = badge_of(
        count_of(n, "gap between incidents", "gaps between incidents"),
        {"planned": total(frame, "planned_count"), "without a day": total(frame, "undated_count")},
    )
    caption = f"Days from one incident to the next, median per {look.grain}. Lines: 90 % intervals."
    if not n:
        return Figure(None, caption, badge, "No incident followed another.")
    rows = [
        period_of(row, look)
        | {
            ADDRESS: row.get(ADDRESS) if row["n"] else None,
            "n": row["n"],
            "median": row["median_days"],
            "low": row["median_low"],
            "high": row["median_high"],
            "shown": days_shown(row),
        }
        for row in frame.iter_rows(named=True)
    ]
    base = over_periods(rows, look)
    tooltip = [
        alt.Tooltip("period:N", title="Period"),
        alt.Tooltip("shown:N", title="Median (90 % interval)"),
        alt.Tooltip("n:Q", title="Gaps"),
        alt.Tooltip("state:N", title="Days"),
    ]
    y_axis = alt.Axis(tickCount=4, labelExpr="datum.value + ' d'")
    colour = series_colour(look)
    layers = [
        door(base.mark_rule(strokeWidth=5, opacity=0.3, strokeCap="round"), rows).encode(
            y=alt.Y("low:Q", title=None, axis=y_axis), y2="high:Q", color=colour, tooltip=tooltip
        ),
        door(base.mark_point(filled=True, size=70, opacity=1), rows).encode(
            y=alt.Y("median:Q", title=None, axis=y_axis), color=colour, tooltip=tooltip
        ),
    ]
    told = Figure(
        None,
        caption + partial_words(rows, look) + door_words(rows, "A dot leads to its incidents."),
        badge,
        "Median days between incidents: " + "; ".join(f"{row['period']}: {row['shown']}" for row in rows),
    )
    return figure_over_time(layers, periods_of(frame.iter_rows(named=True)), look, 230, told)


def days_shown(row: dict[str, Any]) -> str:
    """ "3.4 days (2 days – 6 days)"."""
    if row["median_days"] is None:
        return "none"
    if row["median_low"] is None or row["median_high"] is None:
        return f"{days_in_words(row['median_days'])} (too few for an interval)"
    return (
        f"{days_in_words(row['median_days'])} "
        f"({days_in_words(row['median_low'])} – {days_in_words(row['median_high'])})"
    )


def _by_period(frame: pl.DataFrame, look: Look) -> Figure:
    """Median and p90 per period, on a logarithmic axis, each with its 90 % interval."""
    badge = _badge(frame)
    caption = (
        f"Per {look.grain}, logarithmic. Dot: median; ring: p90; lines: 90 % intervals, "
        "dotted where so few have no upper bound."
    )
    if not total(frame, "n"):
        return Figure(None, caption, badge, "No incident has such a time.")
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
    told = Figure(
        None,
        caption + partial_words(rows, look) + door_words(rows, "A dot leads to its incidents."),
        badge,
        "Median per period with its interval: "
        + "; ".join(f"{row['period']}: {row.get('median_shown', 'none')}, n {row['n']}" for row in rows),
    )
    return figure_over_time(layers, periods_of(frame.iter_rows(named=True)), look, 230, told)


def _badge(frame: pl.DataFrame) -> str:
    """How many incidents have such a time, and why the others have none."""
    n, incident_count = total(frame, "n"), total(frame, "incident_count")
    return badge_of(
        n_of(n, incident_count, "incident"),
        {
            "planned": total(frame, "planned_count"),
            "unresolved": total(frame, "unresolved_count"),
            "without usable times": total(frame, "no_times_count"),
        },
    )
