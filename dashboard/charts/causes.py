"""What keeps hurting us? Impact by cause and by service."""

from __future__ import annotations

from collections.abc import Callable

import altair as alt
import polars as pl

from dashboard.charts.drawing import (
    ADDRESS,
    MOST_BARS,
    Figure,
    Look,
    badge_of,
    door,
    door_words,
    share_of,
    spec_of,
    total,
)
from pipeline.metrics.sentences import category_in_words, count_of, in_words, percent


def impact_by_cause(frame: pl.DataFrame, look: Look) -> Figure:
    """Bars of impact per cause, "unknown" among them, in grey."""
    return _impact(frame, look, "cause_category", category_in_words, "unknown")


def impact_by_service(frame: pl.DataFrame, look: Look) -> Figure:
    """Bars of impact per service."""
    return _impact(frame, look, "service", str, "not stated")


def _impact(
    frame: pl.DataFrame, look: Look, column: str, in_words_of: Callable[[str], str], unknown: str
) -> Figure:
    n, incident_count = total(frame, "n"), total(frame, "incident_count")
    badge = badge_of(
        f"n = {n:,} of {count_of(incident_count, 'incident')} ({share_of(n, incident_count)} coverage)", {}
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
    bars = door(base.mark_bar(cornerRadiusEnd=2, height={"band": 0.62}), rows).encode(
        color=alt.condition("datum.is_unknown", alt.value(colours.faint), alt.value(colours.accent))
    )
    labels = door(base.mark_text(align="left", dx=7, color=colours.muted, fontSize=11.5), rows).encode(
        text="label:N"
    )
    shown = f" The {len(rows)} costliest of {len(frame)}." if len(frame) > len(rows) else ""
    return Figure(
        spec_of(alt.layer(bars, labels), look, 28 * len(rows) + 10),
        caption + shown + door_words(rows, "A bar leads to its incidents."),
        badge,
        "Impact: " + "; ".join(f"{row['name']}: {row['label']}" for row in rows),
    )
