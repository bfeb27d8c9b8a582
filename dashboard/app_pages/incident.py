"""One incident beside its timeline, its promises and its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import streamlit as st

from dashboard import cards, charts, fields, findings, frame, promises, similar
from dashboard.cards import Markup
from pipeline import metrics
from pipeline.metrics import IncidentFile
from pipeline.metrics import sentences as say

#: What the document tells in its own words, in the order in which people ask.
TOLD = ("impact", "trigger", "root_cause", "contributing_factors", "five_whys", "detection_method")
PEOPLE = ("authors", "reviewers", "written_at", "published_at", "reviewed_at")


def page() -> None:
    """The incident that the address names."""
    wanted = st.query_params.get("id", "")
    found = metrics.incident(frame.view().published, wanted) if wanted else None
    back = cards.here("← All incidents", frame.address("incidents"))
    st.html(cards.paragraph(back, "pm-back"))
    if found is None:
        words = f"This build holds no incident {wanted}." if wanted else "No incident is chosen."
        st.html(cards.paragraph(words, "pm-empty"))
        return
    facts = found.facts
    st.html(
        f'<h2 class="pm-incident">{cards.text(facts["title"] or wanted)}</h2>'
        f'<div class="pm-chips">{"".join(chips(facts))}</div>'
        + cards.paragraph(whereabouts(found), "pm-lead")
        + (cards.paragraph(facts["summary"], "pm-lead") if facts["summary"] else "")
    )
    with st.container(key="card-timeline"):
        times_and_timeline(found)
    with st.container(key="card-told"):
        told(found)
    with st.container(key="card-promises"):
        promised(found)
    with st.container(key="card-similar"):
        similar.card(found.facts)
    with st.container(key="card-findings"):
        doubts(found)
    with st.container(key="card-evidence"):
        evidence(found)


def chips(facts: Mapping[str, Any]) -> list[Markup]:
    """Severity, services, team, cause; and planned, when it was."""
    shown = []
    if facts["is_planned"]:
        shown.append(cards.chip("planned, left out of incident figures", "notice"))
    severity = facts["severity"]
    label = facts["severity_label"] or (f"Severity {severity}" if severity else "Severity not stated")
    colours = frame.view().colours
    shown.append(cards.chip(cards.dotted(label, colours.severity(severity)), "quiet"))
    services = list(dict.fromkeys([facts["service"], *(facts["services"] or [])]))
    shown += [cards.chip(name, "quiet") for name in services if name] or [
        cards.chip("Service not stated", "quiet")
    ]
    if facts["team"]:
        shown.append(cards.chip(f"Team {facts['team']}", "quiet"))
    cause = say.category_in_words(facts["cause_category"])
    basis = f" ({facts['cause_basis']})" if facts["cause_basis"] else ""
    shown.append(
        cards.chip(f"Cause: {cause}{basis}" if facts["cause_category"] else "Cause unknown", "quiet")
    )
    return shown


def whereabouts(found: IncidentFile) -> Markup:
    """The documents: each a link when its address is known, its path in any case; and why several are one."""
    told = [
        Markup(
            f"{cards.link(row['path'], row['url'])} in {cards.text(row['source'])}"
            + cards.text(f" ({BASES.get(row['basis'], row['basis'])})" if row["basis"] else "")
        )
        for row in found.documents.iter_rows(named=True)
    ]
    return told[0] if len(told) == 1 else cards.numbered(told)


#: Why a further document is known to be on the same incident.
BASES = {
    "incident_key": "the same number",
    "service_and_time": "the same service at the same time",
    "incident_key and service_and_time": "the same number, service and time",
}


def line(row: Mapping[str, Any], found: IncidentFile) -> Markup:
    """The line; and of which of several documents, by its number in their list, when not of the first."""
    documents = found.documents["document_id"].to_list()
    place = documents.index(row["document_id"]) + 1 if row["document_id"] in documents else 1
    return cards.with_remark(row["line"], f"document {place}" if place > 1 else "")


def lines_of_fields(found: IncidentFile) -> dict[str, Markup]:
    """The line of each field's chosen value."""
    return {
        row["field"]: line(row, found) for row in found.evidence.iter_rows(named=True) if row["is_chosen"]
    }


