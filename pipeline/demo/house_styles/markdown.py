"""The house styles in Markdown, one function each: an incident (or two) onto a page.

runbook      front matter, sections, a timeline table in UTC
labels       bold labels and a list of key events in London time, days first, no zone written
status_post  a status page's post: front matter and a few words
review       the questions of a blameless review, emoji headings, times in UTC+5:30
"""

from __future__ import annotations

from datetime import datetime

from pipeline.demo import phrases
from pipeline.demo.house_styles.page import Page
from pipeline.demo.promises import Kind
from pipeline.demo.truth import Incident

_KIND_HEADINGS: dict[Kind, str] = {
    "prevent": "Prevent",
    "detect": "Detect",
    "mitigate": "Mitigate",
    "process": "Process",
    "repair": "Cleanup",
}


def runbook(page: Page, incidents: list[Incident]) -> None:
    """Front matter, sections, a timeline table in UTC, action items with a linked key."""
    _runbook_front_matter(page, incidents)
    for number, incident in enumerate(incidents, start=1):
        heading = f"Incident {number}: {incident.title}" if len(incidents) > 1 else incident.title
        page.add(f"# {heading}", "")
        if len(incidents) == 1:
            page.state(incident, "title", incident.title)
        else:
            page.add(f"Service: {incident.service}", "")
        if len(incidents) > 1 or not page.makes("front_matter_broken"):
            page.state(incident, "service", incident.service)
        if incident.is_planned:
            _announce(page, incident)
        else:
            _runbook_sections(page, incident)


def _runbook_front_matter(page: Page, incidents: list[Incident]) -> None:
    first, author = incidents[0], page.plan.author.name
    is_broken = page.makes("front_matter_broken")
    title = f'"{first.title}' if is_broken else _yaml(first.title)
    page.add("---", f"title: {title}", f"date: {first.started_at.date()}")
    if is_broken:
        page.add(f"severity: SEV{first.severity}", f"services: [{first.service}]", "---", "")
        return
    if len(incidents) == 1:
        page.add(f"incident: {first.incident_id}")
        page.state(first, "incident_key", first.incident_id)
    if first.is_planned:
        page.add("type: maintenance")
        page.state(first, "is_planned", True)
    elif not page.makes("no_severity") and len(incidents) == 1:
        page.add(f"severity: SEV{first.severity}")
        page.state(first, "severity", first.severity)
    names = sorted({incident.service for incident in incidents})
    page.add(f"services: [{', '.join(names)}]", f"team: {first.team.name}", f"authors: [{author}]")
    if not first.is_planned:
        page.add(f"reviewers: [{', '.join(page.reviewers(*incidents))}]")
        page.add(f"reviewed: {page.plan.published_at:%Y-%m-%d}")
    for incident in incidents:
        page.state(incident, "authors", (author,))
        page.state(incident, "reviewed_at", None if incident.is_planned else page.review_day())
    page.add(f"published: {page.plan.published_at:%Y-%m-%d}", "---", "")


def _announce(page: Page, incident: Incident) -> None:
    assert incident.resolved_at is not None
    page.add(incident.announcement or "", "")
    page.add(f"- Start: {incident.started_at:%Y-%m-%d %H:%M} UTC")
    page.add(f"- End: {incident.resolved_at:%Y-%m-%d %H:%M} UTC", "")
    page.state_time(incident, "started_at", has_zone=True)
    page.state_time(incident, "resolved_at", has_zone=True)


def _runbook_sections(page: Page, incident: Incident) -> None:
    assert incident.story is not None
    told = page.tell(incident)
    page.add("## Summary", "", told.summary, "", "## Impact", "", page.tell_impact(incident, told), "")
    if not page.makes("no_cause"):
        page.add("## Root cause", "", page.tell_cause(incident, told), "")
        if page.rng.random() < 0.35:
            page.add("## Five whys", "")
            whys = page.five_whys(incident, told)
            page.add(*(f"{place}. {asked} {said}" for place, (asked, said) in enumerate(whys, start=1)), "")
    if page.rng.random() < 0.7:
        page.add("## Trigger", "", page.tell_trigger(incident, told), "")
    page.add("## Detection", "", page.tell_detection(incident), "")
    page.add("## Timeline", "", "All times are in UTC.", "", "| Time | Event |", "| --- | --- |")
    for step, prefix in page.approximated(page.steps(incident, told)):
        page.add(f"| {prefix}{step.at:%Y-%m-%d %H:%M} | {step.text} |")
        page.state_step(incident, step, has_zone=True)
    links = page.evidence(incident)
    if links:
        page.add("", "## Evidence", "")
    page.add(*(f"- [{link.label} of {incident.service}]({link.url})" for link in links))
    page.add("", "## Resolution", "", f"{told.mitigation[0].upper()}{told.mitigation[1:]}.", "")
    page.add("## Contributing factors", "")
    page.add(*(f"- {text}" for text in page.choices(incident.story.factors, incident, 3)), "")
    page.add("## Lessons learned", "")
    page.add(*(f"- {text}" for text in page.choices(phrases.WENT_WRONG, incident, 2)), "")
    page.add("## Action items", "")
    promises = page.promises(incident)
    for kind, heading in _KIND_HEADINGS.items():
        alike = [item for item in promises if item.kind == kind]
        if alike:
            page.add(f"### {heading}", "")
        for item in alike:
            link, owner = page.link(item), item.owner.name if item.owner else None
            page.add(
                f"- {item.description}"
                + (f" ([{item.issue_key}]({link}))" if link else "")
                + (f", owner: {owner}" if owner else "")
            )
            page.state_item(incident, item, kind=kind, owner=owner, issue_key=page.key(item))
        if alike:
            page.add("")


