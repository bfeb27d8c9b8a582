"""Where should the next week go? Causes of services by the loss a fix would avoid, and what is promised."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any

import polars as pl
import streamlit as st

from dashboard import cards, frame
from pipeline.metrics import LossMeasure, loss_measure
from pipeline.metrics import sentences as say

MEASURES: dict[str, LossMeasure] = {"Minutes": "minutes", "Users": "users", "Cost": "cost"}
MONTHS = (6, 12, 24)
HORIZONS = (30, 91, 182, 365)
TOPS = (3, 5, 10)
#: Promises against one cause of a service that are seen at once.
MOST_ENTRIES = 3
NOTHING_KNOWN = "of no incident is the loss known"


def page() -> None:
    """The first by what it would avoid, the assumptions it rests on, the charts, the table, the rest."""
    head = st.container()
    options, top = assumptions()
    ranked = frame.rows("priorities", **options)
    with head:
        st.html(
            f'<h2 class="pm-section">{cards.text(say.priorities_title(ranked))}</h2>'
            + cards.paragraph(
                f"{say.overlap_in_words(ranked)} How much of its incidents a fix avoids is an assumption, "
                f"not a measurement: it is the same for all, moves every figure and no rank. "
                f"{say.effort_in_words(ranked)}".strip(),
                "pm-lead",
            )
        )
    frame.show("priorities", say.order_title(ranked), door=incidents_address(options), **options)
    stays = frame.rows("ranking_under", top=top)
    listed(ranked, stays, top, options)
    not_rankable(ranked, options)


def assumptions() -> tuple[dict[str, Any], int]:
    """Draw what the ranking assumes, which lives in the address; and how many count as the first."""
    now = frame.view()
    share = round(100 * now.run["effectiveness"])
    horizon = now.run["horizon_days"]
    with st.container(horizontal=True, gap="medium", key="assumptions", vertical_alignment="top"):
        lost = st.empty()
        avoids = st.slider(
            "Assumed: a fix avoids",
            *(0, 100, share, 5),
            format="%d %%",
            key="effectiveness",
            bind="query-params",
            width=240,
        )
        months = chosen("Months of history", MONTHS, 12, "months")
        days = chosen("Days ahead", HORIZONS, horizon, "horizon")
        top = chosen("Among the first", TOPS, 5, "top")
    named = {measure: words for words, measure in MEASURES.items()}
    usual = named[loss_measure(now.published, now.filters, months)]
    words = lost.segmented_control(
        "What is lost", list(MEASURES), default=usual, key="loss", bind="query-params", required=True
    )
    return {
        "measure": MEASURES[words or usual],
        "effectiveness": avoids / 100,
        "months": months,
        "horizon_days": days,
    }, top


def chosen(label: str, offered: tuple[int, ...], usual: int, key: str) -> int:
    """A choice of one number; the usual one is offered whatever the settings say."""
    numbers = [str(number) for number in sorted({*offered, usual})]
    found = st.selectbox(
        label, numbers, index=numbers.index(str(usual)), key=key, bind="query-params", width=150
    )
    return int(found or usual)


def incidents_address(options: Mapping[str, Any]) -> frame.Door:
    """Leads to the incidents of a row's cause and service, in the months that the ranking rests on."""
    last = frame.view().run["as_of"].date()
    days = [(last - timedelta(days=round(options["months"] * 365.25 / 12))).isoformat(), last.isoformat()]

    @cache
    def against(cause: str | None, service: str | None) -> str:
        if service is None or cause is None:
            return ""
        words = say.category_in_words(cause)
        return frame.address(
            "incidents", period=frame.CUSTOM_PERIOD, dates=days, cause=words, service=service
        )

    return lambda row: against(row["cause_category"], row["service"])


def listed(ranked: pl.DataFrame, stays: pl.DataFrame, top: int, options: Mapping[str, Any]) -> None:
    """Causes of services one by one: what a fix would avoid, what is promised, how often each stays first."""
    known = ranked.filter((pl.col("kind") == "cause_and_service") & pl.col("loss_avoided").is_not_null())
    with st.container(key="card-ranked", gap="small"):
        sets = " and ".join(["every measure, 6, 12 and 24 months", "three effectivenesses of its own"])
        st.html(
            cards.paragraph(say.ranking_title(stays, top), "pm-title")
            + cards.paragraph(
                f"Sets of assumptions: {sets} for each. Promises against one cause of one service avoid the "
                "same loss, once.",
                "pm-sub",
            )
        )
        if known.is_empty():
            st.html(cards.paragraph("No cause of a service can be ranked.", "pm-empty"))
            return
        promised = promises_against(ranked)
        door = incidents_address(options)
        frame.paged(known, lambda shown: table(shown, promised, stays, door, top), (known.height, top))
        counted = say.count_of(len(known), "cause of a service", "causes of services")
        frame.foot(f"n = {counted}", "priorities", ranked, "ranked", **options)


