"""How promises are shown: the state in a word and a colour, the dates, the issue; and in which lists."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from dashboard import cards
from dashboard.cards import Markup
from dashboard.theme import Palette
from pipeline.metrics import Which
from pipeline.metrics import sentences as say


def state(row: Mapping[str, Any], colours: Palette) -> Markup:
    """Ignored, overdue, open, done, declined, unknown or missing; and how late.

    `row` is one of the metric `action_items_matching`.
    """
    name = row["state"]
    late = f"{row['overdue_days']:,.0f}\u00a0days" if row["overdue_days"] else ""
    match name:
        case "ignored" | "overdue":
            return cards.with_remark(cards.dotted(name, colours.outcome("overdue")), f"{late} late")
        case "done" | "declined":
            return cards.with_remark(
                cards.dotted(name, colours.outcome(name)), f"{late} late" if late else ""
            )
        case "missing":
            return cards.with_remark(cards.dotted("unknown", colours.outcome("unknown")), "issue not in Jira")
        case _:
            return cards.dotted(name, colours.outcome(name))


def due(row: Mapping[str, Any]) -> Markup:
    """The committed date, and how often the due date was moved later."""
    pushes = row["due_date_push_count"] or 0
    pushed = f"pushed {pushes:,} time{'' if pushes == 1 else 's'}" if pushes else ""
    return cards.with_remark(cards.text(say.day_in_words(row["committed_on"]) or "no date"), pushed)


def owner(row: Mapping[str, Any]) -> Markup:
    """The person, and the team."""
    return cards.with_remark(cards.text(row["owner"] or "nobody named"), row["team"] or "")


def issue(row: Mapping[str, Any]) -> Markup:
    """The issue's key, a link when its address opens a page."""
    return cards.link(row["jira_key"] or ("issue" if cards.safe_url(row["url"]) else "no issue"), row["url"])


@dataclass(frozen=True, slots=True)
class PromiseList:
    """One way to look at promises: which they are, and what an empty list says."""

    which: Which
    empty: str


#: By the name that stands in the address.
LISTS = {
    "Late": PromiseList("late", "Nothing is overdue."),
    "Ignored": PromiseList("ignored", "Nothing that is overdue lies untouched."),
    "Open": PromiseList("open", "Nothing is known to be open."),
    "Pushed": PromiseList("pushed", "No due date was moved later."),
    "Due": PromiseList("due", "Nothing came due in this period."),
    "Decided": PromiseList("decided", "Nothing is known to be done or declined."),
    "Unknown": PromiseList("unknown", "The outcome of every promise is known."),
    "All": PromiseList("all", "No promise is on record."),
}


def table(found: pl.DataFrame, colours: Palette, incident_address: Callable[[str], str]) -> Markup:
    """Promises one by one, with their doors to Jira and to the incident."""
    return cards.table(
        ["State", "Promise, and the incident it came from", "Owner", "Due", "Issue"],
        [
            (
                state(row, colours),
                cards.with_remark(
                    row["description"],
                    cards.here(row["incident_title"], incident_address(row["incident_id"]))
                    if row["incident_title"]
                    else "No document mentions this issue",
                ),
                owner(row),
                due(row),
                issue(row),
            )
            for row in found.iter_rows(named=True)
        ],
        ["tight", "", "words", "tight", "tight"],
    )
