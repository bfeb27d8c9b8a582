"""How does the own mix of causes and triggers stand beside a published one?"""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from dashboard.charts.drawing import (
    ADDRESS,
    Figure,
    Look,
    at_the_end,
    door,
    door_words,
    named_lines,
    share_x,
    spec_of,
)
from pipeline.metrics.sentences import category_in_words, count_of, percent, share_span


def published_mix(frame: pl.DataFrame, look: Look) -> Figure:
    """Own share of each category with its interval, beside the published one; last, what has none."""
    first: dict[str, Any] = frame.row(0, named=True) if len(frame) else {"n": 0, "coverage": None}
    n = first["n"]
    coverage = "no" if first["coverage"] is None else percent(first["coverage"])
    badge = f"n = {count_of(n, 'incident')} of which the category is known ({coverage} coverage)"
    caption = (
        "Share of those known. Dot: own, bar: its 90 % interval (all at once); diamond: as Google published. "
        "Signal: exact test at 5 %, corrected for all compared. Another company’s mix is no target."
    )
    if not n:
        return Figure(None, caption, badge, "Of no incident the category is known.")
    rows = [_mixed(row) for row in frame.iter_rows(named=True)]
    colours = look.colours
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        y=named_lines(rows, "name", 170, look),
        tooltip=[
            alt.Tooltip("name:N", title="As published"),
            alt.Tooltip("categories:N", title="Own categories"),
            alt.Tooltip("shown:N", title="Own share (90 % interval), incidents"),
            alt.Tooltip("beside:N", title="Published share"),
            alt.Tooltip("verdict:N", title="What can be said"),
        ],
    )
    colour = alt.condition("datum.has_counterpart", alt.value(colours.accent), alt.value(colours.faint))
    layers = [
        door(base.mark_bar(cornerRadiusEnd=2, height={"band": 0.5}, color=colours.faint), rows)
        .encode(x=share_x("hidden"))
        .transform_filter("isValid(datum.hidden)"),
        door(base.mark_rule(strokeWidth=5, opacity=0.35, strokeCap="round"), rows)
        .encode(x=share_x("low"), x2="high:Q", color=colour)
        .transform_filter("isValid(datum.low)"),
        base.mark_point(shape="diamond", filled=False, size=80, strokeWidth=1.8, color=colours.notice)
        .encode(x=share_x("published"))
        .transform_filter("isValid(datum.published)"),
        door(base.mark_point(filled=True, size=75, opacity=1), rows)
        .encode(x=share_x("own"), color=colour)
        .transform_filter("isValid(datum.own)"),
        at_the_end(base, "label", look),
    ]
    return Figure(
        spec_of(alt.layer(*layers), look, 28 * len(rows) + 44, right=104),
        caption + door_words(rows, "A dot leads to its incidents."),
        badge,
        "Own share beside the published one: "
        + "; ".join(f"{row['name']}: {row['shown']}, published {row['beside']}" for row in rows),
    )


def _mixed(row: dict[str, Any]) -> dict[str, Any]:
    """A published category and the own share beside it, or how much is not known."""
    counted = f"{row['own_count']:,}"
    label = "signal" if row["verdict"] == "signal" else ""
    if row["published_name"] == "unknown":
        label = f"{percent(row['unknown_share'])} of all"
        shown = f"{label}, {counted}"
    elif row["own_share"] is None:
        shown = label = "no own category"
    else:
        shown = f"{percent(row['own_share'])} ({share_span(row['own_low'], row['own_high'])}), {counted}"
    return {
        ADDRESS: row.get(ADDRESS) if row["own_count"] else None,
        "name": row["published_name"].capitalize(),
        "own": row["own_share"],
        "hidden": row["unknown_share"] if row["published_name"] == "unknown" else None,
        "low": row["own_low"],
        "high": row["own_high"],
        "published": row["published_share"],
        "shown": shown,
        "beside": "–" if row["published_share"] is None else percent(row["published_share"]),
        "verdict": row["verdict"] or "not comparable",
        "categories": ", ".join(category_in_words(name) for name in row["own_categories"]) or "–",
        "has_counterpart": row["published_share"] is not None,
        "label": label,
    }
