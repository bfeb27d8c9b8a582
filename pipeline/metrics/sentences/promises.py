"""How long promises take, how they slip, and what they lack. In words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.metrics.sentences.times import days_in_words
from pipeline.metrics.sentences.words import (
    all_of,
    count_of,
    part_with_verb,
    percent,
    share_span,
    times,
    upper_first,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl


def days_interval_in_words(low: float | None, high: float | None) -> str:
    """ "90 % interval 29 to 41", with the end that so few cannot bound left open, in days."""
    if low is None and high is None:
        return "too few for an interval"
    if high is None:
        return f"90 % interval: {days_in_words(low or 0)} or more"
    return f"90 % interval {round(low or 0):,} to {round(high):,}"


def time_to_done_sentence(row: Mapping[str, Any]) -> str:
    """By when half are done, of one row of `time_to_done`: "Half of the action items are done after 34 days
    (n = 182, 90 % interval 29 to 41)"; or that half are not done yet.
    """
    n = row["n"]
    if not n:
        return "Of no action item promised in this period can it be told how long it takes."
    whose = "" if row["group_name"] == "all" else f"{row['group_name']}: "
    if n == 1:
        if row["median_days"] is None:
            return f"{whose}The one action item is not done so far."
        return f"{whose}The one action item was done after {days_in_words(row['median_days'])}."
    if row["median_days"] is None:
        soonest = row["median_low"]
        hint = f"; it takes {days_in_words(soonest)} at the least" if soonest is not None else ""
        return f"{whose}Fewer than half of the action items are done so far (n = {n:,}){hint}."
    interval = days_interval_in_words(row["median_low"], row["median_high"])
    return (
        f"{whose}Half of the action items are done after {days_in_words(row['median_days'])} "
        f"(n = {n:,}, {interval})."
    )


def time_to_done_difference(frame: pl.DataFrame) -> str:
    """Which groups of `time_to_done` get things done sooner or later than all others, if that is a signal."""
    tested = frame.filter(frame["p_value"].is_not_null())
    if tested.is_empty():
        return "There is nothing to compare."
    signals = tested.filter(tested["verdict"] == "signal")
    beyond = tested.filter(tested["verdict"] == "beyond chance")
    corrected = f"corrected for {count_of(len(tested), 'comparison')}" if len(tested) > 2 else "log-rank test"
    if signals.is_empty() and beyond.is_empty():
        return f"How soon things are done is not distinguishable between the groups ({corrected})."
    told = [
        f"{'; '.join(parts)} ({words})"
        for words, found in (
            (f"signal, {corrected}", signals),
            ("beyond chance, perhaps as teams differ", beyond),
        )
        if (
            parts := [
                f"{direction} than elsewhere: {', '.join(names)}"
                for direction in ("later", "sooner")
                if (names := found.filter(found["direction"] == direction)["group_name"].to_list())
            ]
        )
    ]
    return f"Done {'; '.join(told)}."


def in_time_sentence(row: Mapping[str, Any]) -> str:
    """Which share was done by its date, of one row of `time_to_done`."""
    if not row["due_count"]:
        return "No committed date has passed yet."
    if row["due_count"] == 1:
        return f"The one action item due was {'' if row['in_time_share'] else 'not '}done by then."
    return (
        f"{percent(row['in_time_share'])} of those due were done by then (n = {row['due_count']:,}, "
        f"90 % interval {share_span(row['in_time_low'], row['in_time_high'])})."
    )


def open_age_sentence(row: Mapping[str, Any]) -> str:
    """How old what is open is, of one row of `open_items_by_age`."""
    n = row["n"]
    if not n:
        return "Nothing is open."
    if n == 1:
        return f"1 action item is open, for {days_in_words(row['median_days'])}."
    interval = days_interval_in_words(row["median_low"], row["median_high"])
    words = f"{n:,} action items are open, half of them for "
    words += f"{days_in_words(row['median_days'])} or more ({interval})"
    return f"{words}; {row['older_count']:,} for more than a year." if row["older_count"] else f"{words}."


def slippage_sentence(teams: pl.DataFrame) -> str:
    """How often and how far due dates were moved later, and whose most; of `slippage_by_team`."""
    pushes, days = sum(teams["push_count"].to_list()), sum(teams["push_days"].to_list())
    dated = sum(teams["with_due_date_count"].to_list())
    if not dated:
        return "No action item in Jira has a due date that could slip."
    if not pushes:
        return f"{upper_first(part_with_verb(0, dated, 'due date'))} moved later."
    first = max(teams.iter_rows(named=True), key=lambda row: (row["push_days"], row["push_count"]))
    if pushes == 1:
        whose = f", by {first['team']}" if len(teams) > 1 else ""
        return f"A due date was moved later once, for {count_of(days, 'day')}{whose}."
    part = "all" if first["push_days"] == days else f"{first['push_days']:,}"
    most = f"; {part} of these days by {first['team']}" if len(teams) > 1 and days else ""
    return f"Due dates were moved later {times(pushes)}, by {count_of(days, 'day')} in all{most}."


def slips_in_words(row: Mapping[str, Any]) -> str:
    """In which ways one promise slipped, of one row of `slippage_ledger`: "due date moved later 2 times, by
    45 days; ignored".
    """
    parts = []
    if row["due_date_push_count"]:
        days = f", by {count_of(row['due_date_push_days'], 'day')}" if row["due_date_push_days"] else ""
        parts.append(f"due date moved later {times(row['due_date_push_count'])}{days}")
    for column, words in (
        ("priority_drop_count", "priority lowered"),
        ("reopen_count", "reopened"),
        ("owner_change_count", "handed on"),
    ):
        if row[column]:
            parts.append(f"{words} {times(row[column])}")
    if row["is_closed_in_bulk"]:
        at_once = f" with {count_of(row['bulk_count'] - 1, 'other')}" if row["bulk_count"] else ""
        parts.append(f"closed at once{at_once}")
    if row["has_no_trace"]:
        parts.append("done with no work that Jira shows")
    if row["is_ignored"]:
        parts.append("late and untouched")
    return "; ".join(parts)


def bulk_sentence(teams: pl.DataFrame) -> str:
    """How much was closed many at once, and how much with no trace of work; of `slippage_by_team`."""
    closed, bulk = sum(teams["closed_count"].to_list()), sum(teams["bulk_count"].to_list())
    done, silent = sum(teams["traceable_count"].to_list()), sum(teams["no_trace_count"].to_list())
    if not closed:
        return "Nothing was closed in Jira."
    words = upper_first(part_with_verb(bulk, closed, "closed action item"))
    words += " closed five or more at once"
    if not done:
        return f"{words}."
    if not silent:
        which = "the one done" if done == 1 else all_of(done, "done one")
        return f"{words}; Jira shows work on {which}."
    which = "the one done" if done == 1 else f"{silent:,} of {done:,} done ones"
    return f"{words}; for {which} Jira shows no work, which proves nothing alone."


def promise_gaps_sentence(teams: pl.DataFrame) -> str:
    """What promises lack, over all teams; of `promise_gaps_by_team`."""
    total = {name: sum(teams[name].to_list()) for name in teams.columns if name.endswith("_count")}
    n = sum(teams["n"].to_list())
    written = total.get("postmortem_count", 0)
    parts = []
    if n:
        lacking = [
            f"{total[f'{name}_count'] or 'none'} {words}"
            for name, words in (
                ("no_owner", f"{'are' if total['no_owner_count'] > 1 else 'is'} without an owner"),
                ("no_date", "without a due date"),
                ("no_tracker", "without an issue"),
            )
        ]
        parts.append(
            _lacked_by_the_one(total)
            if n == 1
            else f"of {n:,} action items {lacking[0]}, {lacking[1]} and {lacking[2]}"
        )
    if written:
        silent = total["nothing_promised_count"]
        promising = ("promises", "promise", "promises")
        parts.append(
            f"{part_with_verb(silent, written, 'postmortem', verbs=promising)} nothing"
            if silent
            else f"{part_with_verb(written, written, 'postmortem', verbs=promising)} something"
        )
    return f"{upper_first('; '.join(parts))}." if parts else "No promise and no postmortem is on record."


def _lacked_by_the_one(total: Mapping[str, int]) -> str:
    words = {"no_owner": "an owner", "no_date": "a due date", "no_tracker": "an issue"}
    lacking = [what for name, what in words.items() if total[f"{name}_count"]]
    if not lacking:
        return "the one action item has an owner, a due date and an issue"
    *first, last = lacking
    return f"the one action item is without {', '.join(first)}{' and ' if first else ''}{last}"
