"""Where should the next week go? Losses avoided, with how far each can be told."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from dashboard.charts.drawing import (
    ADDRESS,
    Figure,
    Look,
    at_the_end,
    badge_of,
    door,
    door_words,
    name_axis,
    spec_of,
)
from pipeline.metrics.sentences import avoided_in_words, category_in_words, count_of, percent

#: Rows drawn; the others stand in the table.
MOST_ROWS = 10
#: From so many minutes on, the axis counts hours.
HOURS_FROM = 180


def priorities(frame: pl.DataFrame, look: Look) -> Figure:
    """Causes of services by the loss that a fix would be expected to avoid, with its 90 % interval."""
    own = frame.filter(pl.col("kind") == "cause_and_service")
    known = own.filter(pl.col("loss_avoided").is_not_null()).sort("priority_rank")
    refused = len(own) - len(known)
    badge = badge_of(
        f"n = {len(known):,} of {count_of(len(own), 'cause of a service', 'causes of services')}",
        {"not rankable": refused},
    )
    if known.is_empty():
        return Figure(None, "Expected loss avoided.", badge, "Nothing can be ranked.")
    first = known.row(0, named=True)
    drawn = known.head(MOST_ROWS)
    names = [
        f"{row['priority_rank']}. {category_in_words(row['cause_category'])} in {row['service']}"
        for row in drawn.iter_rows(named=True)
    ]
    hours = first["measure"] == "minutes" and max(drawn["loss_avoided_high"].to_list()) >= HOURS_FROM
    scale = 1 / 60 if hours else 1.0
    rows = [
        {
            ADDRESS: row.get(ADDRESS),
            "name": name,
            "loss": row["loss_avoided"] * scale,
            "low": row["loss_avoided_low"] * scale,
            "high": row["loss_avoided_high"] * scale,
            "shown": avoided_in_words(row),
            "counted": f"n = {row['n']:,} of {row['incident_count']:,}",
            "promised": count_of(row["open_item_count"], "promise")
            if row["open_item_count"]
            else "no promise",
        }
        for name, row in zip(names, drawn.iter_rows(named=True), strict=True)
    ]
    unit = "h" if hours else {"minutes": "min", "users": "users", "cost": ""}[first["measure"]]
    caption = (
        f"Expected {'loss' if first['measure'] == 'cost' else first['measure']} avoided in "
        f"{first['horizon_days']} days if a fix avoids {percent(first['effectiveness'])}. "
        "Bars: 90 % intervals; where they overlap, the order is not certain."
    )
    shown = f" The first {len(rows)} of {len(known):,}." if len(known) > len(rows) else ""
    return Figure(
        spec_of(_dots(rows, look, unit), look, max(120, 30 * len(rows) + 44), right=96),
        caption + shown + door_words(rows, "A dot leads to the incidents it is against."),
        badge,
        f"{caption} "
        + "; ".join(f"{row['name']}: {row['shown']}, {row['counted']}, {row['promised']}" for row in rows),
    )


def _dots(rows: list[dict[str, Any]], look: Look, unit: str) -> alt.LayerChart | alt.FacetChart:
    colours = look.colours
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        y=alt.Y(
            "name:N",
            title=None,
            scale=alt.Scale(domain=[row["name"] for row in rows]),
            axis=name_axis(330, look),
        ),
        tooltip=[
            alt.Tooltip("name:N", title="What"),
            alt.Tooltip("shown:N", title="Would avoid"),
            alt.Tooltip("counted:N", title="Incidents with a known loss"),
            alt.Tooltip("promised:N", title="Open against it"),
        ],
    )
    axis = alt.Axis(
        labelExpr=f"format(datum.value, ',') + ' {unit}'", tickCount=4, orient="bottom", labelOverlap=True
    )
    scale = alt.Scale(domainMin=0)
    bars = base.mark_rule(strokeWidth=6, opacity=0.28, strokeCap="round", color=colours.accent)
    dots = base.mark_point(filled=True, size=75, opacity=1, color=colours.accent)
    return alt.layer(
        door(bars, rows).encode(x=alt.X("low:Q", title=None, axis=axis, scale=scale), x2="high:Q"),
        door(dots, rows).encode(x=alt.X("loss:Q", title=None, axis=axis, scale=scale)),
        at_the_end(base, "promised", look),
    )
