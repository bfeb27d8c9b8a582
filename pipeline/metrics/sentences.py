"""Each finding as one plain sentence, never claiming more than its interval allows."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from pipeline.metrics.filters import Filters
from pipeline.metrics.intervals import Comparison

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import polars as pl

#: A share above which what is not known is said first.
MOST = 0.5

#: Between a number and its unit, so that no line breaks there.
_SPACE = "\u00a0"


def in_words(minutes: float | None) -> str:
    """A duration for people: "48 min", "1 h 05 min", "26 h", "5.3 days"; "not known" of None."""
    if minutes is None:
        return "not known"
    whole = round(minutes)
    if whole < 60:
        return f"{whole}{_SPACE}min"
    if whole < 10 * 60:
        return f"{whole // 60}{_SPACE}h{_SPACE}{whole % 60:02d}{_SPACE}min"
    if whole < 72 * 60:
        return f"{round(minutes / 60):,}{_SPACE}h"
    return f"{minutes / 1440:,.1f}{_SPACE}days"


def day_in_words(day: date | None) -> str:
    """ "24 Nov 2026"; nothing of None."""
    return "" if day is None else f"{day.day} {day:%b %Y}"


def percent(share: float) -> str:
    """ "53 %", with a space that does not break. Nearly all is not "100 %", and nearly none not "0 %"."""
    if 0 < share < 0.005:
        return f"under 1{_SPACE}%"
    if 0.995 <= share < 1:
        return f"over 99{_SPACE}%"
    return f"{round(share * 100):,}{_SPACE}%"


def count_of(n: int, singular: str, plural: str | None = None) -> str:
    """ "1 incident", "12 incidents", "1,204 incidents"."""
    return f"{n:,} {singular if n == 1 else plural or singular + 's'}"


def times(n: int) -> str:
    """ "once", "2 times"."""
    return "once" if n == 1 else f"{n:,} times"


def period_in_words(filters: Filters, first_day: date | None = None, last_day: date | None = None) -> str:
    """ "1 Nov 2025 – 31 Oct 2026"; with neither side bound, "all time" and the days the records span."""
    first, last = filters.period_from, filters.period_to
    if first is None and last is None:
        if first_day is None or last_day is None:
            return "all time"
        return f"all time, {day_in_words(first_day)} – {day_in_words(last_day)}"
    if first is None:
        return f"up to {day_in_words(last)}"
    if last is None:
        return f"since {day_in_words(first)}"
    return f"{day_in_words(first)} – {day_in_words(last)}"


def change_in_words(change: Comparison, more: str, less: str) -> str:
    """What a comparison supports, in words: `more` and `less` are as in "longer", "shorter".

    "34 % shorter (95 % interval 12 % to 51 % shorter)" for a signal; else that the two cannot be told
    apart, and the smallest change that could have been.
    """
    if change.ratio is None and change.low is None:
        return "too few to compare with the period before"
    if change.verdict == "signal":
        if change.ratio is None:
            return f"a signal: none before, {change.n_after:,} now"
        return (
            f"{_relative(change.ratio, more, less)} "
            f"(95 % interval: {_relative(change.low, more, less)} to {_relative(change.high, more, less)})"
        )
    if change.smallest_ratio is None or change.low is None:
        return "not distinguishable: too few to tell"
    factor = change.smallest_ratio
    return (
        f"not distinguishable; to show, it would have to be {percent(1 - 1 / factor)} {less} "
        f"or {percent(factor - 1)} {more}"
    )


def reliability_headline(counts: Comparison, times: Comparison) -> str:
    """Fewer or more incidents, resolved faster or slower; or that neither can be told from chance."""
    said = {
        "counts": _direction(counts, "More incidents", "Fewer incidents"),
        "times": _direction(times, "slower to resolve", "faster to resolve"),
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
    found = _direction(change, "a signal: more than before", "a signal: fewer than before")
    return (
        f"{count_of(change.n_after, 'incident')} against {change.n_before:,} before: "
        f"{found or 'not distinguishable'}"
    )


def time_to_resolve_title(change: Comparison) -> str:
    """Whether resolving takes longer or shorter."""
    if change.ratio is None:
        return "Time to resolve: too few to compare with the period before"
    if change.verdict == "signal":
        return f"Time to resolve: a signal, {_relative(change.ratio, 'longer', 'shorter')} than before"
    return "Time to resolve: not distinguishable from before"


def interval_in_words(low: float | None, high: float | None) -> str:
    """ "36 min – 1 h 01 min", or which end these few incidents cannot bound."""
    if low is None and high is None:
        return "too few for an interval"
    if high is None:
        return f"at least {in_words(low)}"
    return f"{in_words(low)} – {in_words(high)}"


def months_between(first: date | None, last: date | None) -> int:
    """How many calendar months two days span, both counted; 0 when one is not known."""
    if first is None or last is None:
        return 0
    return (last.year - first.year) * 12 + last.month - first.month + 1


def impact_headline(causes: pl.DataFrame) -> str:
    """The costliest known cause and what it cost; or how much has no known cause, when that is most."""
    total = sum(causes["impact_minutes"].to_list())
    if not total:
        return "No incident in this period states how long it hurt."
    named = _known(causes, "cause_category", "unknown")
    unknown = unknown_share(causes, "cause_category", "unknown")
    if named is None or unknown > MOST:
        return f"The cause of {percent(unknown)} of the impact is not known."
    return f"{category_in_words(named['cause_category'])} cost most: {in_words(named['impact_minutes'])}."


def unknown_share(frame: pl.DataFrame, column: str, unknown: str) -> float:
    """Which share of the impact lies in the row that stands for what is not known; 0 of nothing."""
    total = sum(frame["impact_minutes"].to_list())
    hidden = sum(row["impact_minutes"] for row in frame.iter_rows(named=True) if row[column] == unknown)
    return hidden / total if total else 0.0


def follow_through_headline(teams: pl.DataFrame) -> str:
    """What share of what came due was decided in time, over all teams; and what is overdue now.

    Where nothing came due because nobody knows what became of most promises, it says that instead.
    """
    n = sum(teams["n"].to_list())
    promised, unknown = (
        sum(teams["action_item_count"].to_list()),
        sum(teams["unknown_outcome_count"].to_list()),
    )
    overdue = sum(teams["overdue_count"].to_list())
    late = f"{count_of(overdue, 'promise is', 'promises are')} overdue" if overdue else "none is overdue"
    if n:
        kept = sum(teams["on_time_count"].to_list())
        return f"{percent(kept / n)} of what came due was decided in time; {late}."
    if not promised:
        return "No promise is on record."
    if unknown > MOST * promised:
        return f"What became of {_part_of(unknown, promised)} promises is not known."
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
    """The share decided in time over all teams, and the teams whose interval lies wholly below it."""
    n, kept = sum(teams["n"].to_list()), sum(teams["on_time_count"].to_list())
    if not n:
        return "No action item came due in this period"
    below = [
        str(row["team"])
        for row in teams.iter_rows(named=True)
        if row["on_time_high"] is not None and row["on_time_high"] < kept / n
    ]
    whole = f"{percent(kept / n)} of {count_of(n, 'action item')} were decided in time"
    return (
        f"{whole}; below that: {', '.join(sorted(below))}" if below else f"{whole}; no team stands out below"
    )


def flow_title(flow: pl.DataFrame) -> str:
    """Promised against decided, over all periods shown."""
    promised = sum(flow["promised_count"].to_list())
    decided = sum(flow["done_count"].to_list()) + sum(flow["declined_count"].to_list())
    if not promised and not decided:
        return "Nothing was promised or decided in this period"
    return f"{promised:,} promised, {decided:,} done or declined"


def open_title(flow: pl.DataFrame) -> str:
    """How many promises are open at the end of the last period, and were at the end of the first."""
    if flow.is_empty():
        return "No action item was open"
    last, first = flow["open_count"][-1], flow["open_count"][0]
    if len(flow) == 1:
        return f"{last:,} open at the end"
    return f"{last:,} open at the end, {first:,} at the end of the first period shown"


def cause_title(causes: pl.DataFrame) -> str:
    """The costliest known cause, its share of the impact, and how much has none when that is most."""
    return _costliest(causes, "cause_category", "unknown", category_in_words, "no known cause") or (
        "No cause is known to have cost anything"
    )


def service_title(services: pl.DataFrame) -> str:
    """The costliest service and its share of the impact."""
    return _costliest(services, "service", "not stated", str, "no service stated") or (
        "No service is known to have been hurt"
    )


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
        return f"Every one of {count_of(document_count, 'document')} was read as a postmortem."
    unread = int(skipped["is_unread"].sum())
    part = f"{len(skipped):,} of {count_of(document_count, 'document')}"
    if unread == len(skipped):
        return f"{part} could not be read."
    said = f"{part} {'is no postmortem' if len(skipped) == 1 else 'are no postmortems'}"
    return f"{said}; {unread:,} of them could not be read." if unread else f"{said}; all were read."


def age_in_words(fetched_at: datetime | None, outcome: str | None, as_of: datetime) -> str:
    """ "fresh", "5 h old", "3 days old"; says so when the last attempt did not end well."""
    if fetched_at is None:
        return "never fetched"
    hours = (as_of - fetched_at).total_seconds() / 3600
    words = "fresh" if hours < 1 else f"{hours:.0f} h old" if hours < 48 else f"{hours / 24:.0f} days old"
    return words if outcome == "ok" else f"{words}, last fetch failed"


def lower_first(words: str) -> str:
    """The words as they stand in the middle of a sentence."""
    return f"{words[:1].lower()}{words[1:]}"


def repeats_title(repeats: pl.DataFrame) -> str:
    """How often something came back unfixed."""
    if repeats.is_empty():
        return "Nothing came back while its fix was open"
    return f"{count_of(len(repeats), 'incident')} came back while the fix was still open"


def category_in_words(category: str | None) -> str:
    """ "software_defect" as "Software defect"."""
    return "Unknown" if not category else category.replace("_", " ").replace("-", " ").strip().capitalize()


def _costliest(
    frame: pl.DataFrame, column: str, unknown: str, in_words_of: Callable[[str], str], no_name: str
) -> str:
    """The costliest row that has a name; and how much of the impact has none, when that is most of it."""
    row = _known(frame, column, unknown)
    if row is None or not row["impact_minutes"]:
        return ""
    cost = f"{in_words_of(row[column])}: {percent(row['impact_share'])} of the impact"
    if row["n"] == 1:
        cost += ", in 1 incident"
    hidden = unknown_share(frame, column, unknown)
    return f"{cost}; {percent(hidden)} has {no_name}" if hidden > MOST else cost


def _place_of_figure(figure: str) -> int:
    return list(FIGURES).index(figure) if figure in FIGURES else len(FIGURES)


def _part_of(part: int, whole: int) -> str:
    """ "all 12", "204 of 213"."""
    return f"all {whole:,}" if part == whole else f"{part:,} of {whole:,}"


def _known(frame: pl.DataFrame, column: str, unknown: str) -> dict[str, Any] | None:
    """The first row of which the column is known."""
    return next((row for row in frame.iter_rows(named=True) if row[column] != unknown), None)


def _direction(change: Comparison, more: str, less: str) -> str:
    """The one or the other for a signal, nothing without one."""
    if change.verdict != "signal":
        return ""
    return less if change.high is not None and change.high < 1 else more


def _relative(ratio: float | None, more: str, less: str) -> str:
    if ratio is None:
        return f"any amount {more}"
    return f"{percent(ratio - 1)} {more}" if ratio >= 1 else f"{percent(1 - ratio)} {less}"
