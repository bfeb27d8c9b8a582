"""Which documents the invented company writes, where they lie, and which mistakes their authors make."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from pipeline.demo.roster import TEAMS, UNITS, Unit, unit_of
from pipeline.demo.truth import DocumentPlan, Incident, Mistake

#: How many plain texts are kept as PDFs.
_PRINTED = 2

#: The file of the export, in its unit's folder.
RECORDS_FILE = "incidents.jsonl"

#: Of 1,000 documents of these styles, how many hold the mistake.
_MISTAKE_RATES: tuple[tuple[Mistake, int, frozenset[str]], ...] = (
    ("no_start", 25, frozenset({"runbook", "labels", "plain", "wiki", "review", "record"})),
    ("no_end", 40, frozenset({"runbook", "labels", "plain", "wiki", "review", "status_post", "record"})),
    ("no_severity", 80, frozenset({"runbook", "labels", "plain", "wiki", "review", "record"})),
    ("no_cause", 100, frozenset({"runbook", "labels", "plain", "review", "record"})),
    ("not_available", 40, frozenset({"labels", "wiki"})),
    ("approximate_time", 60, frozenset({"runbook", "labels", "plain", "review"})),
    ("dotted_time", 30, frozenset({"labels", "plain"})),
    ("end_year_early", 15, frozenset({"labels", "status_post"})),
    ("end_day_early", 30, frozenset({"wiki"})),
    ("duration_contradicts", 30, frozenset({"labels", "wiki"})),
)


def document_plans(
    rng: random.Random, published: Iterable[tuple[Incident, datetime]], as_of: datetime, began_at: datetime
) -> list[DocumentPlan]:
    """The documents written until `as_of`, and the files of other kinds that lie among them.

    `published` are the incidents that are ever written up, by start, each with when it is.
    """
    plans: list[DocumentPlan] = []
    last_of_team: dict[str, int] = {}
    planned: set[str] = set()
    for incident, published_at in published:
        if published_at > as_of:
            continue
        unit = unit_of(incident.team)
        earlier = last_of_team.get(incident.team.name)
        if earlier is not None and _tells_both(rng, plans[earlier], unit, incident, published_at):
            plan = plans[earlier]
            plans[earlier] = replace(
                plan,
                incident_ids=(*plan.incident_ids, incident.incident_id),
                mistakes=(*plan.mistakes, "two_incidents"),
                published_at=max(plan.published_at, published_at),
            )
            continue
        mistakes = tuple(
            name
            for name, per_thousand, styles in _MISTAKE_RATES
            if unit.style in styles and rng.random() * 1000 < per_thousand and not incident.is_planned
        )
        if (incident.minutes("resolved_at") or 0) >= 1440:
            mistakes = tuple(name for name in mistakes if name != "end_day_early")
        if incident.is_planned:
            planned.add(incident.incident_id)
        else:
            last_of_team[incident.team.name] = len(plans)
        plans.append(
            DocumentPlan(
                unit=unit,
                path=_path_of(unit, incident),
                published_at=published_at,
                author=rng.choice(incident.team.people),
                incident_ids=(incident.incident_id,),
                mistakes=mistakes,
            )
        )
        if _is_posted(rng, unit, incident):
            posted_at = incident.started_at + timedelta(minutes=rng.randint(15, 40))
            plans.append(_post(rng, incident, posted_at))
    return _among(rng, _unique_paths(plans), planned, as_of, began_at)


def _tells_both(
    rng: random.Random, plan: DocumentPlan, unit: Unit, incident: Incident, published_at: datetime
) -> bool:
    """Whether the author of `plan` puts this incident of the same fortnight into the same file."""
    return (
        unit.style == "runbook"
        and not incident.is_planned
        and len(plan.incident_ids) == 1
        and not plan.mistakes
        and published_at - plan.published_at < timedelta(days=14)
        and rng.random() < 0.1
    )


def _is_posted(rng: random.Random, unit: Unit, incident: Incident) -> bool:
    """Whether the status page tells the incident, too: what kept customers from paying."""
    return unit.style == "labels" and incident.severity <= 2 and rng.random() < 0.6


def _post(rng: random.Random, incident: Incident, posted_at: datetime) -> DocumentPlan:
    unit = next(unit for unit in UNITS if unit.style == "status_post")
    author = rng.choice([person for team in TEAMS if team.unit == unit.name for person in team.people])
    return DocumentPlan(unit, _path_of(unit, incident), posted_at, author, (incident.incident_id,))


def _path_of(unit: Unit, incident: Incident) -> str:
    if unit.style == "record":
        return f"{RECORDS_FILE}#{record_id(incident)}"
    zone = ZoneInfo(unit.time_zone)
    day = incident.started_at.replace(tzinfo=UTC).astimezone(zone).date()
    ending = {"plain": ".txt", "wiki": ".html"}.get(unit.style, ".md")
    name = f"{day}-{re.sub(r'[^a-z0-9]+', '-', incident.title.lower()).strip('-')}{ending}"
    return f"{day.year}/{name}" if unit.style in ("runbook", "review") else name


def record_id(incident: Incident) -> str:
    """The id the tool gave the incident: it counts from the first, and says nothing else."""
    return f"01QM{int(incident.incident_id.removeprefix('INC-')):09d}"


def _unique_paths(plans: list[DocumentPlan]) -> list[DocumentPlan]:
    seen: dict[tuple[str, str], int] = {}
    unique = []
    for plan in plans:
        place = (plan.unit.name, plan.path)
        seen[place] = seen.get(place, 0) + 1
        if seen[place] > 1:
            name, dot, ending = plan.path.rpartition(".")
            plan = replace(plan, path=f"{name}-{seen[place]}{dot}{ending}")
        unique.append(plan)
    return unique


def _among(
    rng: random.Random, plans: list[DocumentPlan], planned: set[str], as_of: datetime, began_at: datetime
) -> list[DocumentPlan]:
    """The plans with what happens once: a file in an old encoding, broken front matter, a copy left behind;
    and the files of other kinds that folders hold.
    """
    londoners = [
        index
        for index, plan in enumerate(plans)
        if plan.unit.style == "labels" and as_of - plan.published_at > timedelta(days=400)
    ]
    if londoners:
        index = rng.choice(londoners)
        plans[index] = replace(plans[index], mistakes=(*plans[index].mistakes, "not_utf8"))
    alone = [
        index
        for index, plan in enumerate(plans)
        if plan.unit.style == "runbook"
        and len(plan.incident_ids) == 1
        and not plan.mistakes
        and plan.incident_ids[0] not in planned
    ]
    if len(alone) >= 2:
        broken, twice = rng.sample(alone, 2)
        plans[broken] = replace(plans[broken], mistakes=("front_matter_broken",))
        path = f"archive/{plans[twice].path.rpartition('/')[2]}"
        later = min(as_of, plans[twice].published_at + timedelta(days=1))
        plans.append(
            replace(
                plans[twice], path=path, published_at=later, mistakes=("copy",), copy_of=plans[twice].path
            )
        )
    texts = [index for index, plan in enumerate(plans) if plan.unit.style == "plain" and not plan.mistakes]
    for index in rng.sample(texts, min(_PRINTED, len(texts))):
        plans[index] = replace(plans[index], path=f"{plans[index].path.removesuffix('.txt')}.pdf")
    strays: tuple[tuple[str, str, Mistake], ...] = (
        ("runbook", "template.md", "template"),
        ("review", "TEMPLATE.md", "template"),
        ("runbook", "README.md", "readme"),
        ("plain", "notes.txt", "empty"),
        ("wiki", "error-rate.png", "binary"),
    )
    for style, path, mistake in strays:
        unit = next(unit for unit in UNITS if unit.style == style)
        author = next(team for team in TEAMS if team.unit == unit.name).people[0]
        plans.append(DocumentPlan(unit, path, began_at, author, (), (mistake,)))
    return plans
