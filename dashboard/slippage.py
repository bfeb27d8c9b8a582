"""How the slippage ledger is shown: each promise that slipped, in which ways, and its issue."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl

from dashboard import cards
from dashboard.cards import IncidentLink, Markup
from dashboard.theme import Palette
from pipeline.metrics import sentences as say

ANY = "All"
#: In which ways a promise can slip, as the address names them, and the column that is then above 0 or true.
WAYS = {
    ANY: "entry_count",
    "Date moved": "due_date_push_count",
    "Priority lowered": "priority_drop_count",
    "Handed on": "owner_change_count",
    "Reopened": "reopen_count",
    "Closed at once": "is_closed_in_bulk",
    "No trace": "has_no_trace",
    "Ignored": "is_ignored",
}


def slipped(ledger: pl.DataFrame, way: str) -> pl.DataFrame:
    """The rows of `slippage_ledger` that slipped in one way."""
    return ledger.filter(pl.col(WAYS.get(way, "entry_count")).cast(pl.Int64) > 0)


def table(found: pl.DataFrame, colours: Palette, incident_link: IncidentLink) -> Markup:
    """Rows of `slippage_ledger`, each leading to its incident and its issue."""
    return cards.table(
        ["Promise, and the incident it came from", "How it slipped", "Owner", "Due", "Issue"],
        [
            (
                promise(row, incident_link),
                cards.with_remark(say.slips_in_words(row), told_in_part(row)),
                cards.with_remark(row["owner"] or "nobody named", row["team"] or ""),
                due(row),
                cards.with_remark(
                    cards.link(row["jira_key"] or "issue", row["url"]),
                    cards.dotted(row["outcome"], colours.outcome(row["outcome"])) if row["outcome"] else "",
                ),
            )
            for row in found.iter_rows(named=True)
        ],
        ["", "", "words", "tight", "words"],
    )


def promise(row: dict[str, Any], incident_link: IncidentLink) -> Markup:
    """What was promised, and for which incident."""
    if not row["incident_id"]:
        return cards.text(row["description"])
    return cards.with_remark(row["description"], incident_link(row["incident_id"], row["incident_title"]))


def due(row: dict[str, Any]) -> Markup:
    """The due date now, and the one it first had when that is another."""
    now, first = row["due_on"], row["first_due_on"]
    shown = say.day_in_words(now or first) or "no date"
    return cards.with_remark(
        shown, f"first {say.day_in_words(first)}" if now and first and now != first else ""
    )


def told_in_part(row: dict[str, Any]) -> str:
    """That Jira gave only a part of the history, so that there may be more."""
    return "history incomplete: at least" if row["is_history_complete"] is False else ""


def by_team(sums: pl.DataFrame, address: Callable[..., str]) -> Markup:
    """Rows of `slippage_by_team`, by the alphabet; each count leads to its part of the ledger."""

    def door(row: dict[str, Any], column: str, way: str, of: str = "") -> Markup:
        if of and not row[of]:
            return cards.text("–")
        count = cards.text("0")
        if row[column]:
            count = cards.here(f"{row[column]:,}", address("ledger", team=row["team"], way=way))
        return Markup(f"{count} of {row[of]:,}") if of else count

    head = ("Dates moved", "Days", "Lowered", "Handed on", "Reopened", "At once", "No trace", "Ignored")
    return cards.table(
        ["Team", *head],
        [
            (
                cards.here(row["team"], address("team", team=row["team"])),
                door(row, "pushed_count", "Date moved", "with_due_date_count"),
                f"{row['push_days']:,}",
                door(row, "priority_lowered_count", "Priority lowered"),
                door(row, "owner_changed_count", "Handed on"),
                door(row, "reopened_count", "Reopened", "ever_done_count"),
                door(row, "bulk_count", "Closed at once", "closed_count"),
                door(row, "no_trace_count", "No trace", "traceable_count"),
                door(row, "ignored_count", "Ignored"),
            )
            for row in sorted(sums.to_dicts(), key=lambda row: str(row["team"]).casefold())
        ],
        ["", *["num"] * len(head)],
    )


def lacks_by_team(gaps: pl.DataFrame, address: Callable[..., str]) -> Markup:
    """Rows of `promise_gaps_by_team`: how many lack what, with the interval of the share.

    Each count of promises leads to their list.
    """

    def lacks(row: dict[str, Any], count: str, of: str, name: str, which: str = "") -> Markup:
        if not row[of]:
            return cards.text("–")
        shown = cards.text(f"{row[count]:,}")
        if which and row[count]:
            shown = cards.here(shown, address("promises", team=row["team"], which=which))
        shown = Markup(f"{shown} of {row[of]:,}")
        return cards.with_remark(shown, say.share_span(row[f"{name}_low"], row[f"{name}_high"]))

    return cards.table(
        ["Team", "No owner", "No date", "No issue", "Postmortems that promise nothing"],
        [
            (
                cards.here(row["team"], address("team", team=row["team"])),
                lacks(row, "no_owner_count", "n", "no_owner", "No owner"),
                lacks(row, "no_date_count", "n", "no_date", "No date"),
                lacks(row, "no_tracker_count", "n", "no_tracker", "No issue"),
                lacks(row, "nothing_promised_count", "postmortem_count", "nothing"),
            )
            for row in gaps.iter_rows(named=True)
        ],
        ["", *["num"] * 4],
    )
