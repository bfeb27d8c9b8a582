"""An incident's facts → the Markdown of its postmortem, in the form the parser reads without loss.

What is not known yet stays empty, with a comment that says what belongs there. A draft of which only the
title is known is the template.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from pipeline.documents.evidence import as_minutes
from pipeline.documents.facts import ActionItem

_INTRODUCTION = (
    "Fill in what is known and leave the rest empty. An empty line is honest, a guess is not. "
    "Comments such as this one are not shown. `postmortems lint` says what is missing."
)
_TIME = "as in 2024-03-01 09:30 UTC or UTC+1"
_MARKUP = re.compile(r"[\\`*_\[\]<>~|]|&(?=#?\w+;)|(?:^|(?<=\s))#")
_LINE_START = re.compile(r"[-+=>](?=\s|[-=]|$)|\d{1,9}(?P<mark>[.)])(?=\s|$)")
_SEPARATORS = re.compile(r"[,;/&\n]|\band\b")


@dataclass(frozen=True, slots=True)
class Draft:
    """What is known of an incident when its postmortem is written; None or empty is not known yet.

    Times are naive UTC and are written on the clock of `zone`; minutes and dates as in `facts.FIELDS`.
    """

    title: str
    incident_key: str | None = None
    severity_label: str | None = None
    services: tuple[str, ...] = ()
    team: str | None = None
    started_at: datetime | None = None
    detected_at: datetime | None = None
    acknowledged_at: datetime | None = None
    declared_at: datetime | None = None
    mitigated_at: datetime | None = None
    resolved_at: datetime | None = None
    detection_method: str | None = None  # alert, customer or staff
    affected_user_count: int | None = None
    customer_impact_minutes: float | None = None
    authors: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    reviewed_on: date | None = None
    summary: str | None = None
    impact: str | None = None
    events: tuple[tuple[datetime, str], ...] = ()
    root_cause: str | None = None
    cause_category: str | None = None
    trigger: str | None = None
    contributing_factors: tuple[str, ...] = ()
    five_whys: tuple[str, ...] = ()
    action_items: tuple[ActionItem, ...] = ()
    links: tuple[tuple[str, str], ...] = ()  # to evidence: words and address
    zone: tzinfo = UTC


def postmortem_markdown(draft: Draft) -> str:
    """The postmortem as Markdown, ending in a newline."""
    return "\n".join(_lines(draft)) + "\n"


def file_name(title: str, day: date) -> str:
    """`2024-03-01-checkout-down.md` for a title and the day of the incident."""
    words = re.findall(r"[^\W_]+", title.casefold())
    slug = ""
    for word in words:
        if len(slug) + len(word) > 60:
            break
        slug += f"-{word}"
    return f"{day.isoformat()}{slug or '-incident'}.md"


def _lines(draft: Draft) -> Iterator[str]:
    yield f"# {_escaped(draft.title)}"
    yield from ("", _hint(_INTRODUCTION), "")
    for label, value, hint in _labelled(draft):
        yield f"- **{label}**: {value or _hint(hint)}"
    for heading, text, hint in (
        ("Incident summary", draft.summary, "Two or three sentences for a reader who was not there."),
        ("Impact", draft.impact, "Who could not do what, and how much was lost."),
    ):
        yield from _section(heading, _paragraphs(text), hint, is_known=bool(text))
    yield from _section(
        "Timeline",
        _table(("Time", "What happened"), _event_rows(draft)),
        "A row for each event, with its date and time. Say in words when it began, when an alert or a person "
        "noticed it, and when it was resolved.",
        is_known=bool(draft.events),
    )
    yield from _section(
        "Root cause",
        _paragraphs(draft.root_cause),
        "What in the systems made this possible, and what did not catch it. No names.",
        is_known=bool(draft.root_cause),
    )
    yield from _section(
        "Trigger",
        _paragraphs(draft.trigger),
        "The change or event that set it off.",
        is_known=bool(draft.trigger),
    )
    yield from _section(
        "Contributing factors",
        (f"- {_escaped(factor)}" for factor in draft.contributing_factors),
        "One in each line, as a list. What made it worse, longer or harder to see.",
        is_known=bool(draft.contributing_factors),
    )
    yield from _section(
        "Five whys",
        (f"{number}. {_escaped(why)}" for number, why in enumerate(draft.five_whys, start=1)),
        "A numbered list of questions with their answers, as in: Why did payments fail? The disk was full. "
        "Ask on until the answer is something you can change.",
        is_known=bool(draft.five_whys),
    )
    yield from _section(
        "Action items",
        _table(
            ("Action item", "Kind", "Owner", "Due", "Priority", "Status", "Ticket"),
            (_item_row(item) for item in draft.action_items),
        ),
        "A row for each. Say what will be true when it is done. Kind is prevent, detect, mitigate, process "
        "or repair; due is a date as in 2024-04-01; the ticket is a link.",
        is_known=bool(draft.action_items),
    )
    yield from _section(
        "Lessons learned", (), "What went well, what went badly, where luck helped.", is_known=False
    )
    yield from _section(
        "Evidence",
        (f"- [{_escaped(words)}]({url})" for words, url in draft.links),
        "Links to graphs, logs, chat and the changes made, as a list.",
        is_known=bool(draft.links),
    )


def _labelled(draft: Draft) -> Iterator[tuple[str, str, str]]:
    """Label, value as written (empty when unknown) and hint of each single fact."""
    yield "Incident", _escaped(draft.incident_key), "its number, as in INC-123"
    yield "Severity", _escaped(draft.severity_label), "as in SEV2"
    yield "Services", _names(draft.services), "the affected ones, separated by commas"
    yield "Team", _escaped(draft.team), "that owns the service"
    for label, at, hint in (
        ("Started", draft.started_at, f"when users first felt it, {_TIME}"),
        ("Detected", draft.detected_at, "when an alert or a person noticed it"),
        ("Acknowledged", draft.acknowledged_at, "when somebody took it up"),
        ("Declared", draft.declared_at, "when it was called an incident"),
        ("Mitigated", draft.mitigated_at, "when users no longer felt it"),
        ("Resolved", draft.resolved_at, "when it was over"),
    ):
        yield label, _written(at, draft.zone), hint
    yield "Detected by", _escaped(draft.detection_method), "alert, customer or staff"
    count = draft.affected_user_count
    yield "Users affected", "" if count is None else str(count), "how many"
    minutes = draft.customer_impact_minutes
    yield (
        "Impact duration",
        "" if minutes is None else f"{as_minutes(minutes)} minutes",
        "how long users felt it, as in 42 minutes",
    )
    yield "Cause category", _escaped(draft.cause_category), "as in capacity"
    yield "Authors", _names(draft.authors), "separated by commas"
    yield "Reviewers", _names(draft.reviewers), "separated by commas"
    day = draft.reviewed_on
    yield "Reviewed on", day.isoformat() if day else "", "as in 2024-03-08"


def _written(at: datetime | None, zone: tzinfo) -> str:
    """A moment on the clock of `zone`, with the offset that holds then, so that no reader has to guess."""
    if at is None:
        return ""
    local = at.replace(tzinfo=UTC).astimezone(zone)
    offset = local.utcoffset() or timedelta()
    if offset % timedelta(minutes=1):  # local mean times of old; nobody writes those
        local, offset = at.replace(tzinfo=UTC), timedelta()
    hours, minutes = divmod(abs(offset) // timedelta(minutes=1), 60)
    east = "" if not offset else f"{'-' if offset < timedelta() else '+'}{hours}"
    form = "%Y-%m-%d %H:%M:%S" if local.second else "%Y-%m-%d %H:%M"
    return f"{local:{form}} UTC{east}{f':{minutes:02}' if minutes else ''}"


def _names(names: tuple[str, ...]) -> str:
    """Names separated by commas; as a list below the label when a name itself holds what separates."""
    if any(_SEPARATORS.search(name) for name in names):
        return "".join(f"\n  - {_escaped(name)}" for name in names)
    return ", ".join(_escaped(name) for name in names)


def _section(heading: str, body: Iterable[str], hint: str, *, is_known: bool) -> Iterator[str]:
    lines = list(body)
    yield from ("", f"## {heading}", "")
    if not is_known:
        yield from (_hint(hint), "") if lines else (_hint(hint),)
    yield from lines


def _paragraphs(text: str | None) -> Iterator[str]:
    """Each line of the text as a paragraph; lines that begin with a dash stay a list."""
    before = ""
    for line in (text or "").splitlines():
        if not line.strip():
            continue
        mark = "- " if line.startswith("- ") else ""
        if before and not (mark and before == mark):
            yield ""
        yield mark + _escaped(line.removeprefix(mark))
        before = mark or "paragraph"


def _event_rows(draft: Draft) -> Iterator[tuple[str, ...]]:
    for at, text in draft.events:
        yield _written(at, draft.zone), _escaped(text)


def _item_row(item: ActionItem) -> tuple[str, ...]:
    done = (
        "Declined"
        if item.is_marked_declined
        else {True: "Done", False: "Open", None: ""}[item.is_marked_done]
    )
    key = _escaped(item.issue_key)
    ticket = f"[{key or item.url}]({item.url})" if item.url else key
    due = item.due_on.isoformat() if item.due_on else ""
    return (
        _escaped(item.description),
        item.kind or "",
        _escaped(item.owner),
        due,
        _escaped(item.priority),
        done,
        ticket,
    )


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    body = list(rows) or [("",) * len(head)]
    yield f"| {' | '.join(head)} |"
    yield "|" + " --- |" * len(head)
    for row in body:
        yield f"| {' | '.join(row)} |"


def _hint(words: str) -> str:
    return f"<!-- {words} -->"


def _escaped(text: str | None) -> str:
    """The text on one line, so that Markdown shows it as it is."""
    words = " ".join((text or "").split())
    words = _MARKUP.sub(lambda match: f"\\{match.group()}", words)
    start = _LINE_START.match(words)
    if start is None:
        return words
    at = start.start("mark") if start.group("mark") else 0
    return f"{words[:at]}\\{words[at:]}"
