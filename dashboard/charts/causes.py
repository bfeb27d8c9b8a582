"""What keeps hurting us? Causes, triggers and services by impact, number, rate and trend."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import altair as alt
import polars as pl

from dashboard.charts.drawing import (
    ADDRESS,
    MOST_BARS,
    Figure,
    Look,
    at_the_end,
    badge_of,
    door,
    door_words,
    dots_of_ratios,
    n_of,
    name_axis,
    named_lines,
    share_of,
    share_x,
    spec_of,
    total,
)
from pipeline.metrics.sentences import (
    category_in_words,
    count_of,
    in_words,
    percent,
    rate_in_words,
    ratio_in_words,
    share_span,
)

#: Categories and services beyond as many are left to the table.
MOST_ROWS = 12


def impact_by_cause(frame: pl.DataFrame, look: Look) -> Figure:
    """Bars of impact per cause, of `impact_shares`; "unknown" among them, in grey."""
    return _impact(frame, look, category_in_words)


def impact_by_service(frame: pl.DataFrame, look: Look) -> Figure:
    """Bars of impact per service, of `impact_shares`."""
    return _impact(frame, look, str)


def _impact(frame: pl.DataFrame, look: Look, in_words_of: Callable[[str], str]) -> Figure:
    n, incident_count = total(frame, "n"), total(frame, "incident_count")
    badge = n_of(n, incident_count, "incident")
    caption = "Hours of impact: customer impact where stated, else the time to resolve."
    rows = [
        {
            ADDRESS: row.get(ADDRESS),
            "name": in_words_of(row["category"]),
            "hours": row["impact_minutes"] / 60,
            "label": f"{in_words(row['impact_minutes'])} · {count_of(row['incident_count'], 'incident')}",
            "share": f"{percent(row['impact_share'])} of impact",
            "incidents": f"{percent(row['incident_share'])} "
            f"({share_span(row['share_low'], row['share_high'])})",
            "n": row["n"],
            "is_unknown": row["is_unknown"],
        }
        for row in frame.head(MOST_BARS).iter_rows(named=True)
    ]
    if not any(row["hours"] for row in rows):
        return Figure(None, caption, badge, "No impact is known.")
    colours = look.colours
    furthest = max(row["hours"] for row in rows)
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        y=alt.Y("name:N", title=None, sort=None, axis=name_axis(150, look)),
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


def causes_by_impact(frame: pl.DataFrame, look: Look) -> Figure:
    """Pareto's bars and curve: each category's share of the impact, and that of it and all costlier ones."""
    return _pareto(frame, look, "impact")


def causes_by_number(frame: pl.DataFrame, look: Look) -> Figure:
    """Pareto's bars and curve: each category's share of the incidents with its interval, and of all above."""
    return _pareto(frame.sort("incident_count", "category", descending=[True, False]), look, "incident")


def _pareto(frame: pl.DataFrame, look: Look, what: Literal["impact", "incident"]) -> Figure:
    n, incident_count = total(frame, "n"), total(frame, "incident_count")
    known = incident_count - total(frame.filter(pl.col("is_unknown")), "incident_count")
    if what == "impact":
        badge = n_of(n, incident_count, "incident")
        caption = (
            "Share of the hours of impact: customer impact where stated, else the time to resolve; lines: "
            "90 % intervals, had other incidents come as likely."
        )
    else:
        badge = (
            f"{count_of(incident_count, 'incident')}, the category known of {known:,} "
            f"({share_of(known, incident_count)})"
        )
        caption = "Share of the incidents; lines: 90 % intervals, which hold for all at once."
    if not incident_count or (what == "impact" and not sum(frame["impact_minutes"].to_list())):
        nothing = "No impact is known." if what == "impact" else "No incident lies in this period."
        return Figure(None, caption, badge, nothing)
    interval = "share" if what == "incident" else "impact_share"
    rows = [
        {
            ADDRESS: row.get(ADDRESS),
            "name": category_in_words(row["category"]),
            "place": place,
            "share": row[f"{what}_share"],
            "low": row[f"{interval}_low"],
            "high": row[f"{interval}_high"],
            "cumulative": row[f"cumulative_{what}_share"],
            "label": in_words(row["impact_minutes"]) if what == "impact" else f"{row['incident_count']:,}",
            "impact": f"{in_words(row['impact_minutes'])} ({percent(row['impact_share'])}), "
            f"known of {row['n']:,}",
            "incidents": f"{row['incident_count']:,} ({percent(row['incident_share'])}; "
            f"{share_span(row['share_low'], row['share_high'])})",
            "with_all_above": percent(row[f"cumulative_{what}_share"]),
            "is_unknown": row["is_unknown"],
        }
        for place, row in enumerate(frame.head(MOST_ROWS).iter_rows(named=True))
    ]
    colours = look.colours
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        y=named_lines(rows, "name", 170, look),
        tooltip=[
            alt.Tooltip("name:N", title="What"),
            alt.Tooltip("impact:N", title="Impact"),
            alt.Tooltip("incidents:N", title="Incidents (90 % interval of the share)"),
            alt.Tooltip("with_all_above:N", title="With all above"),
        ],
    )
    layers = [
        door(base.mark_bar(cornerRadiusEnd=2, height={"band": 0.6}, opacity=0.8), rows).encode(
            x=share_x("share"),
            color=alt.condition("datum.is_unknown", alt.value(colours.faint), alt.value(colours.accent)),
        ),
        base.mark_rule(strokeWidth=2, color=colours.ink)
        .encode(x=share_x("low"), x2="high:Q")
        .transform_filter("isValid(datum.low)"),
        base.mark_line(strokeWidth=1.5, color=colours.notice, strokeDash=[2, 2]).encode(
            x=share_x("cumulative"), order="place:Q"
        ),
        base.mark_point(filled=True, size=34, opacity=1, color=colours.notice).encode(
            x=share_x("cumulative")
        ),
        door(at_the_end(base, "label", look, 10), rows),
    ]
    shown = f" The first {len(rows)} of {len(frame)}." if len(frame) > len(rows) else ""
    return Figure(
        spec_of(alt.layer(*layers), look, 28 * len(rows) + 34, right=82),
        f"{caption} Dotted: with all above it.{shown}" + door_words(rows, "A bar leads to its incidents."),
        badge,
        ("Share of the impact: " if what == "impact" else "Share of the incidents: ")
        + "; ".join(
            f"{row['name']}: {percent(row['share'])}, with all above {row['with_all_above']}" for row in rows
        ),
    )


def causes_over_time(frame: pl.DataFrame, look: Look) -> Figure:
    """Rate in the second half of the span to that in the first per category, with its 95 % interval."""
    counted = total(frame, "first_half_count") + total(frame, "second_half_count")
    incident_count = total(frame, "incident_count")
    badge = badge_of(
        n_of(counted, incident_count, "incident"),
        {"without a day": incident_count - counted},
    )
    caption = (
        "Incidents in the second half of the period against the first; bars: 95 % intervals, "
        "at the edge without bound."
    )
    known = frame.filter(pl.col("first_half_count") + pl.col("second_half_count") > 0)
    if known.is_empty():
        return Figure(None, caption, badge, "No incident lies in this period.")
    rows = [
        {
            ADDRESS: row.get(ADDRESS),
            "name": category_in_words(row["category"]),
            "ratio": row["ratio"],
            "low": row["ratio_low"],
            "high": row["ratio_high"],
            "is_bare": row["ratio_low"] is None and row["ratio_high"] is None,
            "shown": ratio_in_words(row["ratio"], row["ratio_low"], row["ratio_high"]),
            "counted": f"{row['first_half_count']:,} → {row['second_half_count']:,}",
            "said": f"{row['first_half_count']:,} → {row['second_half_count']:,}"
            + (", signal" if row["verdict"] == "signal" else ""),
            "kind": trend_of(row["verdict"], row["first_half_count"], row["second_half_count"]),
        }
        for row in known.sort("incident_count", "category", descending=[True, False])
        .head(MOST_ROWS)
        .iter_rows(named=True)
    ]
    return Figure(
        dots_of_ratios(rows, look, ("Ratio (95 % interval)", "First half → second half")),
        caption + door_words(rows, "A dot leads to its incidents."),
        badge,
        "Second half against first: "
        + "; ".join(f"{row['name']}: {row['shown']}, {row['counted']}" for row in rows),
    )


def trend_of(verdict: str | None, before: float, after: float) -> str:
    """more, fewer, or none without a signal."""
    if verdict != "signal":
        return "none"
    return "more" if after > before else "fewer"


def causes_by_service(frame: pl.DataFrame, look: Look) -> Figure:
    """A heat map: incidents of each service and cause that met; what is not known in grey, at the edges."""
    incident_count = total(frame, "n")
    known = frame.filter((pl.col("cause_category") != "unknown") & (pl.col("service") != "not stated"))
    badge = (
        f"{count_of(incident_count, 'incident')}, both known of {total(known, 'n'):,} "
        f"({share_of(total(known, 'n'), incident_count)})"
    )
    caption = "Incidents where a service and a cause met; blank: none. Grey: not known."
    if frame.is_empty():
        return Figure(None, caption, badge, "No incident lies in this period.")
    services = _by_count(frame, "service", "service_count", "not stated")
    causes = _by_count(frame, "cause_category", "cause_count", "unknown")
    shown = services[:MOST_ROWS]
    most = max(frame["n"].to_list())
    rows = [
        {
            ADDRESS: row.get(ADDRESS),
            "service": row["service"],
            "cause": category_in_words(row["cause_category"]),
            "n": row["n"],
            "is_dark": row["n"] > most * 0.55,
            "is_unknown": row["cause_category"] == "unknown" or row["service"] == "not stated",
            "shown": f"{row['n']:,} ({row['low']:,.1f} – {row['high']:,.1f})",
            "expected": f"{row['expected_count']:,.1f}",
            "impact": in_words(row["impact_minutes"]),
        }
        for row in frame.iter_rows(named=True)
        if row["service"] in shown
    ]
    colours = look.colours
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        x=alt.X(
            "cause:N",
            title=None,
            sort=None,
            scale=alt.Scale(domain=[category_in_words(name) for name in causes], paddingInner=0.04),
            axis=alt.Axis(orient="top", labelAngle=-30, labelLimit=170, labelColor=colours.ink),
        ),
        y=alt.Y(
            "service:N",
            title=None,
            sort=None,
            scale=alt.Scale(domain=shown, paddingInner=0.08),
            axis=name_axis(170, look),
        ),
        tooltip=[
            alt.Tooltip("service:N", title="Service"),
            alt.Tooltip("cause:N", title="Cause"),
            alt.Tooltip("shown:N", title="Incidents (90 % interval)"),
            alt.Tooltip("expected:N", title="If causes struck all services alike"),
            alt.Tooltip("impact:N", title="Impact"),
        ],
    )
    shade = alt.Color(
        "n:Q",
        scale=alt.Scale(domain=[0, most], range=[colours.accent_soft, colours.accent]),
        legend=None,
    )
    layers = [
        door(base.mark_rect(cornerRadius=3), rows).encode(color=shade).transform_filter("!datum.is_unknown"),
        door(base.mark_rect(cornerRadius=3, color=colours.faint, opacity=0.45), rows).transform_filter(
            "datum.is_unknown"
        ),
        door(base.mark_text(fontSize=12.5), rows).encode(
            text="n:Q",
            color=alt.condition(
                "datum.is_dark && !datum.is_unknown", alt.value(colours.card), alt.value(colours.ink)
            ),
        ),
    ]
    left = f" The {len(shown)} services with most incidents of {len(services)}." if shown != services else ""
    return Figure(
        spec_of(alt.layer(*layers), look, 32 * len(shown) + 96),
        caption + left + door_words(rows, "A cell leads to its incidents."),
        badge,
        "Incidents by service and cause: "
        + "; ".join(f"{row['service']}, {row['cause']}: {row['n']}" for row in rows),
    )


def _by_count(frame: pl.DataFrame, column: str, count: str, unknown: str) -> list[str]:
    """The names, those with most incidents first, what is not known last."""
    counts = dict(frame.select(column, count).rows())
    return sorted(counts, key=lambda name: (name == unknown, -counts[name], name))


def services_by_rate(frame: pl.DataFrame, look: Look) -> Figure:
    """Incidents in 30 days per service, drawn towards the whole, with the 90 % interval; ring: as counted."""
    n, undated = total(frame, "n"), total(frame, "undated_count")
    badge = badge_of(
        n_of(n, n + undated, "incident"),
        {"planned": total(frame, "planned_count"), "without a day": undated},
    )
    caption = (
        "Incidents in 30 days. Dot: drawn towards the mean of all (dashed), the more so the fewer there are; "
        "bar: its 90 % interval; ring: as counted."
    )
    rated = frame.filter(pl.col("rate_per_30_days").is_not_null() & (pl.col("n") > 0))
    if rated.is_empty():
        return Figure(None, caption, badge, "No service has a rate of incidents.")
    mean = sum(rated["own_rate_per_30_days"].to_list()) / len(rated)
    rows = [
        {
            ADDRESS: row.get(ADDRESS),
            "name": row["service"],
            "rate": row["rate_per_30_days"],
            "own": row["own_rate_per_30_days"],
            "low": row["low"],
            "high": row["high"],
            "counted": f"n = {row['n']:,}",
            "shown": f"{rate_in_words(row['rate_per_30_days'])} "
            f"({rate_in_words(row['low'])} – {rate_in_words(row['high'])})",
            "own_shown": rate_in_words(row["own_rate_per_30_days"]),
            "weight": percent(row["weight"]),
            "is_unknown": row["service"] == "not stated",
        }
        for row in rated.head(MOST_ROWS).iter_rows(named=True)
    ]
    colours = look.colours
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        y=named_lines(rows, "name", 170, look),
        tooltip=[
            alt.Tooltip("name:N", title="Service"),
            alt.Tooltip("shown:N", title="In 30 days (90 % interval)"),
            alt.Tooltip("own_shown:N", title="As counted"),
            alt.Tooltip("counted:N", title="Incidents"),
            alt.Tooltip("weight:N", title="Weight of its own number"),
        ],
    )
    axis = alt.Axis(tickCount=5, orient="bottom")
    scale = alt.Scale(zero=True)
    colour = alt.condition("datum.is_unknown", alt.value(colours.faint), alt.value(colours.accent))

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", title=None, scale=scale, axis=axis)

    layers = [
        alt.Chart(alt.InlineData(values=[{"mean": mean}]))
        .mark_rule(strokeDash=[4, 3], color=colours.muted)
        .encode(x=x("mean")),
        door(base.mark_rule(strokeWidth=5, opacity=0.3, strokeCap="round"), rows).encode(
            x=x("low"), x2="high:Q", color=colour
        ),
        door(base.mark_point(filled=False, size=40, strokeWidth=1.5, color=colours.muted), rows).encode(
            x=x("own")
        ),
        door(base.mark_point(filled=True, size=75, opacity=1), rows).encode(x=x("rate"), color=colour),
        at_the_end(base, "counted", look),
    ]
    left = f" The {len(rows)} with most incidents of {len(rated)}." if len(rated) > len(rows) else ""
    return Figure(
        spec_of(alt.layer(*layers), look, 28 * len(rows) + 44, right=64),
        caption + left + door_words(rows, "A dot leads to its incidents."),
        badge,
        "Incidents in 30 days: "
        + "; ".join(f"{row['name']}: {row['shown']}, {row['counted']}" for row in rows),
    )
