"""What came back, was its fix still open, and did fixing help?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from dashboard import cards, frame
from pipeline.metrics import sentences as say

#: Rows of a table; the rest is behind "How is this computed?".
MOST_ROWS = 8


def page() -> None:
    """The chains over time and one by one, what came back while its fix was open, and what fixes did."""
    now = frame.view()
    chains = frame.rows("repeat_chains")
    members = frame.rows("incidents_in_chains")
    period = f"{now.period_words[0].upper()}{now.period_words[1:]}"
    st.html(
        f'<h2 class="pm-section">{cards.text(say.chains_headline(members))}</h2>'
        + cards.paragraph(
            f"{period}. Repeats are candidates until a person confirms them: the same cause in the same "
            "service within some months, or documents of like words. "
            f"{say.beside_chance(frame.rows('repeats_by_chance'))}".strip(),
            "pm-lead",
        )
    )
    if members.is_empty():
        st.html(cards.paragraph("No incident of this period is known to have come back.", "pm-empty"))
    else:
        frame.show(
            "incidents_in_chains",
            f"The costliest: {say.chains_title(chains)}",
            door=lambda row: frame.incident_address(row["incident_id"]),
        )
        chains_card(chains, members)
    with st.container(key="card-repeats"):
        while_open()
    frame.show("fix_effect", say.fix_title(frame.rows("fix_effect")), door=pair_address)


def chains_card(chains: pl.DataFrame, members: pl.DataFrame) -> None:
    """The chains one by one: what each cost, what is open against it, and what makes its incidents alike."""
    with st.container(key="card-chains"):
        st.html(
            cards.paragraph("The chains, one by one", "pm-title")
            + cards.paragraph(
                "The costliest first. In brackets: incidents that say so. Open one to see what makes its "
                "incidents alike.",
                "pm-sub",
            )
            + cards.table(
                ["Chain", "Incidents", "Over", "Impact", "Users", "Cost", "Open fixes"],
                [
                    chain(row, members.filter(pl.col("chain_id") == row["chain_id"]))
                    for row in chains.head(MOST_ROWS).iter_rows(named=True)
                ],
                ["", "num", "num", "num", "num", "num", "num"],
            )
        )
        frame.foot(
            f"The costliest {min(MOST_ROWS, len(chains))} of {len(chains):,}. Not stated adds nothing.",
            "repeat_chains",
            chains,
        )


def chain(row: Mapping[str, Any], members: pl.DataFrame) -> tuple[object, ...]:
    """A chain's line, with its incidents to open."""
    confirmed = row["confirmed_count"]
    status = cards.chip(f"{confirmed} confirmed", "good") if confirmed else cards.chip("candidate", "quiet")
    left, late = row["open_prevention_item_count"], row["overdue_prevention_item_count"]
    last = frame.incident_link(row["last_incident_id"], row["last_title"])
    where = " · ".join([*(row["services"] or []), *(row["teams"] or [])])
    return (
        cards.Markup(
            f"{cards.with_remark(cards.Markup(f'{last} {status}'), where)}"
            f"{cards.details('Its incidents', incidents_of(members))}"
        ),
        f"{row['incident_count']:,}",
        f"{row['span_days']:,.0f} days",
        cards.known(say.in_words(row["impact_minutes"]), row["n"]),
        cards.known(f"{row['affected_user_count'] or 0:,}", row["user_n"]),
        cards.known(f"{row['cost'] or 0:,.0f}", row["cost_n"]),
        cards.with_remark(f"{left:,}", f"{late:,} overdue" if late else ""),
    )


def incidents_of(members: pl.DataFrame) -> cards.Markup:
    """The incidents of a chain, each with why it is thought to repeat an earlier one."""
    return cards.bulleted(
        cards.Markup(
            f"{say.day_in_words(row['occurred_at'].date())}: "
            f"{frame.incident_link(row['incident_id'], row['title'])}"
            f" – {cards.text(say.likeness_in_words(row))}"
        )
        for row in members.iter_rows(named=True)
    )


def while_open() -> None:
    """What came back while a fix of an earlier one was open, and what that cost."""
    repeats = frame.rows("repeats_while_open")
    teams = frame.rows("action_items_by_team")
    unknown = sum(teams["unknown_outcome_count"].to_list())
    promised = sum(teams["action_item_count"].to_list())
    if repeats.is_empty() and promised and unknown > say.MOST * promised:
        # Whether a fix was open cannot be told of promises nobody followed.
        st.html(
            cards.paragraph("Whether fixes were open is not known", "pm-title")
            + cards.paragraph(say.unknown_outcome_reason(frame.view().has_jira), "pm-empty")
        )
    else:
        st.html(
            cards.paragraph(say.repeats_cost(repeats), "pm-title")
            + cards.paragraph(say.REPEATS_MEANING, "pm-sub")
        )
    if not repeats.is_empty():
        st.html(
            cards.figures(
                [
                    figure(repeats, "impact_minutes", "of impact", say.in_words),
                    figure(repeats, "affected_user_count", "users", lambda total: f"{total:,.0f}"),
                    figure(repeats, "cost", "cost", lambda total: f"{total:,.0f}"),
                ]
            )
            + cards.table(
                ["Incident", "Days after", "Impact", "Open fixes"],
                [
                    (
                        cards.with_remark(
                            frame.incident_link(row["incident_id"], row["title"]),
                            resembles(row),
                        ),
                        f"{row['gap_days']:,.0f}",
                        "" if row["impact_minutes"] is None else say.in_words(row["impact_minutes"]),
                        cards.with_remark(
                            f"{row['open_prevention_item_count']:,}",
                            f"{row['overdue_prevention_item_count']:,} overdue"
                            if row["overdue_prevention_item_count"]
                            else "",
                        ),
                    )
                    for row in repeats.head(MOST_ROWS).iter_rows(named=True)
                ],
                ["", "num", "num", "num"],
            )
        )
    frame.foot(
        f"The latest {min(MOST_ROWS, len(repeats))} of {len(repeats):,}", "repeats_while_open", repeats
    )


def resembles(row: Mapping[str, Any]) -> cards.Markup:
    """Which earlier incident one resembles, and why."""
    earlier = frame.incident_link(row["earlier_incident_id"], row["earlier_title"])
    return cards.Markup(f"like {earlier}: {cards.text(say.likeness_in_words(row))}")


def figure(repeats: pl.DataFrame, column: str, label: str, words: Any) -> tuple[str, str, str]:
    """A total of what is known, and of how many incidents it is known."""
    told = [value for value in repeats[column].to_list() if value is not None]
    return (words(sum(told)) if told else "–", label, f"known of {len(told):,} of {len(repeats):,}")


def pair_address(row: Mapping[str, Any]) -> str:
    """The incidents of one cause in one service."""
    return frame.incidents_address(service=row["service"], cause=row["cause_category"])


page()
