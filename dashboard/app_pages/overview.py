"""Are we getting better, what hurts, do we do what we promised?"""

from __future__ import annotations

import polars as pl
import streamlit as st

from dashboard import cards, frame
from pipeline.metrics import Comparison, Filters, share_interval
from pipeline.metrics import sentences as say


def page() -> None:
    """Three answers with their evidence, then the charts they come from."""
    now = frame.view()
    before, after = now.compared
    counts, times = frame.change("incident_count_change"), frame.change("time_to_resolve_change")
    summary = frame.rows("time_to_resolve_by_period", after, grain="span")
    causes, services = frame.rows("impact_by_cause"), frame.rows("impact_by_service")
    teams, repeats = frame.rows("action_items_by_team"), frame.rows("repeats_while_open")

    better, hurts, kept = st.columns(3, gap="medium")
    with better, st.container(key="card-better", height="stretch"):
        st.html(better_card(counts, times, summary, before, after))
    with hurts, st.container(key="card-hurts", height="stretch"):
        st.html(hurts_card(causes, services))
        st.page_link(frame.INCIDENTS, label="See the incidents", icon=":material/arrow_forward:")
    with kept, st.container(key="card-kept", height="stretch"):
        st.html(kept_card(teams, repeats))
        st.page_link(frame.FOLLOW_THROUGH, label="See the promises", icon=":material/arrow_forward:")

    section("Are we getting better?", trend_words(now.filters, before, after))
    trend = now.filters.spanning(
        before.period_from if now.filters.period_from else None, now.filters.period_to
    )
    months = say.months_spanned(before, after)
    selected_from = after.period_from if now.filters.period_from else None
    left, right = st.columns(2, gap="medium")
    with left:
        frame.show(
            "incidents_by_period",
            say.incident_count_title(counts),
            filters=trend,
            selected_from=selected_from,
            grain="month" if months <= 13 else "quarter",
        )
    with right:
        frame.show(
            "time_to_resolve_by_period",
            say.time_to_resolve_title(times),
            filters=trend,
            selected_from=selected_from,
            grain="month" if months <= 7 else "quarter",
        )

    section("What hurts?", say.period_in_words(now.filters))
    left, right = st.columns(2, gap="medium")
    with left:
        frame.show("impact_by_cause", say.cause_title(causes))
    with right:
        frame.show("impact_by_service", say.service_title(services))

    section("Do we do what we promised?", say.period_in_words(now.filters))
    left, right = st.columns(2, gap="medium")
    with left:
        frame.show("action_items_by_team", say.on_time_title(teams))
    with right, st.container(key="card-repeats", height="stretch"):
        repeats_card(repeats)


def better_card(
    counts: Comparison, times: Comparison, summary: pl.DataFrame, before: Filters, after: Filters
) -> cards.Markup:
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
    unknown = sum(
        row["impact_minutes"] for row in causes.iter_rows(named=True) if row["cause_category"] == "unknown"
    )
    n, all_of_them = sum(causes["n"].to_list()), sum(causes["incident_count"].to_list())
    shown = [
        (say.in_words(total), "of impact", f"n = {n:,} of {all_of_them:,}"),
        (f"{unknown / total:.0%}" if total else "–", "without a known cause", "of the impact"),
    ]
    return cards.finding(
        "What hurts most?",
        say.impact_headline(causes),
        shown,
        [
            f"By cause: {say.cause_title(causes)}.",
            f"By service: {say.service_title(services)}.",
        ],
    )


def kept_card(teams: pl.DataFrame, repeats: pl.DataFrame) -> cards.Markup:
    """Promises due, kept, late; and what came back meanwhile."""
    n, on_time = sum(teams["n"].to_list()), sum(teams["on_time_count"].to_list())
    overdue, ignored = sum(teams["overdue_count"].to_list()), sum(teams["ignored_count"].to_list())
    low, high = share_interval(on_time, n)
    shown = [
        (
            f"{on_time / n:.0%}" if n else "–",
            "decided on time",
            f"{low:.0%}–{high:.0%}, n = {n:,}" if low is not None else "n = 0",
        ),
        (f"{overdue:,}", "overdue now", f"{ignored:,} ignored"),
    ]
    return cards.finding(
        "Do we do what we promised?",
        say.follow_through_headline(teams),
        shown,
        [say.repeats_title(repeats) + "."],
    )


def repeats_card(repeats: pl.DataFrame) -> None:
    """What came back while its prevention was still open."""
    words = "Resembles: the same cause and service as an earlier incident with an open prevention item."
    st.html(
        cards.paragraph(say.repeats_title(repeats), "pm-title")
        + cards.paragraph(f"{words} Association, not proof.", "pm-sub")
    )
    if repeats.is_empty():
        st.html(cards.paragraph("None in this period.", "pm-empty"))
    else:
        st.html(
            cards.table(
                ["Incident", "Service", "Days after", "Impact"],
                [
                    (
                        cards.here(row["title"], frame.incident_address(row["incident_id"])),
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


def trend_words(filters: Filters, before: Filters, after: Filters) -> str:
    """Which two periods are compared."""
    if filters.period_from is None:
        return f"Compared: {say.period_in_words(after)} with {say.period_in_words(before)}."
    return f"{say.period_in_words(after)}, compared with {say.period_in_words(before)}."


def section(title: str, lead: str) -> None:
    """A section's heading."""
    st.html(f'<h2 class="pm-section">{cards.text(title)}</h2><p class="pm-lead">{cards.text(lead)}</p>')


page()
