"""Are we getting better, what hurts, do we do what we promised?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from dashboard import cards, decisions, frame, trends
from pipeline.metrics import Comparison, Filters, on_time_interval
from pipeline.metrics import sentences as say


def page() -> None:
    """Three things to decide, three answers with their evidence, then the charts they come from."""
    now = frame.view()
    before, after = now.compared
    counts, times = frame.change("incidents"), frame.change("resolve")
    summary = frame.rows("times_by_group", after, measure="resolve")
    causes, services = (frame.rows("impact_shares", kind=kind) for kind in ("cause", "service"))
    teams, repeats = frame.rows("action_items_by_team"), frame.rows("repeats_while_open")

    st.html('<h2 class="pm-section">To decide</h2>')
    decisions.three()
    st.html(cards.section("To know", f"{now.period_words[0].upper()}{now.period_words[1:]}"))
    better, hurts, kept = st.columns(3, gap="medium")
    with better, st.container(key="card-better", height="stretch"):
        st.html(better_card(counts, times, summary, after))
    with hurts, st.container(key="card-hurts", height="stretch"):
        st.html(hurts_card(causes, services))
        st.page_link(frame.INCIDENTS, label="See the incidents", icon=":material/arrow_forward:")
    with kept, st.container(key="card-kept", height="stretch"):
        st.html(kept_card(teams, repeats))
        st.page_link(frame.FOLLOW_THROUGH, label="See the promises", icon=":material/arrow_forward:")

    health = frame.address("data_health")
    period = f"{now.period_words[0].upper()}{now.period_words[1:]}"
    st.html(cards.section("Are we getting better?", trends.compared_in_words(before, after)))
    if counts.n_before or counts.n_after or now.filters.period_from is None:
        trends.counts_and_times(counts, times, before, after)
    else:
        nothing("No incident lies in either period.")
    st.html(cards.section("What hurts?", period))
    if causes.is_empty():
        nothing("No incident lies in this period.")
    else:
        left, right = st.columns(2, gap="medium")
        with left:
            frame.show(
                "impact_shares",
                say.cause_title(causes),
                chart="impact_by_cause",
                door=cause_address,
                left_out=health,
                kind="cause",
            )
        with right:
            frame.show(
                "impact_shares",
                say.service_title(services),
                chart="impact_by_service",
                door=service_address,
                left_out=health,
                kind="service",
            )

    if not sum(teams["n"].to_list()) and repeats.is_empty():
        return  # the card above has said all there is
    st.html(cards.section("Do we do what we promised?", period))
    left, right = st.columns(2, gap="medium")
    with left:
        frame.show(
            "action_items_by_team",
            say.on_time_title(teams),
            door=frame.team_address,
            left_out=frame.promises_address("Unknown") if sum(teams["due_unknown_count"].to_list()) else None,
        )
    with right, st.container(key="card-repeats", height="stretch"):
        repeats_card(repeats)


def cause_address(row: Mapping[str, Any]) -> str:
    """The incidents of one cause."""
    return frame.incidents_address(cause=row["category"])


def service_address(row: Mapping[str, Any]) -> str:
    """The incidents of one service."""
    return frame.incidents_address(service=row["category"])


def better_card(counts: Comparison, times: Comparison, summary: pl.DataFrame, after: Filters) -> cards.Markup:
    """Incidents and time to resolve, now and in the period before."""
    row = summary.row(0, named=True) if not summary.is_empty() else None
    shown = [
        (f"{counts.n_after:,}", "incidents", f"{counts.n_before:,} before"),
        (
            say.in_words(row["median_minutes"]) if row and row["n"] else "–",
            "median to resolve",
            say.interval_in_words(row["median_low"], row["median_high"]) if row and row["n"] else "n = 0",
        ),
    ]
    return cards.finding(
        "Are we getting better?",
        say.reliability_headline(counts, times),
        shown,
        [
            *([f"Judged: {say.period_in_words(after)}."] if frame.view().filters.period_from is None else []),
            f"Incidents: {say.change_in_words(counts, 'more', 'fewer')}.",
            f"Time to resolve (n = {times.n_before:,} and {times.n_after:,}): "
            f"{say.change_in_words(times, 'longer', 'shorter')}.",
        ],
        verdict(counts, times),
    )


def verdict(counts: Comparison, times: Comparison) -> cards.Markup:
    """Better, worse, mixed, or not to be told from chance; nothing when there is nothing to compare."""
    if counts.ratio is None and times.ratio is None:
        return cards.Markup()
    signals = [change for change in (counts, times) if change.verdict == "signal"]
    if not signals:
        return cards.chip("not distinguishable", "quiet")
    falls = [change.high is not None and change.high < 1 for change in signals]
    if all(falls):
        return cards.chip("signal: better", "good")
    return cards.chip("signal: mixed", "notice") if any(falls) else cards.chip("signal: worse", "bad")


def hurts_card(causes: pl.DataFrame, services: pl.DataFrame) -> cards.Markup:
    """The costliest cause and service."""
    total = sum(causes["impact_minutes"].to_list())
    unknown = say.unknown_share(causes)
    n, all_of_them = sum(causes["n"].to_list()), sum(causes["incident_count"].to_list())
    shown = [
        (
            say.in_words(total),
            "of impact",
            cards.here(f"n = {n:,} of {all_of_them:,}", frame.left_out_address("time_to_resolve")),
        ),
        (
            cards.here(say.percent(unknown), frame.left_out_address("impact_by_cause")) if total else "–",
            "of the impact",
            "has no known cause",
        ),
    ]
    return cards.finding(
        "What hurts most?",
        say.impact_headline(causes),
        shown,
        [f"By service: {say.service_title(services)}."],
    )


def kept_card(teams: pl.DataFrame, repeats: pl.DataFrame) -> cards.Markup:
    """Promises due, kept, late; and what came back meanwhile."""
    total = {
        name: sum(teams[name].to_list())
        for name in (
            *("n", "on_time_count", "overdue_count", "ignored_count"),
            *("action_item_count", "unknown_outcome_count"),
        )
    }
    n = total["n"]
    is_unknown = total["unknown_outcome_count"] > say.MOST * total["action_item_count"]
    # Whether something came back while its fix was open cannot be told of promises nobody followed.
    evidence = (
        say.unknown_outcome_reason(frame.view().has_jira) if is_unknown else say.repeats_title(repeats) + "."
    )
    low, high = on_time_interval(teams)
    if low is not None and high is not None:
        doubt = f"{say.share_span(low, high)}, n = {n:,}"
        first = (say.percent(total["on_time_count"] / n), "decided on time", doubt)
    else:
        unknown = f"{total['unknown_outcome_count']:,} of unknown outcome"
        first = (f"{total['action_item_count']:,}", "promised", unknown)
    return cards.finding(
        "Do we do what we promised?",
        say.follow_through_headline(teams),
        [first, (f"{total['overdue_count']:,}", "overdue now", f"{total['ignored_count']:,} ignored")],
        [evidence],
    )


def repeats_card(repeats: pl.DataFrame) -> None:
    """What came back while its prevention was still open."""
    by_chance = "" if repeats.is_empty() else say.beside_chance(frame.rows("repeats_by_chance"))
    st.html(
        cards.paragraph(say.repeats_title(repeats), "pm-title")
        + cards.paragraph(f"{say.REPEATS_MEANING} {by_chance}".rstrip(), "pm-sub")
    )
    if repeats.is_empty():
        st.html(cards.paragraph("None in this period.", "pm-empty"))
    else:
        st.html(
            cards.table(
                ["Incident", "Service", "Days after", "Impact"],
                [
                    (
                        frame.incident_link(row["incident_id"], row["title"]),
                        row["service"],
                        f"{row['gap_days']:.0f}",
                        say.in_words(row["impact_minutes"]),
                    )
                    for row in repeats.head(5).iter_rows(named=True)
                ],
                ["", "soft tight", "num", "num"],
            )
        )
    frame.foot(f"The latest {min(5, len(repeats))} of {len(repeats):,}", "repeats_while_open", repeats)


def nothing(words: str) -> None:
    """A sentence in the place of charts that would be empty."""
    st.html(cards.paragraph(words, "pm-empty"))


page()
