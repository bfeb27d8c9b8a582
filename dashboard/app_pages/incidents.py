"""Find an incident, and read it beside its timeline, its promises and its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import polars as pl
import streamlit as st

from dashboard import cards, charts, frame
from dashboard.cards import Markup
from pipeline import metrics
from pipeline.metrics import IncidentFile
from pipeline.metrics import sentences as say

TIMES = ("started", "detected", "acknowledged", "declared", "mitigated", "resolved")
LIST = "incident-list"


def page() -> None:
    """One incident when the address names it, else the list."""
    wanted = st.query_params.get("incident")
    if not wanted:
        find()
        return
    found = metrics.incident(frame.view().published, wanted)
    st.button("All incidents", on_click=leave, type="tertiary", icon=":material/arrow_back:", key="back")
    if found is None:
        st.html(cards.paragraph(f"This build holds no incident {wanted}.", "pm-empty"))
        return
    read(found)


def leave() -> None:
    """Back to the list."""
    st.query_params.pop("incident", None)


def find() -> None:
    """The list, by text and filters."""
    words = st.text_input(
        "Search",
        key="q",
        bind="query-params",
        placeholder="Words from the title, service, cause, path, evidence or an action item",
    )
    found = frame.rows("incidents_matching", search_text=words or "")
    now = frame.view()
    period = say.period_in_words(now.filters)
    if found.is_empty():
        st.html(
            cards.paragraph(
                f"No incident matches ({period}). Fewer filters or other words may find one.", "pm-empty"
            )
        )
        return
    planned = int(found["is_planned"].sum())
    counted = say.count_of(len(found) - planned, "incident")
    extra = f" and {say.count_of(planned, 'planned maintenance', 'planned maintenances')}" if planned else ""
    st.html(
        cards.paragraph(f"{counted}{extra}", "pm-title")
        + cards.paragraph(f"{period}. Select a row to read one.", "pm-sub")
    )

    def open_selected() -> None:
        chosen = st.session_state[LIST]["selection"]["rows"]
        if chosen:
            st.query_params["incident"] = found["incident_id"][chosen[0]]

    st.dataframe(
        listed(found),
        hide_index=True,
        height=min(38 * len(found) + 40, 720),
        row_height=38,
        key=LIST,
        on_select=open_selected,
        selection_mode="single-row",
        placeholder="",
        alt=f"{len(found)} incidents with their severity, team, service, cause, time to resolve and promises",
        column_config={
            "When": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm", width=135),
            "Incident": st.column_config.TextColumn(width="large"),
            "To resolve": st.column_config.TextColumn(width="small", alignment="right"),
            "Sev": st.column_config.TextColumn(width=60),
            "Promises": st.column_config.NumberColumn(width=70),
            "Open": st.column_config.NumberColumn(width=50),
            "Overdue": st.column_config.NumberColumn(width=65),
        },
    )
    frame.foot("Times are UTC. Empty: not stated.", "incidents_matching")


def listed(found: pl.DataFrame) -> pl.DataFrame:
    """The list's columns, in words."""
    return pl.DataFrame(
        {
            "When": found["occurred_at"],
            "Incident": found["title"],
            "Sev": [
                "planned" if planned else None if level is None else str(level)
                for level, planned in zip(found["severity"], found["is_planned"], strict=True)
            ],
            "Team": found["team"],
            "Service": found["service"],
            "Cause": [
                None if not cause else say.category_in_words(cause) for cause in found["cause_category"]
            ],
            "To resolve": [
                None if minutes is None else say.in_words(minutes)
                for minutes in found["time_to_resolve_minutes"]
            ],
            "Promises": found["action_item_count"],
            "Open": found["open_count"],
            "Overdue": found["overdue_count"],
        },
        schema_overrides={"Sev": pl.String, "Cause": pl.String, "To resolve": pl.String},
    )


def read(found: IncidentFile) -> None:
    """One incident, whole."""
    facts = found.facts
    st.html(
        f'<h2 class="pm-incident">{cards.text(facts["title"])}</h2>'
        f'<div class="pm-chips">{"".join(chips(facts))}</div>'
        + cards.paragraph(whereabouts(facts), "pm-lead")
        + (cards.paragraph(facts["summary"], "pm-lead") if facts["summary"] else "")
    )
    times_and_timeline(found)
    left, right = st.columns([3, 2], gap="medium")
    with left, st.container(key="card-promises", height="stretch"):
        promises(found)
    with right, st.container(key="card-findings", height="stretch"):
        doubts(found)
    with st.container(key="card-evidence"):
        evidence(found.evidence)


