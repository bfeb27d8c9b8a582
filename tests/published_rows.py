"""Publishes a build with rows chosen by a test, in tables made by the real models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from pipeline.models.publishing import publish_build
from pipeline.models.runner import build_models

AS_OF = datetime(2026, 3, 15, 12)
WAREHOUSE = Path(__file__).resolve().parents[1] / "sql" / "warehouse.sql"
#: The life of each action item that a test gives no states of: open from the promise until what it is now.
STATES = """
    UPDATE marts.action_items SET opened_at = promised_at WHERE opened_at IS NULL;
    CREATE TEMPORARY TABLE given AS
        SELECT *, coalesce(done_at, declined_at) AS decided_at
        FROM marts.action_items ANTI JOIN marts.action_item_states USING (action_item_id);
    INSERT INTO marts.action_item_states (action_item_id, spell_number, outcome, from_at, until_at, is_last)
        SELECT action_item_id, 1, 'open', opened_at, decided_at, false
        FROM given WHERE outcome IN ('done', 'declined') AND decided_at > opened_at;
    INSERT INTO marts.action_item_states (action_item_id, spell_number, outcome, from_at, until_at, is_last)
        SELECT
            action_item_id, CASE WHEN decided_at > opened_at THEN 2 ELSE 1 END, outcome,
            CASE WHEN outcome IN ('done', 'declined') THEN decided_at ELSE opened_at END, NULL, true
        FROM given;
    DROP TABLE given;
