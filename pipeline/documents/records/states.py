"""What tools call the states and types of incidents and of promises, in lower case with plain spaces."""

from __future__ import annotations

import re

#: Statuses of an incident that goes on.
OPEN = frozenset(
    {
        "acknowledged", "active", "declared", "detected", "escalated", "fixing", "identified",
        "indeterminate",  # the category of Jira's statuses that are neither new nor done
        "in progress", "in triage", "investigating", "live", "mitigated", "mitigating", "monitoring",
        "new", "ongoing", "open", "paused", "pending", "reported", "stable", "started", "to do", "triage",
        "triggered", "under investigation", "waiting for customer", "waiting for support",
        "work in progress",
    }
)  # fmt: skip
#: Statuses of an incident that is over.
RESOLVED = frozenset(
    {
        "closed", "complete", "completed", "documenting", "done", "finished", "fixed", "learning",
        "post incident", "postmortem", "postmortem completed", "postmortem started", "resolved",
        "retrospective completed", "retrospective started", "reviewing", "solved",
    }
)  # fmt: skip
#: Statuses of a record that turned out to be no incident, or is part of another.
NO_INCIDENT_STATUS = frozenset(
    {
        "canceled", "cancelled", "declined", "discarded", "duplicate", "duplicated", "false alarm",
        "false positive", "invalid", "merged", "not an incident", "rejected", "withdrawn",
    }
)  # fmt: skip
#: Types of a record that is none: exercises, and the other issues of a service desk.
NO_INCIDENT_TYPE = frozenset(
    {
        "change", "drill", "epic", "exercise", "game day", "gameday", "problem", "question",
        "service request", "service request with approvals", "simulation", "story", "sub task", "subtask",
        "task", "test", "training", "tutorial",
    }
)  # fmt: skip
#: Statuses of a promise that was kept.
ITEM_DONE = frozenset(
    {
        "closed", "complete", "completed", "done", "finished", "fixed", "resolved", "shipped", "true", "x",
        "yes",
    }
)  # fmt: skip
#: Statuses of a promise that is not kept yet.
ITEM_OPEN = frozenset(
    {
        "backlog", "blocked", "false", "in progress", "in review", "new", "no", "not started", "open",
        "outstanding", "pending", "planned", "reopened", "scheduled", "started", "to do", "todo",
    }
)  # fmt: skip
#: Statuses of a promise that was decided against.
ITEM_DECLINED = frozenset(
    {
        "abandoned", "canceled", "cancelled", "declined", "duplicate", "not needed", "obsolete", "rejected",
        "superseded", "will not do", "won t do", "won t fix", "won't do", "won't fix", "wont do", "wont fix",
        "wontfix",
    }
)  # fmt: skip
#: Statuses of a promise that nobody makes any more.
ITEM_GONE = frozenset(
    {
        "deleted", "removed",
    }
)  # fmt: skip
#: Types of work that was planned.
PLANNED = re.compile(
    r"(?:planned|scheduled)(?: (?:maintenance|downtime|work|outage|change))?|maintenance(?: window)?"
)
