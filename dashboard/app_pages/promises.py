"""The promises one by one: where every count of them leads."""

from __future__ import annotations

import polars as pl
import streamlit as st

from dashboard import cards, frame, promises
from pipeline.metrics import Which
from pipeline.metrics import sentences as say

ANY = "All"


def page() -> None:
    """The list that the address names, the late ones first."""
    now = frame.view()
    back = cards.here("← Follow-through", frame.address("follow_through"))
    st.html(cards.paragraph(back, "pm-back") + '<h2 class="pm-section">The promises, one by one</h2>')
    name = st.segmented_control(
        "Which promises",
        list(promises.LISTS),
        default="Late",
        key="which",
        bind="query-params",
        required=True,
        label_visibility="collapsed",
    )
    chosen = promises.LISTS[name or "Late"]
    reason = chosen_reason(chosen.which)
    found = frame.rows("action_items_matching", which=chosen.which, reason=reason)
    if found.is_empty():
        st.html(cards.paragraph(chosen.empty, "pm-empty"))
        return
    when = "whenever promised"
    if chosen.which == "due":
        when = f"due in {now.period_words}"
    elif chosen.which in ("no_owner", "no_date", "no_issue"):
        when = f"made in {now.period_words} or on a day nobody knows"
    if chosen.which == "pushed":  # figures count each time, lists each promise
        times = say.count_of(sum(found["due_date_push_count"].to_list()), "time")
        when += f"; due dates pushed {times}"
    st.html(
        cards.paragraph(f"{say.count_of(len(found), 'promise')}, {when}", "pm-title")
        + cards.paragraph("The longest overdue first, then the latest.", "pm-sub")
    )
    frame.paged(
        found,
        lambda shown: promises.table(shown, frame.history(shown), now.colours, frame.incident_link),
        (now.filters, name, reason),
    )
    frame.foot("Lateness is as of now.", "action_items_matching", found, which=chosen.which, reason=reason)


def chosen_reason(which: Which) -> str | None:
    """Why the outcome is what it is, where the reader can choose among reasons; None for all."""
    if which not in ("open", "done", "declined", "unknown"):
        return None
    told = frame.rows("action_items_by_outcome").filter(pl.col("outcome") == which)["outcome_reason"]
    reasons = {say.outcome_reason_in_words(reason): reason for reason in told}
    if len(reasons) < 2:
        return None
    words = st.selectbox("Why", [ANY, *reasons], key="reason", bind="query-params", width=330)
    return reasons.get(words or ANY)


page()
