"""Do we do what we promised? Kept by team, made and decided by period."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from dashboard.charts.annotated import figure_over_time, periods_of, room_above
from dashboard.charts.drawing import (
    ADDRESS,
    Figure,
    Look,
    at_the_end,
    badge_of,
    door,
    door_words,
    dots_by_team,
    named_lines,
    over_periods,
    partial_words,
    period_of,
    spec_of,
    standing_words,
    total,
)
from pipeline.metrics.sentences import count_of, flag_in_words, percent, share_span


def action_items_by_team(frame: pl.DataFrame, look: Look) -> Figure:
    """Share decided in time per team, with its exact 90 % interval and n, beside the share of all."""
    n, kept = total(frame, "n"), total(frame, "on_time_count")
    badge = badge_of(
        count_of(n, "action item due", "action items due"),
        {
            "without a committed date": total(frame, "no_commitment_count"),
            "of unknown outcome": total(frame, "due_unknown_count"),
            "decided at an unknown time": total(frame, "due_undated_count"),
        },
    )
    caption = (
        "Share done or declined by the committed date. Lines: exact 90 % intervals; dashed: all of these."
    )
    rows = [
        {
            ADDRESS: row.get(ADDRESS),
            "team": row["team"],
            "share": row["on_time_share"],
            "low": row["on_time_low"],
            "high": row["on_time_high"],
            "counted": f"{row['on_time_count']} of {row['n']}",
            "flag": row["on_time_flag"],
            "standing": flag_in_words({"flag": row["on_time_flag"]}),
            "shown": f"{percent(row['on_time_share'])} "
            f"({share_span(row['on_time_low'], row['on_time_high'])})",
        }
        for row in sorted(frame.iter_rows(named=True), key=lambda row: str(row["team"]).casefold())
        if row["n"]
    ]
    if not rows:
        return Figure(None, caption, badge, "No action item came due.")
    return Figure(
        dots_by_team(rows, kept / n, look, "On time (90 % interval)"),
        caption + standing_words(rows) + door_words(rows, "A dot leads to the team's promises."),
        badge,
        f"Share of action items decided in time, all teams {percent(kept / n)}: "
        + "; ".join(f"{row['team']} {row['shown']}, {row['counted']}, {row['standing']}" for row in rows),
    )


def action_items_by_period(frame: pl.DataFrame, look: Look) -> Figure:
    """Promised above the line; done and declined below it."""
    badge = _flow_badge(frame)
    caption = f"Per {look.grain}: promised above the line, done and declined below it."
    names = {"promised_count": "promised", "done_count": "done", "declined_count": "declined"}
    rows = [
        period_of(row, look)
        | {"what": what, "count": row[column], "height": row[column] if what == "promised" else -row[column]}
        for row in frame.iter_rows(named=True)
        for column, what in names.items()
    ]
    if not any(row["count"] for row in rows):
        return Figure(None, caption, badge, "No action item was promised or decided.")
    periods = periods_of(frame.iter_rows(named=True))
    bars = (
        over_periods(rows, look)
        .mark_bar()
        .encode(
            y=alt.Y(
                "height:Q",
                title=None,
                scale=alt.Scale(nice=5),
                axis=alt.Axis(labelExpr="abs(datum.value)", tickCount=5),
            ),
            color=alt.Color(
                "what:N",
                title=None,
                sort=None,
                scale=alt.Scale(
                    domain=list(names.values()),
                    range=[look.colours.outcome(name) for name in names.values()],
                ),
                legend=alt.Legend(
                    orient="top",
                    direction="horizontal",
                    symbolType="square",
                    labelFontSize=12,
                    labelColor=look.colours.muted,
                    offset=4 + room_above(periods, look),
                ),
            ),
            fillOpacity=alt.condition("datum.is_partial", alt.value(0.45), alt.value(1)),
            tooltip=[
                alt.Tooltip("period:N", title="Period"),
                alt.Tooltip("what:N", title="Action items"),
                alt.Tooltip("count:Q", title="n"),
                alt.Tooltip("state:N", title="Days"),
            ],
        )
    )
    told = Figure(
        None,
        caption + partial_words(rows, look),
        badge,
        "; ".join(f"{row['period']}: {row['count']} {row['what']}" for row in rows),
    )
    return figure_over_time([bars], periods, look, 240, told, has_legend=True)


def open_action_items_by_period(frame: pl.DataFrame, look: Look) -> Figure:
    """How many action items were open at the end of each period, from the same frame as the flow."""
    caption = f"Open at the end of each {look.grain}."
    rows = [period_of(row, look) | {"n": row["open_count"]} for row in frame.iter_rows(named=True)]
    if not any(row["n"] for row in rows):
        return Figure(None, caption, _flow_badge(frame), "No action item was open.")
    base = over_periods(rows, look).encode(
        y=alt.Y("n:Q", title=None, axis=alt.Axis(tickCount=4, format="d"), scale=alt.Scale(zero=True))
    )
    colour = look.colours.outcome("open")
    tooltip = [alt.Tooltip("period:N", title="End of"), alt.Tooltip("n:Q", title="Open")]
    line = base.mark_line(strokeWidth=2.2, color=colour)
    area = base.mark_area(opacity=0.16, color=colour)
    points = base.mark_point(filled=True, size=42, color=colour, opacity=1).encode(tooltip=tooltip)
    last = rows[-1]["period"]
    label = base.transform_filter(alt.datum.period == last).mark_text(
        align="left", dx=9, fontWeight=600, color=look.colours.ink
    )
    told = Figure(
        None,
        caption,
        _flow_badge(frame),
        "; ".join(f"end of {row['period']}: {row['n']} open" for row in rows),
    )
    layers = [area, line, points, label.encode(text="n:Q")]
    return figure_over_time(layers, periods_of(frame.iter_rows(named=True)), look, 240, told)


#: How old what is open is: the column of `open_items_by_age`, and in words.
AGES = {
    "month_count": "up to 30 days",
    "quarter_count": "31–90",
    "half_year_count": "91–180",
    "year_count": "181–365",
    "older_count": "more than a year",
}


def open_items_by_age(frame: pl.DataFrame, look: Look) -> Figure:
    """What is open by age, a bar per group, the older the darker; beside it the median with its interval."""
    n = total(frame, "n")
    badge = badge_of(
        count_of(n, "open action item", "open action items"),
        {"of unknown age": total(frame, "undated_count")},
    )
    caption = "Open as of now, whenever promised, by days since. At the end: median age (90 % interval)."
    groups = [row for row in frame.iter_rows(named=True) if row["n"]]
    if not groups:
        return Figure(None, caption, badge, "Nothing is open.")
    rows = [
        {
            ADDRESS: group.get(ADDRESS) or None,
            "group": group["group_name"],
            "age": words,
            "place": place,
            "n": group[column],
            "median": median_age(group),
        }
        for group in groups
        for place, (column, words) in enumerate(AGES.items())
        if group[column]
    ]
    colours = look.colours
    shades = [blended(colours.card, colours.accent, share) for share in (0.18, 0.38, 0.58, 0.79, 1)]
    ends = [{"group": group["group_name"], "median": median_age(group)} for group in groups]
    y = named_lines(ends, "group", 150, look)
    bars = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_bar(height=16)
        .encode(
            y=y,
            x=alt.X("n:Q", title=None, stack="zero", axis=alt.Axis(tickCount=5, format="d", orient="bottom")),
            order=alt.Order("place:Q"),
            color=alt.Color(
                "age:N",
                title=None,
                sort=None,
                scale=alt.Scale(domain=list(AGES.values()), range=shades),
                legend=alt.Legend(
                    orient="top",
                    direction="horizontal",
                    symbolType="square",
                    labelFontSize=12,
                    labelColor=colours.muted,
                    offset=4,
                ),
            ),
            tooltip=[
                alt.Tooltip("group:N", title="Group"),
                alt.Tooltip("age:N", title="Days since promised"),
                alt.Tooltip("n:Q", title="Open"),
                alt.Tooltip("median:N", title="Median age (90 % interval)"),
            ],
        )
    )
    labels = at_the_end(alt.Chart(alt.InlineData(values=ends)).encode(y=y), "median", look)
    return Figure(
        spec_of(alt.layer(door(bars, rows), labels), look, max(200, 28 * len(groups) + 70), right=150),
        caption + door_words(rows, "A bar leads to the promises."),
        badge,
        "Open by age: "
        + "; ".join(f"{row['group_name']}: {row['n']:,} open, median {median_age(row)}" for row in groups),
    )


def blended(under: str, over: str, share: float) -> str:
    """A colour laid over another one, so thick: both as "#rrggbb"."""
    parts = [(int(under[at : at + 2], 16), int(over[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(low + (high - low) * share):02x}" for low, high in parts)


def median_age(row: dict[str, Any]) -> str:
    """ "448 d (162–610)", or which end so few cannot bound."""
    low, high = row["median_low"], row["median_high"]
    if low is None and high is None:
        interval = "too few"
    elif high is None:
        interval = f"{low:,.0f} or more"
    elif low is None:
        interval = f"{high:,.0f} or less"
    else:
        interval = f"{low:,.0f}–{high:,.0f}"
    return f"{row['median_days']:,.0f}\u00a0d ({interval})"


def _flow_badge(frame: pl.DataFrame) -> str:
    left_out = frame.head(1).to_dicts()
    badge = badge_of(
        count_of(total(frame, "promised_count"), "action item promised", "action items promised"),
        {
            "of unknown outcome": left_out[0]["unknown_count"] if left_out else 0,
            "undated": left_out[0]["undated_count"] if left_out else 0,
        },
    )
    # What is open at the end of a period may be of any age, and so may what is missing there.
    return badge.replace("; left out: ", "; left out, whenever promised: ")
