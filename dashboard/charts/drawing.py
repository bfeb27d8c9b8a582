"""What charts share: a look, a figure, axes of periods and of durations, doors, badges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import altair as alt
import polars as pl
from altair.utils import schemapi

from dashboard.charts.sharing import share_parts
from dashboard.theme import Palette, chart_config
from pipeline.metrics import Grain
from pipeline.metrics.sentences import count_of, in_words, percent

share_parts()

#: The column with the address behind a row; the row's mark leads there.
ADDRESS = "address"
#: Bars beyond this many are left to the table.
MOST_BARS = 8
MINUTES_TICKS = [1, 5, 15, 30, 60, 180, 480, 1440, 4320, 10080, 43200]
MINUTES_LABEL = (
    "datum.value < 60 ? datum.value + ' min' : "
    "datum.value < 1440 ? (datum.value / 60) + ' h' : (datum.value / 1440) + ' d'"
)


@dataclass(frozen=True, slots=True)
class Annotation:
    """What else happened, from one day to another, both counted: a row of the metric `annotations`."""

    starts_on: date
    ends_on: date
    label: str
    service: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """How a chart is to be drawn: the colours, the grain of its periods, and where the chosen period begins.

    Periods before `selected_from` are drawn grey: they are there to compare with. `annotations` are what
    charts over time mark, in the order of their days.
    """

    colours: Palette
    grain: Grain = "quarter"
    selected_from: date | None = None
    annotations: tuple[Annotation, ...] = ()


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


def over_periods(rows: list[dict[str, Any]], look: Look) -> alt.Chart:
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


def named_lines(rows: list[dict[str, Any]], field: str, limit: int, look: Look) -> alt.Y:
    """A line per row in the order of the rows, also for those of which a layer draws nothing.

    `field` names it; a name is cut off at `limit` pixels.
    """
    names = [row[field] for row in rows]
    return alt.Y(
        f"{field}:N", title=None, sort=None, scale=alt.Scale(domain=names), axis=name_axis(limit, look)
    )


def name_axis(limit: int, look: Look) -> alt.Axis:
    """An axis of names, which are cut off at `limit` pixels; on a phone sooner, so that the plot has room."""
    shorter = alt.ExprRef(f"min({limit}, containerSize()[0] * 0.42 || {limit})")
    return alt.Axis(labelLimit=shorter, labelColor=look.colours.ink)


def at_the_end(lines: alt.Chart, field: str, look: Look, gap: int = 8) -> alt.Chart:
    """What `field` says of each line, at its right end, `gap` pixels beside the plot."""
    text = lines.mark_text(align="left", color=look.colours.muted, fontSize=11.5)
    ended: alt.Chart = text.encode(x=alt.value("width"), xOffset=alt.value(gap), text=f"{field}:N")
    return ended


def percent_axis(**options: Any) -> alt.Axis:
    """An axis of shares, which lie between 0 and 1, in per cent; `options` are those of `alt.Axis`."""
    return alt.Axis(labelExpr="100 * datum.value + '\u00a0%'", values=[0, 0.25, 0.5, 0.75, 1], **options)


def share_x(field: str) -> alt.X:
    """A share from left to right, on an axis that always shows the whole."""
    axis = percent_axis(orient="bottom")
    return alt.X(f"{field}:Q", title=None, scale=alt.Scale(domain=[0, 1]), axis=axis)


def share_y(field: str) -> alt.Y:
    """A share upwards, on an axis that always shows the whole."""
    return alt.Y(f"{field}:Q", title=None, scale=alt.Scale(domain=[0, 1]), axis=percent_axis())


def dots_by_team(rows: list[dict[str, Any]], whole: float, look: Look, title: str) -> dict[str, Any]:
    """A dot per team with its interval; the whole is the dashed line.

    `flag` is how the team stands beside the others, as `team_rates` has it of a share of which much is good:
    red is far below, amber more than chance, green far above.
    """
    colours = look.colours
    tooltip = [
        alt.Tooltip("team:N", title="Team"),
        alt.Tooltip("shown:N", title=title),
        alt.Tooltip("counted:N", title="n"),
        alt.Tooltip("standing:N", title="Beside the others"),
    ]
    kinds = {
        "below_99_9": colours.bad,
        "below_95": colours.notice,
        "above_95": colours.notice,
        "above_99_9": colours.good,
        "": colours.accent,
    }
    rows = [row | {"flag": row["flag"] if row["flag"] in kinds else ""} for row in rows]
    base = alt.Chart(alt.InlineData(values=rows)).encode(y=named_lines(rows, "team", 150, look))
    colour = alt.Color("flag:N", scale=alt.Scale(domain=list(kinds), range=list(kinds.values())), legend=None)
    overall = (
        alt.Chart(alt.InlineData(values=[{"all": whole}]))
        .mark_rule(strokeDash=[4, 3], color=colours.muted)
        .encode(x=share_x("all"))
    )
    layers = [
        overall,
        door(base.mark_rule(strokeWidth=5, opacity=0.3, strokeCap="round"), rows).encode(
            x=alt.X("low:Q", title=None, axis=percent_axis(orient="bottom")),
            x2="high:Q",
            color=colour,
            tooltip=tooltip,
        ),
        door(base.mark_point(filled=True, size=75, opacity=1), rows).encode(
            x=share_x("share"), color=colour, tooltip=tooltip
        ),
        at_the_end(base, "counted", look),
    ]
    return spec_of(alt.layer(*layers), look, 28 * len(rows) + 44)


def standing_words(rows: list[dict[str, Any]]) -> str:
    """What the colours of `dots_by_team` say, of those that are there."""
    flags = {row["flag"] for row in rows}
    said = [
        words
        for flag, words in (
            ("below_99_9", "red: far below the other teams"),
            ("above_99_9", "green: far above them"),
            ("below_95", "amber: differs by more than chance, perhaps as teams differ"),
        )
        if flag in flags or (flag == "below_95" and "above_95" in flags)
    ]
    return f" {'; '.join(said).capitalize()}." if said else ""


#: Where the axis of ratios ends; what lies beyond is drawn at its edge.
MOST_TIMES = 16
RATIO_TICKS = [1 / 16, 1 / 4, 1, 4, 16]
RATIO_LABEL = (
    "datum.value == 1 ? 'same' : "
    "datum.value < 1 ? '÷\u00a0' + round(1 / datum.value) : '×\u00a0' + round(datum.value)"
)


def dots_of_ratios(rows: list[dict[str, Any]], look: Look, titles: tuple[str, str]) -> dict[str, Any]:
    """A dot per row with its interval on an axis of ratios, and beside it in words what can be said.

    The rows give `name`, `ratio` (None: no dot), `low` and `high` (None: without bound), `shown`, `counted`,
    `said`, and `kind`: more, fewer or none; the colour is that of bad, good or nothing. `titles` are those of
    `shown` and `counted`.
    """
    colours = look.colours
    drawn = [
        row
        | {
            "at": None if row["ratio"] is None else _on_axis(row["ratio"]),
            "from": None if row["is_bare"] else _on_axis(row["low"] or 0),
            "to": None if row["is_bare"] else _on_axis(row["high"]),
        }
        for row in rows
    ]
    base = alt.Chart(alt.InlineData(values=drawn)).encode(
        y=named_lines(rows, "name", 210, look),
        tooltip=[
            alt.Tooltip("name:N", title="What"),
            alt.Tooltip("shown:N", title=titles[0]),
            alt.Tooltip("counted:N", title=titles[1]),
            alt.Tooltip("said:N", title="What can be said"),
        ],
    )
    axis = alt.Axis(values=RATIO_TICKS, labelExpr=RATIO_LABEL, orient="bottom")
    scale = alt.Scale(type="log", domain=[1 / MOST_TIMES, MOST_TIMES], nice=False)
    colour = {
        "condition": [
            {"test": "datum.kind == 'more'", "value": colours.bad},
            {"test": "datum.kind == 'fewer'", "value": colours.good},
        ],
        "value": colours.muted,
    }
    same = (
        alt.Chart(alt.InlineData(values=[{"same": 1}]))
        .mark_rule(strokeDash=[4, 3], color=colours.muted)
        .encode(x=alt.X("same:Q", title=None, scale=scale, axis=axis))
    )
    layers = [
        same,
        door(base.mark_rule(strokeWidth=5, opacity=0.3, strokeCap="round"), rows)
        .encode(x=alt.X("from:Q", title=None, scale=scale, axis=axis), x2="to:Q", color=colour)
        .transform_filter("isValid(datum.from)"),
        door(base.mark_point(filled=True, size=75, opacity=1), rows)
        .encode(x=alt.X("at:Q", title=None, scale=scale, axis=axis), color=colour)
        .transform_filter("isValid(datum.at)"),
        at_the_end(base, "said", look),
    ]
    return spec_of(alt.layer(*layers), look, 28 * len(rows) + 44, right=142)


def _on_axis(ratio: float | None) -> float:
    return MOST_TIMES if ratio is None else min(max(ratio, 1 / MOST_TIMES), MOST_TIMES)


def door(chart: alt.Chart, rows: list[dict[str, Any]]) -> alt.Chart:
    """The marks as links to the addresses behind their rows, when these have any."""
    return chart.encode(href=alt.Href(f"{ADDRESS}:N")) if has_doors(rows) else chart


def door_words(rows: list[dict[str, Any]], words: str) -> str:
    """What a mark leads to, said only when the marks lead anywhere."""
    return f" {words}" if has_doors(rows) else ""


def has_doors(rows: list[dict[str, Any]]) -> bool:
    """Whether any row has an address behind it."""
    return any(row.get(ADDRESS) for row in rows)


def series_colour(look: Look) -> Any:
    """The accent for the chosen period, grey for those it is compared with."""
    return alt.condition("datum.is_selected", alt.value(look.colours.accent), alt.value(look.colours.faint))


def period_of(row: dict[str, Any], look: Look) -> dict[str, Any]:
    """What a row's period is called, and whether it is whole and chosen."""
    start: datetime = row["period_start"]
    selected = look.selected_from is None or row["period_end"].date() > look.selected_from
    return {
        "period": period_name(start, row["period_end"], look.grain),
        "is_partial": bool(row["is_partial"]),
        "is_selected": selected,
        "state": "partly on record" if row["is_partial"] else "complete",
    }


