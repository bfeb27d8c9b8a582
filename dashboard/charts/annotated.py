"""What else happened, marked in charts over time: a rule for a day, a band for a span, named at the top."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Literal

import altair as alt

from dashboard.charts.drawing import Annotation, Figure, Look, spec_of
from pipeline.metrics.sentences import day_in_words

#: Pixels above the plot that the labels take.
ROOM = 17
CAPTION = " ▼ marks what happened then; not that it is the cause."
#: Characters of a label that are drawn; the tooltip has them all.
MOST_CHARACTERS = 30
_FONT_SIZE = 11
_FLAG = 5.0  # half the width of a flag, in pixels
_BESIDE = 7.0  # from the middle of a flag to its label
#: A plot is never as wide: from here on is drawn what fits into none.
_NEVER = 100_000.0

_MOMENT = timedelta(microseconds=1)

Period = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class _Extent:
    """What is taken of the width of the plot: from `low` to `high` pixels beside the place `at`, 0 to 1."""

    at: float
    low: float
    high: float

    def least_width(self) -> float:
        """The width of the plot from which on this lies in it."""
        before = -self.low / self.at if self.at > 0 else 0.0 if self.low >= 0 else _NEVER
        after = self.high / (1 - self.at) if self.at < 1 else 0.0 if self.high <= 0 else _NEVER
        return max(before, after, 0.0)

    def least_width_beside(self, other: _Extent, gap: float) -> float:
        """The width of the plot from which on this and the other are as many pixels apart."""
        left, right = sorted((self, other), key=lambda extent: (extent.at, extent.low))
        overlap = left.high + gap - right.low
        if overlap <= 0:
            return 0.0
        return overlap / (right.at - left.at) if right.at > left.at else _NEVER


def periods_of(rows: Iterable[dict[str, Any]]) -> list[Period]:
    """The spans of a metric's rows by period."""
    return [(row["period_start"], row["period_end"]) for row in rows]


def room_above(periods: Sequence[Period], look: Look) -> int:
    """The pixels between plot and legend that annotations take: none when none lies in the periods."""
    return ROOM + 5 if _within(periods, look) else 0


def figure_over_time(
    layers: Sequence[alt.Chart],
    periods: Sequence[Period],
    look: Look,
    height: int,
    told: Figure,
    *,
    right: int = 12,
    above: int = 0,
    has_legend: bool = False,
) -> Figure:
    """`told` with a chart of the layers, and in it, caption and words what the look says happened meanwhile.

    `periods` are spans of naive UTC that share the width of the plot in equal parts, in their order; one span
    stands for an axis of time. `above` are the pixels above the plot that marks of the chart reach. With
    `has_legend` the chart itself leaves `room_above` below a legend at the top.
    """
    marked = _within(periods, look)
    if not marked:
        chart = layers[0] if len(layers) == 1 else alt.layer(*layers)
        return Figure(spec_of(chart, look, height, right), told.caption, told.badge, told.alt)
    layers = [_bands(marked, periods, look), *layers, *_flags(marked, periods, look, above)]
    top = 8 if has_legend else 8 + ROOM + above
    return Figure(
        spec_of(alt.layer(*layers), look, height, right, top),
        told.caption + CAPTION,
        told.badge,
        f"{told.alt}; marked: " + "; ".join(f"{_days(each)} {_in_a_line(each.label)}" for each in marked),
    )


def _within(periods: Sequence[Period], look: Look) -> list[Annotation]:
    """What happened in the periods."""
    if not periods:
        return []
    return [each for each in look.annotations if _begin(each) < periods[-1][1] and _end(each) > periods[0][0]]


def _begin(annotation: Annotation) -> datetime:
    return datetime.combine(annotation.starts_on, time())


def _end(annotation: Annotation) -> datetime:
    return datetime.combine(annotation.ends_on, time()) + timedelta(days=1)


def _days(annotation: Annotation) -> str:
    first, last = annotation.starts_on, annotation.ends_on
    return f"{first:%Y-%m-%d}" if last == first else f"{first:%Y-%m-%d} to {last:%Y-%m-%d}"


def _place(at: datetime, periods: Sequence[Period]) -> float:
    """Where a moment lies in the width of the plot, 0 to 1."""
    for number, (start, end) in enumerate(periods):
        if at < end:
            return (number + max((at - start) / max(end - start, _MOMENT), 0.0)) / len(periods)
    return 1.0


