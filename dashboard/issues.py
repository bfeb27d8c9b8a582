"""How what is followed in Jira is shown: the issues one by one, and how well the last sync went."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import polars as pl
import streamlit as st

from dashboard import cards, frame
from dashboard.cards import Markup
from pipeline.metrics import WhichIssues
from pipeline.metrics import sentences as say
from pipeline.metrics.sentences import issues as tell

#: By the name that stands in the address: which issues, and what an empty list says.
LISTS: dict[str, tuple[WhichIssues, str]] = {
    "All": ("all", "No issue of this kind is held."),
    "Not shown": ("not_shown", "Jira shows every issue of this kind."),
    "History incomplete": ("incomplete", "Jira gave the whole history of every issue of this kind."),
}


def table(found: pl.DataFrame) -> Markup:
    """Issues one by one: what they are, why they are held, and what is known of them."""
    return cards.table(
        ["Issue", "What it is", "Followed because", "Status", "Changed"],
        [
            (
                cards.with_remark(cards.link(row["issue_key"], row["url"]), row["issue_type"]),
                cards.with_remark(row["summary"] or "nothing is known of it", belonging(row)),
                ", ".join(tell.followed_in_words(reason) for reason in row["reasons"]),
                status(row),
                cards.text(say.day_in_words(row["updated_at"])),
            )
            for row in found.iter_rows(named=True)
        ],
        ["tight", "", "words soft", "words", "tight soft"],
    )


def belonging(row: Mapping[str, Any]) -> str:
    """What it is a part of, what is a part of it, and for how many promises it stands."""
    promises = row["action_item_count"] or 0
    return ", ".join(
        filter(
            None,
            [
                f"part of {row['parent_key']}" if row["parent_key"] else "",
                tell.children_in_words(row),
                f"for {promises:,} promises" if promises > 1 else "",
            ],
        )
    )


def status(row: Mapping[str, Any]) -> Markup:
    """Its status and what that means; that Jira does not show it; that its history is not whole."""
    if row["is_absent"]:
        shown = cards.with_remark(cards.chip("not shown", "notice"), tell.absence_in_words(row))
    else:
        shown = cards.with_remark(row["status"], row["declined_reason"])
    if row["survivor_key"]:
        shown = cards.with_remark(shown, f"goes on in {row['survivor_key']}")
    return cards.with_remark(shown, "history incomplete" if row["is_history_complete"] is False else "")


def health(jira: Mapping[str, Any]) -> None:
    """How well Jira is followed; `jira` is its row of `marts.sources`."""
    reasons, absent = frame.rows("issues_by_reason"), frame.rows("absent_issues_by_project")
    st.html(f'<h2 class="pm-section">{cards.text(tell.followed_headline(jira))}</h2>')
    st.html(last_sync(jira, frame.view().run["as_of"]) + figures(jira, reasons))
    if reasons.is_empty():
        return
    left, right = st.columns(2, gap="medium")
    with left, st.container(key="card-followed", height="stretch"):
        st.html(why_followed(reasons))
        frame.foot("An issue can be followed for several reasons.", "issues_by_reason", reasons)
    with right, st.container(key="card-absent", height="stretch"):
        st.html(not_shown(absent))
        frame.foot("What was last known is kept.", "absent_issues_by_project", absent)


def last_sync(jira: Mapping[str, Any], as_of: datetime) -> Markup:
    """When and how the last good sync went; and why the last try failed and where it stopped, when it did."""
    words = cards.paragraph(tell.sync_in_words(jira, as_of), "pm-lead")
    if jira["last_outcome"] in ("ok", None):
        return words
    what = "The last sync failed" if jira["last_outcome"] == "failed" else "The last sync was cut off"
    when = f" {tell.ago_in_words(jira['last_attempted_at'], as_of)}" if jira["last_attempted_at"] else ""
    told = f"{cards.chip(what, 'bad')} {cards.text(when)}"
    return Markup(cards.paragraph(cards.with_remark(Markup(told), jira["last_message"]), "pm-sub") + words)


def figures(jira: Mapping[str, Any], reasons: pl.DataFrame) -> Markup:
    """Followed, not shown, incomplete: each leading to its issues; and what the last sync cost."""

    def door(n: int, which: str) -> Markup:
        return cards.here(f"{n:,}", frame.address("issues", which=which)) if n else cards.text("0")

    whole = ("held_count", "all_absent_count", "all_incomplete_count")
    held, n_absent, n_short = (0, 0, 0) if reasons.is_empty() else reasons.select(whole).row(0)
    repeats = jira["retry_count"] or 0
    waited = f"{repeats:,} repeated, {jira['waited_seconds'] or 0:,.0f} s waited"
    shown: list[tuple[object, object, object]] = [
        (door(held, "All"), "issues held", "followed, or for context"),
        (door(n_absent, "Not shown"), "not shown by Jira", "kept as last known"),
        (door(n_short, "History incomplete"), "histories incomplete", "counts may be too low"),
    ]
    if jira["call_count"] is not None:
        shown.append((f"{jira['call_count']:,}", "calls of the last sync", waited))
    return cards.figures(shown)


def why_followed(reasons: pl.DataFrame) -> Markup:
    """The reasons to follow issues, each with how many."""

    def door(row: Mapping[str, Any], column: str, which: str) -> Markup:
        if not row[column]:
            return cards.text("0")
        words = tell.followed_in_words(row["reason"])
        return cards.here(f"{row[column]:,}", frame.address("issues", which=which, reason=words))

    return Markup(
        cards.paragraph("Why issues are followed", "pm-title")
        + cards.table(
            ["Followed because", "Issues", "Not shown", "History incomplete"],
            [
                (
                    tell.followed_in_words(row["reason"]),
                    door(row, "issue_count", "All"),
                    door(row, "absent_count", "Not shown"),
                    door(row, "incomplete_count", "History incomplete"),
                )
                for row in reasons.iter_rows(named=True)
            ],
            ["", "num", "num", "num"],
        )
    )


def not_shown(absent: pl.DataFrame) -> Markup:
    """What Jira does not show, by project, and what to do about it."""
    title = cards.paragraph("What Jira does not show", "pm-title")
    if absent.is_empty():
        return Markup(title + cards.paragraph("It shows every issue that is held or named.", "pm-empty"))
    return Markup(
        title
        + cards.table(
            ["Project", "What to do", "Issues"],
            [
                (
                    cards.with_remark(row["project"], f"since {say.day_in_words(row['absent_since_at'])}")
                    if row["absent_since_at"]
                    else row["project"],
                    tell.absence_remedy(row),
                    cards.here(
                        f"{row['issue_count']:,}",
                        frame.address("issues", which="Not shown", project=row["project"]),
                    ),
                )
                for row in absent.iter_rows(named=True)
            ],
            ["tight", "", "num"],
        )
    )
