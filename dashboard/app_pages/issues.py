"""What is followed in Jira, issue by issue: where every count of issues leads."""

from __future__ import annotations

import streamlit as st

from dashboard import cards, frame, issues
from pipeline.metrics import sentences as say
from pipeline.metrics.sentences import issues as tell

ANY = "All"


def page() -> None:
    """The issues that the address names, those that Jira does not show first."""
    back = cards.here("← Data health", frame.address("data_health"))
    st.html(
        # What is held serves all teams and periods: the filters choose nothing here.
        "<style>.st-key-filters { display: none; }</style>"
        + cards.paragraph(back, "pm-back")
        + '<h2 class="pm-section">The issues followed in Jira, one by one</h2>'
    )
    name = st.segmented_control(
        "Which issues",
        list(issues.LISTS),
        default="All",
        key="which",
        bind="query-params",
        required=True,
        label_visibility="collapsed",
    )
    which, empty = issues.LISTS[name or "All"]
    reasons = {tell.followed_in_words(reason): reason for reason in frame.rows("issues_by_reason")["reason"]}
    projects = sorted(set(frame.rows("issues_matching")["project"].drop_nulls()))
    with st.container(horizontal=True, gap="small"):
        words = st.selectbox(
            "Followed because", [ANY, *reasons], key="reason", bind="query-params", width=330
        )
        project = st.selectbox("Project", [ANY, *projects], key="project", bind="query-params", width=230)
    reason = reasons.get(words or ANY)
    within = None if project == ANY else project
    found = frame.rows("issues_matching", which=which, reason=reason, project=within)
    if found.is_empty():
        st.html(cards.paragraph(empty, "pm-empty"))
        return
    st.html(
        cards.paragraph(say.count_of(len(found), "issue"), "pm-title")
        + cards.paragraph(
            "All that is held, for all teams and periods. What Jira does not show comes first.", "pm-sub"
        )
    )
    frame.paged(found, issues.table, (which, reason, within))
    n_promises = int((found["action_item_count"] > 0).sum())
    frame.foot(
        f"{n_promises:,} of them stand for promises; the others are held because promises hang on them.",
        "issues_matching",
        found,
        which=which,
        reason=reason,
        project=within,
    )


page()
