"""How promises are shown: the state in a word and a colour, the dates, the issue; and in which lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from dashboard import cards, histories
from dashboard.cards import IncidentLink, Markup
from dashboard.theme import Palette
from pipeline.metrics import Which
from pipeline.metrics import sentences as say
from pipeline.metrics.sentences import issues as tell


def state(row: Mapping[str, Any], colours: Palette) -> Markup:
    """Ignored, overdue, open, done, declined and why, or unknown; and how late.

    `row` is one of the metric `action_items_matching`.
    """
    name = row["state"]
    late = f"{row['overdue_days']:,.0f}\u00a0days late" if row["overdue_days"] else ""
    match name:
        case "ignored" | "overdue":
            return cards.with_remark(cards.dotted(name, colours.outcome("overdue")), late)
        case "declined":
            why = say.outcome_reason_in_words(row["outcome_reason"])
            shown = cards.dotted(name, colours.outcome(name))
            return cards.with_remark(cards.with_remark(shown, "" if why == SAID_BY_JIRA else why), late)
        case "done":
            return cards.with_remark(cards.dotted(name, colours.outcome(name)), late)
        case "missing":
            return cards.with_remark(cards.dotted("unknown", colours.outcome("unknown")), "not shown by Jira")
        case _:
            return cards.dotted(name, colours.outcome(name))


#: What goes without saying.
SAID_BY_JIRA = say.outcome_reason_in_words("jira")


def due(row: Mapping[str, Any]) -> Markup:
    """The committed date, and how often the due date was moved later."""
    pushes = row["due_date_push_count"] or 0
    pushed = f"pushed {pushes:,} time{'' if pushes == 1 else 's'}" if pushes else ""
    return cards.with_remark(cards.text(say.day_in_words(row["committed_on"]) or "no date"), pushed)


def owner(row: Mapping[str, Any]) -> Markup:
    """The person, and the team."""
    return cards.with_remark(cards.text(row["owner"] or "nobody named"), row["team"] or "")


def issue(row: Mapping[str, Any]) -> Markup:
    """The issue's key, a link when its address opens a page; and below it what Jira tells of the issue."""
    shown = cards.link(row["jira_key"] or ("issue" if cards.safe_url(row["url"]) else "no issue"), row["url"])
    for remark in told_by_jira(row):
        shown = cards.with_remark(shown, remark)
    return shown


def told_by_jira(row: Mapping[str, Any]) -> list[Markup]:
    """Its status, where it goes on, its children, since when Jira does not show it, a history cut short."""
    status = row["status"] or ""
    if row["survivor_key"]:
        survivor = cards.link(row["survivor_key"], row["survivor_url"])
        told = [
            Markup(f"duplicate of {survivor} → followed there{cards.text(f': {status}' if status else '')}")
        ]
    elif row["link_state"] == "missing":
        told = [cards.text(tell.absence_in_words(row))]
    else:
        told = [cards.text(status)] if status else []
    if row["child_count"]:
        told.append(cards.text(tell.children_in_words(row)))
    if row["is_history_complete"] is False:
        told.append(cards.text("history incomplete"))
    return told


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
    "Done": PromiseList("done", "Nothing is known to be done."),
    "Declined": PromiseList("declined", "Nothing is known to be declined."),
    "Unknown": PromiseList("unknown", "The outcome of every promise is known."),
    "No owner": PromiseList("no_owner", "Every promise made in this period names an owner."),
    "No date": PromiseList("no_date", "Every promise made in this period has a due date."),
    "No issue": PromiseList("no_issue", "Every promise made in this period names an issue."),
    "All": PromiseList("all", "No promise is on record."),
}


def count(outcomes: pl.DataFrame) -> int:
    """How many promises these rows of the metric `action_items_by_outcome` count."""
    return sum(outcomes["action_item_count"].to_list())


def table(
    found: pl.DataFrame, history: pl.DataFrame, colours: Palette, incident_link: IncidentLink
) -> Markup:
    """Promises one by one, with their doors to Jira and to the incident, and what was done to their issues.

    `history` is what `action_item_history` gives of them.
    """
    return cards.table(
        ["State", "Promise, and the incident it came from", "Owner", "Due", "Issue"],
        [
            (
                state(row, colours),
                promise(row, history, incident_link),
                owner(row),
                due(row),
                issue(row),
            )
            for row in found.iter_rows(named=True)
        ],
        ["words", "", "words", "tight", "words"],
    )


def promise(
    row: Mapping[str, Any], history: pl.DataFrame, incident_link: IncidentLink | None = None
) -> Markup:
    """What was promised, for which incident, why it is followed if nobody wrote it down, and its history."""
    shown = cards.text(row["description"])
    if row["incident_id"] and incident_link:
        shown = cards.with_remark(shown, incident_link(row["incident_id"], row["incident_title"]))
    shown = cards.with_remark(shown, tell.found_in_words(row["found_by"], bool(row["incident_id"])))
    changes = history.filter(pl.col("action_item_id") == row["action_item_id"])
    return Markup(shown + histories.behind_a_click(row, changes))
