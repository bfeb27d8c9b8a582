"""Rows for a small published build in which every text means harm."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.published_issues import issue
from tests.published_rows import AS_OF, action_item, document, finding, incident

#: What a document could say to make a page do something: HTML, Markdown, TeX, icons, colours, addresses.
HOSTILE = (
    "<img src=x onerror=window.harmed=1> <script>window.harmed=1</script> [link](javascript:window.harmed=1) "
    "![image](https://away.example/i.png) https://away.example $x^2$ :rocket: :material/delete: :red[red] "
    "**bold** `code` </td></table>"
)


def hostile_company() -> dict[str, list[dict[str, Any]]]:
    """One incident, one promise, and whatever can be text is harmful."""
    at = datetime(2025, 7, 5, 10)
    names = ("title", "summary", "service", "team", "cause_category", "severity_label", "path", "source")
    harmful = {"incident_id": "h1", "line": 1} | dict.fromkeys(("level", "message", "quote"), HOSTILE)
    return {
        "incidents": [
            incident("h1", at, 90, severity=1, **dict.fromkeys(names, HOSTILE))
            | {"services": [HOSTILE], "url": "javascript:window.harmed=1", "completeness_score": 0.5}
            | dict.fromkeys(("impact", "trigger", "root_cause"), HOSTILE)
            | {name: [HOSTILE] for name in ("contributing_factors", "five_whys", "authors", "reviewers")},
            incident("h2", at + timedelta(days=3), 30, **dict.fromkeys(names, HOSTILE)),
        ],
        "action_items": [
            action_item(
                "a1",
                "h1",
                description=HOSTILE,
                team=HOSTILE,
                owner=HOSTILE,
                jira_key=HOSTILE,
                found_by=HOSTILE,
                status=HOSTILE,
                survivor_key=HOSTILE,
                survivor_issue_id="1",
                is_history_complete=False,
                url="javascript:window.harmed=1",
                is_overdue=True,
                overdue_days=30,
                promised_at=at,
                committed_on=datetime(2025, 9, 1).date(),
            ),
            action_item("a2", "h1", outcome="declined", declined_reason=HOSTILE, description=HOSTILE),
        ],
        "action_item_events": [
            {
                "action_item_id": "a1",
                "change_number": 1,
                "at": at,
                "field": HOSTILE,
                "from_value": HOSTILE,
                "to_value": None,
                "author": HOSTILE,
            },
            {"action_item_id": "a1", "issue_id": "1", "change_number": 2, "at": at, "field": "duedate"}
            | {"to_value": HOSTILE, "is_automated": True},
        ],
        "issues": [
            issue("1", HOSTILE, HOSTILE, is_absent=True, url="javascript:window.harmed=1")
            | dict.fromkeys(("summary", "issue_type", "project", "status", "absent_reason"), HOSTILE)
            | dict.fromkeys(("declined_reason", "survivor_key", "parent_key"), HOSTILE)
        ],
        "incident_events": [
            {
                "incident_id": "h1",
                "ordinal": n,
                "at": at + timedelta(minutes=n),
                "text": HOSTILE,
                "kind": HOSTILE,
            }
            for n in range(3)
        ],
        "evidence": [
            {
                "document_id": "doc-h1",
                "incident_id": "h1",
                "field": field,
                "ordinal": 1,
                "value": f'["{HOSTILE}"]' if field == "services" else HOSTILE,
                "method": HOSTILE,
                "line": 1,
                "quote": HOSTILE,
                "confidence": 0.5,
                "is_chosen": True,
            }
            for field in ("title", "services", "started_at", "stated_time_to_detect_minutes", HOSTILE)
        ],
        "findings": [
            finding(
                1, "doc-h1", HOSTILE, **harmful, cost=3.0, lost_figures=[HOSTILE], doubted_figures=[HOSTILE]
            )
        ],
        "documents": [
            document("doc-h1", path=HOSTILE, source=HOSTILE, url="javascript:window.harmed=1"),
            *(
                document(f"doc-x{n}", HOSTILE, path=HOSTILE, source=HOSTILE, url="javascript:window.harmed=1")
                for n in range(2)
            ),
        ],
        "review_queue": [
            {
                "review_rank": 1,
                "incident_id": "h1",
                "document_id": "doc-h1",
                "confidence": 0.5,
                "figures": [HOSTILE],
                "minutes": 90.0,
            }
            | dict.fromkeys(
                ("source", "path", "field", "value", "method", "quote", "doubt", "reason"), HOSTILE
            )
        ],
        "links": [
            {
                "incident_id": "h1",
                "url": "javascript:window.harmed=1",
                "document_id": "doc-h1",
                "kind": HOSTILE,
                "label": HOSTILE,
            }
        ],
        "repeats": [
            {
                "incident_id": "h2",
                "earlier_incident_id": "h1",
                "gap_days": 3,
                "basis": "cause_and_service",
                "open_prevention_item_count": 1,
                "overdue_prevention_item_count": 0,
            }
        ],
        "sources": [
            {
                "source": HOSTILE,
                "kind": HOSTILE,
                "last_fetched_at": AS_OF,
                "last_outcome": "failed",
                "last_message": HOSTILE,
                "skipped_reasons": HOSTILE,
            },
            {"source": "other", "kind": "folder"},
            {
                "source": "jira",
                "kind": "jira",
                "last_fetched_at": AS_OF,
                "last_outcome": "failed",
                "last_message": HOSTILE,
                "absent_count": 1,
            },
        ],
    }
