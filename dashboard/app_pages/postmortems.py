"""Are postmortems written and reviewed in time, and do they tell what a good one tells?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from dashboard import cards, frame
from pipeline.metrics import sentences as say

BLAMING = "blaming_wording"
#: Rows of a table; the rest is behind "How is this computed?".
MOST_ROWS = 8
#: The ten things a good postmortem tells, each with the findings that say it is missing.
THINGS = {
    "When it started": ("no_start",),
    "When it was detected": ("no_detection",),
    "When it was resolved": ("no_end",),
    "Its severity": ("no_severity", "severity_unknown"),
    "The service": ("no_service",),
    "Its impact": ("no_impact",),
    "Its cause": ("no_cause",),
    "Who noticed it": ("no_detection_method",),
    "A timeline of three entries": ("short_timeline",),
    "Action items with an owner": ("no_action_items", "action_item_without_owner"),
}


def page() -> None:
    """In time or not, how complete by team, and what is missing most."""
    whole = {row["step"]: row for row in frame.rows("postmortem_timeliness").iter_rows(named=True)}
    st.html(
        '<h2 class="pm-section">In time?</h2>'
        + cards.paragraph("Against the days agreed in the settings, from the end of an incident.", "pm-lead")
    )
    left, right = st.columns(2, gap="medium")
    for column, step in ((left, "written"), (right, "reviewed")):
        with column:
            told = whole.get(step)
            frame.show(
                "postmortem_timeliness",
                say.timeliness_title(told) if told else "No incident, so no postmortem",
                chart=f"postmortems_{step}",
                door=incidents_address,
                remark=say.timeliness_details(told) if told else "",
                group_by="team",
            )
    left, right = st.columns(2, gap="medium")
    with left, st.container(key="card-overdue", height="stretch"):
        overdue_card(frame.rows("postmortem_timeliness"))
    with right, st.container(key="card-small", height="stretch"):
        small_card(frame.rows("reviews_of_small_incidents"))
    st.html('<h2 class="pm-section">Complete?</h2>')
    left, right = st.columns(2, gap="medium")
    complete = frame.rows("completeness_by_team")
    with left:
        frame.show("completeness_by_team", say.completeness_title(complete), door=findings_address)
    with right, st.container(key="card-missing", height="stretch"):
        missing_card(frame.rows("findings_by_rule"), is_known=not complete.is_empty())
    st.html('<h2 class="pm-section">Does the wording blame people?</h2>')
    with st.container(key="card-blaming"):
        blaming_card(frame.rows("blaming_by_team"))


def overdue_card(steps: pl.DataFrame) -> None:
    """Which documents are missing or not reviewed though the days agreed are over, the longest first."""
    found = frame.rows("overdue_postmortems")
    st.html(
        cards.paragraph(say.overdue_title(found, steps), "pm-title")
        + cards.paragraph("Days past those agreed, the longest overdue first.", "pm-sub")
    )
    shown = found.head(MOST_ROWS)
    if not found.is_empty():
        st.html(
            cards.table(
                ["Incident", "Not written", "Not reviewed"],
                [
                    (incident_of(row), over(row["unwritten_days"]), over(row["unreviewed_days"]))
                    for row in shown.iter_rows(named=True)
                ],
                ["", "num", "num"],
            )
        )
    frame.foot(f"{frame.shown_of(shown, found)} overdue", "overdue_postmortems", found)


def small_card(reviews: pl.DataFrame) -> None:
    """Small incidents that waited over-long for their review, the longest first."""
    found = reviews.filter(pl.col("is_over_long").fill_null(False))
    st.html(
        cards.paragraph(say.small_reviews_title(reviews), "pm-title")
        + cards.paragraph(say.SMALL_MEANING, "pm-sub")
    )
    shown = found.head(MOST_ROWS)
    if not found.is_empty():
        st.html(
            cards.table(
                ["Incident", "Severity", "Impact", "Reviewed after", "Agreed"],
                [
                    (
                        incident_of(row),
                        row["severity"] or "",
                        "" if row["impact_minutes"] is None else say.in_words(row["impact_minutes"]),
                        over(row["review_days"]),
                        over(row["agreed_days"]),
                    )
                    for row in shown.iter_rows(named=True)
                ],
                ["", "num", "num", "num", "num"],
            )
        )
    counted = f"{frame.shown_of(shown, found)} over-long, " if len(found) else ""
    frame.foot(f"{counted}{say.small_reviews_badge(reviews)}", "reviews_of_small_incidents", reviews)


def incident_of(row: Mapping[str, Any]) -> cards.Markup:
    """The incident, which leads to its page, and whose it was."""
    whose = " · ".join(name for name in (row["team"], row["service"]) if name)
    return cards.with_remark(
        frame.incident_link(row["incident_id"], row["title"]), whose or "team not stated"
    )


def over(days: float | None) -> str:
    """Days, as far as there are any."""
    return "" if days is None else say.days_in_words(days)


def incidents_address(row: Mapping[str, Any]) -> str:
    """The incidents of one team."""
    return frame.incidents_address(team=row["group_name"])


def findings_address(row: Mapping[str, Any]) -> str:
    """The findings of one team."""
    return frame.findings_address(team=str(row["team"]))


def missing_card(found: pl.DataFrame, *, is_known: bool) -> None:
    """Which of the ten things documents lack most often, each with the findings that say so.

    `is_known`: what some document tells is known; else nothing can be said to be there.
    """
    counts = {row["rule"]: row for row in found.iter_rows(named=True)}
    rows = sorted(
        (
            (sum(counts[rule]["document_count"] for rule in rules if rule in counts), thing, rules)
            for thing, rules in THINGS.items()
        ),
        key=lambda row: -row[0],
    )
    missing = [row for row in rows if row[0]]
    nothing = "None of the ten is missing" if is_known else "No document says what it lacks"
    title = f"Missing most: {say.lower_first(missing[0][1])}" if missing else nothing
    st.html(
        cards.paragraph(title, "pm-title")
        + cards.paragraph("Documents in which a finding says that one of the ten is missing.", "pm-sub")
    )
    if missing:
        st.html(
            cards.table(
                ["What is missing", "Documents"],
                [(cards.with_remark(thing, doors(rules, counts)), f"{n:,}") for n, thing, rules in missing],
                ["", "num"],
            )
        )
    frame.foot(
        f"{len(missing)} of {len(THINGS)} things" if is_known or missing else "n = 0",
        "findings_by_rule",
        found,
        "missing",
    )


def blaming_card(by_team: pl.DataFrame) -> None:
    """How many documents blame people, by team, and each phrase with what to write instead."""
    found = frame.rows("findings_matching").filter(pl.col("rule") == BLAMING)
    shown = found.head(MOST_ROWS)
    st.html(
        cards.paragraph(say.blaming_title(by_team), "pm-title")
        + cards.paragraph(f"{say.BLAMING_MEANING} {say.blaming_teams(by_team)}".strip(), "pm-sub")
    )
    counted = ""
    if not found.is_empty():
        st.html(
            cards.table(
                ["Document", "Its words", "What to write instead"],
                [
                    (
                        cards.with_remark(
                            cards.link(row["path"], row["url"]),
                            frame.incident_link(row["incident_id"], row["incident_title"])
                            if row["incident_id"]
                            else row["source"],
                        ),
                        cards.with_remark(
                            cards.quoted(row["quote"]), f"line {row['line']:,}" if row["line"] else ""
                        ),
                        row["message"],
                    )
                    for row in shown.iter_rows(named=True)
                ],
                ["", "", "soft"],
            )
        )
        every = frame.findings_address(rule=say.category_in_words(BLAMING))
        counted = cards.here(f"{len(shown):,} of {say.count_of(len(found), 'phrase')} →", every) + " · "
    n = say.count_of(sum(by_team["n"].to_list()), "postmortem")
    frame.foot(cards.Markup(f"{counted}n = {n}"), "blaming_by_team", by_team)


def doors(rules: tuple[str, ...], counts: Mapping[str, Mapping[str, Any]]) -> cards.Markup:
    """The findings behind a count."""
    named = {rule: say.category_in_words(rule) for rule in rules if rule in counts}
    return cards.Markup(
        " · ".join(cards.here(words, frame.findings_address(rule=words)) for words in named.values())
    )


page()
