"""Are we getting more reliable? Numbers, durations, impact and quiet days, with what chance gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard import cards, frame, trends
from dashboard.charts.drawing import period_name
from pipeline.metrics import GroupBy, Measure
from pipeline.metrics import sentences as say

MEASURES: dict[str, Measure] = {
    "Time to resolve": "resolve",
    "to mitigate": "mitigate",
    "to acknowledge": "acknowledge",
    "to detect": "detect",
}
GROUPS: dict[str, GroupBy] = {
    "Service": "service",
    "Team": "team",
    "Severity": "severity",
    "Cause": "cause",
}
#: The figure whose exclusions tell why a duration is not known; of the other durations none does.
FIGURES: dict[Measure, str] = {"resolve": "time_to_resolve", "detect": "time_to_detect"}


def page() -> None:
    """The verdict in words, the trend, the distribution by what the reader chooses, and what it cost."""
    counts, times = frame.change("incidents"), frame.change("resolve")
    before, after = frame.view().compared
    st.html(
        f'<h2 class="pm-section">{cards.text(say.reliability_headline(counts, times))}</h2>'
        + cards.paragraph(trends.compared_in_words(before, after), "pm-lead")
    )
    trends.counts_and_times(counts, times, before, after)
    on_record = frame.view().filters.spanning(None, after.period_to)
    frame.show(
        "monthly_rate_changes",
        say.rate_changes_in_words(frame.rows("monthly_rate_changes", on_record)),
        filters=on_record,
        door=frame.period_address,
    )
    durations()
    quiet_and_impact()


def durations() -> None:
    """How a duration is spread, and how it differs between groups; which one, the reader chooses."""
    st.html('<h2 class="pm-section">How long they last</h2>')
    with st.container(horizontal=True, gap="small"):
        words = st.segmented_control(
            "Duration", list(MEASURES), default="Time to resolve", key="measure", bind="query-params"
        )
        by = st.segmented_control(
            "By", list(GROUPS), default="Service", key="by", bind="query-params", required=True
        )
    measure, group_by = MEASURES[words or "Time to resolve"], GROUPS[by or "Service"]
    whole = frame.rows("times_by_group", measure=measure).row(0, named=True)
    left, right = st.columns(2, gap="medium")
    with left:
        frame.show("duration_distribution", say.spread_title(whole, measure), measure=measure)
    with right:
        frame.show(
            "times_by_group",
            say.median_title(whole, measure),
            door=lambda row: group_address(row, group_by),
            left_out=frame.left_out_address(FIGURES[measure]) if measure in FIGURES else None,
            remark=say.groups_in_words(
                frame.rows("compare_groups", measure=measure, group_by=group_by), measure
            ),
            measure=measure,
            group_by=group_by,
        )


def group_address(row: Mapping[str, Any], group_by: GroupBy) -> str:
    """The incidents of one team, service, severity or cause."""
    return frame.incidents_address(**{group_by: row["group_name"]})


def quiet_and_impact() -> None:
    """How long it is quiet, and what incidents cost."""
    quiet = frame.rows("time_between_incidents").row(0, named=True)
    cost = frame.rows("impact_by_group").row(0, named=True)
    left, right = st.columns(2, gap="medium")
    with left:
        frame.show(
            "time_between_incidents",
            say.time_between_in_words(quiet),
            door=frame.period_address,
            group_by="quarter",
        )
    with right, st.container(key="card-impact", height="stretch"):
        by_year = frame.rows("impact_by_group", group_by="quarter")
        st.html(
            cards.paragraph(say.impact_in_words(cost), "pm-title")
            + cards.paragraph("Per quarter, the newest first. In brackets: incidents that say so.", "pm-sub")
            + cards.table(
                ["Quarter", "Incidents", "Customer impact", "Users", "Cost"],
                [
                    (
                        cards.here(
                            period_name(row["period_start"], row["period_end"], "quarter"),
                            frame.period_address(row),
                        ),
                        f"{row['incident_count']:,}",
                        cards.known(say.in_words(row["customer_impact_minutes"]), row["n"]),
                        cards.known(f"{row['affected_user_count'] or 0:,}", row["users_known_count"]),
                        cards.known(f"{row['cost'] or 0:,.0f}", row["cost_known_count"]),
                    )
                    for row in reversed(by_year.to_dicts()[-8:])
                ],
                ["tight", "num", "num", "num", "num"],
            )
        )
        frame.foot("What is not stated adds nothing.", "impact_by_group", by_year, group_by="quarter")


page()
