"""Rows for a small published build of promises that are followed in Jira, one for each way it can go."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from tests.published_rows import AS_OF, action_item, finding, incident

JIRA = "https://jira.example/browse/"


def issue(issue_id: str, issue_key: str, *followed_for: str, **more: Any) -> dict[str, Any]:
    """A row of `marts.issues`: open, shown, with its whole history unless said otherwise."""
    return {
        "issue_id": issue_id,
        "issue_key": issue_key,
        "url": f"{JIRA}{issue_key}",
        "summary": f"Issue {issue_key}",
        "issue_type": "Task",
        "project": issue_key.split("-")[0],
        "followed_for": list(followed_for),
        "action_item_count": 1,
        "status": "To Do",
        "outcome": "open",
        "is_absent": False,
        "is_history_complete": True,
        "history_count": 1,
        "updated_at": AS_OF - timedelta(days=9),
        "last_changed_at": AS_OF - timedelta(days=8),
    } | more


def followed(number: int, incident_id: str | None, issue_key: str, **more: Any) -> dict[str, Any]:
    """A row of `marts.action_items` whose issue has this number and key."""
    return (
        action_item(f"f{number}", incident_id)
        | {
            "team": "Payments",
            "jira_key": issue_key,
            "issue_id": str(number),
            "url": f"{JIRA}{issue_key}",
            "found_by": "document",
            "status": "To Do",
            "is_history_complete": True,
            "promised_at": datetime(2025, 6, 1),
        }
        | more
    )


def change(
    number: int, item: int, at: datetime, field: str, *values: str | None, **more: Any
) -> dict[str, Any]:
    """A row of `marts.action_item_events`, of the item's own issue unless said otherwise."""
    before, after = values
    return {
        "action_item_id": f"f{item}",
        "issue_id": str(item),
        "change_number": number,
        "at": at,
        "field": field,
        "from_value": before,
        "to_value": after,
        "author": "Ada",
        "is_automated": False,
    } | more


def followed_company() -> dict[str, list[dict[str, Any]]]:
    """One incident and nine promises: each goes its own way in Jira."""
    due = date(2025, 7, 1)
    late: dict[str, Any] = {"committed_on": due, "is_overdue": True, "overdue_days": 257}
    return {
        "incidents": [incident("i1", datetime(2025, 5, 30, 9), 45, team="Payments", service="checkout")],
        "action_items": [
            followed(
                *(1, "i1", "PAY-1"),
                **late,
                status="In Progress",
                child_count=5,
                child_done_count=3,
                due_date_push_count=2,
                owner_change_count=1,
                priority_drop_count=1,
                owner="Bo",
            ),
            followed(
                *(2, "i1", "PAY-2"),
                status="In Review",
                survivor_key="PAY-9",
                survivor_issue_id="9",
                reopen_count=1,
            ),
            followed(
                *(3, "i1", "OPS-3"),
                outcome="unknown",
                outcome_basis=None,
                link_state="missing",
                absent_since_at=datetime(2026, 2, 3, 4),
                absent_reason="project_not_shown",
                status="In Progress",
            ),
            followed(
                *(4, "i1", "PAY-444"),
                issue_id=None,
                status=None,
                is_history_complete=None,
                outcome="unknown",
                outcome_basis=None,
                link_state="missing",
                absent_since_at=datetime(2026, 3, 1),
                absent_reason="not_shown",
            ),
            followed(
                *(5, "i1", "PAY-5"),
                outcome="declined",
                declined_reason="Won't Do",
                declined_at=datetime(2025, 8, 1),
                committed_on=due,
                overdue_days=31,
                is_on_time=False,
                status="Closed",
            ),
            followed(
                *(6, None, "PAY-6"),
                found_by="jql",
                outcome="declined",
                declined_reason="Duplicate",
                declined_at=datetime(2025, 6, 20),
                committed_on=due,
                is_on_time=True,
                status="Closed",
            ),
            followed(*(7, "i1", "PAY-7"), found_by="incident_link", is_history_complete=False),
            followed(*(8, None, "PAY-8"), found_by="remote_link", outcome="done", status="Done")
            | {"done_at": datetime(2025, 6, 20), "committed_on": due, "is_on_time": True},
            action_item(
                "f0", "i1", outcome="unknown", outcome_basis=None, link_state="unlinked", tracker=None
            ),
        ],
        "action_item_events": [
            change(1, 1, datetime(2025, 6, 2, 8), "assignee", None, "Ada"),
            change(
                2, 1, datetime(2025, 6, 9, 8), "duedate", "2025-07-01", "2025-08-01", effect="due_date_pushed"
            ),
            change(
                3, 1, datetime(2025, 6, 9, 9), "labels", None, "stale", author="Sweeper", is_automated=True
            ),
            change(4, 1, datetime(2025, 7, 9, 8), "assignee", "Ada", "Bo", effect="owner_changed"),
            change(5, 1, datetime(2025, 7, 9, 9), "priority", "High", "Low", effect="priority_lowered"),
            change(6, 1, datetime(2025, 7, 30), "duedate", "2025-08-01", "2025-10-01 00:00:00.0")
            | {"effect": "due_date_pushed", "author": None},
            change(1, 2, datetime(2025, 6, 3, 8), "resolution", None, "Duplicate"),
            change(
                1, 2, datetime(2025, 6, 8), "status", "Done", "In Review", effect="reopened", issue_id="9"
            ),
        ],
        "issues": [
            issue("1", "PAY-1", "document", "jql", status="In Progress", child_count=5, child_done_count=3),
            issue("2", "PAY-2", "document", outcome="declined", status="Closed", declined_reason="Duplicate")
            | {"survivor_issue_id": "9", "survivor_key": "PAY-9"},
            issue("3", "OPS-3", "document", status="In Progress", is_absent=True)
            | {"absent_since_at": datetime(2026, 2, 3, 4), "absent_reason": "project_not_shown"},
            issue("5", "PAY-5", "document", outcome="declined", status="Closed", declined_reason="Won't Do"),
            issue("6", "PAY-6", "jql", outcome="declined", status="Closed", declined_reason="Duplicate"),
            issue("7", "PAY-7", "incident_link", is_history_complete=False),
            issue("8", "PAY-8", "remote_link", outcome="done", status="Done"),
            issue("9", "PAY-9", "survivor", status="In Review", action_item_count=0),
            *(
                issue(f"1{n}", f"PAY-1{n}", "child", action_item_count=0, parent_key="PAY-1")
                | ({"outcome": "done", "status": "Done"} if n < 3 else {})
                for n in range(5)
            ),
        ],
        "findings": [
            finding(1, "doc-i1", "history_incomplete", incident_id="i1", message="Jira did not give it all."),
        ],
        "sources": [
            {"source": "handbook", "kind": "folder", "last_fetched_at": AS_OF, "last_outcome": "ok"},
            {
                "source": "jira",
                "kind": "jira",
                "last_fetched_at": AS_OF - timedelta(hours=5),
                "last_attempted_at": AS_OF - timedelta(hours=1),
                "last_outcome": "failed",
                "last_message": "jira: the token has expired; make a new one; 7 new or changed issues are "
                "kept; the next run goes on from there",
                "item_count": 12,
                "changed_count": 7,
                "call_count": 21,
                "retry_count": 2,
                "waited_seconds": 34.4,
                "last_swept_at": AS_OF - timedelta(hours=29),
                "absent_count": 2,
            },
        ],
    }