def labels(page: Page, incidents: list[Incident]) -> None:
    """Bold labels in a list, key events in London time without a zone, issue keys in brackets."""
    incident = incidents[0]
    assert incident.story is not None
    told = page.tell(incident)
    began = page.local(incident.started_at)
    page.add(f"# {began:%d/%m/%Y} {incident.title}", "", f"- **Incident**: {incident.incident_id}", "")
    page.state(incident, "incident_key", incident.incident_id)
    if not page.makes("no_severity"):
        is_absent = page.makes("not_available")
        page.add(f"- **Severity**: {'N/A' if is_absent else f'SEV{incident.severity}'}", "")
        page.state(incident, "severity", None if is_absent else incident.severity)
    page.add(f"- **Service**: {incident.service}", "")
    page.state(incident, "service", incident.service)
    _labels_durations(page, incident)
    page.add("- **Key events**")
    is_dotted = page.makes("dotted_time")
    previous: datetime | None = None
    for step, prefix in page.approximated(page.steps(incident, told)):
        local = page.local(step.at).replace(tzinfo=None)
        day = "" if previous and page.may_omit_date(previous, local) else f"{local:%d/%m/%Y} "
        time = f"{local.hour}.{local:%M}" if is_dotted else f"{local:%H:%M}"
        if step.field == "resolved_at" and page.makes("end_year_early"):
            day = f"{local:%d/%m/}{local.year - 1} "
        else:
            page.state_step(incident, step, has_zone=False)
        page.add(f"  - {day}{prefix}{time} {step.text}")
        previous = local
    page.add("")
    if not page.makes("no_cause"):
        page.add(f"- **Root cause**: {page.tell_cause(incident, told)}", "")
    page.add(f"- **Impact**: {page.tell_impact(incident, told)}", "")
    if page.rng.random() < 0.6:
        page.add(f"- **Trigger**: {page.tell_trigger(incident, told)}", "")
    if page.rng.random() < 0.5:
        page.add(f"- **Detection**: {page.tell_detection(incident)}", "")
    for link in page.evidence(incident):
        page.add(f"- **{link.label}**: <{link.url}>", "")
    if page.rng.random() < 0.5:
        page.add(f"- **Reviewed by**: {' and '.join(page.reviewers(incident))}", "")
    page.add("- **Follow-up actions**")
    for item in page.promises(incident):
        key, owner = page.key(item), item.owner.name if item.owner else None
        page.add(f"  - {f'[{key}] ' if key else ''}{item.description}{f' ({owner})' if owner else ''}")
        page.state_item(incident, item, owner=owner, issue_key=key)


def _labels_durations(page: Page, incident: Incident) -> None:
    resolve, detect = incident.minutes("resolved_at"), incident.minutes("detected_at")
    if page.makes("not_available"):
        page.add("- **Duration**: N/A", "")
    elif resolve is not None and not page.makes("no_end"):
        told = resolve + (60 if page.makes("duration_contradicts") else 0)
        page.add(f"- **Duration**: {page.hours_and_minutes(told)}", "")
        page.state(incident, "stated_time_to_resolve_minutes", told)
    if detect is not None and page.rng.random() < 0.5:
        page.add(f"- **Time to detect**: {page.hours_and_minutes(detect)}", "")
        page.state(incident, "stated_time_to_detect_minutes", detect)


_STATUS_WORDS = {1: "down", 2: "disrupted", 3: "degraded", 4: "minor"}


