"""The slippage ledger, promise by promise: where every count of it leads."""

from __future__ import annotations

import streamlit as st

from dashboard import cards, frame, slippage
from pipeline.metrics import sentences as say


def page() -> None:
    """The promises that slipped in the way that the address names, the most slipped first."""
    now = frame.view()
    st.html(
        cards.paragraph(cards.here("← Follow-through", frame.address("follow_through")), "pm-back")
        + '<h2 class="pm-section">How promises slipped, one by one</h2>'
    )
    way = st.segmented_control(
        "In which way",
        list(slippage.WAYS),
        default=slippage.ANY,
        key="way",
        bind="query-params",
        required=True,
        label_visibility="collapsed",
    )
    everything = frame.rows("slippage_ledger")
    found = slippage.slipped(everything, way or slippage.ANY)
    if found.is_empty():
        st.html(
            cards.paragraph(
                "No promise slipped in this way, of those made in the period and tracked in Jira.", "pm-empty"
            )
        )
        return
    st.html(
        cards.paragraph(
            f"{say.count_of(len(found), 'promise')}, made in {now.period_words}",
            "pm-title",
        )
        + cards.paragraph(
            "The most days moved first. Handing on and closing at once can be in order: the ledger tells, "
            "and does not judge.",
            "pm-sub",
        )
    )
    frame.paged(
        found,
        lambda shown: slippage.table(shown, now.colours, frame.incident_link),
        (now.filters, way),
    )
    frame.foot("Of promises made in the period and tracked in Jira.", "slippage_ledger", found)


page()
