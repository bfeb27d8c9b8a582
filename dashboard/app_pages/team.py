"""One team: what happened to it, what it promised, and what it has not kept. To send to its manager."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl
import streamlit as st

from dashboard import cards, frame, promises, slippage, teams
from dashboard.cards import Markup
from pipeline.metrics import sentences as say

#: So many rows of each list are shown here; all are a click away.
SHOWN = 10


def page() -> None:
    """The team that the filter names; without one, the teams to choose from."""
    now = frame.view()
    if len(now.filters.teams) != 1:
        choose(now.choices.teams)
        return
    name = now.filters.teams[0] or frame.NOT_STATED
    rates = frame.rows("team_rates")
    late = frame.rows("action_items_matching", which="late")
    st.html(
        cards.paragraph(cards.here("← Teams", frame.address("teams", team=None)), "pm-back")
        + f'<h2 class="pm-incident">{cards.text(name)}</h2>'
        + cards.paragraph(
            f"{say.team_promises_sentence(late)} {say.team_standing_sentence(rates)}", "pm-lead"
        )
        + key_figures(name, late)
    )
    promised(late)
    slipped()
    came_back()
    incidents()
    postmortems()
    beside_the_whole(rates)


def choose(names: Sequence[str]) -> None:
    """The teams, each a door to its page."""
    doors = [
        cards.here(name or frame.NOT_STATED, frame.address("team", team=name or frame.NOT_STATED))
        for name in names
    ]
    st.html(
        cards.paragraph(cards.here("← Teams", frame.address("teams")), "pm-back")
        + '<h2 class="pm-section">Which team?</h2>'
        + cards.paragraph(
            "This page is about one team: choose it here or in the filter above."
            if doors
            else "No team is on record.",
            "pm-lead",
        )
        + (cards.bulleted(doors) if doors else "")
    )


def key_figures(name: str, late: pl.DataFrame) -> Markup:
    """Incidents, impact, promises open, overdue and ignored, each leading to its rows."""
    found = frame.rows("team_scorecard").filter(pl.col("team") == name).to_dicts()
    left = frame.rows("action_items_by_team").filter(pl.col("team") == name).to_dicts()
    own: dict[str, Any] = found[0] if found else {"n": 0, "with_impact_count": 0, "impact_minutes": None}
    due: dict[str, Any] = left[0] if left else {"open_count": 0, "n": 0, "on_time_share": None}
    ignored = len(late.filter(pl.col("state") == "ignored"))
    known = own["with_impact_count"]
    shown: list[tuple[object, object, object]] = [
        (
            cards.here(f"{own['n']:,}", frame.address("incidents")),
            "incidents" if own["n"] != 1 else "incident",
            frame.view().period_words,
        ),
        (cards.here(f"{len(late):,}", frame.promises_address("Late")), "overdue now", "whenever promised"),
        (
            cards.here(f"{ignored:,}", frame.promises_address("Ignored")),
            "of these ignored",
            f"untouched for {frame.view().run['ignored_after_days']} days",
        ),
        (cards.here(f"{due['open_count']:,}", frame.promises_address("Open")), "open now", "late or not"),
    ]
    if due["on_time_share"] is not None:
        shown.append(
            (
                cards.here(say.percent(due["on_time_share"]), frame.promises_address("Due")),
                "decided in time",
                f"{say.share_span(due['on_time_low'], due['on_time_high'])}, n = {due['n']:,}",
            )
        )
    if known:
        shown.insert(1, (say.in_words(own["impact_minutes"]), "of impact", f"known of {known:,}"))
    return cards.figures(shown)


def promised(late: pl.DataFrame) -> None:
    """What is late, then what is open and not late, with owner, date and issue."""
    now = frame.view()
    still = frame.rows("action_items_matching", which="open").filter(pl.col("state") == "open")
    for title, found, which, empty in (
        ("Promises that are late", late, "Late", "Nothing is overdue."),
        ("Open, and not late yet", still, "Open", "Nothing else is open."),
    ):
        st.html(f'<h2 class="pm-section">{title}</h2>')
        if found.is_empty():
            st.html(cards.paragraph(empty, "pm-lead"))
            continue
        shown = found.head(SHOWN)
        st.html(
            more(len(shown), len(found), "promise", frame.promises_address(which))
            + promises.table(shown, frame.history(shown), now.colours, frame.incident_link)
        )
        frame.foot(
            "As of now, whenever promised.", "action_items_matching", found, which, which=which.lower()
        )


def slipped() -> None:
    """The ledger: what was moved, handed on, reopened, or closed in a way that tells nothing."""
    found = frame.rows("slippage_ledger")
    st.html('<h2 class="pm-section">How promises slipped</h2>')
    sums = frame.rows("slippage_by_team")
    if found.is_empty():
        st.html(cards.paragraph(f"{say.slippage_sentence(sums)} Nothing else is in the ledger.", "pm-lead"))
        return
    shown = found.head(SHOWN)
    st.html(
        cards.paragraph(say.slippage_sentence(sums), "pm-lead")
        + more(len(shown), len(found), "entry", frame.address("ledger"), "entries")
        + slippage.table(shown, frame.view().colours, frame.incident_link)
    )
    frame.foot("Of promises made in the period and tracked in Jira.", "slippage_ledger", found)


def came_back() -> None:
    """Incidents that resemble an earlier one whose fix was still open."""
    found = frame.rows("repeats_while_open")
    st.html(
        '<h2 class="pm-section">What came back while a fix was open</h2>'
        + cards.paragraph(say.repeats_cost(found), "pm-lead")
    )
    if found.is_empty():
        return
    st.html(
        cards.table(
            ["When", "Incident", "Resembles", "Days between", "Fixes open then", "Impact"],
            [
                (
                    say.day_in_words(row["occurred_at"]),
                    frame.incident_link(row["incident_id"], row["title"]),
                    frame.incident_link(row["earlier_incident_id"], row["earlier_title"]),
                    f"{row['gap_days']:,.0f}",
                    f"{row['open_prevention_item_count']:,}",
                    "" if row["impact_minutes"] is None else say.in_words(row["impact_minutes"]),
                )
                for row in found.iter_rows(named=True)
            ],
            ["tight soft", "", "", "num", "num", "num"],
        )
    )
    frame.foot("Resemblance is a candidate, not proof.", "repeats_while_open", found)


def incidents() -> None:
    """The latest incidents, and what is known of how long they took."""
    listed = frame.view().listed
    found = frame.rows("incidents_matching", listed, search_text="").filter(~pl.col("is_planned"))
    whole = frame.rows("times_by_group", measure="resolve").to_dicts()
    st.html('<h2 class="pm-section">Its incidents</h2>')
    if found.is_empty():
        st.html(cards.paragraph(f"None in {say.period_in_words(listed)}.", "pm-lead"))
        return
    shown = found.head(SHOWN)
    words = f"{say.median_title(whole[0], 'resolve')}." if whole else ""
    st.html(
        cards.paragraph(words, "pm-lead")
        + more(len(shown), len(found), "incident", frame.address("incidents"))
        + incident_table(shown)
    )
    frame.foot("Planned work is left out.", "incidents_matching", found, filters=listed, search_text="")


def incident_table(found: pl.DataFrame) -> Markup:
    """Incidents, the latest first, each a link to its own page."""
    colours = frame.view().colours
    return cards.table(
        ["When", "Incident", "Severity", "To resolve", "Promises"],
        [
            (
                say.day_in_words(row["occurred_at"]),
                cards.with_remark(
                    frame.incident_link(row["incident_id"], row["title"]),
                    row["service"],
                ),
                cards.dotted(row["severity"], colours.severity(row["severity"])) if row["severity"] else "",
                ""
                if row["time_to_resolve_minutes"] is None
                else say.in_words(row["time_to_resolve_minutes"]),
                cards.with_remark(
                    f"{row['action_item_count'] or 0:,}",
                    f"{row['overdue_count']:,} overdue" if row["overdue_count"] else "",
                ),
            )
            for row in found.iter_rows(named=True)
        ],
        ["tight soft", "", "tight", "num", "num"],
    )


def postmortems() -> None:
    """Whether postmortems are written and reviewed in time, and which promise nothing."""
    steps = frame.rows("postmortem_timeliness")
    empty = frame.rows("postmortems_without_action_items")
    gaps = frame.rows("promise_gaps_by_team")
    st.html(
        '<h2 class="pm-section">Its postmortems</h2>'
        + cards.bulleted(
            [
                *(say.timeliness_in_words(row) for row in steps.iter_rows(named=True)),
                say.promise_gaps_sentence(gaps),
            ]
        )
    )
    frame.foot("Against the days agreed in the settings.", "postmortem_timeliness", steps)
    if not empty.is_empty():
        shown = empty.head(SHOWN)
        st.html(
            cards.paragraph("Postmortems that promise nothing", "pm-title")
            + cards.bulleted(
                frame.incident_link(row["incident_id"], row["title"]) for row in shown.iter_rows(named=True)
            )
        )
        counted = f"{len(shown):,} of {say.count_of(len(empty), 'postmortem')}"
        frame.foot(counted, "postmortems_without_action_items", empty)


def beside_the_whole(rates: pl.DataFrame) -> None:
    """Every rate with its interval, beside what the other teams do with such a mix."""
    if rates.is_empty():
        return
    st.html('<h2 class="pm-section">Beside the other teams</h2>')
    with st.container(key="card-beside"):
        st.html(
            cards.table(
                ["Rate", "This team", "Expected", "Verdict"],
                [
                    (
                        cards.with_remark(teams.NAMES[row["measure"]], f"of {say.COUNTED[row['measure']]}"),
                        teams.share(row),
                        "–" if row["expected_share"] is None else say.percent(row["expected_share"]),
                        teams.verdict(row),
                    )
                    for row in rates.iter_rows(named=True)
                ],
                ["", "num", "num", "words"],
            )
        )
        frame.foot(
            "Expected: what the other teams do with this team's mix of priorities or severities.",
            "team_rates",
            rates,
        )


def more(shown: int, of: int, one: str, address: str, many: str | None = None) -> Markup:
    """How many of how many are shown, and the door to all when there are more."""
    counted = say.count_of(of, one, many)
    if shown == of:
        return cards.paragraph(f"{counted}.", "pm-sub")
    return cards.paragraph(
        Markup(f"{shown:,} of {cards.text(counted)}. {cards.here('All of them →', address)}"), "pm-sub"
    )


page()