def _bands(marked: Sequence[Annotation], periods: Sequence[Period], look: Look) -> alt.Chart:
    """A band for each span."""
    rows = [
        {"at": _place(_begin(each), periods), "until": _place(_end(each), periods)} | _told([each])
        for each in marked
        if each.ends_on > each.starts_on
    ]
    band = alt.Chart(alt.InlineData(values=rows)).mark_rect(color=look.colours.muted, opacity=0.14)
    drawn: alt.Chart = band.encode(
        x=_at("width * datum.at"),
        x2=_at("width * datum.until"),
        y=alt.value(0),
        y2=alt.value("height"),
        tooltip=_TOOLTIP,
    )
    return drawn


def _flags(
    marked: Sequence[Annotation], periods: Sequence[Period], look: Look, above: int
) -> list[alt.Chart]:
    """A rule where each begins, a flag on it, and its label where that fits."""
    colour = look.colours.muted
    base = alt.Chart(alt.InlineData(values=_flag_rows(marked, periods))).encode(
        x=_at("width * datum.at"), tooltip=_TOOLTIP
    )
    layers = [
        base.mark_rule(strokeWidth=1, color=colour, opacity=0.75).encode(
            y=alt.value(-5 - above), y2=alt.value("height")
        ),
        base.mark_point(shape="triangle-down", filled=True, size=46, opacity=1, color=colour).encode(
            y=alt.value(-8 - above)
        ),
    ]
    align: Literal["left", "right"]
    for align in ("left", "right"):
        label = base.mark_text(
            align=align,
            dx=_BESIDE if align == "left" else -_BESIDE,
            baseline="middle",
            fontSize=_FONT_SIZE,
            color=colour,
        )
        layers.append(
            label.transform_filter(alt.datum.align == align).encode(
                y=alt.value(-8 - above), text=_at("width >= datum.needs ? datum.label : ''")
            )
        )
    return layers


def _flag_rows(marked: Sequence[Annotation], periods: Sequence[Period]) -> list[dict[str, Any]]:
    """A row per place, of all that begins there: what it says, and from which width of the plot that fits."""
    places: dict[float, list[Annotation]] = {}
    for each in marked:
        places.setdefault(round(_place(_begin(each), periods), 5), []).append(each)
    flags = [_Extent(at, -_FLAG, _FLAG) for at in sorted(places)]
    rows: list[dict[str, Any]] = []
    later: _Extent | None = None  # the label of the next flag: the latest are placed first
    for number in reversed(range(len(flags))):
        at, here = flags[number].at, places[flags[number].at]
        label = _shortened(", ".join(_in_a_line(each.label) for each in here))
        far = _BESIDE + _width(label)
        # No label reaches beyond the next flag on either side, so that it can meet none but the next label.
        neighbours = flags[max(number - 1, 0) : number] + flags[number + 1 : number + 2]
        sides: list[tuple[float, str, _Extent]] = []
        for align, extent in (("right", _Extent(at, -far, -_BESIDE)), ("left", _Extent(at, _BESIDE, far))):
            needs = [extent.least_width(), *(extent.least_width_beside(each, 2) for each in neighbours)]
            if later is not None:
                needs.append(extent.least_width_beside(later, 10))
            sides.append((max(needs), align, extent))
        needed, align, later = min(sides, key=lambda side: side[0])
        rows.insert(0, {"at": at, "label": label, "align": align, "needs": needed} | _told(here))
    return rows


def _told(here: Sequence[Annotation]) -> dict[str, str]:
    """What a tooltip says of what happened at one place."""
    whats = [f"{each.label} ({each.kind})" if each.kind else each.label for each in here]
    spans = [
        day_in_words(each.starts_on)
        + (f" – {day_in_words(each.ends_on)}" if each.ends_on > each.starts_on else "")
        for each in here
    ]
    return {
        "what": "; ".join(map(_in_a_line, whats)),
        "days": "; ".join(spans),
        "whose": "; ".join(_in_a_line(each.service or "everything") for each in here),
    }


_TOOLTIP = [
    alt.Tooltip("what:N", title="What happened"),
    alt.Tooltip("days:N", title="When"),
    alt.Tooltip("whose:N", title="Of"),
]


def _at(expression: str) -> Any:
    """A value that Vega computes of a row and of the plot's size when it draws."""
    return alt.value({"expr": expression})


def _in_a_line(text: str) -> str:
    return " ".join(text.split())


def _shortened(label: str) -> str:
    return label if len(label) <= MOST_CHARACTERS else label[: MOST_CHARACTERS - 1].rstrip() + "…"


def _width(text: str) -> float:
    """About how many pixels the words take, rather more than less: no browser is there to measure them."""
    return sum(
        12.0
        if unicodedata.east_asian_width(sign) in "WF"
        else 7.5
        if sign.isupper() or sign in "mw@%…"
        else 5.3
        for sign in text
    )
