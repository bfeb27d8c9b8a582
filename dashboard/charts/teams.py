"""How do teams do beside what chance gives? The funnel plot."""

from __future__ import annotations

from typing import Any

import altair as alt
import polars as pl

from dashboard.charts.drawing import ADDRESS, Figure, Look, badge_of, door, door_words, share_y, spec_of
from pipeline.metrics.sentences import COUNTED, MEASURES, count_of, flag_in_words, is_bad, percent, share_span

HEIGHT = 340
#: How wide the plot is about, and a letter of a label: enough to keep labels apart.
WIDTH, LETTER, LINE = 620, 7, 15
#: Where a label may stand beside its point, the best first: pixels right and down, and how it is aligned.
PLACES = ((11, 0, "left"), (-11, 0, "right"), (0, -14, "center"), (0, 16, "center"))


def team_funnel(frame: pl.DataFrame, look: Look) -> Figure:
    """Each team's share over its n, between the limits of chance, and of unlike teams, around the target's.

    Rows with a `team` are points, rows of the metric `team_rates` of one measure; rows without are limits,
    one per size, of `metrics.team_funnel`. Drawn is the share adjusted for the team's mix, so that one funnel
    holds for all; what flags a team are its own limits.
    """
    points = [row for row in frame.iter_rows(named=True) if row["team"] is not None]
    caption = (
        "Shaded: what chance alone gives (95 of 100 sets of like teams); lines: how far teams ordinarily "
        "differ besides (99.9 %). Beyond the lines is a signal (red or green), between shade and lines more "
        "than chance (amber). Hollow: too few to judge. Colours go by the limits of the team's own mix, "
        "which may lie elsewhere."
    )
    if not points:
        return Figure(None, caption, "", "Nothing to judge teams by.")
    target, measure = points[0]["target_share"], points[0]["measure"]
    if all(row["expected_share"] is None for row in points):
        return Figure(None, caption, "", "Nothing to judge by: there is no other team.")
    counted = sum(row["n"] for row in points)
    badge = badge_of(
        f"n = {counted:,} {COUNTED[measure]}, {count_of(len(points), 'team')}",
        {"too few to judge": sum(row["flag"] == "too_few" for row in points)},
    )
    most = max(row["n"] for row in points) * 1.12 + 1
    rows = [_point(row, most) for row in points]
    _place_labels(rows, most)
    limits = [
        {name: row[name] for name in ("n", "low_95", "high_95", "low_99_9", "high_99_9")}
        for row in frame.iter_rows(named=True)
        if row["team"] is None
    ]
    return Figure(
        spec_of(_funnel(rows, limits, target, most, look), look, HEIGHT, right=24),
        caption + door_words(rows, "A point leads to the team."),
        badge,
        f"{percent(target)} {MEASURES[measure]} where teams do not lie apart: "
        + "; ".join(f"{row['team']} {row['shown']}, n = {row['n']:,}, {row['verdict']}" for row in rows),
    )


def _point(row: dict[str, Any], most: float) -> dict[str, Any]:
    drawn = row["share"] if row["adjusted_share"] is None else row["adjusted_share"]
    level = row["flag"].partition("_")[2]
    kind = "small" if row["flag"] == "too_few" else "within"
    if level in ("95", "99_9"):
        kind = "edge" if level == "95" else "bad" if is_bad(row) else "good"
    return {
        ADDRESS: row.get(ADDRESS),
        "team": row["team"],
        "n": row["n"],
        "drawn": drawn,
        "kind": kind,
        "is_apart": level in ("95", "99_9"),
        "shown": f"{percent(row['share'])} ({share_span(row['low'], row['high'])})",
        "counted": f"{row['hit_count']:,} of {row['n']:,}",
        "expected": "–" if row["expected_share"] is None else percent(row["expected_share"]),
        "verdict": flag_in_words(row),
        "x": row["n"] / most * WIDTH,
        "y": (1 - drawn) * HEIGHT,
    }


def _place_labels(rows: list[dict[str, Any]], most: float) -> None:
    """Give each point the place of its label, those apart first; none where all places are taken."""
    taken = [(row["x"] - 6, row["y"] - 6, row["x"] + 6, row["y"] + 6) for row in rows]
    for row in sorted(rows, key=lambda row: (not row["is_apart"], -row["n"])):
        wide = LETTER * len(row["team"])
        row["place"] = None
        for place, (right, down, align) in enumerate(PLACES):
            left = row["x"] + right - {"left": 0, "right": wide, "center": wide / 2}[align]
            top = row["y"] + down - LINE / 2
            box = (left, top, left + wide, top + LINE)
            inside = left > 0 and box[2] < WIDTH and top > -LINE and box[3] < HEIGHT + LINE
            if inside and not any(_overlap(box, other) for other in taken):
                row["place"] = place
                taken.append(box)
                break


def _overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _funnel(
    rows: list[dict[str, Any]], limits: list[dict[str, Any]], target: float, most: float, look: Look
) -> alt.LayerChart | alt.FacetChart:
    colours = look.colours
    x = alt.X(
        "n:Q",
        title="n of the team",
        scale=alt.Scale(domain=[0, most], nice=False),
        axis=alt.Axis(grid=False, tickCount=6, format="d"),
    )

    band = alt.Chart(alt.InlineData(values=limits)).encode(x=x)
    middle = alt.Chart(alt.InlineData(values=[{"target": target}]))
    base = alt.Chart(alt.InlineData(values=rows)).encode(x=x, y=share_y("drawn"))
    kinds = {
        "within": colours.accent,
        "edge": colours.notice,
        "bad": colours.bad,
        "good": colours.good,
        "small": colours.faint,
    }
    colour = alt.Color("kind:N", scale=alt.Scale(domain=list(kinds), range=list(kinds.values())), legend=None)
    tooltip = [
        alt.Tooltip("team:N", title="Team"),
        alt.Tooltip("shown:N", title="Share (90 % interval)"),
        alt.Tooltip("counted:N", title="Counted"),
        alt.Tooltip("expected:N", title="Expected of its mix"),
        alt.Tooltip("verdict:N", title="Verdict"),
    ]
    layers = [
        band.mark_area(color=colours.accent, opacity=0.1, interpolate="linear").encode(
            y=share_y("low_95"), y2="high_95:Q"
        ),
        *(
            band.mark_line(color=colours.muted, strokeWidth=1.2).encode(y=share_y(field))
            for field in ("low_99_9", "high_99_9")
        ),
        middle.mark_rule(strokeDash=[4, 3], color=colours.muted).encode(y=share_y("target")),
        *(
            door(
                base.mark_point(filled=filled, size=95, opacity=1, strokeWidth=1.8).encode(
                    color=colour, tooltip=tooltip
                ),
                rows,
            ).transform_filter(f"(datum.kind == 'small') != {str(filled).lower()}")
            for filled in (True, False)
            # A layer without a mark would be an image without a name.
            if any((row["kind"] != "small") == filled for row in rows)
        ),
    ]
    for place, (right, down, align) in enumerate(PLACES):
        label = base.transform_filter(f"datum.place === {place}")
        look_of: dict[str, Any] = {
            "align": align,
            "dx": right,
            "dy": down,
            "baseline": "middle",
            "fontSize": 12,
        }
        # A rim in the colour of the card keeps the name apart from a line behind it.
        layers.append(label.mark_text(**look_of, stroke=colours.card, strokeWidth=4).encode(text="team:N"))
        layers.append(
            label.mark_text(**look_of).encode(
                text="team:N",
                color=alt.condition("datum.is_apart", alt.value(colours.ink), alt.value(colours.muted)),
            )
        )
    return alt.layer(*layers)
