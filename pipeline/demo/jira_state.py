"""What a Jira holds: projects, people, statuses, issues and their whole histories, in memory.

No HTTP and no clock: every change says when it happened (naive UTC). `jira_server.py` serves it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

#: Name → id, as a new Jira has them.
PRIORITIES = {"Highest": "1", "High": "2", "Medium": "3", "Low": "4", "Lowest": "5"}
_CATEGORIES = {"new": (2, "To Do"), "indeterminate": (4, "In Progress"), "done": (3, "Done")}


def jira_time(at: datetime) -> str:
    """A moment (naive UTC) as Jira writes it: `2024-03-01T09:30:00.000+0000`."""
    if at.tzinfo is not None:
        raise ValueError(f"{at} carries a zone; the simulated Jira takes naive UTC")
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}+0000"


@dataclass(slots=True)
class _Issue:
    """One issue as it is now; `histories` are in the order they were made, oldest first."""

    issue_id: str
    key: str
    project: str
    created_at: datetime
    updated_at: datetime
    fields: dict[str, Any]
    comments: list[dict[str, Any]] = field(default_factory=list)
    histories: list[dict[str, Any]] = field(default_factory=list)
    old_keys: list[str] = field(default_factory=list)
    links: list[dict[str, Any]] = field(default_factory=list)
    is_hidden: bool = False


class JiraState:
    """A Jira without its HTTP. Safe to change while it is served: hold `lock` to read more than one thing."""

    def __init__(self, *, account_time_zone: str = "UTC") -> None:
        self.account_time_zone = account_time_zone
        self.lock = threading.RLock()
        self.statuses: dict[str, tuple[str, str]] = {}
        self.projects: dict[str, str] = {}
        self.users: dict[str, tuple[str, str]] = {}
        self.issues: dict[str, _Issue] = {}  # by numeric id
        self._keys: dict[str, str] = {}  # every key ever given → id
        self._numbers: dict[str, int] = {}
        self._next_id = 10_000
        self._next_history = 100_000
        self._next_comment = 10_000
        self._next_link = 10_000
        self._resolutions: dict[str, str] = {}  # name → id
        self._hidden_fields: set[tuple[str, str]] = set()  # of project and field

    # --- the site -----------------------------------------------------------------------------------------

    def add_status(self, status_id: str, name: str, category_key: str) -> None:
        """A status; its category is `new`, `indeterminate` or `done`. Again with the same id: renamed."""
        if category_key not in _CATEGORIES:
            raise ValueError(f"no status category {category_key}")
        with self.lock:
            self.statuses[status_id] = (name, category_key)

    def remove_status(self, status_id: str) -> None:
        """A status that the site no longer has; histories still name it."""
        with self.lock:
            del self.statuses[status_id]

    def add_project(self, key: str, name: str) -> None:
        """A project whose issues get the keys `<key>-1`, `<key>-2` …"""
        with self.lock:
            self.projects[key] = name

    def hide_field(self, project: str, name: str) -> None:
        """Leave a field out of a project, as its field configuration can; its issues lack it."""
        with self.lock:
            self._hidden_fields.add((project, name))

    def add_user(self, account_id: str, display_name: str, account_type: str = "atlassian") -> None:
        """A person, or with account_type `app` an automation."""
        with self.lock:
            self.users[account_id] = (display_name, account_type)

    # --- issues -------------------------------------------------------------------------------------------

    def create_issue(
        self,
        project: str,
        summary: str,
        *,
        at: datetime,
        status_id: str,
        reporter: str,
        issue_type: str = "Task",
        priority: str = "Medium",
        assignee: str | None = None,
        due_on: date | None = None,
        labels: Sequence[str] = (),
        description: str = "",
    ) -> str:
        """A new issue; returns its key."""
        with self.lock:
            key = self._new_key(project)
            issue_id = str(self._next_id)
            self._next_id += 1
            self.issues[issue_id] = _Issue(
                issue_id,
                key,
                project,
                at,
                at,
                {
                    "summary": summary,
                    "status": status_id,
                    "resolution": None,
                    "resolutiondate": None,
                    "issuetype": issue_type,
                    "priority": priority,
                    "assignee": assignee,
                    "reporter": reporter,
                    "duedate": due_on,
                    "labels": list(labels),
                    "description": description,
                },
            )
            self._keys[key] = issue_id
            return key

    def edit(self, key: str, *, at: datetime, by: str, **changes: Any) -> None:
        """Change summary, priority, assignee, due_on, labels or description: one history entry."""
        names = {"due_on": "duedate"}
        with self._changing(key, at) as issue:
            items = []
            for given, value in changes.items():
                name = names.get(given, given)
                if name not in ("summary", "priority", "assignee", "duedate", "labels", "description"):
                    raise ValueError(f"an issue has no editable field {given}")
                if issue.fields[name] != value:
                    items.append(self._item(name, issue.fields[name], value))
                    issue.fields[name] = value
            self._note(issue, at, by, items)

    def transition(
        self,
        key: str,
        status_id: str,
        *,
        at: datetime,
        by: str,
        resolution: str | None = None,
        keep_resolution: bool = False,
    ) -> None:
        """Move to a status, and set the resolution, clear it, or leave it as workflows forget to."""
        with self._changing(key, at) as issue:
            items = [self._item("status", issue.fields["status"], status_id)]
            issue.fields["status"] = status_id
            if not keep_resolution and issue.fields["resolution"] != resolution:
                items.append(self._item("resolution", issue.fields["resolution"], resolution))
                issue.fields["resolution"] = resolution
                issue.fields["resolutiondate"] = at if resolution else None
            self._note(issue, at, by, items)

    def comment(self, key: str, body: str, *, at: datetime, by: str) -> None:
        """A comment: it moves `updated`, and leaves no history."""
        with self._changing(key, at) as issue:
            issue.comments.append(
                {
                    "id": str(self._next_comment),
                    "author": self.user(by),
                    "body": body,
                    "created": jira_time(at),
                    "updated": jira_time(at),
                }
            )
            self._next_comment += 1

    def link(self, key: str, other: str, *, at: datetime, by: str) -> None:
        """Link two issues: `key` blocks `other`. Both show it and note it."""
        with self._changing(key, at) as issue, self._changing(other, at) as blocked:
            link_id = str(self._next_link)
            self._next_link += 1
            for this, that, side, words in (
                (issue, blocked, "outwardIssue", "blocks"),
                (blocked, issue, "inwardIssue", "is blocked by"),
            ):
                this.links.append({"id": link_id, "side": side, "issue_id": that.issue_id})
                said = {
                    "field": "Link",
                    "fieldtype": "jira",
                    "from": None,
                    "fromString": None,
                    "to": that.key,
                    "toString": f"This issue {words} {that.key}",
                }
                self._note(this, at, by, [said])

    def move(self, key: str, project: str, *, at: datetime, by: str) -> str:
        """Move to another project: the id stays, the key changes, the old key still leads here."""
        with self._changing(key, at) as issue:
            new = self._new_key(project)
            items: list[dict[str, Any]] = [
                {
                    "field": "project",
                    "fieldtype": "jira",
                    "fieldId": "project",
                    "from": issue.project,
                    "fromString": self.projects[issue.project],
                    "to": project,
                    "toString": self.projects[project],
                },
                {
                    "field": "Key",
                    "fieldtype": "jira",
                    "from": None,
                    "fromString": issue.key,
                    "to": None,
                    "toString": new,
                },
            ]
            issue.old_keys.append(issue.key)
            issue.key, issue.project = new, project
            self._keys[new] = issue.issue_id
            self._note(issue, at, by, items)
            return new

    def delete(self, key: str) -> None:
        """Gone without a trace, its history too."""
        with self.lock:
            issue = self._find(key)
            del self.issues[issue.issue_id]
            for name in (issue.key, *issue.old_keys):
                del self._keys[name]
            for other in self.issues.values():
                other.links = [link for link in other.links if link["issue_id"] != issue.issue_id]

    def hide(self, key: str, *, hidden: bool = True) -> None:
        """Take away (or give back) the account's right to see it."""
        with self.lock:
            self._find(key).is_hidden = hidden

    # --- reading ------------------------------------------------------------------------------------------

    def visible(self) -> list[_Issue]:
        """The issues the account may see, by id."""
        return [
            issue
            for _, issue in sorted(self.issues.items(), key=lambda pair: int(pair[0]))
            if not issue.is_hidden
        ]

    def find(self, id_or_key: str) -> _Issue | None:
        """The visible issue of that id, key or former key."""
        with self.lock:
            issue = self.issues.get(self._keys.get(id_or_key, id_or_key))
            return None if issue is None or issue.is_hidden else issue

    def user(self, account_id: str | None) -> dict[str, Any] | None:
        """A user as Jira sends one."""
        if account_id is None:
            return None
        name, kind = self.users.get(account_id, (account_id, "atlassian"))
        return {"accountId": account_id, "accountType": kind, "active": True, "displayName": name}

    def status(self, status_id: str) -> dict[str, Any]:
        """A status as Jira sends one; a removed one keeps its id and loses its name."""
        name, category_key = self.statuses.get(status_id, (f"Removed {status_id}", "indeterminate"))
        category_id, category = _CATEGORIES[category_key]
        return {
            "id": status_id,
            "name": name,
            "description": "",
            "statusCategory": {"id": category_id, "key": category_key, "name": category},
        }

    def payload(self, issue: _Issue, names: set[str] | None) -> dict[str, Any]:
        """The issue as REST v2 sends it, with the fields in `names` (all when None)."""
        held = issue.fields
        resolution = held["resolution"]
        project_id = str(10_000 + list(self.projects).index(issue.project))
        fields: dict[str, Any] = {
            "summary": held["summary"],
            "status": self.status(held["status"]),
            "resolution": resolution and {"id": self._resolution_id(resolution), "name": resolution},
            "resolutiondate": None if held["resolutiondate"] is None else jira_time(held["resolutiondate"]),
            "created": jira_time(issue.created_at),
            "updated": jira_time(issue.updated_at),
            "duedate": None if held["duedate"] is None else held["duedate"].isoformat(),
            "priority": {"id": PRIORITIES.get(held["priority"], "3"), "name": held["priority"]},
            "assignee": self.user(held["assignee"]),
            "reporter": self.user(held["reporter"]),
            "project": {"id": project_id, "key": issue.project, "name": self.projects[issue.project]},
            "issuetype": {"id": "10001", "name": held["issuetype"], "subtask": False},
            "labels": list(held["labels"]),
            "description": held["description"],
            "issuelinks": [
                self._link(link) for link in issue.links if not self.issues[link["issue_id"]].is_hidden
            ],
            "comment": {
                "comments": list(issue.comments),
                "maxResults": len(issue.comments),
                "total": len(issue.comments),
                "startAt": 0,
            },
        }
        chosen = {
            name: value
            for name, value in fields.items()
            if (names is None or name in names) and (issue.project, name) not in self._hidden_fields
        }
        return {"id": issue.issue_id, "key": issue.key, "fields": chosen}

    # --- inside -------------------------------------------------------------------------------------------

    def _resolution_id(self, name: str) -> str:
        return self._resolutions.setdefault(name, str(10_000 + len(self._resolutions)))

    def _link(self, link: dict[str, Any]) -> dict[str, Any]:
        other = self.issues[link["issue_id"]]
        shown = {
            "id": other.issue_id,
            "key": other.key,
            "fields": {"summary": other.fields["summary"], "status": self.status(other.fields["status"])},
        }
        kind = {"id": "10000", "name": "Blocks", "inward": "is blocked by", "outward": "blocks"}
        return {"id": link["id"], "type": kind, link["side"]: shown}

    def _new_key(self, project: str) -> str:
        if project not in self.projects:
            raise ValueError(f"there is no project {project}")
        self._numbers[project] = self._numbers.get(project, 0) + 1
        return f"{project}-{self._numbers[project]}"

    def _find(self, key: str) -> _Issue:
        try:
            return self.issues[self._keys[key]]
        except KeyError:
            raise ValueError(f"there is no issue {key}") from None

    @contextmanager
    def _changing(self, key: str, at: datetime) -> Iterator[_Issue]:
        with self.lock:
            issue = self._find(key)
            yield issue
            issue.updated_at = max(issue.updated_at, at)

    def _note(self, issue: _Issue, at: datetime, by: str, items: list[dict[str, Any]]) -> None:
        if not items:
            return
        issue.histories.append(
            {"id": str(self._next_history), "author": self.user(by), "created": jira_time(at), "items": items}
        )
        self._next_history += 1

    def _item(self, name: str, before: Any, after: Any) -> dict[str, Any]:
        """One changed field as the changelog has it: ids in `from` and `to`, words in the strings."""

        def both(value: Any) -> tuple[str | None, str | None]:
            if value is None:
                return None, None
            if name == "status":
                return value, self.status(value)["name"]
            if name == "assignee":
                return value, self.users.get(value, (value, ""))[0]
            if name == "priority":
                return PRIORITIES.get(value, "3"), value
            if name == "resolution":
                return self._resolution_id(value), value
            if name == "duedate":
                return value.isoformat(), f"{value.isoformat()} 00:00:00.0"
            if name == "labels":
                return None, " ".join(value)
            return None, str(value)

        (from_id, from_string), (to_id, to_string) = both(before), both(after)
        return {
            "field": name,
            "fieldtype": "jira",
            "fieldId": name,
            "from": from_id,
            "fromString": from_string,
            "to": to_id,
            "toString": to_string,
        }
