"""How far can the figures be trusted? In words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.metrics.sentences.words import (
    MOST,
    all_of,
    category_in_words,
    count_of,
    lower_first,
    part_with_verb,
    percent,
    upper_first,
)

if TYPE_CHECKING:
    import polars as pl

#: The figures that may leave incidents out, as `marts.exclusions` and the findings name them.
FIGURES = {
    "incidents_by_period": "Number of incidents",
    "time_to_resolve": "Time to resolve",
    "time_to_detect": "Time to detect",
    "severity": "Counts by severity",
    "impact_by_cause": "Impact by cause",
    "impact_by_service": "Impact by service",
    "teams": "Counts by team",
    "follow_through": "Follow-through",
    "documents": "The whole document",
}


def figure_in_words(figure: str) -> str:
    """ "time_to_resolve" as "Time to resolve"."""
    return FIGURES.get(figure) or category_in_words(figure)


def figures_in_words(figures: list[str]) -> str:
    """Several figures in the middle of a sentence: "time to resolve, time to detect"."""
    named = [figure_in_words(figure) for figure in sorted(figures, key=_place_of_figure)]
    return ", ".join(lower_first(words) for words in named)


def coverage_headline(coverage: pl.DataFrame) -> str:
    """Whether the figures rest on most of the incidents; if not, which do not."""
    asked = [row for row in coverage.iter_rows(named=True) if row["incident_count"]]
    if not asked:
        return "No incident is on record in this period."
    weak = [row["figure"] for row in asked if row["coverage"] < MOST]
    if weak:
        named = figures_in_words(weak) if len(weak) <= 3 else f"{len(weak)} of {len(asked)} figures"
        return f"Less than half of the incidents can be used for {named}."
    weakest = min(asked, key=lambda row: row["coverage"])
    if not weakest["left_out_count"]:
        return "Every figure can use all incidents."
    name = lower_first(figure_in_words(weakest["figure"]))
    return f"Every figure can use at least half of its incidents; {name} leaves out most."


def coverage_title(coverage: pl.DataFrame) -> str:
    """The figure that can use the smallest share of the incidents."""
    asked = [row for row in coverage.iter_rows(named=True) if row["incident_count"]]
    if not asked:
        return "No figure has an incident to use"
    weakest = min(asked, key=lambda row: row["coverage"])
    return f"{figure_in_words(weakest['figure'])} can use {used_in_words(weakest)}"


def used_in_words(row: dict[str, Any]) -> str:
    """ "48 of 81 incidents", of a row of the metric `coverage_by_figure`."""
    promised = " that promised something" if row["figure"] == "follow_through" else ""
    return f"{row['n']:,} of {count_of(row['incident_count'], 'incident')}{promised}"


def reasons_in_words(row: dict[str, Any]) -> str:
    """Why a figure leaves incidents out: "no end 41, no start 6"; nothing when it leaves none out.

    `row` is one of the metric `coverage_by_figure`.
    """
    told = [
        f"{lower_first(category_in_words(rule))} {count:,}"
        for rule, count in zip(row["rules"], row["rule_counts"], strict=True)
    ]
    silent = row["left_out_count"] - sum(row["rule_counts"])
    if silent:
        told.append(f"no finding says why {silent:,}")
    return ", ".join(told)


def findings_headline(rules: pl.DataFrame) -> str:
    """What to mend first: the rule whose findings cost the figures most."""
    if rules.is_empty():
        return "Nothing is missing, contradictory or doubtful."
    first = rules.row(0, named=True)
    if not first["cost"]:
        return "No finding costs a figure anything."
    lost = first["lost_incident_count"]
    cost = f"{percent(first['cost_share'])} of what all findings cost"
    name = category_in_words(first["rule"])
    return f"Mend first: {lower_first(name)} – {count_of(lost, 'incident')} lost, {cost}."


def completeness_title(teams: pl.DataFrame) -> str:
    """How many of ten things a document tells on average; and the teams whose interval lies below that."""
    n = sum(teams["n"].to_list())
    if not n:
        return "No incident has a completeness score"
    mean = mean_completeness(teams)
    below = [
        str(row["team"])
        for row in teams.iter_rows(named=True)
        if row["mean_high"] is not None and row["mean_high"] < mean
    ]
    whole = f"On average {mean * 10:.1f} of ten things are told"
    return f"{whole}; below that: {', '.join(below)}" if below and len(teams) > 1 else whole


def mean_completeness(teams: pl.DataFrame) -> float:
    """The mean score over the incidents of all teams; 0 without any."""
    n = sum(teams["n"].to_list())
    total = sum(row["n"] * row["mean_completeness"] for row in teams.iter_rows(named=True))
    return total / n if n else 0.0


def review_headline(queue: pl.DataFrame) -> str:
    """How many values a person should look at, and in how many incidents."""
    if queue.is_empty():
        return "Nothing needs a person's eye."
    incidents = count_of(queue["incident_id"].n_unique(), "incident")
    values = count_of(len(queue), "value")
    return f"{values} of {incidents} {'needs' if len(queue) == 1 else 'need'} a person's eye."


def skipped_headline(skipped: pl.DataFrame, document_count: int) -> str:
    """How many documents were not read as postmortems; and how many of them nobody could read at all."""
    if not document_count:
        return "No document is on record."
    if skipped.is_empty():
        read = part_with_verb(document_count, document_count, "document")
        return f"{upper_first(read)} read as {'a postmortem' if document_count == 1 else 'postmortems'}."
    unread = int(skipped["is_unread"].sum())
    if unread == len(skipped):
        return f"{upper_first(_part_of_documents(unread, document_count))} could not be read."
    is_one = len(skipped) == 1
    said = upper_first(_part_of_documents(len(skipped), document_count))
    said += " is no postmortem" if is_one else " are no postmortems"
    if unread:
        return f"{said}; {unread:,} of them could not be read."
    return f"{said}; {'it was' if is_one else 'both were' if len(skipped) == 2 else 'all were'} read."


def _part_of_documents(part: int, whole: int) -> str:
    return all_of(whole, "document") if part == whole else f"{part:,} of {count_of(whole, 'document')}"


def _place_of_figure(figure: str) -> int:
    return list(FIGURES).index(figure) if figure in FIGURES else len(FIGURES)
