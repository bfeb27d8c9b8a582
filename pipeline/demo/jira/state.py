"""Every way in which the issues of a simulated Jira come, change and go.

No HTTP and no clock: every change says when it happened (naive UTC). `site.py` is the setup around the
issues, `store.py` what is there and who sees it, `server.py` serves it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from pipeline.demo.jira.issue import Issue, jira_time, read_time
from pipeline.demo.jira.payloads import changed_item
from pipeline.demo.jira.site import Deployment
from pipeline.demo.jira.store import IssueStore

_EDITABLE = (
    "summary",
    "priority",
    "assignee",
    "reporter",
    "duedate",
    "labels",
    "description",
    "issuetype",
    "resolution",
)
_EDIT_NAMES = {"due_on": "duedate", "issue_type": "issuetype"}
_CANNOT_CHANGE = "was loaded from a real Jira; it can be hidden, deleted and given remote links, not changed"


class JiraState(IssueStore):
    """A Jira without its HTTP. Safe to change while it is served: hold `lock` to read more than one thing.

    `inline_comments` is how many comments, the newest, come within an issue on Cloud; None for all. A user
    saw 100 of 120 (atlassian-mcp-server issue 230); the description gives no number.
    """

    def __init__(
        self,
        *,
        account_time_zone: str = "UTC",
        deployment: Deployment = "cloud",
        inline_comments: int | None = 100,
    ) -> None:
        super().__init__(
            account_time_zone=account_time_zone, deployment=deployment, inline_comments=inline_comments
        )
        self._numbers: dict[str, int] = {}
        self._next_id = 10_000
        self.next_history_id = 100_000
        self._next_comment = 10_000
        self._next_link = 10_000

    # --- issues come and go -------------------------------------------------------------------------------

    def create_issue(
        self,
        project: str,
        summary: str,
        *,
        at: datetime,
        status_id: str,
        reporter: str,
        issue_type: str = "Task",
        priority: str | None = "Medium",
        assignee: str | None = None,
        due_on: date | None = None,
        labels: Sequence[str] = (),
        description: str = "",
        parent: str | None = None,
        custom: Mapping[str, Any] | None = None,
    ) -> str:
        """A new issue; returns its key. `parent` is a key; `custom` are values by field id.

        A value is a number, a word (of a select field, a team, a user), a list of sprint ids, or for other
        types what Jira sends. A type of issues never heard of is made, at level 0.
        """
        with self._changed():
            key = self._new_key(project)
            issue_id = str(self._next_id)
            self._next_id += 1
            if issue_type not in self.issue_types:
                self.add_issue_type(issue_type)
            issue = Issue(
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
                    "priority": priority and self.priority_id(priority),
                    "assignee": assignee,
                    "reporter": reporter,
                    "creator": reporter,
                    "duedate": due_on,
                    "labels": list(labels),
                    "description": description,
                },
                {self._custom_id(field_id): value for field_id, value in (custom or {}).items()},
            )
            if parent is not None:
                self._set_parent(issue, self._find(parent))
            if self._is_frozen:
                self._indexed[issue_id] = None
            self.issues[issue_id] = issue
            self._keys[key] = issue_id
            return key

    def load_issue(
        self,
        payload: Mapping[str, Any],
        histories: Sequence[dict[str, Any]] = (),
        remote_links: Sequence[dict[str, Any]] = (),
    ) -> str:
        """An issue as a real Jira sent it, served as it is: all its fields, and only those. Returns its key.

        Its project becomes known; `load_list` makes its statuses and fields known.
        """
        fields, issue_id, key = payload["fields"], str(payload["id"]), payload["key"]
        with self._changed():
            project = fields["project"]["key"]
            if project not in self.projects:
                self.add_project(project, fields["project"].get("name", project))
                self._project_ids[project] = str(fields["project"]["id"])
            held = {
                "summary": fields["summary"],
                "status": str(fields["status"]["id"]),
                "issuetype": fields["issuetype"]["name"],
                "priority": (fields.get("priority") or {}).get("id"),
                "assignee": _account_of(fields.get("assignee")),
                "reporter": _account_of(fields.get("reporter")),
                "resolution": (fields.get("resolution") or {}).get("name"),
                "labels": list(fields.get("labels") or ()),
                "duedate": fields.get("duedate"),
            }
            kind = fields["issuetype"]
            if kind["name"] not in self.issue_types:
                self.add_issue_type(
                    kind["name"], -1 if kind.get("subtask") else kind.get("hierarchyLevel", 0)
                )
            if self._is_frozen:
                self._indexed[issue_id] = None
            parent_id = (fields.get("parent") or {}).get("id")
            if parent_id is not None:
                self._children.setdefault(str(parent_id), []).append(issue_id)
            self.issues[issue_id] = Issue(
                issue_id,
                key,
                project,
                read_time(fields["created"]),
                read_time(fields["updated"]),
                held,
                {name: value for name, value in fields.items() if name in self.custom_fields},
                None if parent_id is None else str(parent_id),
                histories=sorted(histories, key=lambda entry: int(entry["id"])),
                remote_links=list(remote_links),
                real={name: value for name, value in payload.items() if name != "changelog"},
            )
            self._keys[key] = issue_id
            if int(issue_id) < self._next_id:
                self.issues = dict(sorted(self.issues.items(), key=lambda pair: int(pair[0])))
            self._next_id = max(self._next_id, int(issue_id) + 1)
            number = int(key.rpartition("-")[2])
            self._numbers[project] = max(self._numbers.get(project, 0), number)
            return str(key)

    def delete(self, key: str) -> None:
        """Gone without a trace, its history and subtasks too; others lose links and parent in silence."""
        with self._changed():
            issue = self._find(key)
            self._keep_indexed(issue)
            for link in issue.links:
                other = self.issues[link["issue_id"]]
                self._keep_indexed(other)
                other.links = [each for each in other.links if each["issue_id"] != issue.issue_id]
            for child in self.children_of(issue):
                if self.is_subtask(child):
                    self.delete(child.key)
                else:
                    self._keep_indexed(child)
                    self._set_parent(child, None)
            self._set_parent(issue, None)
            del self.issues[issue.issue_id]
            for name in (issue.key, *issue.old_keys):
                if self._keys.get(name) == issue.issue_id:
                    del self._keys[name]

    def hide(self, key: str, *, hidden: bool = True) -> None:
        """Take away (or give back) the account's right to see it; search knows that at once."""
        with self._changed():
            self._find(key).is_hidden = hidden

    # --- changes ------------------------------------------------------------------------------------------

    def edit(
        self,
        key: str,
        *,
        at: datetime,
        by: str | None,
        custom: Mapping[str, Any] | None = None,
        **changes: Any,
    ) -> None:
        """Change fields in one history entry: summary, priority, assignee, reporter, due_on, labels,
        description, issue_type, resolution, parent (a key or None), and custom fields by their ids.

        `by` None leaves the entry without an author, as some automations do.
        """
        with self._changing(key, at) as issue:
            items = []
            if "parent" in changes:
                wanted = changes.pop("parent")
                before, after = self.parent_of(issue), None if wanted is None else self._find(wanted)
                if before is not after:
                    items.append(changed_item(self, "parent", before, after))
                    self._set_parent(issue, after)
            for given, value in changes.items():
                name = _EDIT_NAMES.get(given, given)
                if name not in _EDITABLE:
                    raise ValueError(f"an issue has no editable field {given}")
                if name == "priority" and value is not None:
                    value = self.priority_id(value)
                if name == "issuetype" and value not in self.issue_types:
                    self.add_issue_type(value)
                if issue.fields[name] != value:
                    items.append(changed_item(self, name, issue.fields[name], value))
                    issue.fields[name] = value
                    if name == "resolution":
                        issue.fields["resolutiondate"] = at if value else None
            for field_id, value in (custom or {}).items():
                before = issue.custom.get(self._custom_id(field_id))
                if before != value:
                    items.append(changed_item(self, field_id, before, value))
                    issue.custom[field_id] = value
            self._note(issue, at, by, items)

    def transition(
        self,
        key: str,
        status_id: str,
        *,
        at: datetime,
        by: str | None,
        resolution: str | None = None,
        keep_resolution: bool = False,
    ) -> None:
        """Move to a status, and set the resolution, clear it, or leave it as workflows forget to."""
        with self._changing(key, at) as issue:
            items = [changed_item(self, "status", issue.fields["status"], status_id)]
            issue.fields["status"] = status_id
            if not keep_resolution and issue.fields["resolution"] != resolution:
                items.append(changed_item(self, "resolution", issue.fields["resolution"], resolution))
                issue.fields["resolution"] = resolution
                issue.fields["resolutiondate"] = at if resolution else None
            self._note(issue, at, by, items)

    def comment(self, key: str, body: str, *, at: datetime, by: str) -> None:
        """A comment: it moves `updated`, and leaves no history."""
        with self._changing(key, at) as issue:
            issue.comments.append(
                {
                    "id": str(self._next_comment),
                    "author": by,
                    "body": body,
                    "created": jira_time(at),
                    "updated": jira_time(at),
                }
            )
            self._next_comment += 1

    def link(self, key: str, other: str, *, at: datetime, by: str | None, link_type: str = "Blocks") -> None:
        """Link two issues: `key` blocks (duplicates, …) `other`. Both show it and note it."""
        kind = self.link_types[link_type]
        with self._changing(key, at) as issue, self._changing(other, at) as there:
            link_id = str(self._next_link)
            self._next_link += 1
            for this, that, side, words in (
                (issue, there, "outwardIssue", kind.outward),
                (there, issue, "inwardIssue", kind.inward),
            ):
                this.links.append({"id": link_id, "type": link_type, "side": side, "issue_id": that.issue_id})
                said = f"This issue {words} {that.key}"
                self._note(this, at, by, [_said("Link", None, None, that.key, said)])

    def unlink(
        self, key: str, other: str, *, at: datetime, by: str | None, link_type: str = "Blocks"
    ) -> None:
        """Take a link away again, from either end; both note it."""
        kind = self.link_types[link_type]
        with self._changing(key, at) as issue, self._changing(other, at) as there:
            ends = {issue.issue_id: there, there.issue_id: issue}
            for this in (issue, there):
                that = ends[this.issue_id]
                gone = [
                    each
                    for each in this.links
                    if each["issue_id"] == that.issue_id and each["type"] == link_type
                ]
                if not gone:
                    raise ValueError(f"there is no link {link_type} between {key} and {other}")
                this.links = [each for each in this.links if each not in gone]
                words = kind.outward if gone[0]["side"] == "outwardIssue" else kind.inward
                said = f"This issue {words} {that.key}"
                self._note(this, at, by, [_said("Link", that.key, said, None, None)])

    def add_remote_link(
        self,
        key: str,
        url: str,
        title: str,
        *,
        global_id: str = "",
        relationship: str = "mentioned in",
        noted_at: datetime | None = None,
        by: str | None = None,
    ) -> str:
        """Link to a page elsewhere; returns the link's id. It does not move `updated`.

        With `noted_at` the history has an entry for it, which some Jiras write and others do not.
        """
        with self._changed():
            issue = self._find(key)
            self._keep_indexed(issue)
            link_id = self._next_link
            self._next_link += 1
            application = {"name": "Confluence", "type": "com.atlassian.confluence"} if global_id else {}
            issue.remote_links.append(
                {
                    "id": link_id,
                    **({"globalId": global_id} if global_id else {}),
                    "application": application,
                    "relationship": relationship,
                    "object": {
                        "url": url,
                        "title": title,
                        "icon": {},
                        "status": {"resolved": False, "icon": {}},
                    },
                }
            )
            if noted_at is not None:
                said = f'This issue links to "{title} ({application.get("name", "Web Link")})"'
                self._note(issue, noted_at, by, [_said("RemoteIssueLink", None, None, str(link_id), said)])
            return str(link_id)

    def remove_remote_link(self, key: str, link_id: str) -> None:
        """Take a remote link away, without a trace."""
        with self._changed():
            issue = self._find(key)
            self._keep_indexed(issue)
            issue.remote_links = [each for each in issue.remote_links if str(each["id"]) != link_id]

    def move(
        self, key: str, project: str, *, at: datetime, by: str | None, status_id: str | None = None
    ) -> str:
        """Move to another project: the id stays, the key changes, the old key still leads here.

        Where that project has another workflow, the status becomes `status_id`, or the first there of the
        same category.
        """
        with self._changing(key, at) as issue:
            new = self._new_key(project)
            items = [
                {
                    "field": "project",
                    "fieldtype": "jira",
                    "fieldId": "project",
                    "from": self._project_ids[issue.project],
                    "fromString": self.projects[issue.project],
                    "to": self._project_ids[project],
                    "toString": self.projects[project],
                },
                _said("Key", None, issue.key, None, new),
            ]
            status_id = status_id or self._status_in(project, issue.fields["status"])
            if status_id != issue.fields["status"]:
                items.append(changed_item(self, "status", issue.fields["status"], status_id))
                issue.fields["status"] = status_id
            issue.old_keys.append(issue.key)
            issue.key, issue.project = new, project
            self._keys[new] = issue.issue_id
            self._note(issue, at, by, items)
            return new

    def rename_project(self, key: str, *, name: str | None = None, new_key: str | None = None) -> None:
        """Another name, or another key: then every key in it changes, `updated` and histories do not."""
        with self._changed():
            if name is not None:
                self.projects[key] = name
            if new_key is None:
                return
            tables: tuple[dict[str, Any], ...] = (
                self.projects,
                self._project_ids,
                self._workflows,
                self._numbers,
            )
            for held in tables:
                if key in held:
                    held[new_key] = held.pop(key)
            for issue in self.issues.values():
                if issue.project == key:
                    self._keep_indexed(issue)
                    issue.old_keys.append(issue.key)
                    issue.key, issue.project = f"{new_key}-{issue.key.rpartition('-')[2]}", new_key
                    self._keys[issue.key] = issue.issue_id

    # --- inside -------------------------------------------------------------------------------------------

    def _new_key(self, project: str) -> str:
        if project not in self.projects:
            raise ValueError(f"there is no project {project}")
        self._numbers[project] = self._numbers.get(project, 0) + 1
        return f"{project}-{self._numbers[project]}"

    def _custom_id(self, field_id: str) -> str:
        if field_id not in self.custom_fields:
            raise ValueError(f"there is no custom field {field_id}; add_field makes one")
        return field_id

    def _status_in(self, project: str, status_id: str) -> str:
        workflow = self._workflows.get(project, ())
        if not workflow or status_id in workflow:
            return status_id
        category = self.status(status_id)["statusCategory"]["key"]
        same = [each for each in workflow if self.status(each)["statusCategory"]["key"] == category]
        return (same or list(workflow))[0]

    @contextmanager
    def _changing(self, key: str, at: datetime) -> Iterator[Issue]:
        with self._changed():
            issue = self._find(key)
            if issue.real is not None:
                raise ValueError(f"{key} {_CANNOT_CHANGE}")
            jira_time(at)
            self._keep_indexed(issue)
            yield issue
            issue.updated_at = max(issue.updated_at, at)

    def _note(self, issue: Issue, at: datetime, by: str | None, items: list[dict[str, Any]]) -> None:
        if not items:
            return
        author = {} if by is None else {"author": self.cloud_user(by)}
        issue.histories.append(
            {"id": str(self.next_history_id)} | author | {"created": jira_time(at), "items": items}
        )
        self.next_history_id += 1


def _said(name: str, before: Any, before_words: Any, after: Any, after_words: Any) -> dict[str, Any]:
    """A changed item of no field of its own."""
    return {
        "field": name,
        "fieldtype": "jira",
        "from": before,
        "fromString": before_words,
        "to": after,
        "toString": after_words,
    }


def _account_of(user: Mapping[str, Any] | None) -> str | None:
    return None if user is None else user.get("accountId") or user.get("name")
