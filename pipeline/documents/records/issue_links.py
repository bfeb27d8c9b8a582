"""What a Jira issue says of other issues and of people → promises, the incident a review is of, names.

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
from pipeline.documents.facts import ActionItem, IssueReading
from pipeline.documents.promises.kinds import kind_by_rule
from pipeline.documents.records.columns import Columns
from pipeline.documents.records.states import NO_INCIDENT_TYPE
from pipeline.documents.records.values import plain_word
from pipeline.record_mappings.issues import INCIDENT_TYPES, REVIEW_TYPES, link_kind

LINKS, SUBTASKS, PARENT = "fields.issuelinks", "fields.subtasks", "fields.parent"
#: What Jira writes into an issue about the issue itself: of a review, it tells nothing of the incident.
OWN_LIFE = frozenset(
    {
        "key", "fields.created", "fields.updated", "fields.resolutiondate", "fields.status",
        "fields.resolution", "fields.statuscategorychangedate", "history",
    }
)  # fmt: skip
_KEY = re.compile(r"[A-Z][A-Z0-9_]+-\d+")
#: "Renew the key [~accountid:5b10a…]": what ends a line names who does it.
_MENTION = re.compile(r"\[~accountid:(?P<account>[^\]\s]{1,128})\](?P<end>(?=[ \t]*$))?", re.MULTILINE)
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
    return name.casefold() in reading.review_types or plain_word(name) in REVIEW_TYPES


def linked_items(linked: list[LinkedIssue], named: set[str | None], columns: Columns) -> list[ActionItem]:
    """The promises that links and subtasks are, but those `named` by their keys already."""
    items: list[ActionItem] = []
    told = set(named)
    for each in linked:
        if not each.is_promise or each.key in told:
            continue
        told.add(each.key)
        kind = kind_by_rule(each.summary)
        items.append(
            ActionItem(
                description=each.summary,
                kind=kind[0] if kind is not None else None,
                kind_words=kind[1] if kind is not None else None,
                tracker="jira",
                issue_key=each.key,
                line=columns.line(each.column),
                quote=squeeze(f"{each.phrase} {each.key}: {each.summary}"),
            )
        )
    return items


def named_mentions(text: str, record: Mapping[str, Any]) -> str:
    """The text with people by name where the issue knows them: Cloud mentions them by their account ids."""
    if "[~accountid:" not in text:
        return text
    names = dict(_people(list(record.values()), 0))

    def name(match: re.Match[str]) -> str:
        known = names.get(match["account"])
        if known is None:
            return match.group()
        return f"({known})" if match["end"] is not None else known

    return _MENTION.sub(name, text)


def _people(value: Any, depth: int) -> Iterator[tuple[str, str]]:
    """The accounts that stand in an issue, with their names."""
    if isinstance(value, dict):
        account, name = value.get("accountId"), value.get("displayName")
        if isinstance(account, str) and isinstance(name, str):
            yield account, name
        value = list(value.values())
    if isinstance(value, list) and depth < 6:
        for each in value:
            yield from _people(each, depth + 1)


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
    if plain_word(name) in INCIDENT_TYPES:
        return True
    return name.casefold() in reading.incident_types and plain_word(name) not in NO_INCIDENT_TYPE


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
