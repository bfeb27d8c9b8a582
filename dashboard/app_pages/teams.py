"""How do teams do? Each beside what chance alone would give, and none ranked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from dashboard import cards, frame, teams
from dashboard.cards import Markup
from pipeline import metrics
from pipeline.metrics import TEAM_MEASURES
from pipeline.metrics import sentences as say

#: The rates of the second table, with what heads their columns.
RATES = {
    "on_time": "Decided in time",
    "pushed": "Dates moved later",
    "repeat_while_open": "Came back, fix open",
    "written_in_time": "Written in time",
    "reviewed_in_time": "Reviewed in time",
}


def page() -> None:
    """Which teams stand out, the funnel of a chosen rate, and what each team owns, owes and keeps."""
    scorecard = frame.rows("team_scorecard")
    if scorecard.is_empty():
        st.html(
            cards.paragraph(
                "No team has an incident or a promise here. A longer period or fewer filters may show some.",
                "pm-empty",
            )
        )
        return
    rates = frame.rows("team_rates")
    st.html(
        f'<h2 class="pm-section">{cards.text(say.teams_headline(rates))}</h2>'
        + cards.paragraph(
            "Each team is held against the teams that do not lie apart, with its own mix of priorities and "
            "severities. A signal lies far beyond chance and beyond how teams ordinarily differ: ask there "
            "first. Beyond chance is a real difference, but no larger than teams often have.",
            "pm-lead",
        )
        + signals(rates)
    )
    funnel(rates)
    owned(scorecard)
    kept(scorecard, rates)


def signals(rates: pl.DataFrame) -> Markup:
    """Each signal in a sentence, which leads to the team."""
    found = rates.filter(pl.col("verdict") == "signal").sort(pl.col("team").str.to_lowercase())
    if found.is_empty():
        return Markup()
    said = [cards.here(say.team_rate_sentence(row), team_address(row)) for row in found.iter_rows(named=True)]
    return cards.bulleted(said)


def funnel(rates: pl.DataFrame) -> None:
    """The funnel plot of the rate the reader chooses, and what may be said of each team."""
    judged = set(rates["measure"].to_list())
    named = {teams.NAMES[measure]: measure for measure in TEAM_MEASURES if measure in judged}
    if not named:
        return
    st.html('<h2 class="pm-section">Who stands out</h2>')
    default = teams.NAMES["on_time"]
    words = st.selectbox(
        "Rate",
        list(named),
        index=list(named).index(default) if default in named else 0,
        key="rate",
        bind="query-params",
        width=330,
    )
    measure = named[words or next(iter(named))]
    points = frame.rows("team_rates", measure=measure)
    limits = metrics.team_funnel(frame.view().published, frame.view().filters, measure).limits
    doors = pl.Series("address", [team_address(row) for row in points.iter_rows(named=True)], dtype=pl.String)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        frame.show(
            "team_rates",
            say.funnel_title(points),
            chart="team_funnel",
            drawn_rows=pl.concat([points.with_columns(doors), limits], how="diagonal"),
            table_rows=points,
            measure=measure,
        )
    with right, st.container(key="card-verdicts", height="stretch"):
        st.html(
            cards.paragraph("What can be said of each team", "pm-title")
            + cards.paragraph(f"Share {say.MEASURES[measure]}, of {say.COUNTED[measure]}.", "pm-sub")
            + cards.table(
                ["Team", "Share", "Verdict"],
                [
                    (cards.here(row["team"], team_address(row)), teams.share(row), teams.verdict(row))
                    for row in points.iter_rows(named=True)
                ],
                ["tight", "num", "words"],
            )
        )


def team_address(row: Mapping[str, Any]) -> str:
    """The page of one team."""
    return frame.address("team", team=str(row["team"]))


def owned(scorecard: pl.DataFrame) -> None:
    """What happened to each team in the period, and what it has left to do."""
    left = {row["team"]: row for row in frame.rows("action_items_by_team").iter_rows(named=True)}

    def door(team: str, column: str, which: str) -> Markup:
        count = left[team][column] if team in left else 0
        return cards.here(f"{count:,}", frame.promises_address(which, team=team)) if count else cards.text(0)

    st.html('<h2 class="pm-section">What each team owns, and has left to do</h2>')
    with st.container(key="card-owned"):
        st.html(
            cards.paragraph(
                "Incidents and impact of the chosen period; open, overdue and ignored as of now, whenever "
                "promised. Impact: what customers felt as stated, else the time to resolve.",
                "pm-sub",
            )
            + cards.table(
                ["Team", "Incidents", "Impact", "Open", "Overdue", "Ignored", "Completeness"],
                [
                    (
                        cards.here(row["team"], team_address(row)),
                        cards.here(f"{row['n']:,}", frame.address("incidents", team=row["team"]))
                        if row["n"]
                        else "0",
                        impact(row),
                        door(row["team"], "open_count", "Open"),
                        door(row["team"], "overdue_count", "Late"),
                        door(row["team"], "ignored_count", "Ignored"),
                        completeness(row),
                    )
                    for row in scorecard.iter_rows(named=True)
                ],
                ["", *["num"] * 6],
            )
        )
        frame.foot(
            "Completeness: mean score of the postmortems, with its 90 % interval.",
            "team_scorecard",
            scorecard,
        )


def impact(row: Mapping[str, Any]) -> Markup:
    """How long it hurt, and of how many incidents that is known."""
    if not row["with_impact_count"]:
        return cards.text("–")
    known = row["with_impact_count"]
    return cards.with_remark(
        say.in_words(row["impact_minutes"]), "" if known == row["n"] else f"known of {known:,}"
    )


def completeness(row: Mapping[str, Any]) -> Markup:
    """The mean score of a team's postmortems, and the interval where there are enough."""
    if row["mean_completeness"] is None:
        return cards.text("–")
    low, high = row["completeness_low"], row["completeness_high"]
    doubt = f"n = {row['scored_count']:,}"
    if low is not None and high is not None:
        doubt = f"{say.share_span(low, high)}, {doubt}"
    return cards.with_remark(say.percent(row["mean_completeness"]), doubt)


def kept(scorecard: pl.DataFrame, rates: pl.DataFrame) -> None:
    """The rates side by side, each with its interval, its n and what may be said."""
    by_place = {(row["team"], row["measure"]): row for row in rates.iter_rows(named=True)}
    shown = [measure for measure in RATES if any(place[1] == measure for place in by_place)]
    if not shown:
        return
    st.html('<h2 class="pm-section">How it goes, beside what chance gives</h2>')
    with st.container(key="card-kept"):
        st.html(
            cards.paragraph(
                "Share with its 90 % interval and n. Without a word: not distinguishable from the "
                "other teams. “–”: nothing to count.",
                "pm-sub",
            )
            + cards.table(
                ["Team", *(RATES[measure] for measure in shown)],
                [
                    (
                        cards.here(row["team"], team_address(row)),
                        *(teams.rate(by_place.get((row["team"], measure))) for measure in shown),
                    )
                    for row in scorecard.iter_rows(named=True)
                ],
                ["", *["words"] * len(shown)],
            )
        )
        frame.foot(
            f"{say.count_of(len(scorecard), 'team')}, no ranking. All rates: on a team's page.",
            "team_rates",
            rates,
            "kept",
        )


page()
