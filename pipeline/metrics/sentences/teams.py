"""How teams do beside each other, and what of it chance explains. In words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.metrics.sentences.words import count_of, percent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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
    """What may be said of a team by one row of `team_rates`: a signal, beyond chance, too few, or nothing."""
    side, _, level = row["flag"].partition("_")
    lower = "lower" if side == "below" else "higher"
    match level:
        case "99_9":
            return f"signal: far {lower} than the others"
        case "95":
            return f"beyond chance: {lower}, perhaps as teams differ"
        case "few":
            return "too few to judge"
        case _:
            return "not distinguishable"


def is_bad(row: Mapping[str, Any]) -> bool:
    """Whether a row of `team_rates` lies on the bad side."""
    side = str(row["flag"]).partition("_")[0]
    return side == ("below" if row["is_good_high"] else "above")


def apart_in_words(rows: Iterable[tuple[str, str | None]]) -> str:
    """Who lies apart, of teams with their flags: "far below the others: A; below by more than chance: B"."""
    told = list(rows)
    parts = [
        f"{words}: {', '.join(sorted(named))}"
        for flag, words in (
            ("below_99_9", "far below the others"),
            ("above_99_9", "far above the others"),
            ("below_95", "below by more than chance"),
            ("above_95", "above by more than chance"),
        )
        if (named := [team for team, own in told if own == flag])
    ]
    return "; ".join(parts)


def funnel_title(points: pl.DataFrame) -> str:
    """Which teams lie outside the funnel of one measure, and of how many nothing can be said."""
    if points.is_empty():
        return "Nothing to judge teams by"
    flags = points["flag"].to_list()
    if points["expected_share"].null_count() == len(points):
        return "Nothing to judge by: there is no other team"
    whole = (
        f"{percent(points['target_share'][0])} {MEASURES[points['measure'][0]]} where teams do not lie apart"
    )
    few = flags.count("too_few")
    parts = [
        apart_in_words(points.select("team", "flag").rows())
        or ("too few to judge any team" if few == len(flags) else "no team is distinguishable from it")
    ]
    if 0 < few < len(flags):
        parts.append(f"{few:,} too small to judge")
    return f"{whole}; {'; '.join(parts)}"


def teams_headline(rates: pl.DataFrame) -> str:
    """How many teams stand out in anything, for better or worse; of `team_rates`."""
    judged = rates.filter(rates["flag"] != "too_few")
    if judged.is_empty():
        return "There is too little to judge any team by."
    of = count_of(judged["team"].n_unique(), "team")
    signals = judged.filter(judged["verdict"] == "signal")
    named = set(signals["team"].to_list())
    beyond = judged.filter(judged["verdict"] == "beyond chance")
    others = sorted(set(beyond["team"].to_list()) - named)
    more = f"{', '.join(others)} {'differs' if len(others) == 1 else 'differ'} by more than chance"
    if not named:
        if others:
            return f"No team is far from the others; {more} ({of} judged)."
        return f"No team is distinguishable from the others ({of} judged)."
    is_good = (signals["flag"] == "above_99_9") == signals["is_good_high"]
    parts = [
        f"{', '.join(sorted(set(signals.filter(chosen)['team'].to_list())))} for the {words}"
        for chosen, words in ((~is_good, "worse"), (is_good, "better"))
        if chosen.any()
    ]
    stand = "stands" if len(named) == 1 else "stand"
    return f"{len(named):,} of {of} {stand} out: {'; '.join([*parts, *([more] if others else [])])}."


def team_standing_sentence(rates: pl.DataFrame) -> str:
    """How one team stands beside the other teams, of its rows of `team_rates`."""
    judged = rates.filter(rates["flag"] != "too_few")
    if judged.is_empty():
        return "There is too little to judge it by."
    figures = count_of(len(judged), "figure")
    told = [
        f"{words} in {len(found):,} of {figures}: {_figures_in_words(found)}."
        for verdict, words in (
            ("signal", "Far from the other teams"),
            ("beyond chance", "By more than chance, perhaps as teams differ,"),
        )
        if len(found := judged.filter(judged["verdict"] == verdict))
    ]
    return " ".join(told) or f"Beside the other teams it is not distinguishable ({figures} judged)."


def _figures_in_words(rates: pl.DataFrame) -> str:
    return ", ".join(
        f"{percent(row['share'])} {MEASURES[row['measure']]} (expected {percent(row['expected_share'])})"
        for row in rates.iter_rows(named=True)
    )


def team_promises_sentence(late: pl.DataFrame) -> str:
    """What of a team's promises is late, and how many of these nobody touches; `late` lists them."""
    if late.is_empty():
        return "Nothing it promised is overdue."
    ignored = late["state"].to_list().count("ignored")
    longest = max(row or 0 for row in late["overdue_days"].to_list())
    if len(late) == 1:
        untouched = ", and nobody touches it" if ignored else ""
        return f"1 promise is overdue, for {count_of(round(longest), 'day')}{untouched}."
    which = "both" if ignored == len(late) == 2 else "all" if ignored == len(late) else f"{ignored:,}"
    rest = f", and {which} of them nobody touches" if ignored else ""
    return f"{len(late):,} promises are overdue{rest}; the oldest for {count_of(round(longest), 'day')}."


def team_rate_sentence(row: Mapping[str, Any]) -> str:
    """One row of `team_rates`, as "Payments: 40 % of 25 decided in time, not distinguishable from the others
    (expected 62 %)."

    Expected is what the other teams do with the team's mix of priorities. Of so few that nothing could show,
    that.
    """
    n, measure = row["n"], MEASURES[row["measure"]]
    if row["flag"] == "too_few":
        return f"{row['team']}: {row['hit_count']:,} of {n:,} {measure}, too few to judge."
    side, _, level = row["flag"].partition("_")
    place = {
        "99_9": f"far {side} the others",
        "95": f"{side} what chance gives, perhaps as teams differ",
    }.get(level, "not distinguishable from the others")
    expected = f"expected {percent(row['expected_share'])}"
    return f"{row['team']}: {percent(row['share'])} of {n:,} {measure}, {place} ({expected})."
