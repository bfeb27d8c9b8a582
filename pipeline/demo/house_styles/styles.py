"""The six house styles, one function each: an incident (or two) onto a page.

runbook      front matter, sections, a timeline table in UTC
labels       bold labels and a list of key events in London time, no zone written
diary        a heading for each event, "All times in CET", checkboxes
form         tables of facts and of action items, Pacific time
status_post  a status page's post: front matter and a few words
review       the questions of a blameless review, emoji headings, times in UTC+5:30
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from pipeline.demo import phrases
from pipeline.demo.house_styles.page import Page, Step
from pipeline.demo.promises import STATUSES, ActionItem, Kind, Transition
from pipeline.demo.roster import Style
from pipeline.demo.truth import Incident

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


_KIND_HEADINGS: dict[Kind, str] = {
    "prevent": "Prevent",
    "detect": "Detect",
    "mitigate": "Mitigate",
    "process": "Process",
    "repair": "Cleanup",
}


def runbook(page: Page, incidents: list[Incident]) -> None:
    """Front matter, sections, a timeline table in UTC, action items with a linked key."""
    first = incidents[0]
    page.add("---", f"title: {_yaml(first.title)}", f"date: {first.started_at.date()}")
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
    page.add(
        f"services: [{', '.join(names)}]", f"team: {first.team.name}", f"authors: [{page.plan.author.name}]"
    )
    page.add(f"published: {page.plan.published_at:%Y-%m-%d}", "---", "")
    for number, incident in enumerate(incidents, start=1):
        heading = f"Incident {number}: {incident.title}" if len(incidents) > 1 else incident.title
        page.add(f"# {heading}", "")
        if len(incidents) == 1:
            page.state(incident, "title", incident.title)
        else:
            page.add(f"Service: {incident.service}", "")
        page.state(incident, "service", incident.service)
        if incident.is_planned:
            _announce(page, incident)
        else:
            _runbook_sections(page, incident)


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
    page.add("## Summary", "", told.summary, "", "## Impact", "", told.impact, "")
    if not page.makes("no_cause"):
        page.add("## Root cause", "", told.root_cause, "")
    if page.rng.random() < 0.7:
        page.add("## Trigger", "", told.trigger, "")
    page.add("## Detection", "", page.say(phrases.DETECTION_SENTENCES[incident.detection], incident), "")
    page.add("## Timeline", "", "All times are in UTC.", "", "| Time | Event |", "| --- | --- |")
    for step, prefix in _approximated(page, page.steps(incident, told)):
        page.add(f"| {prefix}{step.at:%Y-%m-%d %H:%M} | {step.text} |")
        _state_step(page, incident, step, has_zone=True)
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
    page.add(f"# {began:%Y-%m-%d} {incident.title}", "")
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
    for step, prefix in _approximated(page, page.steps(incident, told)):
        local = page.local(step.at).replace(tzinfo=None)
        day = "" if previous and _may_omit_date(page, previous, local) else f"{local:%Y-%m-%d} "
        time = f"{local.hour}.{local:%M}" if is_dotted else f"{local:%H:%M}"
        if step.field == "resolved_at" and page.makes("end_year_early"):
            day = f"{local.year - 1}{local:-%m-%d} "
        else:
            _state_step(page, incident, step, has_zone=False)
        page.add(f"  - {day}{prefix}{time} {step.text}")
        previous = local
    page.add("")
    if not page.makes("no_cause"):
        page.add(f"- **Root cause**: {told.root_cause}", "")
    page.add(f"- **Impact**: {told.impact}", "")
    if page.rng.random() < 0.6:
        page.add(f"- **Trigger**: {told.trigger}", "")
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
        page.add(f"- **Duration**: {_hours_and_minutes(page, told)}", "")
        page.state(incident, "stated_time_to_resolve_minutes", told)
    if detect is not None and page.rng.random() < 0.5:
        page.add(f"- **Time to detect**: {_hours_and_minutes(page, detect)}", "")
        page.state(incident, "stated_time_to_detect_minutes", detect)


def diary(page: Page, incidents: list[Incident]) -> None:
    """A heading for each event, Central European time by name, checkboxes with bare keys."""
    incident = incidents[0]
    assert incident.story is not None
    told = page.tell(incident)
    began = page.local(incident.started_at)
    page.add(f"# {began:%Y-%m-%d}, {incident.title}", "")
    if not page.makes("no_severity"):
        page.add(f"Severity: P{incident.severity}", "")
        page.state(incident, "severity", incident.severity)
    page.add(f"Service: {incident.service}", "", "## Summary", "", told.summary, "")
    page.state(incident, "service", incident.service)
    zone = "CET"
    if began.tzname() == "CEST":
        if page.rng.random() < 0.6:
            zone = "CEST"
        else:
            page.note("zone_against_season")
    page.add("## Timeline", "", f"All times in {zone}.", "")
    previous: datetime | None = None
    for step, prefix in _approximated(page, page.steps(incident, told)):
        local = page.local(step.at).replace(tzinfo=None)
        day = "" if previous and _may_omit_date(page, previous, local) else f"{local:%Y-%m-%d} "
        time = f"{local.hour}.{local:%M}" if page.makes("dotted_time") else f"{local:%H:%M}"
        page.add(f"### {day}{prefix}{time}", "", f"{step.text}.", "")
        _state_step(page, incident, step, has_zone=page.local(step.at).tzname() == zone)
        previous = local
    if not page.makes("no_cause"):
        page.add("## Why it happened", "", told.root_cause, "")
    page.add("## Lessons learned", "", "### What went well", "")
    page.add(*(f"- {text}" for text in page.choices(phrases.WENT_WELL, incident, 2)), "")
    page.add("### What went wrong", "")
    page.add(*(f"- {text}" for text in page.choices(phrases.WENT_WRONG, incident, 2)), "")
    page.add("## Action items", "")
    for item in page.promises(incident):
        key, owner = page.key(item), f"@{item.owner.handle}" if item.owner else None
        is_done = _was_done(item, page.plan.published_at + timedelta(days=21))
        page.add(
            f"- [{'x' if is_done else ' '}] {item.description}"
            + (f" {key}" if key else "")
            + (f" {owner}" if owner else "")
        )
        page.state_item(incident, item, owner=owner, issue_key=key, is_marked_done=is_done)


def form(page: Page, incidents: list[Incident]) -> None:
    """A table of facts, Pacific time with its name, a table of action items with owner, due date, ticket."""
    incident = incidents[0]
    assert incident.story is not None
    told = page.tell(incident)
    page.add(f"# {incident.title}", "", "| Field | Value |", "| --- | --- |")
    page.state(incident, "title", incident.title)
    is_absent = page.makes("not_available")
    if not page.makes("no_severity"):
        page.add(f"| Severity | SEV-{incident.severity} |")
        page.state(incident, "severity", incident.severity)
    page.add(f"| Service | {incident.service} |", f"| Owning team | {incident.team.name} |")
    page.state(incident, "service", incident.service)
    page.state(incident, "team", incident.team.name)
    is_careless = page.rng.random() < 0.25  # always writes PST
    is_long = page.rng.random() < 0.4
    names: list[tuple[str, str, str]] = [
        ("started_at", "Start", "no_start"),
        ("detected_at", "Detected", ""),
        ("mitigated_at", "Mitigated", ""),
        ("resolved_at", "Resolved", "no_end"),
    ]
    for field, name, absent in names:
        at: datetime | None = getattr(incident, field)
        if at is None or absent in page.plan.mistakes:
            continue
        local = page.local(at)
        zone = local.tzname() or ""
        if is_careless and zone == "PDT":
            zone = "PST"
            page.note("zone_against_season")
        if field == "resolved_at" and page.makes("end_year_early"):
            local = local.replace(year=local.year - 1, day=min(local.day, 28))
        else:
            page.state_time(incident, field, has_zone=not is_careless)
        page.add(f"| {name} | {_spelled(local) if is_long else f'{local:%Y-%m-%d %H:%M}'} {zone} |")
    _form_figures(page, incident, is_absent=is_absent)
    page.add("", "## What happened", "", told.summary, "")
    page.add("## Root cause", "", told.root_cause, "")
    page.add("## Trigger", "", told.trigger, "")
    page.add("## Contributing factors", "")
    page.add(*(f"- {text}" for text in page.choices(incident.story.factors, incident, 2)), "")
    page.add("## Action items", "")
    page.add("| Action | Type | Owner | Priority | Due | Ticket |", "| --- | --- | --- | --- | --- | --- |")
    for item in page.promises(incident):
        key, owner = page.key(item), item.owner.name if item.owner else None
        due_on = item.first_due_on
        cells = (item.description, item.kind, owner or "", item.priority, str(due_on or ""), key or "TBD")
        page.add(f"| {' | '.join(cells)} |")
        page.state_item(incident, item, kind=item.kind, owner=owner, issue_key=key, due_on=due_on)


def _form_figures(page: Page, incident: Incident, *, is_absent: bool) -> None:
    resolve, mitigate = incident.minutes("resolved_at"), incident.minutes("mitigated_at")
    if is_absent:
        page.add("| Duration | N/A |")
    elif resolve is not None and not page.makes("no_end"):
        told = resolve + (90 if page.makes("duration_contradicts") else 0)
        page.add(f"| Duration | {_hours_and_minutes(page, told)} |")
        page.state(incident, "stated_time_to_resolve_minutes", told)
    if mitigate is not None and page.rng.random() < 0.5:
        page.add(f"| Customer impact | {mitigate:.0f} minutes |")
        page.state(incident, "customer_impact_minutes", mitigate)
    if page.rng.random() < 0.7:
        page.add(f"| Affected users | {incident.affected_user_count:,} |")
        page.state(incident, "affected_user_count", incident.affected_user_count)
    assert incident.cause is not None
    if page.rng.random() < 0.7:
        page.add(f"| Root cause category | {incident.cause.category} |")
        page.state(incident, "cause_category", incident.cause.category)


_STATUS_WORDS = {1: "down", 2: "disrupted", 3: "degraded", 4: "minor"}


def status_post(page: Page, incidents: list[Incident]) -> None:
    """What a status page shows: front matter with start, end and severity, then a few words."""
    incident = incidents[0]
    resolved_at = None if page.makes("no_end") else incident.resolved_at
    page.add("---", f"title: {_yaml(incident.title)}", f"date: {incident.started_at:%Y-%m-%dT%H:%M:00Z}")
    page.state(incident, "title", incident.title)
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
    page.state(incident, "is_planned", incident.is_planned)
    if incident.is_planned:
        page.add(incident.announcement or "")
        return
    page.state(incident, "severity", incident.severity)
    told = page.tell(incident)
    page.add(told.impact, "")
    if incident.resolved_at is None:
        page.add("We are working on it and will update this page.")
        return
    page.add(f"**Cause**: {told.root_cause}", "")
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
    page.add(
        f"**Authors:** {page.plan.author.name}", "", "**Status:** Complete, action items in progress", ""
    )
    if not page.makes("no_severity"):
        page.add(f"**Severity:** S{incident.severity}", "")
        page.state(incident, "severity", incident.severity)
    page.add(f"**Service:** {incident.service}", "", f"**Summary:** {told.summary}", "")
    page.state(incident, "service", incident.service)
    page.add(f"**Impact:** {told.impact}", "")
    if not page.makes("no_cause"):
        page.add(f"**Root Causes:** {told.root_cause}", "")
    page.add(f"**Trigger:** {told.trigger}", "")
    page.add(f"**Detection:** {page.say(phrases.DETECTION_SENTENCES[incident.detection], incident)}", "")
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
    for step, prefix in _approximated(page, page.steps(incident, told)):
        local = page.local(step.at).replace(tzinfo=None)
        if not _may_omit_date(page, previous, local):
            page.add("", f"{local:%Y-%m-%d}", "")
        page.add(f"- {prefix}{local:%H:%M} {step.text}")
        _state_step(page, incident, step, has_zone=True)
        previous = local


STYLES: dict[Style, Callable[[Page, list[Incident]], None]] = {
    "runbook": runbook,
    "labels": labels,
    "diary": diary,
    "form": form,
    "status_post": status_post,
    "review": review,
}


def _yaml(text: str) -> str:
    """A string as YAML has it: quoted where a colon would end it."""
    return f'"{text}"' if ": " in text else text


def _approximated(page: Page, steps: list[Step]) -> list[tuple[Step, str]]:
    """Each step with what stands before its time: a tilde for one of them when the author is unsure."""
    unsure = page.rng.randrange(len(steps)) if steps and page.makes("approximate_time") else None
    return [(step, "~" if index == unsure else "") for index, step in enumerate(steps)]


def _state_step(page: Page, incident: Incident, step: Step, *, has_zone: bool) -> None:
    if step.field is not None:
        page.state_time(incident, step.field, has_zone=has_zone)


def _may_omit_date(page: Page, previous: datetime, at: datetime) -> bool:
    """Whether the author writes the time alone: always on the same day, at times when midnight passes.

    Only a person with the whole day in mind could tell 09:00 and then 08:00 a day later, so that always
    has its date.
    """
    if at.date() == previous.date():
        return True
    if at - previous < timedelta(hours=14) and page.rng.random() < 0.5:
        page.note("midnight_without_date")
        return True
    return False


def _hours_and_minutes(page: Page, minutes: float) -> str:
    """A duration in one of the forms people write."""
    hours, rest = divmod(round(minutes), 60)
    forms = [f"{hours}h {rest:02d}m", f"{round(minutes)} minutes"]
    if hours and rest:
        plural = "s" if hours > 1 else ""
        forms.append(f"{hours} hour{plural} and {rest} minute{'s' if rest > 1 else ''}")
    return page.rng.choice(forms)


def _spelled(local: datetime) -> str:
    """`March 4, 2025 9:12 AM`, without the locale."""
    half = "AM" if local.hour < 12 else "PM"
    return (
        f"{_MONTHS[local.month - 1]} {local.day}, {local.year} {(local.hour + 11) % 12 + 1}:{local:%M} {half}"
    )


def _was_done(item: ActionItem, at: datetime) -> bool:
    """Whether the item was done at `at`, when its document's checkboxes were last touched."""
    is_done = (
        not item.is_in_jira
        and item.outcome == "done"
        and item.decided_at is not None
        and item.decided_at <= at
    )
    for change in item.changes:
        if isinstance(change, Transition) and change.at <= at:
            is_done = STATUSES[change.status_id][1] == "done"
    return is_done