def times_and_timeline(found: IncidentFile) -> None:
    """The incident's times, how long each step took, and what happened when."""
    facts, events = found.facts, found.events
    st.html(
        cards.paragraph("What happened when", "pm-title")
        + cards.paragraph(missing_times(facts, frame.view().run), "pm-sub")
        + durations(facts)
    )
    drawn = charts.incident_timeline(events, dict(facts), charts.Look(frame.view().colours))
    if drawn.spec is not None:
        st.vega_lite_chart(drawn.spec, theme=None, width="stretch", key="chart-timeline", alt=drawn.alt)
    lines = lines_of_fields(found)
    stated = [(name, facts[f"{name}_at"]) for name in fields.TIMES if facts[f"{name}_at"]]
    left, right = st.columns([2, 3] if stated else [1, 4], gap="large")
    if stated:
        with left:
            st.html(
                cards.table(
                    ["Time", "UTC", "Line"],
                    [(name.capitalize(), fields.moment(at), lines.get(f"{name}_at")) for name, at in stated],
                    ["tight", "num soft", "num soft"],
                )
            )
    with right if stated else st.container():
        if events.is_empty():
            st.html(cards.paragraph("The document tells no timeline.", "pm-empty"))
            return
        first = events["at"].min()
        st.html(
            cards.table(
                ["UTC", "Event", "", "Line"],
                [
                    (
                        clock(row["at"], first),
                        row["text"],
                        cards.chip(row["kind"], "quiet") if row["kind"] else "",
                        line(row, found),
                    )
                    for row in events.iter_rows(named=True)
                ],
                ["tight soft", "", "tight", "num soft"],
            )
        )


def missing_times(facts: Mapping[str, Any], run: Mapping[str, Any]) -> str:
    """Which times the document does not state, and why there is no time to resolve when there is none."""
    missing = [name for name in fields.TIMES if facts[f"{name}_at"] is None]
    said = "All times in UTC, as read from the document."
    if len(missing) == len(fields.TIMES):
        day = f", only the day, {say.day_in_words(facts['occurred_on'])}" if facts["occurred_on"] else ""
        said = f"The document states no time of the incident itself{day}."
    elif missing:
        said += f" Not stated: {', '.join(missing)}."
    if facts["time_to_resolve_minutes"] is None:
        ends = [str(run[name]).removesuffix("_at") for name in ("resolve_from", "resolve_to")]
        needed = [name for name in ends if facts.get(f"{name}_at") is None]
        said += (
            f" So it has no time to resolve, which runs from {ends[0]} to {ends[1]}."
            if needed
            else " It has no time to resolve, since its times contradict each other: see the findings."
        )
    return said


def durations(facts: Mapping[str, Any]) -> Markup:
    """How long each step took, as far as that is known."""

    def basis(start: str, end: str) -> str:
        ends = facts[f"{start}_at"], facts[f"{end}_at"]
        return "as stated" if None in ends or ends[1] < ends[0] else "from its times"

    resolved = {"timestamps": "from its times", "stated": "as stated"}.get(facts["duration_basis"] or "", "")
    shown = [
        (say.in_words(facts[f"{name}_minutes"]), label, doubt)
        for name, label, doubt in (
            ("time_to_detect", "to detect", basis("started", "detected")),
            ("time_to_acknowledge", "to acknowledge", basis("detected", "acknowledged")),
            ("time_to_mitigate", "to mitigate", basis("started", "mitigated")),
            ("time_to_resolve", "to resolve", resolved),
            ("customer_impact", "customer impact", "as stated"),
        )
        if facts[f"{name}_minutes"] is not None
    ]
    return cards.figures(shown) if shown else Markup()


def told(found: IncidentFile) -> None:
    """Impact, trigger, causes and whys in the document's words, who wrote it, and where its evidence lies."""
    facts = found.facts
    lines = lines_of_fields(found)
    names = fields.FIELDS | {"written_at": "Written", "trigger": "Trigger"}
    rows = [
        (names[field], in_document_words(field, facts[field]), lines.get(field))
        for field in (*TOLD, *PEOPLE)
        if facts[field]
    ]
    missing = [say.lower_first(names[field]) for field in ("impact", "root_cause") if not facts[field]]
    st.html(
        cards.paragraph("What the document tells", "pm-title")
        + (cards.paragraph(f"Not told: {', '.join(missing)}.", "pm-sub") if missing else Markup())
        + (
            cards.table(["", "In its words", "Line"], rows, ["tight soft", "", "num soft"])
            if rows
            else cards.paragraph(
                "It tells neither impact nor causes under a heading that says so.", "pm-empty"
            )
        )
    )
    if found.links.is_empty():
        return
    st.html(
        cards.paragraph("Evidence it links to", "pm-title")
        + cards.table(
            ["Link", "Kind", "Line"],
            [
                (cards.link(row["label"] or row["url"], row["url"]), row["kind"], line(row, found))
                for row in found.links.iter_rows(named=True)
            ],
            ["", "tight soft", "num soft"],
        )
    )


