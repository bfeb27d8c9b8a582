"""What is linked to an incident's Jira issue → its promises, and the incident that a review is of.

A link says little: its type has a name and two phrases, which each Jira may change. So only what a type says
in so many words is taken from the promises (that the other is a duplicate, a clone, a cause, a review), and
what the other issue is: another incident, or a review. All else that was linked was meant to be followed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.documents.blocks import squeeze
from pipeline.documents.facts import IssueReading
from pipeline.documents.records.states import INCIDENT_TYPE, NO_INCIDENT_TYPE, REVIEW_TYPE
from pipeline.record_mappings.issues import link_kind

LINKS, SUBTASKS, PARENT = "fields.issuelinks", "fields.subtasks", "fields.parent"
_KEY = re.compile(r"[A-Z][A-Z0-9_]+-\d+")
_MAX_LINKS = 500


@dataclass(frozen=True, slots=True)
class LinkedIssue:
    """An issue as it stands within another's record, in the column of that name."""

    column: str
    key: str
    summary: str
    phrase: str  # "relates to"
    is_promise: bool
    is_incident: bool  # by its own type
    is_review: bool
    is_of_review: bool  # the link itself says that one reviews the other


def linked_issues(record: Mapping[str, Any], reading: IssueReading) -> list[LinkedIssue]:
    """The issues that are linked to the record's, its subtasks and its parent, in Jira's order."""
    return list(_linked(record, reading))[:_MAX_LINKS]


def reviewed_issues(linked: list[LinkedIssue]) -> list[LinkedIssue]:
    """Of what is linked to a review, the incidents it is of: as the links say, else by what is linked."""
    told = [each for each in linked if each.is_of_review and not each.is_review]
    return told or [each for each in linked if each.is_incident and not each.is_promise]


def is_review_type(name: str, reading: IssueReading) -> bool:
    """Whether issues of this type review an incident."""
    return name.casefold() in reading.review_types or plain_type(name) in REVIEW_TYPE


def plain_type(name: str) -> str:
    """A type's name in lower case with plain spaces: "[System] Post-incident review"."""
    said = re.sub(r"^\[system\]\s*", "", name.casefold())
    return re.sub(r"[\s_-]+", " ", said).strip()


def _linked(record: Mapping[str, Any], reading: IssueReading) -> Iterator[LinkedIssue]:
    for link in _dicts(record.get(LINKS)):
        kind = _dict(link.get("type"))
        for side, phrase in (("outwardIssue", "outward"), ("inwardIssue", "inward")):
            said = str(kind.get(phrase) or kind.get("name") or "linked to")
            yield from _issue(LINKS, _dict(link.get(side)), said, reading, kind)
    for subtask in _dicts(record.get(SUBTASKS)):
        yield from _issue(SUBTASKS, subtask, "subtask", reading)
    yield from _issue(PARENT, _dict(record.get(PARENT)), "parent", reading)


def _issue(
    column: str,
    issue: dict[str, Any],
    phrase: str,
    reading: IssueReading,
    link_type: dict[str, Any] | None = None,
) -> Iterator[LinkedIssue]:
    key = str(issue.get("key") or "").upper()
    fields = _dict(issue.get("fields"))
    type_name = str(_dict(fields.get("issuetype")).get("name") or "")
    kind = link_kind(link_type) if link_type is not None else "other"
    is_review = is_review_type(type_name, reading)
    is_incident = not is_review and _is_incident_type(type_name, reading)
    if column == PARENT:
        leads = False
    elif link_type is None:
        leads = True
    elif reading.link_types is not None:
        leads = str(link_type.get("name") or "").casefold() in reading.link_types
    else:
        leads = kind == "other"
    if _KEY.fullmatch(key):
        summary = squeeze(str(fields.get("summary") or ""), 1000)
        is_promise = leads and bool(summary) and not is_review and not is_incident
        yield LinkedIssue(column, key, summary, phrase, is_promise, is_incident, is_review, kind == "review")


def _is_incident_type(name: str, reading: IssueReading) -> bool:
    """Whether issues of this type are incidents. A task is none, though the JQL may ask for some of them."""
    if plain_type(name) in INCIDENT_TYPE:
        return True
    return name.casefold() in reading.incident_types and plain_type(name) not in NO_INCIDENT_TYPE


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
