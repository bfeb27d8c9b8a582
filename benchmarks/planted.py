"""Whether what was planted in invented companies is found, and nothing where nothing was: over many seeds.

Each company goes the whole way: its documents and its Jira are read, tables are published, and the metrics
are asked as a reader would ask them, who does not know the truth.
`python -m benchmarks --only planted --runs 50` prints the tables; with `--write` they go into
docs/statistics.md.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from benchmarks.calibration import Table, percent
from pipeline import flow, metrics
from pipeline.demo.company import Company
from pipeline.demo.promises import ActionItem
from pipeline.demo.stage import staged_company
from pipeline.demo.truth import Incident
from pipeline.metrics import Comparison, Filters, Published, TeamMeasure, open_published
from pipeline.metrics.statistics import corrected, share_interval
from pipeline.settings import load_settings

INCIDENTS = 240
AS_OF = datetime(2026, 9, 30)
#: What shows each way of treating promises that is out of the ordinary.
SHOWN_BY: dict[str, TeamMeasure] = {
    "ignores": "ignored",
    "pushes_due_dates": "pushed",
    "closes_in_bulk": "closed_in_bulk",
    "reopens": "reopened",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the metrics: whether they see the fact `what`, where it `is_planted` or is not."""

    what: str
    is_planted: bool
    is_seen: bool


Question = Callable[[Company, Published], Iterable[Answer]]


def behaviours(company: Company, published: Published) -> Iterator[Answer]:
    """Teams beyond the 99.9 % limits of each planted behaviour; a team too small to judge is not seen."""
    rates = metrics.team_rates(published, Filters())
    for behaviour, measure in SHOWN_BY.items():
        flags = dict(rates.filter(pl.col("measure") == measure).select("team", "flag").rows())
        for team in company.teams:
            is_seen = flags.get(team.name) == "above_99_9"
            yield Answer(f"a team {behaviour.replace('_', ' ')}", team.behaviour == behaviour, is_seen)


def improvements(company: Company, published: Published) -> Iterator[Answer]:
    """Of each team, its times to resolve in the later half of the history against those in the earlier half.

    Any signal of a team that stayed as it was is a false alarm, also one that it became worse.
    """
    found = {
        team.name: metrics.compare(published, *_halves(company, team.name), "resolve")
        for team in company.teams
    }
    alone = {name: (each, each.verdict) for name, each in found.items()}
    together = {
        name: (each.comparison, each.verdict)
        for name, each in zip(found, corrected(list(found.values())), strict=True)
    }
    for how, judged in (("each alone", alone), ("corrected for all teams", together)):
        for team in company.teams:
            comparison, verdict = judged[team.name]
            is_signal = verdict == "signal"
            if team.improves:
                is_signal = is_signal and _is_below_one(comparison)
            yield Answer(f"a team's incidents become shorter, {how}", team.improves, is_signal)


def _is_below_one(comparison: Comparison) -> bool:
    return comparison.ratio is not None and comparison.ratio < 1


def shorter_than_elsewhere(company: Company, published: Published) -> Iterator[Answer]:
    """In the later half, every team against the rest together, as the comparison of groups corrects it.

    The others are asked only whether they are shorter: beside one that improved they are longer indeed.
    """
    _, after = _halves(company)
    frame = metrics.compare_groups(published, after, "team", "resolve")
    shorter = frame.filter((pl.col("verdict") == "signal") & (pl.col("ratio") < 1))["group_name"].to_list()
    for team in company.teams:
        yield Answer("a team's incidents are shorter than elsewhere", team.improves, team.name in shorter)


def numbers_of_incidents(company: Company, published: Published) -> Iterator[Answer]:
    """No team's number of incidents changes: between the halves of the history, or at any month."""
    for team in company.teams:
        change = metrics.compare(published, *_halves(company, team.name), "incidents")
        yield Answer("a team's incidents become more or fewer", False, change.verdict == "signal")
    for teams in ((), *((team.name,) for team in company.teams)):
        months = metrics.monthly_rate_changes(published, Filters(teams=teams))
        yield Answer("a month from which there are more or fewer incidents", False, months["is_change"].any())


def repeats(company: Company, published: Published) -> Iterator[Answer]:
    """Incidents named as repeats of one whose prevention was still open: of those that documents tell.

    Those of which the records hold all it takes are asked of a second time, by themselves.
    """
    told = true_incidents(company, published)
    named = set(metrics.repeats_while_open(published, Filters())["incident_id"].to_list())
    unfixed = Unfixed(company)
    for incident_id, incident in told.items():
        if incident.is_planned:
            continue
        known = {each.incident_id for each in told.values()}
        items = unfixed.items(incident)
        is_planted = incident.repeats is not None and any(
            item.incident_id == incident.repeats for item in items
        )
        if is_planted and incident.repeats in known:
            yield Answer("an incident repeats an unfixed one", True, incident_id in named)
            if unfixed.is_recorded(incident, items):
                yield Answer("… where documents and Jira hold it", True, incident_id in named)
        elif not items:
            yield Answer("an incident repeats an unfixed one", False, incident_id in named)