def period_name(start: datetime, end: datetime, grain: Grain) -> str:
    """What a period from `start` to before `end` is called: 5 May ’26, May ’26, Q2 ’26, May–Jul ’26, 2026."""
    match grain:
        case "week":
            return f"{start.day} {start:%b} ’{start:%y}"
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


def spec_of(
    chart: alt.Chart | alt.LayerChart | alt.FacetChart, look: Look, height: int, right: int = 12, top: int = 8
) -> dict[str, Any]:
    """The chart as Vega-Lite, as wide as its card and `height` pixels high, in the look's colours.

    `right` and `top` are the pixels left free beside and above the plot.
    """
    sized = chart.properties(
        width="container", height=height, padding={"left": 4, "right": right, "top": top, "bottom": 4}
    )
    spec: dict[str, Any] = sized.to_dict(validate=schemapi.DEBUG_MODE)
    spec["config"] = chart_config(look.colours)
    # A chart can be taken away as a picture; Vega's editor would send its data to another host.
    spec["usermeta"] = {"embedOptions": {"actions": {"export": True, "source": False, "editor": False}}}
    spec["autosize"] = {"type": "fit", "contains": "padding"}
    return spec


def n_of(n: int, whole: int, one: str) -> str:
    """ "n = 71 of 77 incidents (92 % coverage)"; `one` is what a single one is called."""
    return f"n = {n:,} of {count_of(whole, one)} ({share_of(n, whole)} coverage)"


