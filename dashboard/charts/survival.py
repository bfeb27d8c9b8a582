"""How long does it take until a promise is done? Shares over days, and medians group by group."""

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
    n_of,
    named_lines,
    share_y,
    spec_of,
    total,
)
from pipeline.metrics.sentences import count_of, days_in_words, days_interval_in_words, percent, share_span

HEIGHT = 260
#: What a group may be told to be beside the others, where that is more than chance.
APART = ("signal", "beyond chance")
COLOURS = " Red or green: a signal against the others; amber: beyond chance."
#: Bands of more curves than this would hide each other: then only those of signals are drawn.
MOST_BANDS = 3
#: Lines of names need so much of the height each.
LINE = 16 / HEIGHT


def done_curves(frame: pl.DataFrame, look: Look) -> Figure:
    """Done, open and declined over the days since the promise, summing to one, with the interval of done.

    Rows of `done_curves`, of one group, with its `n`.
    """
    caption = (
        "Days since promised; what is open counts for as long as it has been. Dashed: 90 % interval of done."
    )
    rows = frame.sort("days").to_dicts()
    if not rows or not rows[0]["n"]:
        return Figure(None, caption, "", "Of no promise made in this period is the time known.")
    colours = look.colours
    for row in rows:
        row["decline_from"] = 1 - row["declined_share"]
        row["zero"], row["one"] = 0, 1
        row["shown"] = done_shown(row)
    last = rows[-1]
    base = alt.Chart(alt.InlineData(values=_without_address(rows))).encode(x=_days(last["days"]))
    bands = [
        ("done", "zero", "done_share"),
        ("open", "done_share", "decline_from"),
        ("declined", "decline_from", "one"),
    ]
    areas = [
        base.mark_area(interpolate="step-after", color=colours.outcome(name), opacity=0.85).encode(
            y=share_y(low), y2=f"{high}:Q"
        )
        for name, low, high in bands
    ]
    ends = [
        base.mark_line(
            interpolate="step-after", strokeWidth=1.2, strokeDash=[3, 3], color=colours.ink
        ).encode(y=share_y(field))
        for field in ("done_low", "done_high")
    ]
    pointed = base.mark_rule(opacity=0, strokeWidth=8).encode(
        tooltip=[
            alt.Tooltip("days:Q", title="Days since promised", format=".0f"),
            alt.Tooltip("shown:N", title="Done (90 % interval)"),
            alt.Tooltip("open_share:Q", title="Open", format=".0%"),
            alt.Tooltip("declined_share:Q", title="Declined", format=".0%"),
            alt.Tooltip("at_risk_count:Q", title="Still open before"),
        ]
    )
    shares = {"done": last["done_share"], "open": last["open_share"], "declined": last["declined_share"]}
    middle = {
        "done": last["done_share"] / 2,
        "open": last["done_share"] + last["open_share"] / 2,
        "declined": 1 - last["declined_share"] / 2,
    }
    names = _apart(
        [
            {"days": last["days"], "at": middle[name], "name": f"{percent(share)} {name}"}
            for name, share in shares.items()
            if share
        ]
    )
    return Figure(
        spec_of(alt.layer(*areas, *ends, pointed, _names(names, look)), look, HEIGHT, right=96),
        caption,
        count_of(last["n"], "action item made in the period", "action items made in the period"),
        f"After {days_in_words(last['days'])}: {last['shown']} done, {percent(last['open_share'])} open, "
        f"{percent(last['declined_share'])} declined.",
    )