class Unfixed:
    """What truly was open against a cause, and whether the records say so."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self._promises = company.promises_by_incident()
        self._without_cause = {
            incident_id
            for plan in company.documents
            if "no_cause" in plan.mistakes
            for incident_id in plan.incident_ids
        }

    def items(self, incident: Incident) -> list[ActionItem]:
        """Prevention items, open when it began, of earlier incidents of its service and kind of cause."""
        if incident.cause is None:
            return []
        return [
            item
            for earlier in self._company.incidents
            if earlier.cause is not None
            and (earlier.service, earlier.cause.category) == (incident.service, incident.cause.category)
            and earlier.started_at < incident.started_at
            for item in self._promises.get(earlier.incident_id, ())
            if item.kind == "prevent" and _is_open(item, incident.started_at)
        ]

    def is_recorded(self, incident: Incident, items: Iterable[ActionItem]) -> bool:
        """Whether documents state the causes of both, and Jira shows such an item that its document links."""
        assert incident.repeats is not None
        return not self._without_cause & {incident.incident_id, incident.repeats} and any(
            item.incident_id == incident.repeats and item.is_linked and item.is_shown for item in items
        )


def _is_open(item: ActionItem, at: datetime) -> bool:
    decided_at = item.fate[1]
    return item.created_at <= at and (decided_at is None or decided_at > at)


def true_incidents(company: Company, published: Published) -> dict[str, Incident]:
    """By its published id, each incident that a document tells."""
    plans = {(plan.unit.name, plan.path): plan.incident_ids for plan in company.documents}
    rows = published.query(
        "SELECT incident_id, source, path, incident_ordinal FROM marts.incident_documents"
    ).rows()
    return {
        incident_id: company.incident(plans[source, path][ordinal - 1])
        for incident_id, source, path, ordinal in rows
        if ordinal <= len(plans.get((source, path), ()))
    }


def _halves(company: Company, *teams: str) -> tuple[Filters, Filters]:
    """The history before and after its middle."""
    middle = company.improved_at.date()
    return Filters(period_to=middle - timedelta(days=1), teams=teams), Filters(
        period_from=middle, teams=teams
    )


QUESTIONS: tuple[Question, ...] = (
    behaviours,
    repeats,
    improvements,
    shorter_than_elsewhere,
    numbers_of_incidents,
)


def answers(company: Company, published: Published) -> list[Answer]:
    """What the metrics say to every question about one company."""
    return [answer for question in QUESTIONS for answer in question(company, published)]


def published_companies(
    seeds: Iterable[int], incidents: int = INCIDENTS
) -> Iterator[tuple[Company, Published]]:
    """Each company, and its tables as a run over its documents and its Jira publishes them."""
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            with staged_company(Path(folder) / "demo", incidents=incidents, seed=seed, as_of=AS_OF) as staged:
                settings = load_settings(staged.settings_path)
                flow.run(settings, as_of=staged.as_of)
            published = open_published(settings.published_path)
            try:
                yield staged.company, published
            finally:
                published.close()


def tables(companies: Iterable[tuple[Company, Published]]) -> Iterator[Table]:
    """What is found of what was planted, and what is seen where nothing was, over all the companies."""
    counts: dict[tuple[bool, str], list[int]] = {}
    for place, (company, published) in enumerate(companies, start=1):
        for answer in answers(company, published):
            tally = counts.setdefault((answer.is_planted, answer.what), [0, 0])
            tally[0] += answer.is_seen
            tally[1] += 1
        print(f"{place}. company {company.seed}: {_so_far(counts)}", file=sys.stderr, flush=True)
    for name, is_planted, head in (
        ("planted facts", True, ["planted", "found", "of", "% (90 % interval)"]),
        ("false alarms", False, ["nothing planted", "seen all the same", "of", "% (90 % interval)"]),
    ):
        rows = [
            [what, f"{seen:,}", f"{asked:,}", _with_interval(seen, asked)]
            for (planted, what), (seen, asked) in counts.items()
            if planted == is_planted
        ]
        yield Table(name, head, rows)


def _with_interval(seen: int, asked: int) -> str:
    low, high = share_interval(seen, asked)
    assert low is not None
    assert high is not None
    return f"{percent(seen / asked)} ({percent(low)} to {percent(high)})"


def _so_far(counts: dict[tuple[bool, str], list[int]]) -> str:
    return "; ".join(
        f"{what} {seen:,} of {asked:,}" for (is_planted, what), (seen, asked) in counts.items() if is_planted
    )
