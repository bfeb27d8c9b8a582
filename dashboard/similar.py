"""What an incident resembles: earlier and later ones, why, and whether a fix was open between."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard import cards, frame
from dashboard.cards import Markup
from pipeline.metrics import Filters
from pipeline.metrics import sentences as say

#: So many are shown; the rest is behind "How is this computed?".
SHOWN = 10
MEANING = (
    "Candidates until a person confirms them. Fixes: what was promised after the earlier of the two and "
    "still open when the later one began. Association, not proof."
)


def card(facts: Mapping[str, Any]) -> None:
    """Those that resemble the incident of these facts, the nearest first, whatever the filters say."""
    whole = Filters()
    similar = frame.rows("similar_incidents", whole, incident_id=facts["incident_id"])
    st.html(cards.paragraph(say.similar_title(similar), "pm-title"))
    sought = say.likeness_sought(facts, frame.view().run)
    if similar.is_empty():
        st.html(cards.paragraph(sought, "pm-empty"))
        return
    shown = similar.head(SHOWN)
    st.html(
        cards.paragraph(f"{sought} {MEANING}", "pm-sub")
        + cards.table(
            ["When", "Incident, and what makes it alike", "Fixes open then"],
            [(apart(row), other(row), fixes(row)) for row in shown.iter_rows(named=True)],
            ["words", "", "words"],
        )
    )
    frame.foot(
        f"{frame.shown_of(shown, similar)} similar on record, the nearest in time first.",
        "similar_incidents",
        similar,
        filters=whole,
        incident_id=facts["incident_id"],
    )


def apart(row: Mapping[str, Any]) -> Markup:
    """How long before or after the incident the other one began, and on which day."""
    where = "before" if row["is_earlier"] else "after"
    return cards.with_remark(
        f"{say.days_apart(row['gap_days'])} {where}", say.day_in_words(row["occurred_at"].date())
    )


def other(row: Mapping[str, Any]) -> Markup:
    """The other incident, which leads to its page, with where it happened, why, and what makes it alike."""
    cause = say.category_in_words(row["cause_category"]) if row["cause_category"] else "cause unknown"
    named = " · ".join(words for words in (row["service"], cause) if words)
    told = cards.with_remark(frame.incident_link(row["other_incident_id"], row["title"]), named)
    return cards.with_remark(told, likeness(row))


def likeness(row: Mapping[str, Any]) -> Markup:
    """What makes the two alike, and what a person said of it."""
    if row["is_confirmed"] is None:
        said = cards.chip("candidate", "quiet")
    else:
        said = cards.chip("confirmed", "good") if row["is_confirmed"] else cards.chip("rejected", "notice")
    return Markup(f"{cards.text(say.basis_in_words(row))} {said}")


def fixes(row: Mapping[str, Any]) -> Markup:
    """What was promised after the earlier of the two and still open when the later one began."""
    still, late = row["open_prevention_item_count"], row["overdue_prevention_item_count"]
    if not still:
        return cards.text("none")
    remarks = [f"{late:,} overdue"] if late else []
    if row["is_prevention_known"] is False:
        remarks.append("kind not stated")
    return cards.with_remark(f"{still:,}", ", ".join(remarks))
