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

#: Of 1,000 documents of these styles, how many hold the mistake.
_MISTAKE_RATES: tuple[tuple[Mistake, int, frozenset[str]], ...] = (
    ("no_start", 25, frozenset({"runbook", "labels", "diary", "form", "review"})),
    ("no_end", 40, frozenset({"runbook", "labels", "diary", "form", "review", "status_post"})),
    ("no_severity", 80, frozenset({"runbook", "labels", "diary", "form", "review"})),
    ("no_cause", 100, frozenset({"runbook", "labels", "diary", "review"})),
    ("not_available", 40, frozenset({"labels", "form"})),
    ("approximate_time", 60, frozenset({"runbook", "labels", "diary", "review"})),
    ("dotted_time", 30, frozenset({"labels", "diary"})),
    ("end_year_early", 15, frozenset({"labels", "form", "status_post"})),
    ("duration_contradicts", 30, frozenset({"labels", "form"})),
)


def document_plans(
    rng: random.Random, published: Iterable[tuple[Incident, datetime]], as_of: datetime, began_at: datetime
) -> list[DocumentPlan]:
    """The documents written until `as_of`, and the files of other kinds that lie among them.

    `published` are the incidents that are ever written up, by start, each with when it is.
    """
    plans: list[DocumentPlan] = []
    last_of_team: dict[str, int] = {}
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
        if not incident.is_planned:
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
    return _among(rng, _unique_paths(plans), as_of, began_at)


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


def _path_of(unit: Unit, incident: Incident) -> str:
    zone = ZoneInfo(unit.time_zone)
    day = incident.started_at.replace(tzinfo=UTC).astimezone(zone).date()
    name = f"{day}-{re.sub(r'[^a-z0-9]+', '-', incident.title.lower()).strip('-')}.md"
    match unit.style:
        case "runbook" | "review":
            return f"{day.year}/{name}"
        case "form":
            return f"{incident.team.name.lower()}/{name}"
        case _:
            return name


def _unique_paths(plans: list[DocumentPlan]) -> list[DocumentPlan]:
    seen: dict[tuple[str, str], int] = {}
    unique = []
    for plan in plans:
        place = (plan.unit.name, plan.path)
        seen[place] = seen.get(place, 0) + 1
        if seen[place] > 1:
            plan = replace(plan, path=f"{plan.path.removesuffix('.md')}-{seen[place]}.md")
        unique.append(plan)
    return unique


def _among(
    rng: random.Random, plans: list[DocumentPlan], as_of: datetime, began_at: datetime
) -> list[DocumentPlan]:
    """The plans, one of them saved in an old encoding, and the files of other kinds that folders hold."""
    londoners = [
        index
        for index, plan in enumerate(plans)
        if plan.unit.style == "labels" and as_of - plan.published_at > timedelta(days=400)
    ]
    if londoners:
        index = rng.choice(londoners)
        plans[index] = replace(plans[index], mistakes=(*plans[index].mistakes, "not_utf8"))
    strays: tuple[tuple[str, str, Mistake], ...] = (
        ("runbook", "template.md", "template"),
        ("review", "TEMPLATE.md", "template"),
        ("runbook", "README.md", "readme"),
        ("diary", "notes.md", "empty"),
        ("form", "storefront/error-rate.png", "binary"),
    )
    for style, path, mistake in strays:
        unit = next(unit for unit in UNITS if unit.style == style)
        author = next(team for team in TEAMS if team.unit == unit.name).people[0]
        plans.append(DocumentPlan(unit, path, began_at, author, (), (mistake,)))
    return plans
