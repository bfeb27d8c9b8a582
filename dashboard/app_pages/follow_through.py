"""What was promised, what is late, and whose."""

from __future__ import annotations

from typing import Any

import polars as pl
import streamlit as st

from dashboard import cards, frame, promises
from dashboard.cards import Markup
from pipeline.metrics import sentences as say
from pipeline.metrics import share_interval

#: So many promises are shown here; all are a click away.
SHOWN = 10


def page() -> None:
    """The answer, the teams, what is late for longest, and how promises flow."""
    now = frame.view()
    teams = frame.rows("action_items_by_team")
    total = {name: sum(teams[name].to_list()) for name in COUNTED}
    if not total["action_item_count"]:
        st.html(
            cards.paragraph(
                "No action item matches. The documents promise none, or the filters leave none.", "pm-empty"
            )
        )
        return
    is_unknown = total["unknown_outcome_count"] > say.MOST * total["action_item_count"]
    lead = f"Due in {now.period_words}; open and overdue as of now."
    if is_unknown:
        lead = say.unknown_outcome_reason(now.has_jira)
    st.html(
        f'<h2 class="pm-section">{cards.text(say.follow_through_headline(teams))}</h2>'
        + cards.paragraph(lead, "pm-lead")
        + key_figures(total, frame.rows("action_items_by_outcome"))
    )
    if total["n"]:
        left, right = st.columns(2, gap="medium")
        with left:
            frame.show("action_items_by_team", say.on_time_title(teams), door=frame.team_address)
        with right, st.container(key="card-late", height="stretch"):
            by_team(teams)
    elif len(teams) > 1:
        with st.container(key="card-late"):
            by_team(teams)
    became_of_them(frame.rows("action_items_by_outcome"))
    longest_overdue(total)
    if is_unknown:
        return  # how the few known ones flow says nothing of the others
    flow = frame.rows("action_items_by_period", grain="quarter")
    st.html('<h2 class="pm-section">How promises flow</h2>')
    left, right = st.columns(2, gap="medium")
    with left:
        frame.show("action_items_by_period", say.flow_title(flow), grain="quarter")
    with right:
        frame.show(
            "action_items_by_period",
            say.open_title(flow),
            chart="open_action_items_by_period",
            grain="quarter",
        )


COUNTED = (
    *("n", "on_time_count", "open_count", "overdue_count", "ignored_count", "push_count"),
    *("action_item_count", "unknown_outcome_count"),
)


def key_figures(total: dict[str, int], outcomes: pl.DataFrame) -> Markup:
    """Promised, on time, open, overdue, ignored, pushed: what is known, each leading to its promises."""
    not_shown = promises.count(outcomes.filter(outcome="unknown", outcome_reason="not_shown"))
    n = total["n"]
    low, high = share_interval(total["on_time_count"], n)
    on_time = (
        f"{say.percent(low)} – {say.percent(high)}, n = {n:,}" if low is not None and high is not None else ""
    )
    shown: list[tuple[bool, object, str, str, str]] = [
        (not n, f"{total['action_item_count']:,}", "promised", "on record", "All"),
        (bool(n), say.percent(total["on_time_count"] / n) if n else "", "decided on time", on_time, "Due"),
        (True, f"{total['open_count']:,}", "open now", "whenever promised", "Open"),
        (True, f"{total['overdue_count']:,}", "overdue now", "open past the committed date", "Late"),
        (bool(n), f"{total['ignored_count']:,}", "ignored", "overdue, nobody touched it", "Ignored"),
        (bool(n), f"{total['push_count']:,}", "due dates pushed", "each time counted", "Pushed"),
        (
            bool(total["unknown_outcome_count"]),
            f"{total['unknown_outcome_count']:,}",
            "of unknown outcome",
            f"of these {not_shown:,} not shown by Jira" if not_shown else "left out of the rest",
            "Unknown",
        ),
    ]
    return cards.figures(
        (cards.here(value, frame.promises_address(which)), label, doubt)
        for wanted, value, label, doubt, which in shown
        if wanted
    )


