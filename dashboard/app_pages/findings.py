"""The findings one by one: where every count of them leads."""

from __future__ import annotations

import polars as pl
import streamlit as st

from dashboard import cards, findings, frame
from pipeline.metrics import sentences as say

ANY = "All"


def page() -> None:
    """The findings that the address names, what costs the figures most first."""
    now = frame.view()
    back = cards.here("← Data health", frame.address("data_health"))
    st.html(cards.paragraph(back, "pm-back") + '<h2 class="pm-section">The findings, one by one</h2>')
    rules = {say.category_in_words(rule): rule for rule in frame.rows("findings_by_rule")["rule"]}
    figures = {say.figure_in_words(figure): figure for figure in say.FIGURES}
    with st.container(horizontal=True, gap="small"):
        rule = st.selectbox("What", [ANY, *rules], key="rule", bind="query-params", width=330)
        figure = st.selectbox("Left out of", [ANY, *figures], key="figure", bind="query-params", width=230)
    found = frame.rows("findings_matching", rule=rules.get(rule or ANY), figure=figures.get(figure or ANY))
    why = left_out(figures.get(figure or ANY))
    if found.is_empty():
        words = f"No finding matches in {now.period_words}. {why}"
        st.html(cards.paragraph(words.strip(), "pm-empty"))
        return
    n_documents = found["path"].n_unique()
    st.html(
        cards.paragraph(
            f"{say.count_of(len(found), 'finding')} in {say.count_of(n_documents, 'document')}", "pm-title"
        )
        + cards.paragraph(
            why or f"Incidents of {now.period_words}. What costs the figures most comes first.", "pm-sub"
        )
    )
    frame.paged(found, lambda shown: findings.table(shown, frame.incident_link), (now.filters, rule, figure))
    frame.foot(
        "Lines count from 1, in the document as fetched.",
        "findings_matching",
        found,
        rule=rules.get(rule or ANY),
        figure=figures.get(figure or ANY),
    )


def left_out(figure: str | None) -> str:
    """How many incidents the figure can use, and why not the others; nothing when none is chosen."""
    coverage = frame.rows("coverage_by_figure").filter(pl.col("figure") == (figure or ""))
    if coverage.is_empty():
        return ""
    row = coverage.row(0, named=True)
    used = f"{say.figure_in_words(row['figure'])} can use {say.used_in_words(row)}"
    words = f"{used} of {frame.view().period_words}."
    reasons = say.reasons_in_words(row)
    return f"{words} Left out: {reasons}." if reasons else words


page()