def in_document_words(field: str, value: Any) -> Markup:
    """A text, a list of several, in order where that tells something, or a day."""
    if isinstance(value, datetime):
        return cards.text(say.day_in_words(value.date()))
    if not isinstance(value, list):
        return cards.text(value)
    if field == "five_whys":
        return cards.numbered(value)
    separator = ", " if field in PEOPLE else "; "
    return cards.text(separator.join(str(entry) for entry in value))


def promised(found: IncidentFile) -> None:
    """The action items, what became of them, and what was done to their issues."""
    items = found.action_items
    st.html(cards.paragraph(f"{say.count_of(len(items), 'action item')} promised", "pm-title"))
    if items.is_empty():
        st.html(cards.paragraph("This incident led to no recorded promise.", "pm-empty"))
        return
    colours = frame.view().colours
    st.html(
        cards.table(
            ["Promise", "State", "Due", "Owner", "Issue", "Line"],
            [
                (
                    promises.promise(row, found.history),
                    promises.state(row, colours),
                    promises.due(row),
                    promises.owner(row),
                    promises.issue(row),
                    row["line"],
                )
                for row in items.iter_rows(named=True)
            ],
            ["", "words", "tight", "words", "words", "num soft"],
        )
    )


def doubts(found: IncidentFile) -> None:
    """What is missing or contradictory."""
    st.html(cards.paragraph("Findings", "pm-title"))
    if found.findings.is_empty():
        st.html(cards.paragraph("Nothing missing, nothing contradictory.", "pm-empty"))
    else:
        kinds = {"error": "bad", "warning": "notice"}
        st.html(
            cards.table(
                ["", "Finding", "Left out of", "Line"],
                [
                    (
                        cards.chip(row["level"], kinds.get(row["level"], "quiet")),
                        cards.with_remark(row["message"], cards.quoted(row["quote"])),
                        findings.figures(row),
                        line(row, found),
                    )
                    for row in found.findings.iter_rows(named=True)
                ],
                ["tight", "", "words soft", "num soft"],
            )
        )


def evidence(found: IncidentFile) -> None:
    """Each field's value, how it was read, and the words it came from."""
    rows = found.evidence
    st.html(
        cards.paragraph("Where each value comes from", "pm-title")
        + cards.paragraph("The field, how it was read, and the document's own words.", "pm-sub")
    )
    if rows.is_empty():
        st.html(cards.paragraph("No field was read from this document.", "pm-empty"))
        return
    chosen = {row["field"]: row["value"] for row in rows.iter_rows(named=True) if row["is_chosen"]}
    told = [
        row
        for row in sorted(rows.iter_rows(named=True), key=place)
        if not (row["field"] == "services" and fields.listed(row["value"] or "") == [chosen.get("service")])
    ]
    st.html(
        cards.table(
            ["Field", "Value", "Read from", "Sure", "Line", "The document's words"],
            [
                (
                    fields.name(row["field"]) if row["ordinal"] == 1 else "",
                    value_read(row, chosen),
                    say.category_in_words(row["method"]).lower(),
                    say.percent(row["confidence"]),
                    line(row, found),
                    cards.quoted(row["quote"]),
                )
                for row in told
            ],
            ["tight", "", "tight soft", "num soft", "num soft", ""],
        )
    )


def place(row: Mapping[str, Any]) -> tuple[int, str, int]:
    """Where a row of evidence stands: by field as people tell an incident, the chosen value first."""
    order = list(fields.FIELDS)
    field = row["field"]
    return (order.index(field) if field in fields.FIELDS else len(order), field, row["ordinal"])


def value_read(row: Mapping[str, Any], chosen: Mapping[str, str]) -> Markup:
    """The value; struck through when the document says it but the tables use another."""
    if row["value"] is None:
        return cards.text("not stated, as a person says")
    shown = cards.text(fields.value_in_words(row["field"], row["value"]))
    if row["is_chosen"]:
        return shown
    if row["value"] == chosen.get(row["field"]):
        return Markup(f"{shown} <small>said again</small>")
    return Markup(f"<s>{shown}</s> <small>not used</small>")


def clock(at: datetime | None, first: Any) -> str:
    """The time of day, with the day when it is not the first event's."""
    if at is None:
        return "not readable"
    return f"{at:%H:%M}" if first is not None and at.date() == first.date() else f"{at.day} {at:%b %H:%M}"


page()
