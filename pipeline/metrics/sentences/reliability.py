"""Are we getting more reliable? In words."""

from __future__ import annotations

from pipeline.metrics.sentences.words import count_of, direction, relative
from pipeline.metrics.statistics import Comparison


def reliability_headline(counts: Comparison, times: Comparison) -> str:
    """Fewer or more incidents, resolved faster or slower; or that neither can be told from chance."""
    said = {
        "counts": direction(counts, "More incidents", "Fewer incidents"),
        "times": direction(times, "slower to resolve", "faster to resolve"),
    }
    if said["counts"] and said["times"]:
        return f"{said['counts']}, {said['times']}."
    if said["counts"]:
        return f"{said['counts']}; no distinguishable change in time to resolve."
    if said["times"]:
        return f"Incidents are {said['times']}; their number has not distinguishably changed."
    if not counts.n_after and not counts.n_before:
        return "No incidents in this period or the one before."
    return "No change that can be told from chance."


def incident_count_title(change: Comparison) -> str:
    """How many incidents, and whether that is a change."""
    found = direction(change, "a signal: more than before", "a signal: fewer than before")
    return (
        f"{count_of(change.n_after, 'incident')} against {change.n_before:,} before: "
        f"{found or 'not distinguishable'}"
    )


def time_to_resolve_title(change: Comparison) -> str:
    """Whether resolving takes longer or shorter."""
    if change.ratio is None:
        return "Time to resolve: too few to compare with the period before"
    if change.verdict == "signal":
        return f"Time to resolve: a signal, {relative(change.ratio, 'longer', 'shorter')} than before"
    return "Time to resolve: not distinguishable from before"