def chips(facts: dict[str, Any]) -> list[Markup]:
    """Severity, service, team, cause; and planned, when it was."""
    shown = []
    if facts["is_planned"]:
        shown.append(cards.chip("planned, left out of incident metrics", "notice"))
    severity = facts["severity"]
    label = facts["severity_label"] or (f"Severity {severity}" if severity else None)
    colours = frame.view().colours
    if label:
        shown.append(cards.chip(cards.dotted(label, colours.severity(severity)), "quiet"))
    shown += [cards.chip(facts[name], "quiet") for name in ("service", "team") if facts[name]]
    if facts["cause_category"]:
        basis = f" ({facts['cause_basis']})" if facts["cause_basis"] else ""
        shown.append(cards.chip(f"Cause: {say.category_in_words(facts['cause_category'])}{basis}", "quiet"))
    else:
        shown.append(cards.chip("Cause unknown", "quiet"))
    return shown


def whereabouts(facts: dict[str, Any]) -> Markup:
    """The document: a link when its address is known, its path in any case."""
    document = cards.link(facts["path"], facts["url"])
    return Markup(f"{document} in {cards.text(facts['source'])}")


def times_and_timeline(found: IncidentFile) -> None:
    """The incident's times, how long each step took, and what happened when."""
    facts = found.facts
    figures = [
        (say.in_words(facts[f"{name}_minutes"]), label, doubt)
        for name, label, doubt in (
            ("time_to_detect", "to detect", ""),
            ("time_to_acknowledge", "to acknowledge", ""),
            ("time_to_mitigate", "to mitigate", ""),
            ("time_to_resolve", "to resolve", basis_in_words(facts)),
            ("customer_impact", "customer impact", "as stated"),
        )
        if facts[f"{name}_minutes"] is not None
    ]
    now = frame.view()
    with st.container(key="card-timeline"):
        st.html(
            cards.paragraph("What happened when", "pm-title")
            + cards.paragraph("All times in UTC, as read from the document.", "pm-sub")
        )
        if figures:
            st.html(cards.figures(figures))
        drawn = charts.incident_timeline(found.events, facts, charts.Look(now.colours))
        if drawn.spec is not None:
            st.vega_lite_chart(drawn.spec, theme=None, width="stretch", key="chart-timeline", alt=drawn.alt)
        left, right = st.columns([1, 2], gap="large")
        with left:
            stated = [(name, facts.get(f"{name}_at")) for name in TIMES]
            st.html(
                cards.table(
                    ["Time", "UTC"],
                    [(name.capitalize(), moment(at) if at else "not stated") for name, at in stated],
                    ["tight", "num soft"],
                )
            )
        with right:
            if found.events.is_empty():
                st.html(cards.paragraph("The document tells no timeline.", "pm-empty"))
            else:
                st.html(
                    cards.table(
                        ["UTC", "Event", "", "Line"],
                        [
                            (
                                clock(row["at"], found.events["at"].min()),
                                row["text"],
                                cards.chip(row["kind"], "quiet") if row["kind"] else "",
                                row["line"],
                            )
                            for row in found.events.iter_rows(named=True)
                        ],
                        ["tight soft", "", "tight", "num soft"],
                    )
                )


def basis_in_words(facts: dict[str, Any]) -> str:
    """Whether the time to resolve was computed or is the document's own claim."""
    return {"timestamps": "from its times", "stated": "as stated"}.get(facts["duration_basis"] or "", "")


