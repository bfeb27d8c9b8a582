"""How the history of a promise is shown: what was done to its issue, the newest first, automation apart."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from dashboard import cards, fields
from dashboard.cards import Markup
from pipeline.metrics import sentences as say

#: Jira's own names of fields that are not words.
FIELDS = {
    "assignee": "owner",
    "duedate": "due date",
    "issuetype": "issue type",
    "issueparentassociation": "parent",
}
#: What a change says of the promise, in a word.
EFFECTS = {
    "due_date_pushed": "pushed",
    "owner_changed": "owner changed",
    "priority_lowered": "priority lowered",
    "reopened": "reopened",
}
#: How often it did so, by what is counted of the promise.
COUNTED = {
    "due_date_push_count": "pushed",
    "owner_change_count": "owner changed",
    "priority_drop_count": "priority lowered",
    "reopen_count": "reopened",
}
AUTOMATED = pl.col("is_automated").fill_null(False)


def behind_a_click(row: Mapping[str, Any], changes: pl.DataFrame) -> Markup:
    """The history of one promise, closed until the reader asks; nothing where there is none.

    `row` is one of the metric `action_items_matching`, `changes` its rows of `action_item_history`.
    """
    if changes.is_empty():
        return Markup()
    people, automation = changes.filter(~AUTOMATED), changes.filter(AUTOMATED)
    parts = [
        cards.paragraph("Jira did not give all of it, so more may have happened than is counted.", "pm-sub")
        if row["is_history_complete"] is False
        else "",
        table(people, row) if not people.is_empty() else "",
        cards.details(f"By automation: {say.count_of(len(automation), 'change')}", table(automation, row))
        if not automation.is_empty()
        else "",
    ]
    counted = [f"{words} {say.times(row[name])}" for name, words in COUNTED.items() if row[name]]
    summary = ": ".join(
        filter(None, [f"History, {say.count_of(len(changes), 'change')}", ", ".join(counted)])
    )
    return cards.details(summary, Markup("".join(parts)))


def table(changes: pl.DataFrame, row: Mapping[str, Any]) -> Markup:
    """Changes one by one: when, what, from what to what, and who; what it says of the promise, in a word."""
    return cards.table(
        ["UTC", "Change", "By"],
        [
            (fields.moment(each["at"]), change(each, row), each["author"] or "not stated")
            for each in changes.iter_rows(named=True)
        ],
        ["tight soft", "", "words soft"],
    )


def change(each: Mapping[str, Any], row: Mapping[str, Any]) -> Markup:
    """One change; of the issue in which the promise goes on, it says of which."""
    effect = EFFECTS.get(each["effect"] or "")
    name = FIELDS.get(each["field"].lower(), each["field"])
    issue = f"{row['survivor_key']}, " if each["is_of_survivor"] and row["survivor_key"] else ""
    before, after = (value(each["field"], each[side]) for side in ("from_value", "to_value"))
    words = cards.text(f"{issue}{name}: {before} → {after}")
    return Markup(f"{words} {cards.chip(effect, 'notice')}") if effect else words


def value(field: str, shown: str | None) -> str:
    """A value as Jira shows it, but a due date as people write it."""
    if not shown:
        return "none"
    if field.lower() == "duedate":
        try:
            return say.day_in_words(date.fromisoformat(shown[:10]))
        except ValueError:
            return shown
    return shown
