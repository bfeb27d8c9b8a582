"""One incident on a line of time."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import Any

import altair as alt
import polars as pl

from dashboard.charts.drawing import Figure, Look, spec_of, stamp
from pipeline.metrics.sentences import in_words


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
            "from": stamp(start),
            "to": stamp(end),
            "phase": f"{name} → {following}",
            "minutes": in_words((end - start).total_seconds() / 60),
            "fill": fills[min(index, len(fills) - 1)],
        }
        for index, ((start, name), (end, following)) in enumerate(pairwise(marks))
        if end > start
    ]
    points = _labelled(marks, min(times), max(times))
    ticks = [{"at": stamp(at), "text": text, "clock": _clock(at, min(times))} for at, text in told]
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
        spec_of(alt.layer(*layers), look, below + 56, right=110),
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
        points.append({"at": stamp(at), "label": label, "row": row})
    return points


def _clock(at: datetime, first: datetime) -> str:
    """The time of day, with the day when it is not the first one."""
    return f"{at:%H:%M}" if at.date() == first.date() else f"{at.day} {at:%b %H:%M}"
