"""A metric's frame → its chart. No Streamlit, no SQL; named like the metric.

Every interval is drawn, every n can be read, and what is not known is shown as unknown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import altair as alt
import polars as pl
from altair.utils import schemapi

from dashboard.theme import Palette, chart_config
from pipeline.metrics import Grain
from pipeline.metrics.sentences import (
    MOST,
    category_in_words,
    count_of,
    figure_in_words,
    in_words,
    mean_completeness,
    percent,
    reasons_in_words,
    used_in_words,
)

#: The column with the address behind a row; the row's mark leads there.
ADDRESS = "address"
#: Bars beyond this many are left to the table.
MOST_BARS = 8
_MINUTES_TICKS = [1, 5, 15, 30, 60, 180, 480, 1440, 4320, 10080, 43200]
_MINUTES_LABEL = (
    "datum.value < 60 ? datum.value + ' min' : "
    "datum.value < 1440 ? (datum.value / 60) + ' h' : (datum.value / 1440) + ' d'"
)


@dataclass(frozen=True, slots=True)
class Look:
    """How a chart is to be drawn: the colours, the grain of its periods, and where the chosen period begins.

    Periods before `selected_from` are drawn grey: they are there to compare with.
    """

    colours: Palette
    grain: Grain = "quarter"
    selected_from: date | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart with what stands around it.

    `spec` is Vega-Lite; `caption` says what is drawn, `badge` its n, coverage and what was left out, `alt`
    the same for those who do not see it. `spec` is None when there is nothing to draw.
    """

    spec: dict[str, Any] | None
    caption: str
    badge: str
    alt: str


