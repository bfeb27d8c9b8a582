"""Find an incident."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

from dashboard import cards, frame
from dashboard.cards import Markup
from pipeline.metrics import sentences as say

#: In which orders the list can be read; the metric gives the latest first.
ORDERS: dict[str, list[str]] = {
    "Latest": [],
    "Longest to resolve": ["time_to_resolve_minutes"],
    "Most severe": ["severity"],
    "Most promises overdue": ["overdue_count", "open_count"],
}


def page() -> None:
    """The incidents that the filters and a search let through, each a link to its own page."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        words = st.text_input(
            "Search",
            key="q",
            bind="query-params",
            placeholder="Words from the title, service, cause, path, evidence or an action item",
        )
        order = st.selectbox("Order", list(ORDERS), key="order", bind="query-params", width=230)
    now = frame.view()
    found = frame.rows("incidents_matching", now.listed, search_text=words or "")
    undated = undated_count(words or "")
    if found.is_empty():
        st.html(
            cards.paragraph(
                f"No incident matches ({say.period_in_words(now.listed)}). "
                f"Fewer filters or other words may find one.{undated}",
                "pm-empty",
            )
        )
        return
    st.html(
        cards.paragraph(counted(found), "pm-title")
        + cards.paragraph(f"{period_shown(found)}{undated}", "pm-sub")
    )
    frame.paged(in_order(found, order), listed, (now.listed, words, order))
    frame.foot(
        "Times are UTC. Empty: not stated.",
        "incidents_matching",
        found,
        filters=now.listed,
        search_text=words or "",
    )


def counted(found: pl.DataFrame) -> str:
    """How many incidents, and how much planned work among them."""
    planned = int(found["is_planned"].sum())
    extra = f" and {say.count_of(planned, 'planned maintenance', 'planned maintenances')}" if planned else ""
    return say.count_of(len(found) - planned, "incident") + extra


def period_shown(found: pl.DataFrame) -> str:
    """Which days the list covers; and how many incidents lie in days that no figure counts yet."""
    now = frame.view()
    if now.listed == now.filters:
        words = now.period_words
        return f"{words[0].upper()}{words[1:]}."
    last = now.filters.period_to
    newer = found.filter((pl.col("occurred_at").dt.date() > last) & ~pl.col("is_planned"))
    uncounted = f": {say.count_of(len(newer), 'incident')} that no figure counts yet" if len(newer) else ""
    return f"{say.period_in_words(now.listed)}, the last 12 complete months and the days since{uncounted}."


def undated_count(words: str) -> str:
    """How many incidents a period hides because no day of them is known."""
    now = frame.view()
    if now.filters.period_from is None and now.filters.period_to is None:
        return ""
    everything = frame.rows("incidents_matching", now.filters.spanning(None, None), search_text=words)
    n = everything["occurred_at"].null_count()
    return f" {say.count_of(n, 'incident')} without a day: see the period All." if n else ""


def in_order(found: pl.DataFrame, order: str | None) -> pl.DataFrame:
    """The incidents as the reader wants to read them; what is not stated comes last."""
    columns = ORDERS.get(order or "", [])
    if not columns:
        return found
    descending = [column != "severity" for column in columns]
    return found.sort(columns, descending=descending, nulls_last=True, maintain_order=True)


def listed(found: pl.DataFrame) -> Markup:
    """The list itself."""
    colours = frame.view().colours
    return cards.table(
        ["When", "Incident", "Severity", "Team", "To resolve", "Promises"],
        [
            (
                when(row),
                cards.with_remark(
                    frame.incident_link(row["incident_id"], row["title"]),
                    " · ".join(
                        filter(
                            None,
                            [
                                row["service"],
                                row["cause_category"] and say.category_in_words(row["cause_category"]),
                            ],
                        )
                    ),
                ),
                cards.chip("planned", "notice")
                if row["is_planned"]
                else cards.dotted(row["severity"], colours.severity(row["severity"]))
                if row["severity"]
                else "",
                row["team"],
                ""
                if row["time_to_resolve_minutes"] is None
                else say.in_words(row["time_to_resolve_minutes"]),
                promised(row),
            )
            for row in found.iter_rows(named=True)
        ],
        ["tight soft", "", "tight", "words", "num", "num"],
    )


def when(row: dict[str, Any]) -> Markup:
    """The day, with the time when one is known."""
    at = row["occurred_at"]
    if at is None:
        return Markup()
    return cards.with_remark(say.day_in_words(at.date()), "" if row["is_day_only"] else f"{at:%H:%M}")


def promised(row: dict[str, Any]) -> Markup:
    """How many promises were made, and how many of them are open or overdue."""
    if not row["action_item_count"]:
        return cards.text("")
    late = f"{row['overdue_count']} overdue" if row["overdue_count"] else ""
    still = f"{row['open_count']} open" if row["open_count"] else ""
    return cards.with_remark(row["action_item_count"], late or still)


page()
