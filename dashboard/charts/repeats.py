"""What came back, and did fixing help?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import altair as alt
import polars as pl

from dashboard.charts.annotated import figure_over_time
from dashboard.charts.causes import trend_of
from dashboard.charts.drawing import (
    ADDRESS,
    Figure,
    Look,
    at_the_end,
    badge_of,
    door,
    door_words,
    dots_of_ratios,
    named_lines,
    stamp,
)
from pipeline.metrics.sentences import category_in_words, count_of, day_in_words, in_words, ratio_in_words

#: Chains, and fixes, beyond as many are left to the table.
MOST_CHAINS = 12


def incidents_in_chains(frame: pl.DataFrame, look: Look) -> Figure:
    """A line per chain, a dot per incident, and behind them when prevention items were open."""
    n, chain_count = len(frame), frame["chain_id"].n_unique()
    confirmed = int(frame["is_confirmed"].sum())
    badge = (
        f"{count_of(n, 'incident')} in {count_of(chain_count, 'chain')}; {confirmed:,} confirmed by a person"
    )
    caption = (
        "A line per chain, a dot per incident. Band: a fix promised and not yet decided. "
        "Filled: came while a fix of an earlier one was open."
    )
    if frame.is_empty():
        return Figure(None, caption, badge, "No incident is known to have come back.")
    chains = _chains(frame)
    shown = chains[:MOST_CHAINS]
    names = _names(shown)
    rows = [
        {
            ADDRESS: row.get(ADDRESS),
            "chain": names[row["chain_id"]],
            "at": stamp(row["occurred_at"]),
            "until": stamp(row["occurred_at"]),
            "title": row["title"] or row["incident_id"],
            "day": day_in_words(row["occurred_at"].date()),
            "impact": in_words(row["impact_minutes"]),
            "status": status_of(row),
            "is_while_open": row["is_while_open"],
        }
        for chain in shown
        for row in chain
    ]
    lines = [
        {
            "chain": names[chain[0]["chain_id"]],
            "at": stamp(chain[0]["occurred_at"]),
            "until": stamp(chain[-1]["occurred_at"]),
            "counted": f"{len(chain)} × · {in_words(sum(row['impact_minutes'] or 0 for row in chain))}",
        }
        for chain in shown
    ]
    bands = [
        {
            "chain": names[row["chain_id"]],
            "at": stamp(max(row["open_from"], chain[0]["occurred_at"])),
            "until": stamp(row["open_until"]),
            "fix": "open now" if row["open_prevention_item_count"] else "decided",
            "days": f"{day_in_words(row['open_from'].date())} – {day_in_words(row['open_until'].date())}",
        }
        for chain in shown
        for row in chain
        if row["open_from"] is not None
    ]
    open_now = [band for band in bands if band["fix"] == "open now"]
    layers = _chain_layers(rows, lines, bands, open_now, look)
    left = f" The {len(shown)} costliest of {len(chains)}." if len(chains) > len(shown) else ""
    told = Figure(
        None,
        caption + left + door_words(rows, "A dot leads to its incident."),
        badge,
        "Chains of repeats: "
        + "; ".join(
            f"{line['chain']}: {line['counted']}, "
            + ", ".join(row["day"] for row in rows if row["chain"] == line["chain"])
            for line in lines
        ),
    )
    span = _span(shown)
    return figure_over_time(layers, [span], look, 30 * len(shown) + 40, told, right=120)


def _span(chains: list[list[dict[str, Any]]]) -> tuple[datetime, datetime]:
    """From the first to the last moment that is drawn of the chains."""
    moments = [row["occurred_at"] for chain in chains for row in chain]
    moments += [row["open_until"] for chain in chains for row in chain if row["open_until"] is not None]
    return min(moments), max(moments)


def _chain_layers(
    rows: list[dict[str, Any]],
    lines: list[dict[str, Any]],
    bands: list[dict[str, Any]],
    open_now: list[dict[str, Any]],
    look: Look,
) -> list[alt.Chart]:
    colours = look.colours
    y = named_lines(lines, "chain", 260, look)
    x_axis = alt.Axis(format="%b %Y", tickCount=6, orient="bottom", labelOverlap=True)
    x = alt.X("at:T", title=None, axis=x_axis, scale=alt.Scale(type="utc"))
    x2 = "until:T"

    def over(data: list[dict[str, Any]]) -> alt.Chart:
        return alt.Chart(alt.InlineData(values=data)).encode(x=x, y=y)

    fix_tip = [
        alt.Tooltip("chain:N", title="Chain"),
        alt.Tooltip("days:N", title="A fix was open"),
        alt.Tooltip("fix:N", title="It is"),
    ]
    tip = [
        alt.Tooltip("title:N", title="Incident"),
        alt.Tooltip("day:N", title="Day"),
        alt.Tooltip("impact:N", title="Impact"),
        alt.Tooltip("status:N", title="Resemblance"),
    ]
    return [
        over(lines).mark_rule(strokeWidth=1.5, color=colours.faint).encode(x2=x2),
        over(bands)
        .mark_rule(strokeWidth=12, color=colours.outcome("open"), opacity=0.4)
        .encode(x2=x2, tooltip=fix_tip),
        over(open_now)
        .mark_point(shape="triangle-right", filled=True, size=90, opacity=1, color=colours.outcome("open"))
        .encode(x=alt.X("until:T", title=None, axis=x_axis, scale=alt.Scale(type="utc")), tooltip=fix_tip),
        door(over(rows).mark_point(filled=True, size=85, opacity=1, strokeWidth=1.8), rows).encode(
            color=alt.condition("datum.is_while_open", alt.value(colours.bad), alt.value(colours.card)),
            stroke=alt.condition("datum.is_while_open", alt.value(colours.bad), alt.value(colours.accent)),
            tooltip=tip,
        ),
        at_the_end(over(lines), "counted", look, 14),
    ]


def _chains(frame: pl.DataFrame) -> list[list[dict[str, Any]]]:
    """The chains, those with most impact first, each in the order of time."""
    chains: dict[str, list[dict[str, Any]]] = {}
    for row in frame.sort("occurred_at", "incident_id").iter_rows(named=True):
        chains.setdefault(row["chain_id"], []).append(row)

    def cost(chain: list[dict[str, Any]]) -> tuple[float, int, str]:
        return -sum(row["impact_minutes"] or 0 for row in chain), -len(chain), chain[0]["chain_id"]

    return sorted(chains.values(), key=cost)


def _names(chains: list[list[dict[str, Any]]]) -> dict[str, str]:
    """Each chain by the service and cause of its latest incident; numbered where two are alike."""
    names: dict[str, str] = {}
    for chain in chains:
        last = chain[-1]
        name = (
            f"{last['service'] or 'no service stated'} · {category_in_words(last['cause_category']).lower()}"
        )
        alike = sum(other == name or other.startswith(f"{name} (") for other in names.values())
        names[last["chain_id"]] = f"{name} ({alike + 1})" if alike else name
    return names


def status_of(row: dict[str, Any]) -> str:
    """Whether an incident is the first of its chain, a confirmed repeat or a candidate."""
    if row["is_confirmed"] is None:
        return "first of its chain"
    return "confirmed by a person" if row["is_confirmed"] else "candidate"


def fix_effect(frame: pl.DataFrame, look: Look) -> Figure:
    """Rate after the fix to that before per cause and service, with its 90 % interval and the verdict."""
    earlier = pl.col("verdict") == "closed earlier"
    closed = frame.filter(~pl.col("is_still_open"))
    judged = closed.filter(~earlier)
    n = int(sum(judged["before_count"].to_list()) + sum(judged["after_count"].to_list()))
    badge = badge_of(
        f"{count_of(len(judged), 'fix', 'fixes')}, {count_of(n, 'incident')}",
        {
            "that led to the promise": int(sum(judged["left_out_count"].to_list())),
            "with a fix still open": len(frame) - len(closed),
            "with a fix of before these days": len(closed) - len(judged),
        },
    )
    caption = (
        "Incidents a day after the fixes against before; bars: 90 % intervals, at the edge without bound. "
        "Rates also fall by themselves after a bad time."
    )
    if judged.is_empty():
        return Figure(None, caption, badge, "No fix is done that could be judged.")
    order = {"signal": 0, "not distinguishable": 1}
    rows = [
        {
            ADDRESS: row.get(ADDRESS),
            "name": f"{row['service']} · {category_in_words(row['cause_category']).lower()}",
            "ratio": row["ratio"],
            "low": row["ratio_low"],
            "high": row["ratio_high"],
            "is_bare": row["ratio_low"] is None and row["ratio_high"] is None,
            "shown": ratio_in_words(row["ratio"], row["ratio_low"], row["ratio_high"]),
            "counted": f"{row['before_count']:,} in {row['before_days']:,.0f} days → "
            f"{row['after_count']:,} in {row['after_days']:,.0f} days",
            "said": row["verdict"],
            "kind": trend_of(row["verdict"], 1.0, row["ratio"] if row["ratio"] is not None else 2.0),
        }
        for row in sorted(
            judged.iter_rows(named=True), key=lambda row: (order.get(row["verdict"], 2), -row["n"])
        )[:MOST_CHAINS]
    ]
    left = f" The first {len(rows)} of {len(judged)}." if len(judged) > len(rows) else ""
    return Figure(
        dots_of_ratios(rows, look, ("Ratio (90 % interval)", "Before → after")),
        caption + left + door_words(rows, "A dot leads to its incidents."),
        badge,
        "Rate after the fix against before: "
        + "; ".join(f"{row['name']}: {row['shown']}, {row['counted']}, {row['said']}" for row in rows),
    )
