"""What an issue looks like when it is sent: fields, links, comments, histories, as REST v2 has them.

Cloud and Data Center differ in who a user is, in levels of issue types, in how a parent is told (Cloud:
`parent` for all; Data Center: `parent` for subtasks, the custom field Epic Link for the rest), in sprints
(objects on Cloud, words in brackets on Data Center) and in what a changed item holds (`fieldId` and account
ids on Cloud).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from pipeline.demo.jira.issue import Issue, jira_time
from pipeline.demo.jira.site import EPIC_LINK, CustomField

if TYPE_CHECKING:
    from pipeline.demo.jira.store import IssueStore

_ABSENT = object()


def fields_of(state: IssueStore, issue: Issue, names: set[str] | None) -> dict[str, Any]:
    """The fields in `names` (all when None) as they are sent, without those that the issue cannot have."""
    fields = {}
    for name, make in _SYSTEM_FIELDS.items():
        if (names is None or name in names) and not state.hides(issue, name):
            value = make(state, issue)
            if value is not _ABSENT:
                fields[name] = value
    for field_id, custom in state.custom_fields.items():
        if (names is None or field_id in names) and not state.hides(issue, field_id):
            fields[field_id] = _custom_value(state, issue, custom)
    return fields


def short(state: IssueStore, issue: Issue) -> dict[str, Any]:
    """An issue as it stands within another: as a parent, a subtask, or at the other end of a link."""
    fields = fields_of(state, issue, {"summary", "status", "priority", "issuetype"})
    return {"id": issue.issue_id, "key": issue.key, "self": self_of(state, issue), "fields": fields}


def self_of(state: IssueStore, issue: Issue) -> str:
    """The address of an issue in the API."""
    return f"{state.base_url}/rest/api/2/issue/{issue.issue_id}"


def comments_of(state: IssueStore, issue: Issue) -> list[dict[str, Any]]:
    """All its comments, oldest first."""
    if issue.real is not None:
        return list((issue.real["fields"].get("comment") or {}).get("comments", ()))
    return [
        comment | {"author": state.user(comment["author"]), "updateAuthor": state.user(comment["author"])}
        for comment in issue.comments
    ]


def remote_links_of(state: IssueStore, issue: Issue) -> list[dict[str, Any]]:
    """Its links to pages elsewhere."""
    if issue.real is not None:
        return issue.remote_links
    there = f"{self_of(state, issue)}/remotelink"
    return [{"id": link["id"], "self": f"{there}/{link['id']}"} | link for link in issue.remote_links]


def histories_of(state: IssueStore, issue: Issue) -> list[dict[str, Any]]:
    """All its histories, oldest first, by authors as they are called now."""
    if issue.real is not None:
        return issue.histories
    sent = []
    for entry in issue.histories:
        account_id = entry.get("author", {}).get("accountId")
        if account_id in state.users or (account_id and state.deployment == "data_center"):
            entry = entry | {"author": state.user(account_id)}
        if state.deployment == "data_center":
            items = [_item_of_data_center(state, issue, item) for item in entry["items"]]
            entry = entry | {"items": items}
        sent.append(entry)
    return sent


def option(value: str) -> dict[str, Any]:
    """A choice of a select field."""
    return {"id": option_id(value), "value": value}


def option_id(value: str) -> str:
    """The id of a choice, the same whenever it is asked for."""
    return str(20_000 + sum(value.encode()))


# --- system fields ----------------------------------------------------------------------------------------


def _resolution(state: IssueStore, issue: Issue) -> Any:
    name = issue.fields["resolution"]
    return name and state.resolution(name)


def _priority(state: IssueStore, issue: Issue) -> Any:
    priority_id = issue.fields["priority"]
    return priority_id and state.priority(priority_id)


def _moment(name: str) -> Callable[[IssueStore, Issue], Any]:
    return lambda state, issue: None if issue.fields[name] is None else jira_time(issue.fields[name])


def _parent(state: IssueStore, issue: Issue) -> Any:
    parent = state.parent_of(issue)
    is_told = state.deployment == "cloud" or state.is_subtask(issue)
    return _ABSENT if parent is None or not is_told else short(state, parent)


def _subtasks(state: IssueStore, issue: Issue) -> Any:
    return [short(state, child) for child in state.children_of(issue) if state.is_subtask(child)]


def _links(state: IssueStore, issue: Issue) -> Any:
    shown = []
    for link in issue.links:
        other = state.issues.get(link["issue_id"])
        if other is None or not state.is_visible(other):
            continue
        kind = state.link_types[link["type"]]
        shown.append(
            {
                "id": link["id"],
                "type": {
                    "id": kind.type_id,
                    "name": kind.name,
                    "inward": kind.inward,
                    "outward": kind.outward,
                },
                link["side"]: short(state, other),
            }
        )
    return shown


def _comment(state: IssueStore, issue: Issue) -> Any:
    comments = comments_of(state, issue)
    limit = state.inline_comments if state.deployment == "cloud" else None
    shown = comments if limit is None or len(comments) <= limit else comments[len(comments) - limit :]
    return {"comments": shown, "maxResults": len(shown), "total": len(comments), "startAt": 0}


_SYSTEM_FIELDS: Mapping[str, Callable[[IssueStore, Issue], Any]] = {
    "summary": lambda state, issue: issue.fields["summary"],
    "status": lambda state, issue: state.status(issue.fields["status"]),
    "resolution": _resolution,
    "resolutiondate": _moment("resolutiondate"),
    "created": lambda state, issue: jira_time(issue.created_at),
    "updated": lambda state, issue: jira_time(issue.updated_at),
    "duedate": lambda state, issue: issue.fields["duedate"] and issue.fields["duedate"].isoformat(),
    "priority": _priority,
    "assignee": lambda state, issue: state.user(issue.fields["assignee"]),
    "reporter": lambda state, issue: state.user(issue.fields["reporter"]),
    "creator": lambda state, issue: state.user(issue.fields["creator"]),
    "project": lambda state, issue: state.project(issue.project),
    "issuetype": lambda state, issue: state.issue_type(issue.fields["issuetype"]),
    "labels": lambda state, issue: list(issue.fields["labels"]),
    "components": lambda state, issue: [],
    "fixVersions": lambda state, issue: [],
    "description": lambda state, issue: issue.fields["description"],
    "environment": lambda state, issue: None,
    "parent": _parent,
    "subtasks": _subtasks,
    "issuelinks": _links,
    "comment": _comment,
}
#: The system fields with the names people know them by and what a value of each is.
SYSTEM_FIELD_TYPES: Mapping[str, tuple[str, str, str | None]] = {
    "issuekey": ("Key", "", None),
    "summary": ("Summary", "string", None),
    "status": ("Status", "status", None),
    "resolution": ("Resolution", "resolution", None),
    "resolutiondate": ("Resolved", "datetime", None),
    "created": ("Created", "datetime", None),
    "updated": ("Updated", "datetime", None),
    "duedate": ("Due date", "date", None),
    "priority": ("Priority", "priority", None),
    "assignee": ("Assignee", "user", None),
    "reporter": ("Reporter", "user", None),
    "creator": ("Creator", "user", None),
    "project": ("Project", "project", None),
    "issuetype": ("Issue Type", "issuetype", None),
    "labels": ("Labels", "array", "string"),
    "components": ("Components", "array", "component"),
    "fixVersions": ("Fix versions", "array", "version"),
    "description": ("Description", "string", None),
    "environment": ("Environment", "string", None),
    "parent": ("Parent", "", None),
    "subtasks": ("Sub-tasks", "array", "issuelinks"),
    "issuelinks": ("Linked Issues", "array", "issuelinks"),
    "comment": ("Comment", "comments-page", None),
}
#: Fields that `*navigable` leaves out.
NOT_NAVIGABLE = ("comment",)


# --- custom fields ----------------------------------------------------------------------------------------


def _custom_value(state: IssueStore, issue: Issue, custom: CustomField) -> Any:
    """The value of a custom field: what was set, in the form of its type. None when it has none."""
    if custom.field_id == EPIC_LINK:
        parent = state.parent_of(issue)
        is_epic = parent is not None and state.issue_types[parent.fields["issuetype"]].level > 0
        return parent.key if parent is not None and is_epic else None
    value = issue.custom.get(custom.field_id)
    if value is None or value == []:
        return None
    if custom.schema_custom.endswith(":gh-sprint"):
        return [_sprint(state, str(sprint_id)) for sprint_id in value]
    if custom.schema_type == "option" and isinstance(value, str):
        return option(value)
    if custom.schema_type == "array" and custom.items == "option":
        return [option(each) for each in value]
    if custom.schema_type == "number":
        return float(value)
    if custom.schema_type == "team" and isinstance(value, str):
        return {"id": team_id(value), "name": value, "isVisible": True, "isShared": True}
    if custom.schema_type == "user" and isinstance(value, str):
        return state.user(value)
    return value


def team_id(name: str) -> str:
    """The id of a team, the same whenever it is asked for."""
    return f"00000000-0000-4000-8000-{int.from_bytes(name.encode()[-6:]):012x}"


def _sprint(state: IssueStore, sprint_id: str) -> Any:
    held = state.sprints[sprint_id]
    if state.deployment == "cloud":
        return dict(held)
    told = {
        "id": held["id"],
        "rapidViewId": held["boardId"],
        "state": held["state"].upper(),
        "name": held["name"],
        "startDate": held.get("startDate", "<null>"),
        "endDate": held.get("endDate", "<null>"),
        "completeDate": held.get("completeDate", "<null>"),
        "activatedDate": held.get("startDate", "<null>"),
        "sequence": held["id"],
        "goal": held["goal"],
    }
    words = ",".join(f"{name}={value}" for name, value in told.items())
    return f"com.atlassian.greenhopper.service.sprint.Sprint@{held['id']:x}[{words}]"


# --- changed items ----------------------------------------------------------------------------------------


def changed_item(state: IssueStore, name: str, before: Any, after: Any) -> dict[str, Any]:
    """One changed field as the changelog of Cloud has it: ids in `from` and `to`, words in the strings."""
    custom = state.custom_fields.get(name)
    if custom is not None:
        (from_id, from_string), (to_id, to_string) = (
            _told_custom(state, custom, value) for value in (before, after)
        )
        return _item(custom.name, name, (from_id, from_string), (to_id, to_string), kind="custom")
    if name == "parent":
        return _item("IssueParentAssociation", None, _told_issue(before), _told_issue(after))
    item = _item(name, name, _told(state, name, before), _told(state, name, after))
    if name in ("assignee", "reporter"):
        item |= {"tmpFromAccountId": before, "tmpToAccountId": after}
    return item


def _item(
    name: str,
    field_id: str | None,
    before: tuple[str | None, str | None],
    after: tuple[str | None, str | None],
    kind: str = "jira",
) -> dict[str, Any]:
    known = {} if field_id is None else {"fieldId": field_id}
    return (
        {"field": name, "fieldtype": kind}
        | known
        | {"from": before[0], "fromString": before[1], "to": after[0], "toString": after[1]}
    )


def _told(state: IssueStore, name: str, value: Any) -> tuple[str | None, str | None]:
    if value is None:
        return None, None
    match name:
        case "status":
            return value, state.status(value)["name"]
        case "assignee" | "reporter":
            return value, state.users.get(value, (value, ""))[0]
        case "priority":
            return value, state.priorities.get(value, "")
        case "issuetype":
            return state.issue_types[value].type_id, value
        case "resolution":
            return state.resolution_id(value), value
        case "duedate":
            return value.isoformat(), f"{value.isoformat()} 00:00:00.0"
        case "labels":
            return None, " ".join(value)
    return None, str(value)


def _told_issue(issue: Issue | None) -> tuple[str | None, str | None]:
    return (None, None) if issue is None else (issue.issue_id, issue.key)


def _told_custom(state: IssueStore, custom: CustomField, value: Any) -> tuple[str | None, str | None]:
    if custom.schema_custom.endswith(":gh-sprint"):  # which says "" where others say null
        ids = [str(each) for each in value or ()]
        return ", ".join(ids), ", ".join(state.sprints[each]["name"] for each in ids)
    if value is None:
        return None, None
    if custom.schema_type == "option" and isinstance(value, str):
        return option_id(value), value
    if custom.schema_type == "team" and isinstance(value, str):
        return team_id(value), value
    if custom.schema_type == "number":
        return None, f"{value:g}"
    return None, str(value)


def _item_of_data_center(state: IssueStore, issue: Issue, item: dict[str, Any]) -> dict[str, Any]:
    shown = {name: value for name, value in item.items() if name != "fieldId" and name[:3] != "tmp"}
    if item["field"] in ("assignee", "reporter"):
        for side in ("from", "to"):
            shown[side] = item[side] and state.user_key(item[side])
    if item["field"] == "IssueParentAssociation":
        is_subtask = state.is_subtask(issue)
        told = ("Parent", "jira") if is_subtask else ("Epic Link", "custom")
        shown["field"], shown["fieldtype"] = told
    return shown
