"""What was said of a period then, and what is said now, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.metrics.sentences.words import count_of, in_words, percent

_NAMES = {
    "incident_count": "Incidents",
    "median_time_to_resolve": "Median time to resolve",
    "p90_time_to_resolve": "90th percentile of the time to resolve",
    "on_time_share": "Share decided on time",
}
_REASONS = {
    "late_document": "because a document came later",
    "changed_document": "because the document was changed",
    "removed_document": "because the document is gone",
    "merged": "because other documents are on the incident now",
    "changed_issue": "because the Jira issue was changed",
    "reviewed": "because a person reviewed a value",
    "rule_changed": "because the same document is read in another way",
}


def restatement_reason_in_words(reason: str) -> str:
    """Why one value is another now: "because a document came later"."""
    return _REASONS[reason]


def restated_figure_in_words(row: Mapping[str, Any]) -> str:
    """What a figure was then and is now, and what moved it; `row` is one of `restated_figures`.

    "Median time to resolve: 1 h 02 min (n = 44) now, 1 h 15 min (n = 41) then; 3 incidents because a document
    came later."
    """
    figure = row["figure"]
    name, before, after = _NAMES[figure], _value(row, "before"), _value(row, "after")
    moved = _moved(row["reasons"], "action item" if figure == "on_time_share" else "incident")
    if before == after:
        said = f"{name}: {after}, as was said then"
        return f"{said}, though {moved}." if moved else f"{said}."
    return f"{name}: {after} now, {before} then{f'; {moved}' if moved else ''}."


def restatement_headline(row_count: int, figures: Sequence[Mapping[str, Any]]) -> str:
    """Whether what was said of the period still stands: "Restated: 12 values are other now than then …"."""
    if not row_count:
        return "Nothing is restated: every value of the period is as it was said then."
    moved = [
        _NAMES[row["figure"]].lower() for row in figures if _value(row, "before") != _value(row, "after")
    ]
    values = count_of(row_count, "row is", "rows are")
    if not moved:
        return f"Restated: {values} other now than then; no figure moves."
    return f"Restated: {values} other now than then; moved: {', '.join(moved)}."


def _value(row: Mapping[str, Any], side: str) -> str:
    value, n = row[side], row[f"n_{side}"]
    if row["figure"] == "incident_count":
        return f"{n:,}"
    if value is None:
        return "not known (n = 0)"
    said = percent(value) if row["figure"] == "on_time_share" else in_words(value)
    return f"{said} (n = {n:,})"


def _moved(reasons: Sequence[Mapping[str, Any]], noun: str) -> str:
    return ", ".join(f"{count_of(each['n'], noun)} {_REASONS[each['reason']]}" for each in reasons)
