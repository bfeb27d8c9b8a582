"""The house style of a wiki: pages in Confluence's storage format, as an export of a space holds them.

Its elements are those of Atlassian's description of the format: macros for page properties, status and Jira
issues, task lists (https://confluence.atlassian.com/doc/confluence-storage-format-790796544.html).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from html import escape

from pipeline.demo.house_styles.page import Page
from pipeline.demo.promises import ActionItem
from pipeline.demo.truth import Incident

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_COLOURS = {1: "Red", 2: "Red", 3: "Yellow", 4: "Grey"}
_TIMES = (
    ("started_at", "Start", "no_start"),
    ("detected_at", "Detected", ""),
    ("mitigated_at", "Mitigated", ""),
    ("resolved_at", "Resolved", "no_end"),
)


def wiki(page: Page, incidents: list[Incident]) -> None:
    """Page properties with Pacific times by name, then sections; action items in a table or as tasks."""
    incident = incidents[0]
    assert incident.story is not None
    told = page.tell(incident)
    page.add(f"<h1>{escape(incident.title)}</h1>")
    page.state(incident, "title", incident.title)
    page.add('<ac:structured-macro ac:name="details"><ac:rich-text-body><table><tbody>')
    if not page.makes("no_severity"):
        _property(page, "Severity", _status(f"SEV-{incident.severity}", _COLOURS[incident.severity]))
        page.state(incident, "severity", incident.severity)
    _property(page, "Service", incident.service)
    _property(page, "Owning team", incident.team.name)
    page.state(incident, "service", incident.service)
    page.state(incident, "team", incident.team.name)
    _times(page, incident)
    _figures(page, incident)
    if page.rng.random() < 0.5:
        _property(page, "Reviewers", ", ".join(page.reviewers(incident)))
    page.add("</tbody></table></ac:rich-text-body></ac:structured-macro>")
    page.add("<h2>What happened</h2>", f"<p>{escape(told.summary)}</p>")
    page.add("<h2>Root cause</h2>", f"<p>{escape(page.tell_cause(incident, told))}</p>")
    if page.rng.random() < 0.3:
        page.add("<h2>Five whys</h2>", "<ol>")
        whys = page.five_whys(incident, told)
        page.add(*(f"<li><p>{escape(f'{asked} {said}')}</p></li>" for asked, said in whys), "</ol>")
    page.add("<h2>Trigger</h2>", f"<p>{escape(page.tell_trigger(incident, told))}</p>")
    page.add("<h2>Detection</h2>", f"<p>{escape(page.tell_detection(incident))}</p>")
    page.add("<h2>Contributing factors</h2>", "<ul>")
    page.add(*(f"<li>{escape(text)}</li>" for text in page.choices(incident.story.factors, incident, 2)))
    page.add("</ul>")
    links = page.evidence(incident)
    if links:
        page.add("<h2>Evidence</h2>", "<ul>")
        page.add(*(f'<li><a href="{escape(link.url)}">{link.label}</a></li>' for link in links), "</ul>")
    page.add("<h2>Action items</h2>")
    if page.rng.random() < 0.6:
        _item_table(page, incident)
    else:
        _item_tasks(page, incident)


def _times(page: Page, incident: Incident) -> None:
    is_careless = page.rng.random() < 0.25  # always writes PST
    is_long = page.rng.random() < 0.4
    for field, name, absent in _TIMES:
        at: datetime | None = getattr(incident, field)
        if at is None or absent in page.plan.mistakes:
            continue
        local = page.local(at)
        zone = local.tzname() or ""
        if is_careless and zone == "PDT":
            zone = "PST"
            page.note("zone_against_season")
        if field == "resolved_at" and page.makes("end_day_early"):
            local -= timedelta(days=1)
        else:
            page.state_time(incident, field, has_zone=not is_careless)
        _property(page, name, f"{_spelled(local) if is_long else f'{local:%Y-%m-%d %H:%M}'} {zone}")


def _figures(page: Page, incident: Incident) -> None:
    resolve, mitigate = incident.minutes("resolved_at"), incident.minutes("mitigated_at")
    if page.makes("not_available"):
        _property(page, "Duration", "N/A")
    elif resolve is not None and not page.makes("no_end"):
        told = resolve + (90 if page.makes("duration_contradicts") else 0)
        _property(page, "Duration", page.hours_and_minutes(told))
        page.state(incident, "stated_time_to_resolve_minutes", told)
    if mitigate is not None and page.rng.random() < 0.5:
        _property(page, "Customer impact", f"{mitigate:.0f} minutes")
        page.state(incident, "customer_impact_minutes", mitigate)
    if page.rng.random() < 0.7:
        _property(page, "Affected users", f"{incident.affected_user_count:,}")
        page.state(incident, "affected_user_count", incident.affected_user_count)
    assert incident.cause is not None
    if page.rng.random() < 0.7:
        _property(page, "Root cause category", incident.cause.category)
        page.state(incident, "cause_category", incident.cause.category)


def _item_table(page: Page, incident: Incident) -> None:
    page.add("<table><tbody>", _row("th", ("Action", "Type", "Owner", "Priority", "Due", "Ticket")))
    for item in page.promises(incident):
        owner, due_on = item.owner.name if item.owner else None, item.first_due_on
        ticket = _issue(item) if page.key(item) else "TBD"
        words = (escape(item.description), item.kind, escape(owner or ""), item.priority, str(due_on or ""))
        page.add(_row("td", (*words, ticket)))
        page.state_item(incident, item, kind=item.kind, owner=owner, issue_key=page.key(item), due_on=due_on)
    page.add("</tbody></table>")


def _item_tasks(page: Page, incident: Incident) -> None:
    promises = page.promises(incident)
    if not promises:
        page.add("<p>None.</p>")
        return
    page.add("<ac:task-list>")
    for number, item in enumerate(promises, start=1):
        owner = item.owner.name if item.owner else None
        is_done = item.was_done(page.plan.published_at + timedelta(days=21))
        words = escape(f"{item.description} (Owner: {owner})" if owner else item.description)
        ticket = f" {_issue(item)}" if page.key(item) else ""
        page.add(
            f"<ac:task><ac:task-id>{number}</ac:task-id>"
            f"<ac:task-status>{'complete' if is_done else 'incomplete'}</ac:task-status>"
            f"<ac:task-body><span>{words}{ticket}</span></ac:task-body></ac:task>"
        )
        page.state_item(incident, item, owner=owner, issue_key=page.key(item), is_marked_done=is_done)
    page.add("</ac:task-list>")


def _property(page: Page, name: str, value: str) -> None:
    shown = value if value.startswith("<") else escape(value)
    page.add(f"<tr><th>{name}</th><td>{shown}</td></tr>")


def _row(cell: str, values: tuple[str, ...]) -> str:
    return f"<tr>{''.join(f'<{cell}>{value}</{cell}>' for value in values)}</tr>"


def _status(title: str, colour: str) -> str:
    return (
        f'<ac:structured-macro ac:name="status"><ac:parameter ac:name="colour">{colour}</ac:parameter>'
        f'<ac:parameter ac:name="title">{title}</ac:parameter></ac:structured-macro>'
    )


def _issue(item: ActionItem) -> str:
    return (
        '<ac:structured-macro ac:name="jira"><ac:parameter ac:name="server">System Jira</ac:parameter>'
        f'<ac:parameter ac:name="key">{item.issue_key}</ac:parameter></ac:structured-macro>'
    )


def _spelled(local: datetime) -> str:
    """`March 4, 2025 9:12 AM`, without the locale."""
    half = "AM" if local.hour < 12 else "PM"
    return (
        f"{_MONTHS[local.month - 1]} {local.day}, {local.year} {(local.hour + 11) % 12 + 1}:{local:%M} {half}"
    )
