"""What was promised, what is late, and whose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from dashboard import cards, frame, promises, slippage
from dashboard.cards import Markup
from pipeline.metrics import Grain, ItemGroup, on_time_interval
from pipeline.metrics import sentences as say

#: So many promises are shown here; all are a click away.
SHOWN = 10


def page() -> None:
    """The answer, the teams, what is late for longest, and how promises flow."""
    now = frame.view()
    own = frame.rows("action_items_by_team")
    total = {name: sum(own[name].to_list()) for name in COUNTED}
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
        f'<h2 class="pm-section">{cards.text(say.follow_through_headline(own))}</h2>'
        + cards.paragraph(lead, "pm-lead")
        + key_figures(own, total, frame.rows("action_items_by_outcome"))
    )
    if total["n"]:
        left, right = st.columns(2, gap="medium")
        with left:
            frame.show(
                "action_items_by_team",
                say.on_time_title(own),
                door=frame.team_address,
                left_out=frame.promises_address("Unknown")
                if sum(own["due_unknown_count"].to_list())
                else None,
            )
        with right, st.container(key="card-late", height="stretch"):
            by_team(own)
    elif len(own) > 1:
        with st.container(key="card-late"):
            by_team(own)
    became_of_them(frame.rows("action_items_by_outcome"))
    longest_overdue(total)
    if not is_unknown:  # how the few known ones go says nothing of the others
        flow()
        how_long()
        slips()
    gaps()


GRAINS: dict[str, Grain] = {"Week": "week", "Month": "month", "Quarter": "quarter"}


def flow() -> None:
    """Promised and decided, period by period, and what is open at the end of each, from the history."""
    st.html('<h2 class="pm-section">How promises flow</h2>')
    words = st.segmented_control(
        "Per", list(GRAINS), default="Quarter", key="per", bind="query-params", required=True
    )
    grain = GRAINS[words or "Quarter"]
    found = frame.rows("action_items_by_period", grain=grain)
    left, right = st.columns(2, gap="medium")
    with left:
        frame.show("action_items_by_period", say.flow_title(found), grain=grain)
    with right:
        frame.show(
            "action_items_by_period",
            say.open_title(found),
            chart="open_action_items_by_period",
            grain=grain,
        )


#: What promises can be grouped by, as the address names it.
GROUPS: dict[str, ItemGroup] = {
    "Team": "team",
    "Priority": "priority",
    "Kind": "kind",
    "Severity": "severity",
}


#: The groups of which there is a list of promises, and what that of all of them holds beyond a figure's n.
LISTED: tuple[ItemGroup, ...] = ("team", "severity")
LISTED_ALL = (
    "The list holds all promises of the group, whenever made and whatever became of them: more than n."
)


def how_long() -> None:
    """What becomes of a promise over the days since it was made, for whom sooner; how old what is open is."""
    whole = frame.rows("time_to_done")
    if whole.is_empty() or not whole["n"][0]:
        return
    st.html('<h2 class="pm-section">How long it takes until a promise is done</h2>')
    words = st.segmented_control(
        "By", list(GROUPS), default="Team", key="grouped", bind="query-params", required=True
    )
    group_by = GROUPS[words or "Team"]
    by_group = frame.rows("time_to_done", group_by=group_by)
    told = ["group_name", "n", "verdict", "direction"]
    left, right = st.columns(2, gap="medium")
    with left:
        frame.show(
            "time_to_done",
            f"{say.time_to_done_sentence(whole.row(0, named=True))} "
            f"{say.in_time_sentence(whole.row(0, named=True))}",
            chart="done_curves",
            drawn_rows=frame.rows("done_curves").join(whole.select(told), on="group_name"),
            table_rows=whole,
        )
    with right:
        frame.show(
            "time_to_done",
            say.time_to_done_difference(by_group),
            door=lambda row: group_address(row, group_by, "All"),
            remark=LISTED_ALL if group_by in LISTED else "",
            group_by=group_by,
        )
    if len(by_group) > 1:
        frame.show(
            "time_to_done",
            f"What is done how soon, by {group_by}",
            chart="done_curves_by_group",
            drawn_rows=frame.rows("done_curves", group_by=group_by).join(
                by_group.select(told), on="group_name", how="left", maintain_order="left"
            ),
            table_rows=by_group,
            group_by=group_by,
        )
    ages = frame.rows("open_items_by_age")
    if not ages.is_empty() and ages["n"][0]:
        st.html('<h2 class="pm-section">How old what is open is</h2>')
        frame.show(
            "open_items_by_age",
            say.open_age_sentence(ages.row(0, named=True)),
            door=lambda row: group_address(row, group_by, "Open"),
            group_by=group_by,
        )


def group_address(row: Mapping[str, Any], group_by: ItemGroup, which: str) -> str:
    """The promises of one team or of incidents of one severity; of other groups there is no list."""
    if group_by not in LISTED:
        return ""
    return frame.promises_address(which, **{group_by: str(row["group_name"])})


def slips() -> None:
    """The ledger: per team in which ways promises slipped, and the most slipped ones, each with its issue."""
    sums = frame.rows("slippage_by_team")
    found = frame.rows("slippage_ledger")
    if sums.is_empty():
        return

    st.html('<h2 class="pm-section">How promises slip</h2>')
    with st.container(key="card-slips"):
        st.html(
            cards.paragraph(say.slippage_sentence(sums), "pm-title")
            + cards.paragraph(
                f"{say.bulk_sentence(sums)} Made in the period and tracked in Jira. Handing on and closing "
                "at once can be in order: the ledger tells, and does not judge.",
                "pm-sub",
            )
            + slippage.by_team(sums, frame.address)
        )
        frame.foot(
            f"n = {sum(sums['n']):,} action items; left out: {sum(sums['untracked_count']):,} that no "
            "issue in Jira tracks. The shares with their intervals: in the table behind.",
            "slippage_by_team",
            sums,
        )
    if found.is_empty():
        return
    shown = found.head(SHOWN)
    st.html(
        cards.paragraph("The most slipped", "pm-title")
        + cards.paragraph(
            cards.here(f"The whole ledger, {say.count_of(len(found), 'promise')} →", frame.address("ledger")),
            "pm-sub",
        )
        + slippage.table(shown, frame.view().colours, frame.incident_link)
    )
    frame.foot(f"{len(shown):,} of {say.count_of(len(found), 'promise')}", "slippage_ledger", found)


def gaps() -> None:
    """What promises and postmortems lack: an owner, a date, an issue, or any promise."""
    found = frame.rows("promise_gaps_by_team")
    if found.is_empty():
        return

    st.html('<h2 class="pm-section">What promises lack</h2>')
    with st.container(key="card-gaps"):
        st.html(
            cards.paragraph(say.promise_gaps_sentence(found), "pm-title")
            + cards.paragraph("How many, and the 90 % interval of the share.", "pm-sub")
            + slippage.lacks_by_team(found, frame.address)
        )
        frame.foot("Promises made in the period, or on a day nobody knows.", "promise_gaps_by_team", found)
    empty = frame.rows("postmortems_without_action_items")
    if empty.is_empty():
        return
    shown = empty.head(SHOWN)
    st.html(
        cards.paragraph("Postmortems that promise nothing", "pm-title")
        + cards.table(
            ["When", "Incident", "Team", "Severity"],
            [
                (
                    say.day_in_words(row["occurred_at"]),
                    frame.incident_link(row["incident_id"], row["title"]),
                    row["team"] or frame.NOT_STATED,
                    row["severity"],
                )
                for row in shown.iter_rows(named=True)
            ],
            ["tight soft", "", "words", "num"],
        )
    )
    frame.foot(
        f"{len(shown):,} of {say.count_of(len(empty), 'postmortem')}",
        "postmortems_without_action_items",
        empty,
    )


COUNTED = (
    *("n", "on_time_count", "open_count", "overdue_count", "ignored_count", "push_count"),
    *("action_item_count", "unknown_outcome_count"),
)


def key_figures(teams: pl.DataFrame, total: dict[str, int], outcomes: pl.DataFrame) -> Markup:
    """Promised, on time, open, overdue, ignored, pushed: what is known, each leading to its promises."""
    not_shown = promises.count(outcomes.filter(outcome="unknown", outcome_reason="not_shown"))
    n = total["n"]
    low, high = on_time_interval(teams)
    on_time = f"{say.share_span(low, high)}, n = {n:,}" if low is not None and high is not None else ""
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


def by_team(own: pl.DataFrame) -> None:
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
                for row in sorted(own.iter_rows(named=True), key=lambda row: str(row["team"]).casefold())
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
        + promises.table(shown, frame.history(shown), frame.view().colours, frame.incident_link)
    )
    frame.foot(
        f"{len(shown):,} of {say.count_of(len(found), 'promise')}",
        "action_items_matching",
        found,
        which=promises.LISTS[which].which,
    )


page()
