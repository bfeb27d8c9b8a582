"""What an answer of Jira must hold to be believed. Each says what it lacks, and None when it is whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from pipeline.sources.jira.fields import ALWAYS
from pipeline.sources.rest import Check

_OF_ENTRIES = frozenset(("id", "created", "items"))


def moment(written: str) -> datetime:
    """`2024-03-01T10:30:00.000+0100` as naive UTC. Raises ValueError, or TypeError when it is no text."""
    return datetime.fromisoformat(written).astimezone(UTC).replace(tzinfo=None)


def lack_of_account(answered: Any) -> str | None:
    """`myself`."""
    if isinstance(answered, dict) and (answered.get("accountId") or answered.get("name")):
        return None
    return "does not say who is signed in"


def lack_of_deployment(answered: Any) -> str | None:
    """`serverInfo`."""
    if isinstance(answered, dict) and isinstance(answered.get("deploymentType"), str):
        return None
    return "does not say whether it is Cloud or Data Center"


def lack_of_list(*needed: str) -> Check:
    """A plain list whose members all have `needed`."""

    def lack(answered: Any) -> str | None:
        if isinstance(answered, list) and all(
            isinstance(each, dict) and set(needed) <= each.keys() for each in answered
        ):
            return None
        return f"answered without a list of {' and '.join(needed)}"

    return lack


def lack_of_page(name: str, *needed: str) -> Check:
    """A page of a list by offset, the list under `name`, whose members all have `needed`."""
    members = lack_of_list(*needed)

    def lack(answered: Any) -> str | None:
        if not isinstance(answered, dict) or not isinstance(answered.get("total"), int):
            return "answered without its total"
        return members(answered.get(name))

    return lack


def lack_of_count(answered: Any) -> str | None:
    """`search/approximate-count`."""
    is_whole = isinstance(answered, dict) and isinstance(answered.get("count"), int)
    return None if is_whole else "answered without a count"


def lack_of_issues(fields: Sequence[str]) -> Check:
    """An answer with issues, when `fields` were asked for."""
    needed = [name for name in ALWAYS if name in fields]

    def lack(answered: Any) -> str | None:
        if not isinstance(answered, dict) or not isinstance(answered.get("issues"), list):
            return "answered without issues"
        if answered.get("warnings"):
            return "warns that it left out issues"
        if answered.get("isLast") is False and answered.get("nextPageToken") is None:
            return "says that a page follows, and not which"
        for issue in answered["issues"]:
            if (lacking := _lack_of_issue(issue, needed)) is not None:
                return lacking
        return None

    return lack


def lack_of_offsets(fields: Sequence[str]) -> Check:
    """A page of issues by offset, as Data Center answers a search."""
    issues = lack_of_issues(fields)

    def lack(answered: Any) -> str | None:
        if (lacking := issues(answered)) is not None:
            return lacking
        if not isinstance(answered.get("total"), int) or not isinstance(answered.get("startAt"), int):
            return "answered without its total"
        if not answered["issues"] and answered["startAt"] < answered["total"]:
            return "sent a page without the issues it should hold"
        return None

    return lack


def lack_of_fields(fields: Sequence[str]) -> Check:
    """One issue by its id, when `fields` were asked for."""
    needed = [name for name in ALWAYS if name in fields]
    return lambda answered: _lack_of_issue(answered, needed)


def lack_of_histories(answered: Any) -> str | None:
    """A page of histories of many issues."""
    if not isinstance(answered, dict) or not isinstance(answered.get("issueChangeLogs"), list):
        return "answered without histories"
    if answered.get("warnings"):
        return "warns that it left out histories"
    for changelog in answered["issueChangeLogs"]:
        if (
            not isinstance(changelog, dict)
            or "issueId" not in changelog
            or not isinstance(changelog.get("changeHistories"), list)
        ):
            return "sent histories without their issue"
        if not all(map(is_whole_entry, changelog["changeHistories"])):
            return "sent a history that is not whole"
    return None


def lack_of_projects(answered: Any) -> str | None:
    """A page of `project/search`."""
    if not isinstance(answered, dict) or not isinstance(answered.get("values"), list):
        return "answered without its projects"
    if "isLast" not in answered or not all(project.get("key") for project in answered["values"]):
        return "answered with half a list of projects"
    return None


def lack_of_changelog(answered: Any) -> str | None:
    """One issue by its id, with its changelog."""
    changelog = answered.get("changelog") if isinstance(answered, dict) else None
    if not isinstance(changelog, dict) or not isinstance(changelog.get("histories"), list):
        return "answered without a changelog"
    return None


def is_whole_entry(entry: Any) -> bool:
    """Whether an entry of a changelog says what changed, and when."""
    return isinstance(entry, dict) and entry.keys() >= _OF_ENTRIES


def _lack_of_issue(issue: Any, needed: Sequence[str]) -> str | None:
    if not isinstance(issue, dict) or not str(issue.get("id", "")).isdigit():
        return "sent an issue without its id"
    if not needed:
        return None
    held = issue.get("fields")
    if not isinstance(issue.get("key"), str) or not isinstance(held, dict):
        return f"sent issue {issue['id']} without its key and fields"
    for name in needed:
        if held.get(name) is None:
            return f"sent {issue['key']} without its {name}"
    for name in ("created", "updated"):
        if name in needed and not _is_moment(held[name]):
            return f"sent {issue['key']} with an unreadable time of change"
    return None


def _is_moment(written: Any) -> bool:
    try:
        moment(written)
    except (TypeError, ValueError):
        return False
    return True