def status_post(page: Page, incidents: list[Incident]) -> None:
    """What a status page shows: front matter with start, end and severity, then a few words."""
    incident = incidents[0]
    resolved_at = None if page.makes("no_end") else incident.resolved_at
    page.add("---", f"title: {_yaml(incident.title)}", f"date: {incident.started_at:%Y-%m-%dT%H:%M:00Z}")
    page.state(incident, "title", incident.title)
    page.add(f"incident: {incident.incident_id}")
    page.state(incident, "incident_key", incident.incident_id)
    page.add(f"resolved: {str(resolved_at is not None).lower()}")
    if resolved_at is not None:
        # Without an end beside it, `date` may as well be the day of the post.
        page.state_time(incident, "started_at", has_zone=True)
        if page.makes("end_year_early"):
            resolved_at = resolved_at.replace(year=resolved_at.year - 1, day=min(resolved_at.day, 28))
        else:
            page.state_time(incident, "resolved_at", has_zone=True)
        page.add(f"resolvedWhen: {resolved_at:%Y-%m-%dT%H:%M:00Z}")
    page.add(f"severity: {'notice' if incident.is_planned else _STATUS_WORDS[incident.severity]}")
    page.add("affected:", f"  - {incident.service}", "section: issue", "---", "")
    page.state(incident, "service", incident.service)
    page.state(incident, "is_planned", incident.is_planned or None)
    if incident.is_planned:
        page.add(incident.announcement or "")
        return
    page.state(incident, "severity", incident.severity)
    told = page.tell(incident)
    page.add(page.tell_impact(incident, told), "")
    if incident.resolved_at is None:
        page.add("We are working on it and will update this page.")
        return
    if incident.team.unit != page.plan.unit.name:
        return  # its own team tells the rest
    page.add(f"**Cause**: {page.tell_cause(incident, told)}", "")
    promises = page.promises(incident)
    if promises:
        page.add("**Follow-up**", "")
    for item in promises:
        link = page.link(item)
        page.add(f"- {item.description}{f': {link}' if link else ''}")
        page.state_item(incident, item, issue_key=page.key(item))


def review(page: Page, incidents: list[Incident]) -> None:
    """The form of a blameless review: status, impact, causes, lessons in three parts, emoji headings."""
    incident = incidents[0]
    assert incident.story is not None
    told = page.tell(incident)
    began = page.local(incident.started_at)
    page.add(f"# 🔥 Postmortem: {incident.title}", "", f"**Date:** {began:%Y-%m-%d}", "")
    page.add(f"**Authors:** {page.plan.author.name}", "")
    page.state(incident, "authors", (page.plan.author.name,))
    if page.rng.random() < 0.5:
        page.add(f"**Reviewers:** {', '.join(page.reviewers(incident))}", "")
    page.add("**Status:** Complete, action items in progress", "")
    if not page.makes("no_severity"):
        page.add(f"**Severity:** S{incident.severity}", "")
        page.state(incident, "severity", incident.severity)
    page.add(f"**Service:** {incident.service}", "", f"**Summary:** {told.summary}", "")
    page.state(incident, "service", incident.service)
    page.add(f"**Impact:** {page.tell_impact(incident, told)}", "")
    if not page.makes("no_cause"):
        page.add(f"**Root Causes:** {page.tell_cause(incident, told)}", "")
    page.add(f"**Trigger:** {page.tell_trigger(incident, told)}", "")
    page.add(f"**Detection:** {page.tell_detection(incident)}", "")
    for given in page.evidence(incident):
        page.add(f"**{given.label}:** {given.url}", "")
    if not page.makes("no_cause") and page.rng.random() < 0.4:
        page.add("## 🪜 5 Whys", "")
        for place, (asked, said) in enumerate(page.five_whys(incident, told), start=1):
            page.add(f"**Why {place}:** {asked} {said}", "")
    page.add("## 📋 Action Items", "", "| Action Item | Type | Owner | Bug |", "| --- | --- | --- | --- |")
    for item in page.promises(incident):
        link, owner = page.link(item), item.owner.name if item.owner else None
        bug = f"[{item.issue_key}]({link})" if link else "n/a"
        page.add(f"| {item.description} | {item.kind} | {owner or ''} | {bug} |")
        page.state_item(incident, item, kind=item.kind, owner=owner, issue_key=page.key(item))
    page.add("", "## 🎓 Lessons Learned", "", "### 👍 What went well", "")
    page.add(*(f"- {text}" for text in page.choices(phrases.WENT_WELL, incident, 2)), "")
    page.add("### 👎 What went wrong", "")
    page.add(*(f"- {text}" for text in page.choices(phrases.WENT_WRONG, incident, 2)), "")
    page.add("### 🍀 Where we got lucky", "")
    page.add(*(f"- {text}" for text in page.choices(phrases.LUCKY, incident, 1)), "")
    page.add("## ⏱️ Timeline", "", f"{began:%Y-%m-%d} (all times UTC+5:30)", "")
    previous = began.replace(hour=0, minute=0, tzinfo=None)
    for step, prefix in page.approximated(page.steps(incident, told)):
        local = page.local(step.at).replace(tzinfo=None)
        if not page.may_omit_date(previous, local):
            page.add("", f"{local:%Y-%m-%d}", "")
        page.add(f"- {prefix}{local:%H:%M} {step.text}")
        page.state_step(incident, step, has_zone=True)
        previous = local


def _yaml(text: str) -> str:
    """A string as YAML has it: quoted where a colon would end it."""
    return f'"{text}"' if ": " in text else text
