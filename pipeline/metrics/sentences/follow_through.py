"""Do we do what we promised? In words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.metrics.sentences.teams import apart_in_words
from pipeline.metrics.sentences.words import MOST, all_of, count_of, percent, share_span
from pipeline.metrics.statistics import share_interval

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl


def follow_through_headline(teams: pl.DataFrame) -> str:
    """What share of what came due was decided in time, with its interval; and what is overdue now.

    Where nothing came due because nobody knows what became of most promises, it says that instead.
    """
    n = sum(teams["n"].to_list())
    promised, unknown = (
        sum(teams["action_item_count"].to_list()),
        sum(teams["unknown_outcome_count"].to_list()),
    )
    overdue = sum(teams["overdue_count"].to_list())
    late = f"{count_of(overdue, 'promise is', 'promises are')} overdue" if overdue else "none is overdue"
    if lost := sum(teams["lost_overdue_count"].to_list()):
        late += f", and {lost:,} {'was' if lost == 1 else 'were'} deleted or hidden while open and late"
    if n:
        kept = sum(teams["on_time_count"].to_list())
        if n == 1:
            return f"The one promise that came due was {'' if kept else 'not '}decided in time; {late}."
        low, high = share_interval(kept, n)
        return (
            f"{percent(kept / n)} of {n:,} promises that came due were decided in time (90\u00a0% interval "
            f"{share_span(low or 0.0, high or 1.0)}); {late}."
        )
    if not promised:
        return "No promise is on record."
    if unknown > MOST * promised:
        whole = all_of(promised, "promise")
        which = whole if unknown == promised else f"{unknown:,} of {promised:,} promises"
        return f"What became of {which} is not known."
    return f"Nothing came due in this period; {late}."


def unknown_outcome_reason(has_jira: bool) -> str:
    """Why the outcome of promises is not known, and what would tell."""
    if has_jira:
        return "They name no issue that Jira shows, and their documents do not say what became of them."
    return (
        "No Jira was read, so an outcome is known only where the document itself marks it. "
        "A [jira] section in postmortems.toml lets the pipeline follow the issues that documents name."
    )


#: Why an outcome is what it is, where Jira has no words for it: as the metrics name it, and in a sentence.
OUTCOME_REASONS = {
    "jira": "as Jira says",
    "document": "as the document says",
    "not_shown": "Jira does not show the issue",
    "other_tracker": "tracked where it is not followed",
    "no_issue": "no issue, and the document is silent",
    "status_unknown": "its status says nothing",
}


def outcome_reason_in_words(reason: str | None) -> str:
    """ "not_shown" as "Jira does not show the issue"; Jira's own words, as "Won't Do", as they are."""
    return OUTCOME_REASONS.get(reason or "", reason or "")


def outcomes_title(count: Mapping[str, int]) -> str:
    """ "401 done, 42 declined", "138 open, 91 of unknown outcome"."""
    names = {"unknown": "of unknown outcome"}
    return ", ".join(f"{n:,} {names.get(name, name)}" for name, n in count.items())


def on_time_title(teams: pl.DataFrame) -> str:
    """The share decided in time over all teams, and the teams that lie apart; of `action_items_by_team`."""
    n, kept = sum(teams["n"].to_list()), sum(teams["on_time_count"].to_list())
    if not n:
        return "No action item came due in this period"
    whole = f"{percent(kept / n)} of {n:,} action items were decided in time"
    if n == 1:
        whole = f"The one action item was {'' if kept else 'not '}decided in time"
    apart = apart_in_words(teams.select("team", "on_time_flag").rows())
    return f"{whole}; {apart or 'no team stands out'}"


def flow_title(flow: pl.DataFrame) -> str:
    """What was promised and decided over all periods shown, and what else came to be open or went."""
    promised, done, declined, reopened, lost = (
        sum(flow[f"{what}_count"].to_list()) for what in ("promised", "done", "declined", "reopened", "lost")
    )
    if not promised + done + declined + reopened + lost:
        return "Nothing was promised or decided in this period"
    told = [f"{promised:,} promised" if promised else "none promised"]
    told.append(f"{done + declined:,} done or declined" if done + declined else "none done or declined")
    if reopened:
        told.append(f"{reopened:,} taken up again")
    if lost:
        told.append(f"{lost:,} no longer shown")
    return ", ".join(told)


def open_title(flow: pl.DataFrame) -> str:
    """How many promises are open at the end of the last period, and were at the end of the first."""
    if flow.is_empty():
        return "No action item was open"
    last, first = flow["open_count"][-1], flow["open_count"][0]
    if len(flow) == 1:
        return f"{last:,} open at the end"
    return f"{last:,} open at the end, {first:,} at the end of the first period shown"
