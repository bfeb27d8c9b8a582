"""What is there to decide? In words, which claim no more than the intervals allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.metrics.sentences.reliability import reliability_headline
from pipeline.metrics.sentences.repeats import avoided_in_words, is_doubted, of_others
from pipeline.metrics.sentences.teams import MEASURES
from pipeline.metrics.sentences.words import category_in_words, count_of, in_words, part_of, percent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from pipeline.metrics.decisions import CameBack, NextWeek, Talk

#: Teams named in a headline; the others are counted.
MOST_TEAMS = 3


def next_week_headline(found: NextWeek) -> str:
    """What to begin with, and whether that is certain."""
    if found.item is None:
        return "Nothing that is open can be ranked."
    if found.is_certain or not found.other_count:
        return f"Begin with “{found.item['title']}”."
    return f"“{found.item['title']}” comes first, but the order is not certain."


def next_week_evidence(found: NextWeek) -> list[str]:
    """What it would avoid, under which assumption, and how far the order can be told."""
    refused = count_of(found.not_rankable_count, "open prevention item")
    if found.item is None:
        return [f"{refused} cannot be ranked." if found.not_rankable_count else "No prevention item is open."]
    item = found.item
    alike = item["open_item_count"]
    told = [
        f"Against {category_in_words(item['cause_category']).lower()} in {item['service']}"
        f"{f', as {alike:,} open promises are' if alike > 1 else ''}: it would avoid "
        f"{avoided_in_words(item)} in {item['horizon_days']} days, assumed that a fix avoids "
        f"{percent(item['effectiveness'])}"
        f"{'; its kind is not stated, that it is a fix is assumed' if is_doubted(item) else ''}."
    ]
    order = []
    if found.stays is not None:
        stays = part_of(found.stays["top_count"], found.stays["scenario_count"])
        order.append(f"among the first 3 under {stays} sets of assumptions")
    if found.other_count:
        order.append(
            f"its interval overlaps with that of {of_others(found.overlap_count, found.other_count)}"
            if found.overlap_count
            else "its interval lies clear of all others"
        )
    return [*told, f"{'; '.join(order).capitalize()}."] if order else told


def talk_headline(found: Talk) -> str:
    """Whose promises need a talk, or that no team stands out."""
    if found.flagged:
        return (
            f"Talk with {_teams_in_words(list(found.flagged))}: their promises go far worse than elsewhere."
        )
    if not found.judged_count:
        return "There is too little to judge any team by."
    if found.beyond_chance:
        teams = _teams_in_words(list(found.beyond_chance))
        return f"No team is far out; of {teams} some figures are worse than chance explains."
    return "No team stands out."


def _teams_in_words(teams: Sequence[str]) -> str:
    named = teams[:MOST_TEAMS]
    if len(teams) > MOST_TEAMS:
        return f"{', '.join(named)} and {count_of(len(teams) - MOST_TEAMS, 'more team')}"
    return " and ".join([", ".join(named[:-1]), named[-1]] if len(named) > 1 else named)


def talk_evidence(rows: Sequence[Mapping[str, Any]]) -> str:
    """What stands out of one team's promises: "12 % of 34 decided in time (expected 49 %)".

    Expected, as on the team's page, is what the other teams do with its mix of priorities.
    """
    return "; ".join(
        f"{percent(row['share'])} of {row['n']:,} {MEASURES[row['measure']]} "
        f"(expected {percent(row['expected_share'])})"
        for row in rows
    )


def most_ignored_sentence(found: Talk) -> str:
    """Who has most ignored items, which tells nothing of how well they do."""
    if not found.most_ignored:
        return "No promise that came due is ignored."
    teams = " and ".join(str(row["team"]) for row in found.most_ignored[:MOST_TEAMS])
    first = found.most_ignored[0]
    of = f" of {first['n']:,}" if len(found.most_ignored) == 1 else " each"
    return f"Most ignored: {teams}, {first['hit_count']:,}{of}; not distinguishable from chance."


def came_back_headline(found: CameBack) -> str:
    """What came back while its fix was open and what that cost; else what the reliability signal is."""
    if not found.repeats:
        if "signal" in (found.counts.verdict, found.times.verdict):
            return reliability_headline(found.counts, found.times)
        return "Nothing is known to have come back while its fix was open."
    known = [row["impact_minutes"] for row in found.repeats if row["impact_minutes"] is not None]
    came = f"{count_of(len(found.repeats), 'incident')} came back while a fix was open"
    if not known:
        return f"{came}; none says how long it hurt."
    return f"{came}, and hurt for {in_words(sum(known))}."


def came_back_evidence(found: CameBack) -> str:
    """How much of that is known, and what it does not prove."""
    if not found.repeats:
        if "signal" in (found.counts.verdict, found.times.verdict):
            return "Nothing is known to have come back while its fix was open."
        return reliability_headline(found.counts, found.times)
    n = len(found.repeats)
    known = sum(row["impact_minutes"] is not None for row in found.repeats)
    doubt = (
        "It resembles an earlier one; whether the fix would have stopped it is not known."
        if n == 1
        else "They resemble earlier ones; whether the fix would have stopped them is not known."
    )
    return doubt if known == n else f"The impact of {part_of(known, n)} is known. {doubt}"
