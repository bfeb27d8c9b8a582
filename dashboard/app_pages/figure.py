"""One figure on a page of its own, to send or to take away: its meaning, its rows, its SQL."""

from __future__ import annotations

import streamlit as st

from dashboard import cards, explanations, frame
from pipeline import metrics
from pipeline.metrics import sentences as say


def page() -> None:
    """The figure that the address names, for the reader's choices."""
    name = st.query_params.get(explanations.METRIC, "")
    if name not in metrics.metric_names() or not hasattr(metrics, name):
        st.html(cards.paragraph(f"There is no figure called “{name}”.", "pm-empty"))
        return
    try:
        options = explanations.options_in(name, st.query_params.get(explanations.OPTIONS))
        found = frame.rows(name, **options)
    except (ValueError, OverflowError):  # no such option, or a number beyond what it takes
        st.html(cards.paragraph("The address asks for what this figure does not have.", "pm-empty"))
        return
    st.html(
        f'<h2 class="pm-section">{cards.text(name.replace("_", " ").capitalize())}</h2>'
        + cards.paragraph(f"{say.count_of(len(found), 'row')}, {frame.view().period_words}.", "pm-lead")
    )
    explanations.explanation(name, found, frame.query_of(name, **options), "figure")


page()
