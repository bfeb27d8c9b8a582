"""Are postmortems written and reviewed in time, and do they tell what a good one tells?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from dashboard import cards, frame
from pipeline.metrics import sentences as say

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
            title = (
                say.timeliness_in_words(whole[step]) if step in whole else "No incident, so no postmortem."
            )
            frame.show(
                "postmortem_timeliness",
                title.removesuffix("."),
                chart=f"postmortems_{step}",
                door=incidents_address,
                group_by="team",
            )
    st.html('<h2 class="pm-section">Complete?</h2>')
    left, right = st.columns(2, gap="medium")
    complete = frame.rows("completeness_by_team")
    with left:
        frame.show("completeness_by_team", say.completeness_title(complete), door=findings_address)
    with right, st.container(key="card-missing", height="stretch"):
        missing_card(frame.rows("findings_by_rule"))
    st.html(
        cards.paragraph(
            "Wording that blames people is not published here: “postmortems lint” tells it to who writes.",
            "pm-lead",
        )
    )


def incidents_address(row: Mapping[str, Any]) -> str:
    """The incidents of one team."""
    return frame.incidents_address(team=row["group_name"])


def findings_address(row: Mapping[str, Any]) -> str:
    """The findings of one team."""
    return frame.findings_address(team=str(row["team"]))


def missing_card(found: pl.DataFrame) -> None:
    """Which of the ten things documents lack most often, each with the findings that say so."""
    counts = {row["rule"]: row for row in found.iter_rows(named=True)}
    rows = sorted(
        (
            (sum(counts[rule]["document_count"] for rule in rules if rule in counts), thing, rules)
            for thing, rules in THINGS.items()
        ),
        key=lambda row: -row[0],
    )
    missing = [row for row in rows if row[0]]
    title = f"Missing most: {say.lower_first(missing[0][1])}" if missing else "None of the ten is missing"
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
    frame.foot(f"{len(missing)} of {len(THINGS)} things", "findings_by_rule", found, "missing")


def doors(rules: tuple[str, ...], counts: Mapping[str, Mapping[str, Any]]) -> cards.Markup:
    """The findings behind a count."""
    named = {rule: say.category_in_words(rule) for rule in rules if rule in counts}
    return cards.Markup(
        " · ".join(cards.here(words, frame.findings_address(rule=words)) for words in named.values())
    )


page()
