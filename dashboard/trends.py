"""Two periods compared, and the trend they are a part of: for the pages that ask whether it gets better."""

from __future__ import annotations

import streamlit as st

from dashboard import frame
from pipeline.metrics import Comparison, Filters, Grain
from pipeline.metrics import sentences as say


def counts_and_times(counts: Comparison, times: Comparison, before: Filters, after: Filters) -> None:
    """Incidents and time to resolve, period by period, the compared ones among them."""
    now = frame.view()
    chosen = now.filters
    first = before.period_from if chosen.period_from else None
    # Where the records have ended, the months since would look like a time without incidents.
    last = after.period_to if now.has_ended and chosen.period_to is None else chosen.period_to
    trend = chosen.spanning(first, last)
    months = say.months_between(first or now.choices.first_day, after.period_to)
    selected_from = after.period_from if chosen.period_from else None
    longest: Grain = "quarter" if months <= 72 else "year"
    left, right = st.columns(2, gap="medium")
    with left:
        frame.show(
            "incidents_by_period",
            say.incident_count_title(counts),
            filters=trend,
            selected_from=selected_from,
            door=frame.period_address,
            grain="month" if months <= 13 else longest,
        )
    with right:
        frame.show(
            "times_by_group",
            say.time_to_resolve_title(times),
            filters=trend,
            selected_from=selected_from,
            door=frame.period_address,
            left_out=frame.left_out_address("time_to_resolve", trend),
            card="times_by_period",
            measure="resolve",
            group_by="month" if months <= 7 else longest,
        )


def compared_in_words(before: Filters, after: Filters) -> str:
    """Which two periods are compared, why these when nobody chose them, and whether one may not be whole."""
    now = frame.view()
    compared = f"{say.period_in_words(after)}, compared with {say.period_in_words(before)}."
    if not now.has_ended:
        compared = f"{compared} {say.reporting_delay_in_words(frame.rows('reporting_delay'))}".rstrip()
    if now.filters.period_from is not None:
        return compared
    if not now.has_ended:
        return f"Everything on record; judged: {compared}"
    last = say.day_in_words(now.choices.last_day)
    return (
        f"The documents end on {last}; whether nothing happened since or nothing was written, they do not "
        f"tell. Judged: the last 12 months on record, {compared}"
    )
