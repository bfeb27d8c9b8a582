"""How teams do beside what chance alone would give. In words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.metrics.sentences.words import count_of, percent

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

#: Each measure of `team_rates` as it stands after a share.
MEASURES = {
    "decided": "decided",
    "on_time": "decided in time",
    "ignored": "ignored",
    "pushed": "with a due date moved later",
    "reopened": "reopened",
    "closed_in_bulk": "closed in bulk",
    "no_trace": "done with no trace of work in Jira",
    "repeat_while_open": "repeats while a fix was open",
    "written_in_time": "written up in time",
    "reviewed_in_time": "reviewed in time",
}

#: Of what each measure of `team_rates` is a share.
COUNTED = {
    "decided": "action items that came due",
    "on_time": "action items that came due",
    "ignored": "action items that came due and are tracked in Jira",
    "pushed": "action items with a due date in Jira",
    "reopened": "action items that were ever done",
    "closed_in_bulk": "action items decided in Jira",
    "no_trace": "action items done in Jira",
    "repeat_while_open": "incidents",
    "written_in_time": "incidents whose days to write are over, or that are written up",
    "reviewed_in_time": "incidents whose days to review are over, or that are reviewed",
}


def flag_in_words(row: Mapping[str, Any]) -> str:
    """What may be said of a team by one row of `team_rates`: a signal, not distinguishable, or too few."""
    side, _, level = row["flag"].partition("_")
    match level:
        case "99_9":
            return f"signal: {'lower' if side == 'below' else 'higher'} than chance gives"
        case "95":
            return "at the edge, not distinguishable"
        case "few":
            return "too few to judge"
        case _:
            return "not distinguishable"


def funnel_title(points: pl.DataFrame) -> str:
    """Which teams lie outside the funnel of one measure, and of how many nothing can be said.

    Where the limits are widened because teams are unlike, that none is outside does not make them alike.
    """
    if points.is_empty():
        return "Nothing to judge teams by"
    flags = points["flag"].to_list()
    named = MEASURES[points["measure"][0]]
    if points["expected_share"].null_count() == len(points):
        return "Nothing to judge by: there is no other team"
    whole = f"{percent(points['target_share'][0])} {named} in the teams that do not lie far out"
    parts = [
        f"{side} what chance gives: {', '.join(teams)}"
        for side in ("below", "above")
        if (teams := points.filter(points["flag"] == f"{side}_99_9")["team"].to_list())
    ]
    few = flags.count("too_few")
    if not parts:
        unlike = points["overdispersion"][0] > 1
        inside = (
            "teams differ by more than chance, and none stands out from that"
            if unlike
            else "no team is distinguishable from it"
        )
        parts = ["too few to judge any team" if few == len(flags) else inside]
    if 0 < few < len(flags):
        parts.append(f"{few:,} too small to judge")
    return f"{whole}; {'; '.join(parts)}"


def teams_headline(rates: pl.DataFrame) -> str:
    """How many teams stand out in anything, for better or worse; of `team_rates`."""
    judged = rates.filter(rates["flag"] != "too_few")
    if judged.is_empty():
        return "There is too little to judge any team by."
    signals = judged.filter(judged["verdict"] == "signal")
    of = judged["team"].n_unique()
    if signals.is_empty():
        return f"No team is distinguishable from the others ({count_of(of, 'team')} judged)."
    is_good = (signals["flag"] == "above_99_9") == signals["is_good_high"]
    parts = [
        f"{', '.join(sorted(set(signals.filter(chosen)['team'].to_list())))} for the {words}"
        for chosen, words in ((~is_good, "worse"), (is_good, "better"))
        if chosen.any()
    ]
    return f"{signals['team'].n_unique():,} of {count_of(of, 'team')} stand out: {'; '.join(parts)}."


def team_standing_sentence(rates: pl.DataFrame) -> str:
    """How one team stands beside the other teams, of its rows of `team_rates`."""
    judged = rates.filter(rates["flag"] != "too_few")
    if judged.is_empty():
        return "There is too little to judge it by."
    signals = judged.filter(judged["verdict"] == "signal")
    figures = count_of(len(judged), "figure")
    if signals.is_empty():
        return f"Beside the other teams it is not distinguishable ({figures} judged)."
    told = ", ".join(
        f"{percent(row['share'])} {MEASURES[row['measure']]} (expected {percent(row['expected_share'])})"
        for row in signals.iter_rows(named=True)
    )
    return f"Beyond what chance gives, in {len(signals):,} of {figures}: {told}."


def team_promises_sentence(late: pl.DataFrame) -> str:
    """What of a team's promises is late, and how many of these nobody touches; `late` lists them."""
    if late.is_empty():
        return "Nothing it promised is overdue."
    ignored = late["state"].to_list().count("ignored")
    rest = f", and {ignored:,} of them nobody touches" if ignored else ""
    longest = max(row or 0 for row in late["overdue_days"].to_list())
    return (
        f"{count_of(len(late), 'promise is', 'promises are')} overdue{rest}; "
        f"the oldest for {count_of(round(longest), 'day')}."
    )


def team_rate_sentence(row: Mapping[str, Any]) -> str:
    """One row of `team_rates`, as "Payments: 40 % of 25 decided in time, within what chance gives (…)."

    Expected is what the other teams do with the team's mix of priorities. Of so few that nothing could show,
    that.
    """
    n, measure = row["n"], MEASURES[row["measure"]]
    if row["flag"] == "too_few":
        return f"{row['team']}: {row['hit_count']:,} of {n:,} {measure}, too few to judge."
    around = f"what chance gives (expected {percent(row['expected_share'])})"
    side, _, level = row["flag"].partition("_")
    if level == "99_9":
        place = f"{side} {around}"
    elif level == "95":
        place = f"{side} the 95 % limit and within the 99.9 % limit of {around}: not distinguishable"
    else:
        place = f"within {around}"
    return f"{row['team']}: {percent(row['share'])} of {n:,} {measure}, {place}."


def team_signals_sentence(rates: pl.DataFrame) -> str:
    """Which teams of `team_rates` lie beyond the limits of 99.9 %, and in what; or that none does."""
    judged = rates.filter(rates["flag"] != "too_few")
    if judged.is_empty():
        return "There is too little to judge any team by."
    signals = judged.filter(judged["verdict"] == "signal")
    figures = count_of(len(judged), "figure")
    if signals.is_empty():
        return f"No team is distinguishable from the others ({figures} judged)."
    named: dict[str, list[str]] = {}
    for row in signals.iter_rows(named=True):
        side = "below" if row["flag"].startswith("below") else "above"
        named.setdefault(row["team"], []).append(f"{MEASURES[row['measure']]} {side}")
    told = "; ".join(f"{team} ({', '.join(said)})" for team, said in sorted(named.items()))
    return f"Beyond what chance gives (99.9 %), in {len(signals):,} of {figures}: {told}."