def done_curves_by_group(frame: pl.DataFrame, look: Look) -> Figure:
    """The share done over the days since the promise, a line per group; colour only for a signal.

    Rows of `done_curves` with n, verdict and direction of their group in `time_to_done`.
    """
    caption = (
        "Share done by days since promised. Red or green: a signal against the others; amber: beyond chance, "
        "perhaps as teams differ; grey: not distinguishable."
    )
    known = frame.filter(pl.col("n") > 0)
    groups = known["group_name"].unique(maintain_order=True).to_list()
    if not groups:
        return Figure(None, caption, "", "Of no promise made in this period is the time known.")
    colours = look.colours
    rows = [
        row
        | {
            "kind": _kind(row),
            "group": row["group_name"],
            "shown": done_shown(row),
            "is_banded": row["verdict"] in APART or len(groups) <= MOST_BANDS,
        }
        for row in known.sort("days").iter_rows(named=True)
    ]
    longest = max(row["days"] for row in rows)
    last = {row["group"]: row for row in rows}
    # A curve goes on level until its group's longest time, which all curves share here.
    rows += [row | {"days": longest} for row in last.values() if row["days"] < longest]
    colour = alt.Color(
        "kind:N",
        scale=alt.Scale(
            domain=["sooner", "later", "beyond", "none"],
            range=[colours.good, colours.bad, colours.notice, colours.faint],
        ),
        legend=None,
    )
    base = alt.Chart(alt.InlineData(values=_without_address(rows))).encode(
        x=_days(longest), detail="group:N", color=colour
    )
    tooltip = [
        alt.Tooltip("group:N", title="Group"),
        alt.Tooltip("days:Q", title="Days since promised", format=".0f"),
        alt.Tooltip("shown:N", title="Done (90 % interval)"),
        alt.Tooltip("n:Q", title="Action items"),
    ]
    layers = [
        base.transform_filter("datum.is_banded")
        .mark_area(interpolate="step-after", opacity=0.12)
        .encode(y=share_y("done_low"), y2="done_high:Q"),
        base.mark_line(interpolate="step-after", strokeWidth=2).encode(y=share_y("done_share")),
        base.mark_point(filled=True, opacity=0, size=60).encode(y=share_y("done_share"), tooltip=tooltip),
        _names(
            _apart(
                [
                    {
                        "days": longest,
                        "at": row["done_share"],
                        "name": f"{group} (n = {row['n']:,})",
                        "kind": row["kind"],
                    }
                    for group, row in last.items()
                ]
            ),
            look,
        ),
    ]
    return Figure(
        spec_of(alt.layer(*layers), look, HEIGHT + 40, right=150),
        caption
        + (" Bands: 90 % intervals of the coloured." if len(groups) > MOST_BANDS else " Bands: 90 %."),
        f"{count_of(sum(row['n'] for row in last.values()), 'action item')}, {count_of(len(last), 'group')}",
        "Share done at the longest time: "
        + "; ".join(f"{group} {row['shown']}, n = {row['n']:,}" for group, row in last.items()),
    )