def incidents_by_period(frame: pl.DataFrame, look: Look) -> Figure:
    """Bars of incidents per period, each with its exact 90 % interval."""
    n, planned = _total(frame, "n"), _total(frame, "planned_count")
    badge = _badge(count_of(n, "incident"), {"planned": planned})
    caption = f"Incidents per {look.grain}. Lines: what chance alone gives around each count (90 %)."
    if not n:
        return Figure(None, caption, badge, "No incidents.")
    rows = [
        _period(row, look)
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
    base = _base(rows, look)
    tooltip = [
        alt.Tooltip("period:N", title="Period"),
        alt.Tooltip("shown:N", title="Incidents (90 % interval)"),
        alt.Tooltip("state:N", title="Days"),
    ]
    bars = _door(base.mark_bar(cornerRadiusTopLeft=2, cornerRadiusTopRight=2), rows).encode(
        y=alt.Y("n:Q", title=None, axis=alt.Axis(tickCount=4, format="d")),
        color=_series_colour(look),
        fillOpacity=alt.condition("datum.is_partial", alt.value(0.45), alt.value(1)),
        tooltip=tooltip,
    )
    intervals = _door(base.mark_rule(strokeWidth=1.5, color=look.colours.ink, opacity=0.55), rows).encode(
        y="low:Q", y2="high:Q", tooltip=tooltip
    )
    labels = _door(
        base.mark_text(baseline="bottom", dy=-5, color=look.colours.muted, fontSize=11), rows
    ).encode(y="high:Q", text=alt.Text("n:Q", format="d"))
    return Figure(
        _spec(alt.layer(bars, intervals, labels), look, 230),
        caption + _partial_words(rows, look) + _door_words(rows, "A bar leads to its incidents."),
        badge,
        f"Bar chart of incidents per {look.grain}: "
        + "; ".join(f"{row['period']}: {row['shown']}" for row in rows),
    )


def time_to_resolve_by_period(frame: pl.DataFrame, look: Look) -> Figure:
    """Median and p90 time to resolve per period, on a logarithmic axis, each with its 90 % interval."""
    n, incident_count = _total(frame, "n"), _total(frame, "incident_count")
    badge = _badge(
        f"n = {n:,} of {count_of(incident_count, 'incident')} ({_percent(n, incident_count)} coverage)",
        {
            "planned": _total(frame, "planned_count"),
            "unresolved": _total(frame, "unresolved_count"),
            "without usable times": _total(frame, "no_times_count"),
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
            rows.append(_period(row, look) | {"n": 0})
            continue
        rows.append(
            _period(row, look)
            | {
                ADDRESS: row.get(ADDRESS),
                "n": row["n"],
                "median": _drawable(row["median_minutes"]),
                "median_low": _drawable(row["median_low"]),
                "median_high": _drawable(row["median_high"]),
                "p90": _drawable(row["p90_minutes"]),
                "p90_low": _drawable(row["p90_low"]),
                "p90_high": _drawable(row["p90_high"]) or top,
                "p90_is_bounded": row["p90_high"] is not None,
                "median_shown": _with_interval(row["median_minutes"], row["median_low"], row["median_high"]),
                "p90_shown": _with_interval(row["p90_minutes"], row["p90_low"], row["p90_high"]),
                "mean_shown": in_words(row["mean_minutes"]),
                "coverage": _percent(row["n"], row["incident_count"]),
            }
        )
    base = _base(rows, look)
    last = next(row for row in reversed(rows) if row["n"])
    tooltip = [
        alt.Tooltip("period:N", title="Period"),
        alt.Tooltip("median_shown:N", title="Median (90 % interval)"),
        alt.Tooltip("p90_shown:N", title="p90 (90 % interval)"),
        alt.Tooltip("mean_shown:N", title="Mean"),
        alt.Tooltip("n:Q", title="n"),
        alt.Tooltip("coverage:N", title="Coverage"),
    ]
    axis = alt.Axis(values=_MINUTES_TICKS, labelExpr=_MINUTES_LABEL, labelOverlap="greedy")

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", title=None, scale=alt.Scale(type="log", nice=False), axis=axis)

    colour = _series_colour(look)
    layers = [
        _door(base.mark_rule(strokeWidth=1.2, opacity=0.8), rows).encode(
            y=y("p90_low"),
            y2="p90_high",
            color=colour,
            strokeDash=alt.condition("datum.p90_is_bounded", alt.value([1, 0]), alt.value([2, 4])),
            tooltip=tooltip,
        ),
        _door(
            base.mark_point(filled=False, size=34, strokeWidth=1.5, fill=look.colours.card, opacity=1), rows
        ).encode(y=y("p90"), color=colour, tooltip=tooltip),
        _door(base.mark_rule(strokeWidth=5, opacity=0.35, strokeCap="round"), rows).encode(
            y=y("median_low"), y2="median_high", color=colour, tooltip=tooltip
        ),
        _door(base.mark_point(filled=True, size=70, opacity=1), rows).encode(
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
        _spec(alt.layer(*layers), look, 230),
        caption + _partial_words(rows, look) + _door_words(rows, "A dot leads to its incidents."),
        badge,
        "Median time to resolve per period with its interval: "
        + "; ".join(f"{row['period']}: {row.get('median_shown', 'none')}, n {row['n']}" for row in rows),
    )


def impact_by_cause(frame: pl.DataFrame, look: Look) -> Figure:
    """Bars of impact per cause, "unknown" among them, in grey."""
    return _impact(frame, look, "cause_category", category_in_words, "unknown")


def impact_by_service(frame: pl.DataFrame, look: Look) -> Figure:
    """Bars of impact per service."""
    return _impact(frame, look, "service", str, "not stated")


def action_items_by_team(frame: pl.DataFrame, look: Look) -> Figure:
    """Share decided in time per team, with its exact 90 % interval and n, beside the share of all."""
    n, kept = _total(frame, "n"), _total(frame, "on_time_count")
    badge = _badge(
        count_of(n, "action item due", "action items due"),
        {
            "without a committed date": _total(frame, "no_commitment_count"),
            "of unknown outcome": _total(frame, "unknown_outcome_count"),
            "decided at an unknown time": _total(frame, "undated_decision_count"),
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
            "below": row["on_time_high"] < kept / n,
            "shown": f"{percent(row['on_time_share'])} "
            f"({percent(row['on_time_low'])} – {percent(row['on_time_high'])})",
        }
        for row in sorted(frame.iter_rows(named=True), key=lambda row: str(row["team"]).casefold())
        if row["n"]
    ]
    if not rows:
        return Figure(None, caption, badge, "No action item came due.")
    below = [row["team"] for row in rows if row["below"]]
    return Figure(
        _teams(rows, kept / n, look, "On time (90 % interval)"),
        caption
        + (" Red: the interval lies below the share of all." if below else "")
        + _door_words(rows, "A dot leads to the team's promises."),
        badge,
        f"Share of action items decided in time, all teams {percent(kept / n)}: "
        + "; ".join(f"{row['team']} {row['shown']}, {row['counted']}" for row in rows),
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
        y=alt.Y("figure:N", title=None, sort=None, axis=alt.Axis(labelLimit=150, labelColor=colours.ink)),
        tooltip=[
            alt.Tooltip("figure:N", title="Figure"),
            alt.Tooltip("shown:N", title="Can use"),
            alt.Tooltip("missing:N", title="Left out because of"),
        ],
    )

    def x(field: str) -> alt.X:
        axis = alt.Axis(
            labelExpr="100 * datum.value + '\u00a0%'", values=[0, 0.25, 0.5, 0.75, 1], orient="bottom"
        )
        return alt.X(f"{field}:Q", title=None, scale=alt.Scale(domain=[0, 1]), axis=axis)

    bars = base.mark_bar(cornerRadiusEnd=2, height={"band": 0.62})
    track = _door(bars, rows).encode(x=x("all"), color=alt.value(colours.line))
    used = _door(bars, rows).encode(
        x=x("share"),
        color=alt.condition("datum.is_weak", alt.value(colours.bad), alt.value(colours.accent)),
    )
    labels = base.mark_text(align="left", color=colours.muted, fontSize=11.5).encode(
        x=alt.value("width"), xOffset=alt.value(8), text="label:N"
    )
    weak = " Red: less than half." if any(row["is_weak"] for row in rows) else ""
    return Figure(
        _spec(alt.layer(track, used, labels), look, 30 * len(rows) + 44),
        caption + weak + _door_words(rows, "A bar leads to the findings that say why."),
        badge,
        "Share of incidents each figure can use: "
        + "; ".join(f"{row['figure']} {row['shown']}, left out because of {row['missing']}" for row in rows),
    )


def completeness_by_team(frame: pl.DataFrame, look: Look) -> Figure:
    """Mean completeness per team with its 90 % interval and n, beside the mean of all."""
    badge = count_of(_total(frame, "n"), "incident")
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
            "below": row["mean_high"] is not None and row["mean_high"] < mean,
            "shown": f"{percent(row['mean_completeness'])} "
            + (
                "(too few for an interval)"
                if row["mean_low"] is None
                else f"({percent(row['mean_low'])} – {percent(row['mean_high'])})"
            ),
        }
        for row in frame.iter_rows(named=True)
    ]
    spec = _teams(rows, mean, look, "Completeness (90 % interval)")
    return Figure(
        spec,
        caption
        + (" Red: the interval lies below the mean of all." if any(row["below"] for row in rows) else "")
        + _door_words(rows, "A dot leads to the team's findings."),
        badge,
        f"Mean completeness, all teams {percent(mean)}: "
        + "; ".join(f"{row['team']} {row['shown']}, {row['counted']}" for row in rows),
    )


def action_items_by_period(frame: pl.DataFrame, look: Look) -> Figure:
    """Promised above the line; done and declined below it."""
    badge = _flow_badge(frame)
    caption = f"Per {look.grain}: promised above the line, done and declined below it."
    names = {"promised_count": "promised", "done_count": "done", "declined_count": "declined"}
    rows = [
        _period(row, look)
        | {"what": what, "count": row[column], "height": row[column] if what == "promised" else -row[column]}
        for row in frame.iter_rows(named=True)
        for column, what in names.items()
    ]
    if not any(row["count"] for row in rows):
        return Figure(None, caption, badge, "No action item was promised or decided.")
    bars = (
        _base(rows, look)
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
                    offset=4,
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
    return Figure(
        _spec(bars, look, 240),
        caption + _partial_words(rows, look),
        badge,
        "; ".join(f"{row['period']}: {row['count']} {row['what']}" for row in rows),
    )


def open_action_items_by_period(frame: pl.DataFrame, look: Look) -> Figure:
    """How many action items were open at the end of each period, from the same frame as the flow."""
    caption = f"Open at the end of each {look.grain}."
    rows = [_period(row, look) | {"n": row["open_count"]} for row in frame.iter_rows(named=True)]
    if not any(row["n"] for row in rows):
        return Figure(None, caption, _flow_badge(frame), "No action item was open.")
    base = _base(rows, look).encode(
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
    return Figure(
        _spec(alt.layer(area, line, points, label.encode(text="n:Q")), look, 240),
        caption,
        _flow_badge(frame),
        "; ".join(f"end of {row['period']}: {row['n']} open" for row in rows),
    )


def incident_timeline(events: pl.DataFrame, facts: dict[str, Any], look: Look) -> Figure:
    """One incident on a line of time: its phases as bands, its events as ticks."""
    names = ("started", "detected", "acknowledged", "declared", "mitigated", "resolved")
    marks = sorted((facts[f"{name}_at"], name) for name in names if facts.get(f"{name}_at") is not None)
    caption = "UTC. Bands: between the incident's own times; ticks: events of the timeline."
    told = [(row["at"], row["text"]) for row in events.iter_rows(named=True) if row["at"] is not None]
    times = [at for at, _ in [*marks, *told]]
    if len(marks) < 2 and len(told) < 2:
        return Figure(None, caption, "", "Too few times to draw.")
    colours = look.colours
    fills = [colours.bad, colours.outcome("open"), colours.accent, colours.faint, colours.good]
    bands = [
        {
            "from": _stamp(start),
            "to": _stamp(end),
            "phase": f"{name} → {following}",
            "minutes": in_words((end - start).total_seconds() / 60),
            "fill": fills[min(index, len(fills) - 1)],
        }
        for index, ((start, name), (end, following)) in enumerate(pairwise(marks))
        if end > start
    ]
    points = _labelled(marks, min(times), max(times))
    ticks = [{"at": _stamp(at), "text": text, "clock": _clock(at, min(times))} for at, text in told]
    line = 15 * (1 + max((point["row"] for point in points), default=-1))
    below = line + 46 if points else 12

    def x(field: str) -> alt.X:
        midnight = "utchours(datum.value) == 0 && utcminutes(datum.value) == 0"
        label = f"{midnight} ? utcFormat(datum.value, '%-d %b') : utcFormat(datum.value, '%H:%M')"
        axis = alt.Axis(title=None, labelExpr=label, tickCount=8, grid=False)
        return alt.X(f"{field}:T", axis=axis, scale=alt.Scale(type="utc"))

    layers = [
        alt.Chart(alt.InlineData(values=bands))
        .mark_bar(height=16, cornerRadius=2)
        .encode(
            x=x("from"),
            x2="to:T",
            y=alt.value(line + 18),
            color=alt.Color("fill:N", scale=None),
            tooltip=[alt.Tooltip("phase:N", title="Phase"), alt.Tooltip("minutes:N", title="Took")],
        ),
        alt.Chart(alt.InlineData(values=points))
        .mark_tick(thickness=2, height=24, color=colours.ink)
        .encode(x=x("at"), y=alt.value(line + 18), tooltip=[alt.Tooltip("label:N", title="Time")]),
        alt.Chart(alt.InlineData(values=ticks))
        .mark_tick(thickness=2, height=14, color=colours.ink, opacity=0.7)
        .encode(
            x=x("at"),
            y=alt.value(below),
            tooltip=[alt.Tooltip("clock:N", title="Time"), alt.Tooltip("text:N", title="Event")],
        ),
    ]
    for row in sorted({point["row"] for point in points}):
        layers.append(
            alt.Chart(alt.InlineData(values=[point for point in points if point["row"] == row]))
            .mark_text(align="left", baseline="middle", dx=-1, fontSize=11.5, color=colours.muted)
            .encode(x=x("at"), y=alt.value(15 * row + 6), text="label:N")
        )
    return Figure(
        _spec(alt.layer(*layers), look, below + 56, right=110),
        caption,
        "",
        "Phases: " + "; ".join(f"{band['phase']} {band['minutes']}" for band in bands),
    )


def _labelled(marks: list[tuple[datetime, str]], first: datetime, last: datetime) -> list[dict[str, Any]]:
    """The times with their labels, each in the first row in which it does not lie over another.

    Reckoned for a chart of 600 pixels and letters of 6.5, so that wider ones have room to spare.
    """
    span = max((last - first).total_seconds(), 1)
    ends: list[float] = []
    points = []
    for at, name in marks:
        label = f"{name} {_clock(at, first)}"
        left = 600 * (at - first).total_seconds() / span
        row = next((index for index, end in enumerate(ends) if end <= left), len(ends))
        ends[row : row + 1] = [left + 6.5 * len(label)]
        points.append({"at": _stamp(at), "label": label, "row": row})
    return points


def _clock(at: datetime, first: datetime) -> str:
    """The time of day, with the day when it is not the first one."""
    return f"{at:%H:%M}" if at.date() == first.date() else f"{at.day} {at:%b %H:%M}"


def _teams(rows: list[dict[str, Any]], whole: float, look: Look, title: str) -> dict[str, Any]:
    """A dot per team with its interval, red where that lies below the whole, which is the dashed line."""
    colours = look.colours
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        y=alt.Y(
            "team:N",
            title=None,
            sort=None,
            # Without it, a team without an interval would stand below all others.
            scale=alt.Scale(domain=[row["team"] for row in rows]),
            axis=alt.Axis(labelLimit=150, labelColor=colours.ink),
        )
    )
    tooltip = [
        alt.Tooltip("team:N", title="Team"),
        alt.Tooltip("shown:N", title=title),
        alt.Tooltip("counted:N", title="n"),
    ]
    colour = alt.condition("datum.below", alt.value(colours.bad), alt.value(colours.accent))
    x_axis = alt.Axis(
        labelExpr="100 * datum.value + '\u00a0%'", values=[0, 0.25, 0.5, 0.75, 1], orient="bottom"
    )
    x = alt.X("share:Q", title=None, scale=alt.Scale(domain=[0, 1]), axis=x_axis)
    overall = (
        alt.Chart(alt.InlineData(values=[{"all": whole}]))
        .mark_rule(strokeDash=[4, 3], color=colours.muted)
        .encode(x=alt.X("all:Q", title=None, scale=alt.Scale(domain=[0, 1]), axis=x_axis))
    )
    layers = [
        overall,
        _door(base.mark_rule(strokeWidth=5, opacity=0.3, strokeCap="round"), rows).encode(
            x=alt.X("low:Q", title=None, axis=x_axis), x2="high:Q", color=colour, tooltip=tooltip
        ),
        _door(base.mark_point(filled=True, size=75, opacity=1), rows).encode(
            x=x, color=colour, tooltip=tooltip
        ),
        base.mark_text(align="left", color=colours.muted, fontSize=11.5).encode(
            x=alt.value("width"), xOffset=alt.value(8), text="counted:N"
        ),
    ]
    return _spec(alt.layer(*layers), look, 28 * len(rows) + 44)


def _impact(
    frame: pl.DataFrame, look: Look, column: str, in_words_of: Callable[[str], str], unknown: str
) -> Figure:
    n, incident_count = _total(frame, "n"), _total(frame, "incident_count")
    badge = _badge(
        f"n = {n:,} of {count_of(incident_count, 'incident')} ({_percent(n, incident_count)} coverage)", {}
    )
    caption = "Hours of impact: customer impact where stated, else the time to resolve."
    rows = [
        {
            ADDRESS: row.get(ADDRESS),
            "name": in_words_of(row[column]),
            "hours": row["impact_minutes"] / 60,
            "label": f"{in_words(row['impact_minutes'])} · {count_of(row['incident_count'], 'incident')}",
            "share": f"{percent(row['impact_share'])} of impact",
            "incidents": f"{percent(row['incident_share'])} "
            f"({percent(row['share_low'])} – {percent(row['share_high'])})",
            "n": row["n"],
            "is_unknown": row[column] == unknown,
        }
        for row in frame.head(MOST_BARS).iter_rows(named=True)
    ]
    if not any(row["hours"] for row in rows):
        return Figure(None, caption, badge, "No impact is known.")
    colours = look.colours
    furthest = max(row["hours"] for row in rows)
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        y=alt.Y("name:N", title=None, sort=None, axis=alt.Axis(labelLimit=150, labelColor=colours.ink)),
        x=alt.X("hours:Q", title=None, axis=None, scale=alt.Scale(domain=[0, furthest * 1.75])),
        tooltip=[
            alt.Tooltip("name:N", title="What"),
            alt.Tooltip("label:N", title="Impact"),
            alt.Tooltip("share:N", title="Share"),
            alt.Tooltip("incidents:N", title="Share of incidents (90 % interval)"),
            alt.Tooltip("n:Q", title="n with impact known"),
        ],
    )
    bars = _door(base.mark_bar(cornerRadiusEnd=2, height={"band": 0.62}), rows).encode(
        color=alt.condition("datum.is_unknown", alt.value(colours.faint), alt.value(colours.accent))
    )
    labels = _door(base.mark_text(align="left", dx=7, color=colours.muted, fontSize=11.5), rows).encode(
        text="label:N"
    )
    shown = f" The {len(rows)} costliest of {len(frame)}." if len(frame) > len(rows) else ""
    return Figure(
        _spec(alt.layer(bars, labels), look, 28 * len(rows) + 10),
        caption + shown + _door_words(rows, "A bar leads to its incidents."),
        badge,
        "Impact: " + "; ".join(f"{row['name']}: {row['label']}" for row in rows),
    )


def _base(rows: list[dict[str, Any]], look: Look) -> alt.Chart:
    """A chart over the periods, all of them in order, also those of which there is nothing to draw."""
    return alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X(
            "period:O",
            title=None,
            sort=None,
            scale=alt.Scale(domain=list(dict.fromkeys(row["period"] for row in rows))),
            axis=alt.Axis(
                labelAngle=0,
                grid=False,
                labelOverlap=True,
                labelExpr="split(datum.label, ' ')",
                labelLineHeight=14,
                domain=True,
                domainColor=look.colours.line,
            ),
        )
    )


def _door(chart: alt.Chart, rows: list[dict[str, Any]]) -> alt.Chart:
    """The marks as links to the addresses behind their rows, when these have any."""
    return chart.encode(href=alt.Href(f"{ADDRESS}:N")) if _has_doors(rows) else chart


def _door_words(rows: list[dict[str, Any]], words: str) -> str:
    return f" {words}" if _has_doors(rows) else ""


def _has_doors(rows: list[dict[str, Any]]) -> bool:
    return any(row.get(ADDRESS) for row in rows)


def _series_colour(look: Look) -> Any:
    return alt.condition("datum.is_selected", alt.value(look.colours.accent), alt.value(look.colours.faint))


def _period(row: dict[str, Any], look: Look) -> dict[str, Any]:
    start: datetime = row["period_start"]
    selected = look.selected_from is None or row["period_end"].date() > look.selected_from
    return {
        "period": _period_name(start, row["period_end"], look.grain),
        "is_partial": bool(row["is_partial"]),
        "is_selected": selected,
        "state": "partly on record" if row["is_partial"] else "complete",
    }


def _period_name(start: datetime, end: datetime, grain: Grain) -> str:
    match grain:
        case "month":
            return f"{start:%b} ’{start:%y}"
        case "quarter" if start.month % 3 == 1:
            return f"Q{(start.month - 1) // 3 + 1} ’{start:%y}"
        case "quarter":
            last = end - timedelta(days=1)
            return f"{start:%b}–{last:%b} ’{last:%y}"
        case "year":
            return f"{start:%Y}"
        case _:
            return f"{start:%Y-%m-%d} – {end - timedelta(days=1):%Y-%m-%d}"


def _spec(
    chart: alt.Chart | alt.LayerChart | alt.FacetChart, look: Look, height: int, right: int = 12
) -> dict[str, Any]:
    sized = chart.properties(
        width="container", height=height, padding={"left": 4, "right": right, "top": 8, "bottom": 4}
    )
    spec: dict[str, Any] = sized.to_dict(validate=schemapi.DEBUG_MODE)
    spec["config"] = chart_config(look.colours)
    spec["autosize"] = {"type": "fit", "contains": "padding"}
    return spec


def _flow_badge(frame: pl.DataFrame) -> str:
    left_out = frame.head(1).to_dicts()
    return _badge(
        count_of(_total(frame, "promised_count"), "action item promised", "action items promised"),
        {
            "of unknown outcome": left_out[0]["unknown_count"] if left_out else 0,
            "undated": left_out[0]["undated_count"] if left_out else 0,
        },
    )


def _badge(counted: str, left_out: dict[str, int]) -> str:
    """ "n = 71 of 77 incidents (92 % coverage); left out: 4 unresolved, 2 planned"."""
    reasons = ", ".join(f"{count:,} {reason}" for reason, count in left_out.items() if count)
    return f"{counted}; left out: {reasons}" if reasons else counted


def _partial_words(rows: list[dict[str, Any]], look: Look) -> str:
    words = ""
    if any(not row["is_selected"] for row in rows):
        words += " Grey: before the chosen period."
    if any(row["is_partial"] for row in rows):
        words += f" Pale: not the whole {look.grain}."
    return words


def _with_interval(value: float, low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return f"{in_words(value)} (too few for an interval)"
    upper = "no upper bound" if high is None else in_words(high)
    lower = "no lower bound" if low is None else in_words(low)
    return f"{in_words(value)} ({lower} – {upper})"


def _drawable(minutes: float | None) -> float | None:
    """A logarithmic axis has no zero."""
    return None if minutes is None else max(minutes, 1.0)


def _stamp(at: datetime) -> str:
    return at.isoformat() + "Z"


def _total(frame: pl.DataFrame, column: str) -> int:
    return int(sum(value or 0 for value in frame[column].to_list()))


def _percent(part: int, whole: int) -> str:
    return percent(part / whole) if whole else "no"