def badge_of(counted: str, left_out: dict[str, int]) -> str:
    """ "n = 71 of 77 incidents (92 % coverage); left out: 4 unresolved, 2 planned"."""
    reasons = ", ".join(f"{count:,} {reason}" for reason, count in left_out.items() if count)
    return f"{counted}; left out: {reasons}" if reasons else counted


def partial_words(rows: list[dict[str, Any]], look: Look) -> str:
    """What grey and pale periods stand for, when there are any."""
    words = ""
    if any(not row["is_selected"] for row in rows):
        words += " Grey: before the chosen period."
    if any(row["is_partial"] for row in rows):
        words += f" Pale: not the whole {look.grain}."
    return words


def with_interval(value: float, low: float | None, high: float | None) -> str:
    """A duration in minutes with its interval: "48 min (36 min – 1 h 01 min)"."""
    if low is None and high is None:
        return f"{in_words(value)} (too few for an interval)"
    upper = "no upper bound" if high is None else in_words(high)
    lower = "no lower bound" if low is None else in_words(low)
    return f"{in_words(value)} ({lower} – {upper})"


def drawable(minutes: float | None) -> float | None:
    """A logarithmic axis has no zero."""
    return None if minutes is None else max(minutes, 1.0)


def stamp(at: datetime) -> str:
    """A moment in UTC as Vega-Lite reads it."""
    return at.isoformat() + "Z"


def total(frame: pl.DataFrame, column: str) -> int:
    """The sum of a column of counts."""
    return int(sum(value or 0 for value in frame[column].to_list()))


def share_of(part: int, whole: int) -> str:
    """ "92 %", or "no" of nothing."""
    return percent(part / whole) if whole else "no"