def time_to_done(frame: pl.DataFrame, look: Look) -> Figure:
    """By when half is done, a dot per group with its 90 % interval; an open end runs to the edge."""
    n, every = total(frame, "n"), total(frame, "action_item_count")
    badge = badge_of(
        n_of(n, every, "action item"),
        {"of unknown outcome": total(frame, "unknown_count"), "undated": total(frame, "undated_count")},
    )
    caption = "Days until half is done. Bar: 90 % interval, to the edge where so few set no upper end."
    known = [row for row in frame.iter_rows(named=True) if row["n"]]
    if not known:
        return Figure(None, caption, badge, "Of no promise made in this period is the time known.")
    ends = [row[name] for row in known for name in ("median_days", "median_low", "median_high") if row[name]]
    most = max([*ends, 1.0]) * 1.1
    rows = [
        {
            ADDRESS: row.get(ADDRESS) or None,
            "group": row["group_name"],
            "median": row["median_days"],
            "low": row["median_low"],
            # An interval without an upper end has a lower one, or there is none to draw.
            "high": most
            if row["median_high"] is None and row["median_low"] is not None
            else row["median_high"],
            "counted": f"n = {row['n']:,}",
            "shown": median_shown(row),
            "kind": _kind(row),
            "verdict": row["verdict"] or "nothing to compare",
        }
        for row in known
    ]
    colours = look.colours
    colour = alt.Color(
        "kind:N",
        scale=alt.Scale(
            domain=["sooner", "later", "beyond", "none"],
            range=[colours.good, colours.bad, colours.notice, colours.accent],
        ),
        legend=None,
    )
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        y=named_lines(rows, "group", 150, look),
        tooltip=[
            alt.Tooltip("group:N", title="Group"),
            alt.Tooltip("shown:N", title="Half done after (90 % interval)"),
            alt.Tooltip("counted:N", title="Action items"),
            alt.Tooltip("verdict:N", title="Against all others"),
        ],
    )

    def x(field: str) -> alt.X:
        axis = alt.Axis(labelExpr="datum.value + '\u00a0d'", tickCount=5, orient="bottom")
        return alt.X(f"{field}:Q", title=None, scale=alt.Scale(domain=[0, most], nice=False), axis=axis)

    layers = [
        door(base.mark_rule(strokeWidth=6, opacity=0.28), rows)
        .encode(x=x("low"), x2="high:Q", color=colour)
        .transform_filter("isValid(datum.low) && isValid(datum.high)"),
        door(base.mark_point(filled=True, size=75, opacity=1), rows)
        .encode(x=x("median"), color=colour)
        .transform_filter("isValid(datum.median)"),
        base.transform_filter("!isValid(datum.median)")
        .mark_text(align="left", color=colours.muted, fontSize=11.5, dx=6)
        .encode(x=alt.value(0), text=alt.value("not half done yet")),
        at_the_end(base, "counted", look),
    ]
    return Figure(
        spec_of(alt.layer(*layers), look, max(HEIGHT, 30 * len(rows) + 44), right=64),
        caption
        + (COLOURS if any(row["kind"] != "none" for row in rows) else "")
        + door_words(rows, "A dot leads to the promises."),
        badge,
        "Half done after: " + "; ".join(f"{row['group']}: {row['shown']}, {row['counted']}" for row in rows),
    )


def _kind(row: dict[str, Any]) -> str:
    """The direction of a signal, or that it is beyond chance; "none" of all else."""
    if row["verdict"] == "signal":
        return str(row["direction"])
    return "beyond" if row["verdict"] in APART else "none"


def done_shown(row: dict[str, Any]) -> str:
    """ "61 % (55–67 %)"."""
    return f"{percent(row['done_share'])} ({share_span(row['done_low'], row['done_high'])})"


def median_shown(row: dict[str, Any]) -> str:
    """ "34 days (90 % interval 29 to 41)", or that half is not done."""
    interval = days_interval_in_words(row["median_low"], row["median_high"])
    if row["median_days"] is None:
        return f"not half done yet ({interval})"
    return f"{days_in_words(row['median_days'])} ({interval})"


def _days(longest: float) -> alt.X:
    axis = alt.Axis(labelExpr="datum.value + '\u00a0d'", tickCount=6, grid=False)
    return alt.X("days:Q", title=None, scale=alt.Scale(domain=[0, max(longest, 1)], nice=False), axis=axis)


def _names(rows: list[dict[str, Any]], look: Look) -> alt.Chart:
    """Names at the right end, in the colour of their lines, or darker where nothing is a signal."""
    text = alt.Chart(alt.InlineData(values=rows)).mark_text(align="left", dx=8)
    colour = (
        alt.when("datum.kind === 'later'")
        .then(alt.value(look.colours.bad))
        .when("datum.kind === 'sooner'")
        .then(alt.value(look.colours.good))
        .when("datum.kind === 'beyond'")
        .then(alt.value(look.colours.notice))
        .when("datum.kind === 'none'")
        .then(alt.value(look.colours.muted))
        .otherwise(alt.value(look.colours.ink))
    )
    named: alt.Chart = text.encode(x="days:Q", y=share_y("at"), text="name:N", color=colour)
    return named


def _apart(names: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Names at the height of what they name, moved no more than it takes to keep a line between them."""
    ordered = sorted(names, key=lambda row: float(row["at"]))
    place = -LINE / 2
    for row in ordered:
        place = row["at"] = max(row["at"], place + LINE)
    above = 1 + LINE / 2
    for row in reversed(ordered):
        above = row["at"] = min(row["at"], above - LINE)
    return ordered


def _without_address(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name != ADDRESS} for row in rows]
