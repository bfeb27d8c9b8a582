"""Is it real? In words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.metrics.filters import Compared
from pipeline.metrics.sentences.words import (
    change_in_words,
    count_of,
    day_in_words,
    percent,
    ratio_in_words,
    relative,
)
from pipeline.metrics.statistics import Comparison

if TYPE_CHECKING:
    import polars as pl

#: What is compared, and what more and less of it is called.
_WORDS: dict[Compared, tuple[str, str, str]] = {
    "detect": ("Time to detect", "longer", "shorter"),
    "acknowledge": ("Time to acknowledge", "longer", "shorter"),
    "mitigate": ("Time to mitigate", "longer", "shorter"),
    "resolve": ("Time to resolve", "longer", "shorter"),
    "customer_impact": ("Customer impact", "longer", "shorter"),
    "incidents": ("Number of incidents", "more", "fewer"),
    "written_in_time": ("Postmortems written in time", "more", "fewer"),
    "reviewed_in_time": ("Postmortems reviewed in time", "more", "fewer"),
    "on_time": ("Action items decided in time", "more", "fewer"),
    "done_in_time": ("Action items done within policy", "more", "fewer"),
}


def compared_in_words(change: Comparison, measure: Compared = "resolve") -> str:
    """What a comparison supports, with both n; a change that chance may have made is none."""
    name, more, less = _WORDS[measure]
    said = shares_in_words(change) if change.shares else change_in_words(change, more, less)
    return f"{name} (n = {change.n_before:,} and {change.n_after:,}): {said}."


def shares_in_words(change: Comparison) -> str:
    """Two shares and whether they differ: a ratio of shares alone reads like a difference of them.

    "47 % before, 64 % now: a signal, × 1.4 (95 % interval × 1.1 – × 1.7)"; or what would have shown.
    """
    assert change.shares is not None
    said = "{} before, {} now".format(*map(percent, change.shares))
    if change.low is None and change.high is None:
        return f"{said}: too few to compare"
    if change.verdict == "signal":
        ratio = ratio_in_words(change.ratio, change.low, change.high).replace("(", "(95\u00a0% interval ", 1)
        return f"{said}: a signal, {ratio}"
    if change.smallest_ratio is None:
        return f"{said}: not distinguishable, too few to tell"
    factor = change.smallest_ratio
    return f"{said}: not distinguishable; only a share ÷\u00a0{factor:.1f} or ×\u00a0{factor:.1f} would show"


def groups_in_words(groups: pl.DataFrame, measure: Compared = "resolve") -> str:
    """Which groups differ from the others once the number of comparisons is corrected for.

    `groups` is the metric `compare_groups`, or `compare_group_shares`: then the shares are told.
    """
    name, more, less = _WORDS[measure]
    compared = max(groups["compared"].to_list(), default=0)
    if not compared:
        return f"{name}: too few to compare any group with the others."
    corrected = f"corrected for {count_of(compared, 'comparison')}"
    signals, beyond = (
        [row for row in groups.iter_rows(named=True) if row["verdict"] == verdict]
        for verdict in ("signal", "beyond chance")
    )
    if not signals and not beyond:
        return f"{name}: no group is distinguishable from the others ({corrected})."
    told = [
        f"{words} {', '.join(_beside_the_others(found, more, less))}"
        for words, found in (("a signal for", signals), ("beyond chance, perhaps as teams differ:", beyond))
        if found
    ]
    return f"{name}: {'; '.join(told)}, {corrected}."


def _beside_the_others(rows: list[dict[str, Any]], more: str, less: str) -> list[str]:
    told = []
    for row in rows:
        if "share" in row:
            shares = f"{percent(row['share'])} of {row['n']:,}, the others {percent(row['share_others'])}"
            told.append(f"{row['group_name']} ({shares} of {row['n_others']:,})")
        elif row["ratio"] is None:
            told.append(f"{row['group_name']} (none among the others)")
        else:
            told.append(f"{row['group_name']} ({relative(row['ratio'], more, less)} than the others)")
    return told


def rate_changes_in_words(months: pl.DataFrame) -> str:
    """In which months the rate changed and how; `months` is the metric `monthly_rate_changes`."""
    if months.is_empty():
        return "No month is observed."
    found = [row for row in months.iter_rows(named=True) if row["is_change"]]
    if not found:
        total = sum(months["n"].to_list())
        return (
            f"No change in the monthly number of incidents can be told from chance "
            f"({count_of(total, 'incident')} in {count_of(len(months), 'month')})."
        )
    told = []
    for row in found:
        day = day_in_words(row["period_start"].date())
        if row["ratio"] is None:
            told.append(f"with {day} incidents began")
            continue
        ratio, low, high = (
            relative(row[name], "more", "fewer") for name in ("ratio", "ratio_low", "ratio_high")
        )
        told.append(f"from {day} {ratio} a month (95 % interval: {low} to {high})")
    return f"A signal in the monthly number of incidents: {'; '.join(told)}."