def promises_against(ranked: pl.DataFrame) -> dict[tuple[str, str], list[cards.Markup]]:
    """The open promises against each cause of a service, with their doors."""
    found: dict[tuple[str, str], list[cards.Markup]] = {}
    items = ranked.filter((pl.col("kind") == "action_item") & pl.col("loss_avoided").is_not_null())
    for row in items.iter_rows(named=True):
        said = [row["team"] or frame.NOT_STATED]
        said.append(cards.link(row["jira_key"], row["url"]) if row["jira_key"] else cards.text("no issue"))
        if row["is_prevention_known"] is False:
            said.append("kind not stated")
        if row["is_overdue"]:
            said.append(cards.Markup('<span class="pm-late">overdue</span>'))
        if row["loss_per_point"] is not None:
            per_point = say.loss_in_words(row["loss_per_point"], row["measure"], row["currency"])
            points = row["story_points"]
            said.append(f"{per_point} a point ({points:g} point{'' if points == 1 else 's'})")
        said.append(cards.here("its incident", frame.incident_address(row["incident_id"])))
        remark = cards.Markup(" · ".join(cards.text(part) for part in said))
        found.setdefault(pair(row), []).append(
            cards.Markup(f'<div class="pm-entry">{cards.with_remark(row["title"], remark)}</div>')
        )
    return found


def pair(row: Mapping[str, Any]) -> tuple[str, str]:
    """What tells a cause of a service from others, however the service is spelt."""
    return row["cause_category"], row["service"].strip().lower()


def table(
    shown: pl.DataFrame,
    promised: Mapping[tuple[str, str], list[cards.Markup]],
    stays: pl.DataFrame,
    door: frame.Door,
    top: int,
) -> cards.Markup:
    """Ranked causes of services with their doors to the incidents, and to the promises against them."""
    seen = stays.filter(pl.col("priority_id").is_in(shown["priority_id"].to_list())).rows_by_key(
        "priority_id", named=True, unique=True, include_key=True
    )
    return cards.table(
        ["Rank", "Cause and service", "Would avoid", "Open promises against it", f"Among the first {top}"],
        [
            (
                f"{row['priority_rank']}",
                cards.with_remark(
                    cards.here(
                        f"{say.category_in_words(row['cause_category'])} in {row['service']}", door(row)
                    ),
                    f"{say.count_of(row['incident_count'], 'incident')}, n = {row['n']:,} with a known loss",
                ),
                cards.with_remark(
                    say.loss_in_words(row["loss_avoided"], row["measure"], row["currency"]),
                    say.loss_interval(row),
                ),
                entries(promised.get(pair(row), [])),
                stays_cell(seen.get(row["priority_id"])),
            )
            for row in shown.iter_rows(named=True)
        ],
        ["num", "", "num", "words", "words"],
    )


def entries(promised: list[cards.Markup]) -> cards.Markup:
    """The first promises, and the others for who asks; that there is none says where one is missing."""
    if not promised:
        return cards.Markup('<span class="pm-late">nothing promised</span>')
    first, rest = promised[:MOST_ENTRIES], promised[MOST_ENTRIES:]
    more = [cards.details(f"{len(rest):,} more", cards.Markup("".join(rest)))] if rest else []
    return cards.Markup("".join([*first, *more]))


def stays_cell(row: Mapping[str, Any] | None) -> cards.Markup:
    """How often one stays among the first, and where it stands at worst."""
    if row is None:
        return cards.text("–")
    often = f"{row['top_count']:,} of {row['scenario_count']:,}"
    if row["top_count"] == row["scenario_count"]:
        return cards.with_remark(often, "whatever is assumed")
    return cards.with_remark(often, f"at worst place {row['worst_rank']:,}: {row['worst_under']}")


def not_rankable(ranked: pl.DataFrame, options: Mapping[str, Any]) -> None:
    """What no loss can be put to, and why."""
    refused = ranked.filter((pl.col("kind") == "action_item") & pl.col("loss_avoided").is_null())
    if refused.is_empty():
        return
    reasons = refused.with_columns(pl.col("not_rankable_reason").fill_null(NOTHING_KNOWN))
    shown = reasons.head(frame.ROWS_OF_A_PAGE)
    with st.container(key="card-refused", gap="small"):
        title = f"{say.count_of(len(refused), 'open prevention item')} cannot be ranked"
        st.html(
            cards.paragraph(title, "pm-title")
            + cards.table(
                ["What is promised", "Why no loss can be put to it"],
                [
                    (
                        cards.with_remark(row["title"], refused_doors(row)),
                        row["not_rankable_reason"],
                    )
                    for row in shown.iter_rows(named=True)
                ],
                ["", "words"],
            )
        )
        counted = f"{len(shown):,} of {say.count_of(len(refused), 'open prevention item')}"
        frame.foot(counted, "priorities", refused, "refused", **options)


def refused_doors(row: Mapping[str, Any]) -> cards.Markup:
    """The issue and the incident of an item, as far as it has them."""
    doors = [cards.link(row["jira_key"], row["url"])] if row["jira_key"] else []
    if row["incident_id"]:
        doors.append(cards.here("its incident", frame.incident_address(row["incident_id"])))
    return cards.Markup(" · ".join(doors))


page()
