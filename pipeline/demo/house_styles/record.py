"""The records of a tool: what incident.io's API gives of an incident, one line of JSON each.

The fields are those of its documentation (https://docs.incident.io/api-reference/incidents-v2), with the
follow-ups and the postmortem of each put into it.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from pipeline.demo.document_plans import record_id
from pipeline.demo.house_styles.page import Page, Telling
from pipeline.demo.roster import DOMAIN
from pipeline.demo.truth import Incident

_TIMES = (
    ("started_at", "Impact started at", "no_start"),
    ("detected_at", "Detected at", ""),
    ("acknowledged_at", "Acknowledged at", ""),
    ("declared_at", "Reported at", ""),
    ("mitigated_at", "Fixed at", ""),
    ("resolved_at", "Resolved at", "no_end"),
)


def record(page: Page, incidents: list[Incident]) -> None:
    """The whole record on one line."""
    incident = incidents[0]
    told = page.tell(incident)
    held: dict[str, Any] = {
        "id": record_id(incident),
        "reference": incident.incident_id,
        "name": incident.title,
        "summary": told.summary,
        "mode": "standard",
        "incident_status": {"name": "Closed", "category": "closed"},
        "created_at": _moment(incident.declared_at),
        "permalink": f"https://incidents.{DOMAIN}/{incident.incident_id}",
    }
    page.state(incident, "incident_key", incident.incident_id)
    page.state(incident, "title", incident.title)
    if not page.makes("no_severity"):
        held["severity"] = {"name": f"SEV{incident.severity}"}
        page.state(incident, "severity", incident.severity)
    held["incident_timestamp_values"] = [
        {"incident_timestamp": {"name": name}, "value": {"value": _moment(getattr(incident, field))}}
        for field, name, absent in _TIMES
        if absent not in page.plan.mistakes
    ]
    for field, _, absent in _TIMES:
        if absent not in page.plan.mistakes:
            page.state(incident, field, getattr(incident, field))
    held["custom_field_entries"] = _custom_fields(page, incident)
    held["postmortem_document"] = {"markdown": _postmortem(page, incident, told)}
    held["follow_ups"] = _follow_ups(page, incident)
    page.add(json.dumps(held, ensure_ascii=False))


def _postmortem(page: Page, incident: Incident, told: Telling) -> str:
    """What the team wrote about it in the tool; times and levels are the record's own."""
    assert incident.story is not None
    sections = [("Impact", page.tell_impact(incident, told))]
    if not page.makes("no_cause"):
        sections.append(("Root cause", page.tell_cause(incident, told)))
    sections.append(("Trigger", page.tell_trigger(incident, told)))
    sections.append(("Detection", page.tell_detection(incident)))
    factors = page.choices(incident.story.factors, incident, 2)
    sections.append(("Contributing factors", "\n".join(f"- {text}" for text in factors)))
    written = "\n\n".join(f"## {heading}\n\n{words}" for heading, words in sections)
    return f"# Postmortem: {incident.title}\n\n{written}\n"


def _custom_fields(page: Page, incident: Incident) -> list[dict[str, Any]]:
    assert incident.cause is not None
    fields = [("Affected services", "value_catalog_entry", {"name": incident.service})]
    page.state(incident, "service", incident.service)
    if page.rng.random() < 0.7:
        fields.append(("Cause", "value_option", {"value": incident.cause.category}))
        page.state(incident, "cause_category", incident.cause.category)
    return [{"custom_field": {"name": name}, "values": [{kind: value}]} for name, kind, value in fields]


def _follow_ups(page: Page, incident: Incident) -> list[dict[str, Any]]:
    follow_ups = []
    for item in page.promises(incident):
        key, owner = page.key(item), item.owner.name if item.owner else None
        is_done = item.was_done(page.company.as_of)
        follow_up: dict[str, Any] = {
            "title": item.description,
            "status": "completed" if is_done else "outstanding",
            "priority": {"name": item.priority},
        }
        if owner:
            follow_up["assignee"] = {"name": owner}
        if key:
            follow_up["external_issue_reference"] = {
                "provider": "jira",
                "issue_name": key,
                "issue_permalink": page.link(item),
            }
        follow_ups.append(follow_up)
        page.state_item(incident, item, owner=owner, issue_key=key, is_marked_done=is_done)
    return follow_ups


def _moment(at: datetime | None) -> str | None:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}" if at else None
