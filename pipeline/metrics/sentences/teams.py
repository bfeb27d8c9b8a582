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


def team_rate_sentence(row: Mapping[str, Any]) -> str:
    """One row of `team_rates`: "Payments: 40 % decided in time of 25, below what chance gives around 62 %."

    Around what the whole does with the team's mix of priorities. Of so few that nothing could show, that.
    """
    n, measure = row["n"], MEASURES[row["measure"]]
    if row["flag"] == "too_few":
        return f"{row['team']}: {row['hit_count']:,} {measure} of {n:,}, too few to judge."
    around = f"what chance gives around {percent(row['expected_share'])}"
    side, _, level = row["flag"].partition("_")
    if level == "99_9":
        place = f"{side} {around}"
    elif level == "95":
        place = f"{side} the 95 % limit and within the 99.9 % limit of {around}: not distinguishable"
    else:
        place = f"within {around}"
    return f"{row['team']}: {percent(row['share'])} {measure} of {n:,}, {place}."


def team_signals_sentence(rates: pl.DataFrame) -> str:
    """Which teams of `team_rates` lie beyond the limits of 99.9 %, and in what; or that none does."""
    judged = rates.filter(rates["flag"] != "too_few")
    if judged.is_empty():
        return "There is too little to judge any team by."
    signals = judged.filter(judged["verdict"] == "signal")
    figures = count_of(len(judged), "figure")
    if signals.is_empty():
        return f"No team is distinguishable from the whole ({figures} judged)."
    named: dict[str, list[str]] = {}
    for row in signals.iter_rows(named=True):
        side = "below" if row["flag"].startswith("below") else "above"
        named.setdefault(row["team"], []).append(f"{MEASURES[row['measure']]} {side}")
    told = "; ".join(f"{team} ({', '.join(said)})" for team, said in sorted(named.items()))
    return f"Beyond what chance gives (99.9 %), in {len(signals):,} of {figures}: {told}."
