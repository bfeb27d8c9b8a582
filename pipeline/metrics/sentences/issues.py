"""What is known of issues in Jira, why they are followed and how the last sync went, in plain sentences."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pipeline.metrics.sentences.words import count_of, day_in_words

#: How an issue that no document names came to be followed.
FOUND_BY = {
    "incident_field": "its own field names the incident",
    "incident_link": "it is linked to the incident's own issue",
    "remote_link": "it links to the document",
    "jql": "the settings' JQL finds it",
}


def found_in_words(found_by: str | None, has_incident: bool) -> str:
    """Why an action item is followed that no document names; nothing of one that a document promises."""
    if found_by in FOUND_BY:
        return f"No document mentions it; {FOUND_BY[found_by]}"
    return "" if has_incident or found_by == "document" else "No document mentions this issue"


def children_in_words(row: Mapping[str, Any]) -> str:
    """ "3 of 5 children done"; nothing without any. `row` has `child_count` and `child_done_count`."""
    if not row["child_count"]:
        return ""
    return f"{row['child_done_count']:,} of {count_of(row['child_count'], 'child', 'children')} done"


def absence_in_words(row: Mapping[str, Any]) -> str:
    """ "not shown by Jira since 3 May 2026; last known: In Progress", of an issue that Jira does not show.

    `row` has `absent_reason`, `absent_since_at` and `status`.
    """
    is_project_shown = row["absent_reason"] != "project_not_shown"
    what = "not shown by Jira" if is_project_shown else "neither it nor its project shown by Jira"
    since = f" since {day_in_words(row['absent_since_at'])}" if row["absent_since_at"] else ""
    known = f"last known: {row['status']}" if row["status"] else "never seen"
    return f"{what}{since}; {known}"


#: Why an issue is held, as `marts.issues` names it.
FOLLOWED_FOR = {
    "document": "a document names it",
    "jql": "the settings' JQL finds it",
    "incident_link": "an incident's issue links to it",
    "remote_link": "it links to a document",
    "incident": "it is an incident's own issue",
    "parent": "a promise is a part of it",
    "child": "it is a part of a promise",
    "survivor": "a duplicate goes on in it",
    "former_jql": "an earlier JQL of the settings found it",
    "former_incident_link": "an incident's issue once linked to it",
    "not_kept": "why was not kept",
}


def followed_in_words(reason: str) -> str:
    """ "jql" as "the settings' JQL finds it"."""
    return FOLLOWED_FOR.get(reason, reason)


def followed_headline(jira: Mapping[str, Any]) -> str:
    """How many issues are followed, and how many of them Jira does not show; of a row of `marts.sources`."""
    if jira["last_fetched_at"] is None:
        return "Jira was never read whole."
    n, absent = jira["item_count"] or 0, jira["absent_count"] or 0
    if absent:
        return f"Jira shows {n:,} of the {count_of(n + absent, 'issue')} that are followed."
    return (
        f"{count_of(n, 'issue is', 'issues are')} followed, and Jira shows {'it' if n == 1 else 'them all'}."
    )


def absence_remedy(row: Mapping[str, Any]) -> str:
    """What to do about issues that Jira does not show; of a row of the metric `absent_issues_by_project`."""
    project, may_be_mistyped = row["project"], bool(row["never_shown_count"])
    if row["absent_reason"] == "project_not_shown":
        mistyped = ", unless the key is mistyped" if may_be_mistyped else ""
        return f"Have the account given the permission to browse the project {project}{mistyped}."
    mistyped = ", or the key is mistyped" if may_be_mistyped else ""
    return (
        f"Deleted, or hidden from the account{mistyped}. Who administers {project} can tell, "
        "and let the account see it."
    )


def sync_in_words(jira: Mapping[str, Any], as_of: datetime) -> str:
    """When the last good sync was, what it brought, and when everything was last looked at."""
    if jira["last_fetched_at"] is None:
        return "No sync has ended well yet."
    swept = jira["last_swept_at"]
    changed = count_of(jira["changed_count"] or 0, "issue")
    return (
        f"Last synced {ago_in_words(jira['last_fetched_at'], as_of)}, with {changed} new or changed; "
        f"everything last looked at {ago_in_words(swept, as_of) if swept else 'never'}."
    )


def sync_cost_in_words(jira: Mapping[str, Any]) -> str:
    """ "7 issues new or changed, by 21 calls, 2 of them repeated, 34 s waited", of the last good sync."""
    said = [f"{count_of(jira['changed_count'] or 0, 'issue')} new or changed"]
    if jira["call_count"] is not None:
        said.append(f"by {count_of(jira['call_count'], 'call')}")
    if jira["retry_count"]:
        said.append(f"{jira['retry_count']:,} of them repeated")
    if jira["waited_seconds"] and jira["waited_seconds"] >= 1:
        said.append(f"{jira['waited_seconds']:,.0f} s waited")
    return ", ".join(said)


def ago_in_words(at: datetime, as_of: datetime) -> str:
    """ "5 h ago", "3 days ago", "within the hour"."""
    hours = (as_of - at).total_seconds() / 3600
    if hours < 1:
        return "within the hour"
    return f"{hours:.0f}\u00a0h ago" if hours < 48 else f"{hours / 24:.0f}\u00a0days ago"
