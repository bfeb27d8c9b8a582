"""The promises one by one: where every count of them leads."""

from __future__ import annotations

import streamlit as st

from dashboard import cards, frame, promises
from pipeline.metrics import sentences as say


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
    found = frame.rows("action_items_matching", which=chosen.which)
    if found.is_empty():
        st.html(cards.paragraph(chosen.empty, "pm-empty"))
        return
    when = f"due in {now.period_words}" if chosen.which == "due" else "whenever promised"
    st.html(
        cards.paragraph(f"{say.count_of(len(found), 'promise')}, {when}", "pm-title")
        + cards.paragraph("The longest overdue first, then the latest.", "pm-sub")
    )
    frame.paged(
        found, lambda shown: promises.table(shown, now.colours, frame.incident_address), (now.filters, name)
    )
    frame.foot("Lateness is as of now.", "action_items_matching", found)


page()