"""
Rows = Mapping[str, Sequence[Mapping[str, Any]]]


def publish_rows(
    folder: Path, build_id: str, rows: Rows, *, is_invented: bool = True, time_zone: str = "UTC"
) -> Path:
    """Build the marts from an empty warehouse, publish them in `folder`, and add the rows; the file."""
    folder.mkdir(parents=True, exist_ok=True)
    building = folder / f".building-{build_id}.duckdb"
    with duckdb.connect(str(folder / f"warehouse-{build_id}.duckdb")) as con:
        con.execute(WAREHOUSE.read_text(encoding="utf-8")).fetchall()
        con.execute(
            "INSERT INTO settings.parameters (build_id, built_at, as_of, is_as_of, company, is_invented,"
            " time_zone, resolve_from, resolve_to, ignored_after_days, repeat_within_days, repeat_similarity,"
            " effectiveness, horizon_days, product_version, duckdb_version)"
            " VALUES ($build, $at, $at, false, 'Acme & Sons', $invented,"
            " $zone, 'started_at', 'resolved_at', 30, 180, 0.45, 0.5, 91, '0', '2')",
            {"build": build_id, "at": AS_OF, "invented": is_invented, "zone": time_zone},
        ).fetchall()
        build_models(con, building)
        path = publish_build(con, building, folder)
    with duckdb.connect(str(path)) as con:
        for table, given in rows.items():
            for row in given:
                names = ", ".join(f'"{name}"' for name in row)
                marks = ", ".join(f"${name}" for name in row)
                con.execute(f"INSERT INTO marts.{table} ({names}) VALUES ({marks})", dict(row)).fetchall()
        con.execute(
            "INSERT INTO marts.incident_documents (incident_id, document_id, source, path, url, place,"
            " is_shown) SELECT incident_id, document_id, source, path, url, 1, true FROM marts.incidents"
            " ANTI JOIN marts.incident_documents AS told USING (incident_id)"
        ).fetchall()
        con.execute(STATES).fetchall()
    return path


def incident(incident_id: str, at: datetime, minutes: float | None, **more: Any) -> dict[str, Any]:
    """A row of `marts.incidents`: started at `at`, resolved after `minutes`; None: not resolved."""
    ended = None if minutes is None else at + timedelta(minutes=minutes)
    return {
        "incident_id": incident_id,
        "document_id": f"doc-{incident_id}",
        "source": "handbook",
        "path": f"{incident_id}.md",
        "url": f"https://git.example/{incident_id}.md",
        "title": f"Incident {incident_id}",
        "occurred_at": at,
        "started_at": at,
        "resolved_at": ended,
        "time_to_resolve_minutes": minutes,
        "duration_basis": None if minutes is None else "timestamps",
        "is_planned": False,
        "action_item_count": 0,
    } | more


def action_item(action_item_id: str, incident_id: str | None, **more: Any) -> dict[str, Any]:
    """A row of `marts.action_items`: open and linked unless said otherwise; to prevent only where its kind
    says so.
    """
    return {
        "action_item_id": action_item_id,
        "incident_id": incident_id,
        "description": f"Promise {action_item_id}",
        "link_state": "linked",
        "outcome": "open",
        "outcome_basis": "jira",
        "is_overdue": False,
        "is_lost_overdue": False,
        "due_date_push_count": 0,
        "tracker": "jira",
        "prevention_basis": "kind" if more.get("kind") == "prevent" else None,
    } | more


def finding(finding_number: int, document_id: str, rule: str, **more: Any) -> dict[str, Any]:
    """A row of `marts.findings`: costs nothing unless said otherwise, and ranks by its number."""
    return {
        "finding_number": finding_number,
        "rank": finding_number,
        "document_id": document_id,
        "rule": rule,
        "level": "warning",
        "lost_figures": [],
        "doubted_figures": [],
        "lost_incident_count": 0,
        "cost": 0.0,
    } | more


def document(document_id: str, kind: str = "postmortem", **more: Any) -> dict[str, Any]:
    """A row of `marts.documents`: listed by the handbook and read."""
    return {
        "document_id": document_id,
        "source": "handbook",
        "path": f"{document_id.removeprefix('doc-')}.md",
        "url": f"https://git.example/{document_id.removeprefix('doc-')}.md",
        "kind": kind,
        "is_listed": True,
        "media_type": "text/plain",
    } | more


def exclusions(**figures: str) -> list[dict[str, Any]]:
    """Rows of `marts.exclusions`: for each figure, the incidents it leaves out."""
    return [
        {"incident_id": incident_id, "figure": figure, "weight": 3.0}
        for figure, incident_ids in figures.items()
        for incident_id in incident_ids.split()
    ]


def company() -> dict[str, list[dict[str, Any]]]:
    """Two teams, eight incidents, seven promises: few enough to count by hand."""
    payments = {"team": "Payments", "service": "checkout", "services": ["checkout"]}
    search = {"team": "Search", "service": "indexer", "services": ["indexer"]}
    return {
        "incidents": [
            incident("i0", datetime(2024, 6, 1, 10), 600, severity=2, **payments),
            incident(
                "i1",
                datetime(2025, 4, 10, 10),
                30,
                severity=1,
                cause_category="configuration",
                action_item_count=2,
                completeness_score=0.9,
                impact="Nobody could <b>pay</b>.",
                root_cause="A flag was on.",
                five_whys=["The cart was empty.", "The <i>flag</i> was on."],
                detection_method="alert",
                authors=["Ada", "Bob"],
                reviewers=["Cleo"],
                written_at=datetime(2025, 4, 11, 9),
                **payments,
            ),
            incident(
                "i2",
                datetime(2025, 5, 1, 10),
                60,
                severity=2,
                cause_category="configuration",
                action_item_count=2,
                completeness_score=0.7,
                **payments,
            ),
            incident(
                "i3",
                datetime(2025, 7, 5, 10),
                90,
                severity=3,
                customer_impact_minutes=15.0,
                completeness_score=0.8,
                **payments,
            ),
            incident(
                "i4",
                datetime(2025, 10, 10, 10),
                120,
                cause_category="capacity",
                action_item_count=2,
                completeness_score=0.6,
                **search,
            ),
            incident("i5", datetime(2026, 1, 20, 10), None, severity=3, **search),
            incident("i6", datetime(2026, 2, 2, 10), 45, severity=3, is_planned=True, **search),
            incident("i7", datetime(2026, 2, 10), None, **search)
            | {"title": "<script>alert(1)</script> **bold** outage", "started_at": None},
        ],
        "action_items": [
            action_item(
                "a1",
                "i1",
                team="Payments",
                outcome="done",
                promised_at=datetime(2025, 4, 12),
                done_at=datetime(2025, 5, 1),
                committed_on=datetime(2025, 5, 10).date(),
                is_on_time=True,
            ),
            action_item(
                "a2",
                "i1",
                team="Payments",
                outcome="done",
                promised_at=datetime(2025, 4, 12),
                done_at=datetime(2025, 8, 1),
                committed_on=datetime(2025, 5, 10).date(),
                is_on_time=False,
                overdue_days=83,
            ),
            action_item(
                "a3",
                "i2",
                team="Payments",
                promised_at=datetime(2025, 5, 5),
                committed_on=datetime(2025, 6, 1).date(),
                is_overdue=True,
                is_ignored=True,
                overdue_days=287,
                due_date_push_count=2,
                owner="Ada <b>L</b>",
                jira_key="PAY-3",
                url="https://jira.example/browse/PAY-3",
            ),
            action_item("a4", "i2", team="Payments", promised_at=datetime(2025, 5, 5)),
            action_item(
                "a5",
                "i4",
                team="Search",
                outcome="declined",
                promised_at=datetime(2025, 10, 12),
                declined_at=datetime(2025, 10, 20),
                committed_on=datetime(2025, 11, 1).date(),
                is_on_time=True,
            ),
            action_item("a6", "i4", team="Search", outcome="unknown", url="javascript:alert(1)"),
            action_item(
                "a7",
                None,
                team="Search",
                outcome="done",
                promised_at=datetime(2025, 10, 12),
                committed_on=datetime(2025, 11, 1).date(),
            ),
        ],
        "incident_events": [
            {
                "incident_id": "i1",
                "ordinal": 1,
                "at": datetime(2025, 4, 10, 10),
                "at_text": "10:00",
                "text": "<img src=x onerror=alert(1)> rises",
                "kind": "started",
                "line": 9,
            },
            {
                "incident_id": "i1",
                "ordinal": 2,
                "at": datetime(2025, 4, 10, 10, 30),
                "at_text": "10:30",
                "text": "All clear",
                "kind": "resolved",
                "line": 10,
            },
        ],
        "evidence": [
            {
                "document_id": "doc-i1",
                "incident_id": "i1",
                "field": "resolved_at",
                "ordinal": 1,
                "value": "2025-04-10 10:30:00",
                "method": "timeline",
                "line": 10,
                "quote": "10:30 <b>All clear</b>",
                "confidence": 0.9,
                "is_chosen": True,
            },
            {
                "document_id": "doc-i1",
                "incident_id": "i1",
                "field": "resolved_at",
                "ordinal": 2,
                "value": "2025-04-10 11:30:00",
                "method": "prose",
                "line": 14,
                "quote": "over at half past eleven",
                "confidence": 0.5,
                "is_chosen": False,
            },
        ],
        "findings": [
            finding(
                1,
                "doc-i1",
                "no_detection",
                incident_id="i1",
                level="info",
                message="It is not said when it was detected; add a line.",
                lost_figures=["time_to_detect"],
                lost_incident_count=1,
                cost=5.0,
            ),
            finding(
                2,
                "doc-i5",
                "no_end",
                incident_id="i5",
                message="No end is stated; add a line.",
                lost_figures=["time_to_resolve"],
                lost_incident_count=1,
                cost=3.0,
            ),
            finding(
                3,
                "doc-i7",
                "no_end",
                incident_id="i7",
                message="No end is stated; add a line.",
                lost_figures=["time_to_resolve"],
                lost_incident_count=1,
                cost=3.0,
            ),
            finding(
                4,
                "doc-i4",
                "no_severity",
                level="info",
                message="No severity is stated; add a line.",
                lost_figures=["severity"],
                lost_incident_count=1,
                cost=3.0,
            ),
            finding(
                5,
                "doc-notes",
                "document_not_utf8",
                message="The file is not UTF-8 text; save it as UTF-8.",
                lost_figures=["documents"],
                lost_incident_count=1,
                cost=3.0,
            ),
            finding(
                6,
                "doc-i3",
                "duration_contradicts_times",
                incident_id="i3",
                line=12,
                quote="took <b>2 h</b>",
                message="The stated time to resolve is 120 minutes, the times give 90; correct one of them.",
                doubted_figures=["time_to_resolve"],
                doubted_minutes=90.0,
                cost=1.5,
            ),
            finding(
                7,
                "doc-i1",
                "owner_missing",
                incident_id="i1",
                line=20,
                quote="Add an alert",
                message="Two action items name no owner.",
            ),
            finding(
                8, "doc-form", "document_is_template", level="info", message="This form is not filled in."
            ),
            finding(9, "doc-i6", "no_end", incident_id="i6", message="No end is stated; add a line."),
        ],
        "review_queue": [
            {
                "review_rank": 1,
                "incident_id": "i1",
                "document_id": "doc-i1",
                "source": "handbook",
                "path": "i1.md",
                "line": 10,
                "field": "resolved_at",
                "value": "2025-04-10 10:30:00",
                "confidence": 0.9,
                "method": "timeline",
                "quote": "10:30 <b>All clear</b>",
                "doubt": "contradicted",
                "reason": "Line 14 says 2025-04-10 11:30:00.",
                "figures": ["time_to_resolve"],
                "minutes": 30.0,
                "cost": 150.0,
            },
            {
                "review_rank": 2,
                "incident_id": "i6",
                "document_id": "doc-i6",
                "source": "handbook",
                "path": "i6.md",
                "field": "cause_category",
                "doubt": "missing",
                "reason": "It is not stated.",
                "figures": ["impact_by_cause"],
            },
            {
                "review_rank": 3,
                "incident_id": "i5",
                "document_id": "doc-i5",
                "source": "handbook",
                "path": "i5.md",
                "incident_ordinal": 2,
                "field": "resolved_at",
                "doubt": "missing",
                "reason": "It is not stated.",
                "figures": ["time_to_resolve"],
            },
        ],
        "exclusions": exclusions(
            time_to_resolve="i5 i7",
            time_to_detect="i0 i1 i2 i3 i4 i5 i7",
            severity="i4 i7",
            impact_by_cause="i0 i3 i5 i7",
            follow_through="i4",
        ),
        "documents": [
            *(document(f"doc-i{n}") for n in range(8)),
            document("doc-form", "template"),
            document("doc-notes", "unreadable", problem="not_utf8", source="wiki"),
            document("doc-gone", "template", is_listed=False),
        ],
        "links": [
            {
                "incident_id": "i1",
                "url": "https://graphs.example/d/1",
                "document_id": "doc-i1",
                "kind": "graph",
                "label": "<b>errors</b>",
                "line": 7,
            },
        ],
        "repeats": [
            {
                "incident_id": "i2",
                "earlier_incident_id": "i1",
                "gap_days": 21,
                "basis": "cause_and_service",
                "open_prevention_item_count": 1,
                "overdue_prevention_item_count": 0,
            }
        ],
        "sources": [
            {
                "source": "handbook",
                "kind": "folder",
                "last_fetched_at": AS_OF - timedelta(hours=5),
                "last_outcome": "ok",
                "document_count": 9,
                "postmortem_count": 8,
                "incident_count": 8,
                "skipped_reasons": "1 template",
            },
            {
                "source": "jira",
                "kind": "jira",
                "last_fetched_at": AS_OF,
                "last_outcome": "failed",
                "last_message": "Jira did not answer",
                "item_count": 5,
            },
            {"source": "wiki", "kind": "git", "document_count": 1, "skipped_reasons": "1 not_utf8"},
        ],
    }


def past_company() -> dict[str, list[dict[str, Any]]]:
    """Documents of years ago, without a Jira: nothing has happened since, and no promise has a date."""
    days = [datetime(2021, 2, 3), datetime(2021, 9, 5, 9), datetime(2022, 5, 7, 8), datetime(2022, 6, 9, 7)]
    incidents = [incident(f"p{n}", day, 60.0 * (n + 1), source="notes") for n, day in enumerate(days)]
    incidents[0] |= {"started_at": None, "resolved_at": None, "time_to_resolve_minutes": None}
    incidents[0] |= {"duration_basis": None, "occurred_on": days[0].date()}
    return {
        "incidents": incidents,
        "action_items": [
            action_item(f"q{n}", f"p{n}", outcome="unknown", outcome_basis=None, link_state="unlinked")
            for n in range(4)
        ],
        "sources": [
            {"source": "notes", "kind": "folder", "last_fetched_at": AS_OF, "last_outcome": "ok"},
        ],
    }