def by_team(teams: pl.DataFrame) -> None:
    """Open, overdue, ignored and pushed, by team, each number leading to its promises."""

    def door(row: dict[str, Any], column: str, which: str) -> Markup:
        if not row[column]:
            return cards.text("0")
        return cards.here(f"{row[column]:,}", frame.promises_address(which, team=row["team"]))

    st.html(
        cards.paragraph("Whose promises are late", "pm-title")
        + cards.paragraph(
            "As of now, whenever promised. In the order of the alphabet: no ranking. Ignored: overdue, and "
            f"for {frame.view().run['ignored_after_days']} days no person touched it or a part of it.",
            "pm-sub",
        )
        + cards.table(
            ["Team", "Open", "Overdue", "Ignored", "Dates pushed"],
            [
                (
                    cards.here(row["team"], frame.address("team", team=row["team"])),
                    door(row, "open_count", "Open"),
                    door(row, "overdue_count", "Late"),
                    door(row, "ignored_count", "Ignored"),
                    door(row, "push_count", "Pushed"),
                )
                for row in sorted(teams.iter_rows(named=True), key=lambda row: str(row["team"]).casefold())
            ],
            ["", "num", "num", "num", "num"],
        )
    )


def became_of_them(outcomes: pl.DataFrame) -> None:
    """What was decided, the declined apart from the done, and what was not, each with why."""
    st.html('<h2 class="pm-section">What became of the promises</h2>')
    left, right = st.columns(2, gap="medium")
    for column, first, second in ((left, "done", "declined"), (right, "open", "unknown")):
        rows = outcomes.filter(pl.col("outcome").is_in([first, second]))
        count = {name: promises.count(rows.filter(outcome=name)) for name in (first, second)}
        with column, st.container(key=f"card-{first}", height="stretch"):
            st.html(
                cards.paragraph(say.outcomes_title(count), "pm-title")
                + cards.paragraph(MEANING[second], "pm-sub")
                + (reasons(rows) if not rows.is_empty() else Markup())
            )
            frame.foot("As of now, whenever promised.", "action_items_by_outcome", rows, first)


MEANING = {
    "declined": "Declined is a decision too, and not the same as done.",
    "unknown": "Open is left to do. What is not known is left out of all rates.",
}


def reasons(rows: pl.DataFrame) -> Markup:
    """Outcomes and why, each with how many promises, which the number leads to."""
    colours = frame.view().colours

    def address(row: dict[str, Any]) -> str:
        words = say.outcome_reason_in_words(row["outcome_reason"])
        is_alone = rows.filter(outcome=row["outcome"]).height == 1
        return frame.promises_address(
            str(row["outcome"]).capitalize(), **({} if is_alone else {"reason": words})
        )

    return cards.table(
        ["Outcome", "Why", "Promises"],
        [
            (
                cards.dotted(row["outcome"], colours.outcome(row["outcome"])),
                say.outcome_reason_in_words(row["outcome_reason"]),
                cards.here(f"{row['action_item_count']:,}", address(row)),
            )
            for row in rows.iter_rows(named=True)
        ],
        ["tight", "", "num"],
    )


def longest_overdue(total: dict[str, int]) -> None:
    """The promises that are late for longest, else the latest; and the door to all of them."""
    which = "Late" if total["overdue_count"] else "Open" if total["open_count"] else "All"
    found = frame.rows("action_items_matching", which=promises.LISTS[which].which)
    shown = found.head(SHOWN)
    title, what = {
        "Late": ("Late for longest", "late promises"),
        "Open": ("The latest open promises", "open promises"),
        "All": ("The latest promises", "promises"),
    }[which]
    words = f"All {len(found):,} {what} →" if len(found) > SHOWN else "Promises of another kind →"
    more = cards.here(words, frame.promises_address(which))
    st.html(
        f'<h2 class="pm-section">{title}</h2>'
        + cards.paragraph(more, "pm-lead")
        + promises.table(shown, frame.history(shown), frame.view().colours, frame.incident_address)
    )
    frame.foot(
        f"{len(shown):,} of {say.count_of(len(found), 'promise')}",
        "action_items_matching",
        found,
        which=promises.LISTS[which].which,
    )


page()