def promises(found: IncidentFile) -> None:
    """The action items and what became of them."""
    items = found.action_items
    st.html(cards.paragraph(f"{say.count_of(len(items), 'action item')} promised", "pm-title"))
    if items.is_empty():
        st.html(cards.paragraph("This incident led to no recorded promise.", "pm-empty"))
        return
    colours = frame.view().colours
    st.html(
        cards.table(
            ["Promise", "Outcome", "Due", "Owner", "Issue"],
            [
                (
                    row["description"],
                    outcome(row, colours.outcome),
                    day(row["committed_on"]),
                    row["owner"] or "nobody named",
                    cards.link(row["jira_key"] or ("link" if row["url"] else "no issue"), row["url"]),
                )
                for row in items.iter_rows(named=True)
            ],
            ["", "tight", "tight", "soft", "tight"],
        )
    )


def outcome(row: dict[str, Any], colour: Any) -> Markup:
    """Open, overdue, done or declined, behind its colour; how late."""
    name = row["outcome"] or "unknown"
    if name == "open" and row["is_overdue"]:
        return cards.dotted(f"overdue {row['overdue_days']:.0f} d", colour("overdue"))
    if name == "unknown" and row["link_state"] == "missing":
        return cards.dotted("issue missing", colour("unknown"))
    return cards.dotted(name, colour(name))


def doubts(found: IncidentFile) -> None:
    """What is missing or contradictory, and what this incident resembles."""
    st.html(cards.paragraph("Findings", "pm-title"))
    if found.findings.is_empty():
        st.html(cards.paragraph("Nothing missing, nothing contradictory.", "pm-empty"))
    else:
        kinds = {"error": "bad", "warning": "notice"}
        st.html(
            cards.table(
                ["", "Finding", "Line"],
                [
                    (cards.chip(row["level"], kinds.get(row["level"], "quiet")), row["message"], row["line"])
                    for row in found.findings.iter_rows(named=True)
                ],
                ["tight", "", "num soft"],
            )
        )
    if not found.repeats.is_empty():
        st.html(
            cards.paragraph("Resembles", "pm-title")
            + cards.paragraph("Candidates until a person confirms them. Association, not proof.", "pm-sub")
            + cards.table(
                ["Earlier incident", "Days before"],
                [
                    (
                        cards.here(row["earlier_title"], frame.incident_address(row["earlier_incident_id"])),
                        f"{row['gap_days']:.0f}",
                    )
                    for row in found.repeats.head(5).iter_rows(named=True)
                ],
                ["", "num"],
            )
        )


def evidence(rows: pl.DataFrame) -> None:
    """Each field's value, how it was read, and the words it came from."""
    st.html(
        cards.paragraph("Where each value comes from", "pm-title")
        + cards.paragraph("The field, how it was read, and the document's own words.", "pm-sub")
    )
    if rows.is_empty():
        st.html(cards.paragraph("No field was read from this document.", "pm-empty"))
        return
    chosen = {row["field"]: row["value"] for row in rows.iter_rows(named=True) if row["is_chosen"]}
    st.html(
        cards.table(
            ["Field", "Value", "Read from", "Sure", "Line", "The document's words"],
            [
                (
                    say.category_in_words(row["field"]) if row["ordinal"] == 1 else "",
                    value_read(row, chosen),
                    say.category_in_words(row["method"]).lower(),
                    f"{row['confidence']:.0%}",
                    row["line"],
                    Markup(f"<q>{cards.text(row['quote'])}</q>"),
                )
                for row in rows.iter_rows(named=True)
            ],
            ["tight", "", "tight soft", "num soft", "num soft", ""],
        )
    )


def value_read(row: dict[str, Any], chosen: Mapping[str, str]) -> object:
    """The value; struck through when the document says it but the tables use another."""
    if row["is_chosen"]:
        return row["value"]
    if row["value"] == chosen.get(row["field"]):
        return Markup(f"{cards.text(row['value'])} <small>said again</small>")
    return Markup(f"<s>{cards.text(row['value'])}</s> <small>not used</small>")


def moment(at: datetime) -> str:
    """24 Nov 2026, 06:00."""
    return f"{at.day} {at:%b %Y, %H:%M}"


def clock(at: datetime | None, first: Any) -> str:
    """The time of day, with the day when it is not the first event's."""
    if at is None:
        return "not readable"
    return f"{at:%H:%M}" if first is not None and at.date() == first.date() else f"{at.day} {at:%b %H:%M}"


def day(on: Any) -> str:
    """24 Nov 2026, or that there is none."""
    return "no date" if on is None else f"{on.day} {on:%b %Y}"


page()
