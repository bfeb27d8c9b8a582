"""The house style in plain text: 72 columns, headings in capitals, Central European time by name."""

from __future__ import annotations

import textwrap
from datetime import datetime, timedelta

from pipeline.demo import phrases
from pipeline.demo.house_styles.page import Page, Step
from pipeline.demo.truth import Incident

_COLUMNS = 72


def plain(page: Page, incidents: list[Incident]) -> None:
    """No markup at all: labels, capitals, wrapped lines, boxes for what was done."""
    incident = incidents[0]
    told = page.tell(incident)
    began = page.local(incident.started_at)
    page.add(*_wrapped(incident.title), "=" * _COLUMNS, "")
    page.state(incident, "title", incident.title)
    page.add(f"Date:     {began:%Y-%m-%d}")
    if not page.makes("no_severity"):
        page.add(f"Severity: P{incident.severity}")
        page.state(incident, "severity", incident.severity)
    page.add(f"Service:  {incident.service}", f"Author:   {page.plan.author.name}", "")
    page.state(incident, "service", incident.service)
    page.state(incident, "authors", (page.plan.author.name,))
    page.add("SUMMARY", "", *_wrapped(told.summary), "")
    page.add("IMPACT", "", *_wrapped(page.tell_impact(incident, told)), "")
    _timeline(page, incident, [*page.approximated(page.steps(incident, told))], began)
    if not page.makes("no_cause"):
        page.add("WHY IT HAPPENED", "", *_wrapped(page.tell_cause(incident, told)), "")
    page.add("HOW WE NOTICED", "", *_wrapped(page.tell_detection(incident)), "")
    links = page.evidence(incident)
    if links:
        page.add("EVIDENCE", "")
    page.add(*(f"  {link.label}: {link.url}" for link in links), *([""] if links else []))
    page.add("WHAT WENT WELL", "", *_listed(page.choices(phrases.WENT_WELL, incident, 2)), "")
    page.add("WHAT WENT WRONG", "", *_listed(page.choices(phrases.WENT_WRONG, incident, 2)), "")
    page.add("ACTION ITEMS", "")
    for item in page.promises(incident):
        key, owner = page.key(item), f"@{item.owner.handle}" if item.owner else None
        is_done = item.was_done(page.plan.published_at + timedelta(days=21))
        words = item.description + (f" {key}" if key else "") + (f" {owner}" if owner else "")
        page.add(*_wrapped(words, f"  [{'x' if is_done else ' '}] "))
        page.state_item(incident, item, owner=owner, issue_key=key, is_marked_done=is_done)


def _timeline(page: Page, incident: Incident, steps: list[tuple[Step, str]], began: datetime) -> None:
    zone = "CET"
    if began.tzname() == "CEST":
        if page.rng.random() < 0.6:
            zone = "CEST"
        else:
            page.note("zone_against_season")
    page.add("TIMELINE", "", f"All times in {zone}.", "")
    previous: datetime | None = None
    for step, prefix in steps:
        local = page.local(step.at).replace(tzinfo=None)
        day = "" if previous and page.may_omit_date(previous, local) else f"{local:%Y-%m-%d} "
        time = f"{local.hour}.{local:%M}" if page.makes("dotted_time") else f"{local:%H:%M}"
        page.add(*_wrapped(f"{step.text}.", f"  {day}{prefix}{time}  "))
        page.state_step(incident, step, has_zone=page.local(step.at).tzname() == zone)
        previous = local
    page.add("")


def _listed(texts: list[str]) -> list[str]:
    return [line for text in texts for line in _wrapped(text, "  - ")]


def _wrapped(words: str, lead: str = "") -> list[str]:
    """The words in lines of 72 columns, those after the first as far in as the first's own words."""
    return textwrap.wrap(
        words, _COLUMNS, initial_indent=lead, subsequent_indent=" " * len(lead), break_on_hyphens=False,
        break_long_words=False,
    )  # fmt: skip
