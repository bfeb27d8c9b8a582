"""What a Jira site is set up with: projects, people, statuses, priorities, types of issues and links, fields.

All of it can be renamed or taken away while it is served; issues and histories hold ids, so that they show
the new name where Jira does, and the old one where Jira keeps it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, get_args

Deployment = Literal["cloud", "data_center"]

_CATEGORIES = {"new": (2, "To Do"), "indeterminate": (4, "In Progress"), "done": (3, "Done")}
_GREENHOPPER = "com.pyxis.greenhopper.jira"
_SYSTEM = "com.atlassian.jira.plugin.system.customfieldtypes"

#: The fields by which boards and epics work; every Jira Software has them.
STORY_POINTS = "customfield_10016"
SPRINT = "customfield_10020"
EPIC_LINK = "customfield_10014"


@dataclass(frozen=True, slots=True)
class CustomField:
    """A custom field: `schema_custom` names what made it, `schema_type` what a value is."""

    field_id: str
    name: str
    schema_custom: str
    schema_type: str
    items: str | None = None


@dataclass(frozen=True, slots=True)
class IssueType:
    """A type of issues; level 1 are epics, 0 ordinary issues, -1 subtasks."""

    type_id: str
    name: str
    level: int


@dataclass(frozen=True, slots=True)
class LinkType:
    """A type of issue links with its words for either side."""

    type_id: str
    name: str
    outward: str
    inward: str


class JiraSite:
    """The setup of a Jira. `version` grows with every change of anything; `lock` guards it all."""

    def __init__(self, *, account_time_zone: str = "UTC", deployment: Deployment = "cloud") -> None:
        self.account_time_zone = account_time_zone
        self.base_url = "https://jira.example"
        self.lock = threading.RLock()
        self.version = 0
        self.deployment: Deployment
        self.deploy_as(deployment)
        self.statuses: dict[str, tuple[str, str]] = {}  # id → name and category
        self.projects: dict[str, str] = {}  # key → name
        self.users: dict[str, tuple[str, str]] = {}  # account id → name and type
        self.priorities: dict[str, str] = {}  # id → name, most urgent first
        self.issue_types: dict[str, IssueType] = {}  # by name
        self.link_types: dict[str, LinkType] = {}  # by name
        self.custom_fields: dict[str, CustomField] = {}
        self.sprints: dict[str, dict[str, Any]] = {}
        self.hidden_projects: set[str] = set()
        self._resolutions: dict[str, str] = {}  # name → id
        self._hidden_fields: set[tuple[str, str]] = set()  # of project and field
        self._project_ids: dict[str, str] = {}
        self._workflows: dict[str, tuple[str, ...]] = {}  # project → its statuses, the first for new issues
        self._inactive: set[str] = set()
        self._real_lists: dict[str, list[dict[str, Any]]] = {}
        self.set_priorities(("Highest", "High", "Medium", "Low", "Lowest"))
        for name, level in (("Epic", 1), ("Task", 0), ("Story", 0), ("Sub-task", -1), ("Bug", 0)):
            self.add_issue_type(name, level)
        for name, outward, inward in (
            ("Blocks", "blocks", "is blocked by"),
            ("Cloners", "clones", "is cloned by"),
            ("Duplicate", "duplicates", "is duplicated by"),
            ("Relates", "relates to", "relates to"),
        ):
            self.add_link_type(name, outward, inward)
        for field_id, name, custom, kind, items in (
            ("customfield_10001", "Team", f"{_SYSTEM}:atlassian-team", "team", None),
            (EPIC_LINK, "Epic Link", f"{_GREENHOPPER}:gh-epic-link", "any", None),
            (STORY_POINTS, "Story point estimate", f"{_GREENHOPPER}:jsw-story-points", "number", None),
            (SPRINT, "Sprint", f"{_GREENHOPPER}:gh-sprint", "array", "json"),
            ("customfield_10036", "Story Points", f"{_SYSTEM}:float", "number", None),
            ("customfield_10050", "Team", f"{_SYSTEM}:select", "option", None),
        ):
            self.add_field(field_id, name, custom, kind, items=items)

    def deploy_as(self, deployment: Deployment) -> None:
        """Be a Jira Cloud or a Jira Data Center: users, changed items and parents are told as there."""
        if deployment not in get_args(Deployment):
            raise ValueError(f"there is no deployment {deployment}; cloud or data_center")
        with self._changed():
            self.deployment = deployment

    @contextmanager
    def _changed(self) -> Iterator[None]:
        with self.lock:
            self.version += 1
            yield

    # --- statuses -----------------------------------------------------------------------------------------

    def add_status(self, status_id: str, name: str, category_key: str) -> None:
        """A status; its category is `new`, `indeterminate` or `done`. Again with the same id: renamed."""
        if category_key not in _CATEGORIES:
            raise ValueError(f"no status category {category_key}")
        with self._changed():
            self.statuses[status_id] = (name, category_key)

    def rename_status(self, status_id: str, name: str) -> None:
        """Another name for a status: issues show it, what histories tell keeps the old one."""
        self.add_status(status_id, name, self.statuses[status_id][1])

    def remove_status(self, status_id: str) -> None:
        """A status that the site no longer has; histories still name it."""
        with self._changed():
            del self.statuses[status_id]

    def status(self, status_id: str) -> dict[str, Any]:
        """A status as Jira sends one; a removed one keeps its id and loses its name."""
        name, category_key = self.statuses.get(status_id, (f"Removed {status_id}", "indeterminate"))
        category_id, category = _CATEGORIES[category_key]
        return {
            "self": f"{self.base_url}/rest/api/2/status/{status_id}",
            "id": status_id,
            "name": name,
            "description": "",
            "statusCategory": {
                "self": f"{self.base_url}/rest/api/2/statuscategory/{category_id}",
                "id": category_id,
                "key": category_key,
                "name": category,
            },
        }

    # --- projects -----------------------------------------------------------------------------------------

    def add_project(self, key: str, name: str, *, statuses: Sequence[str] = ()) -> None:
        """A project whose issues get the keys `<key>-1`, `<key>-2` …

        `statuses` are the ids its workflow has, when it is not that of all: an issue moved here from another
        gets the first of the same category.
        """
        with self._changed():
            self.projects[key] = name
            self._project_ids.setdefault(key, str(10_000 + len(self._project_ids)))
            self._workflows[key] = tuple(statuses)

    def hide_project(self, key: str, *, hidden: bool = True) -> None:
        """Take away (or give back) the account's right to browse a project."""
        with self._changed():
            (self.hidden_projects.add if hidden else self.hidden_projects.discard)(key)

    def visible_projects(self) -> dict[str, str]:
        """Key → name of the projects the account may browse, by key."""
        return {key: self.projects[key] for key in sorted(self.projects) if key not in self.hidden_projects}

    def project(self, key: str) -> dict[str, Any]:
        """A project as Jira sends one with an issue."""
        project_id = self._project_ids[key]
        return {
            "self": f"{self.base_url}/rest/api/2/project/{project_id}",
            "id": project_id,
            "key": key,
            "name": self.projects[key],
            "projectTypeKey": "software",
        }

    def hide_field(self, project: str, name: str) -> None:
        """Leave a field out of a project, as its field configuration can; its issues lack it."""
        with self._changed():
            self._hidden_fields.add((project, name))

    # --- people -------------------------------------------------------------------------------------------

    def add_user(self, account_id: str, display_name: str, account_type: str = "atlassian") -> None:
        """A person, or with account_type `app` an automation."""
        with self._changed():
            self.users[account_id] = (display_name, account_type)

    def rename_user(self, account_id: str, display_name: str) -> None:
        """Another display name: issues and authors show it, what changed items tell keeps the old one."""
        self.add_user(account_id, display_name, self.users[account_id][1])

    def deactivate_user(self, account_id: str) -> None:
        """A person who has left."""
        with self._changed():
            self._inactive.add(account_id)

    def user(self, account_id: str | None) -> dict[str, Any] | None:
        """A user as this deployment sends one: Cloud by account id, Data Center by name and key."""
        if account_id is None:
            return None
        if self.deployment == "cloud":
            return self.cloud_user(account_id)
        shown = self.cloud_user(account_id)
        return {
            "self": f"{self.base_url}/rest/api/2/user?username={account_id}",
            "name": account_id,
            "key": self.user_key(account_id),
            "emailAddress": f"{account_id}@example.com",
            "displayName": shown["displayName"],
            "active": shown["active"],
            "timeZone": self.account_time_zone,
        }

    def cloud_user(self, account_id: str) -> dict[str, Any]:
        """A user as Cloud sends one."""
        name, kind = self.users.get(account_id, (account_id, "atlassian"))
        active = account_id not in self._inactive
        return {"accountId": account_id, "accountType": kind, "active": active, "displayName": name}

    def user_key(self, account_id: str) -> str:
        """What a changelog calls a user: on Cloud the account id, on Data Center a key of its own."""
        if self.deployment == "cloud" or account_id not in self.users:
            return account_id
        return f"JIRAUSER{10_100 + list(self.users).index(account_id)}"

    # --- priorities, resolutions, types -------------------------------------------------------------------

    def set_priorities(self, names: Iterable[str]) -> None:
        """The priorities, most urgent first; those there were keep their ids."""
        with self._changed():
            self.priorities = {self.priority_id(name): name for name in names}

    def rename_priority(self, old: str, new: str) -> None:
        """Another name for a priority."""
        with self._changed():
            self.priorities[self.priority_id(old)] = new

    def priority_id(self, name: str) -> str:
        """The id of a priority; one never heard of is made, as the least urgent."""
        known = {held: priority_id for priority_id, held in self.priorities.items()}
        if name not in known:
            known[name] = str(max(map(int, self.priorities), default=0) + 1)
            self.priorities[known[name]] = name
        return known[name]

    def resolution_id(self, name: str) -> str:
        """The id of a resolution; one never heard of is made."""
        return self._resolutions.setdefault(name, str(10_000 + len(self._resolutions)))

    def resolutions(self) -> list[dict[str, Any]]:
        """The resolutions as Jira lists them."""
        return [self.resolution(name) for name in self._resolutions]

    def resolution(self, name: str) -> dict[str, Any]:
        """A resolution as Jira sends one."""
        resolution_id = self.resolution_id(name)
        return {
            "self": f"{self.base_url}/rest/api/2/resolution/{resolution_id}",
            "id": resolution_id,
            "name": name,
            "description": "",
        }

    def priority(self, priority_id: str) -> dict[str, Any]:
        """A priority as Jira sends it with an issue; one taken away has lost its name."""
        return {
            "self": f"{self.base_url}/rest/api/2/priority/{priority_id}",
            "id": priority_id,
            "name": self.priorities.get(priority_id, ""),
        }

    def add_issue_type(self, name: str, level: int = 0) -> None:
        """A type of issues: 1 for epics, 0 for ordinary ones, -1 for subtasks."""
        with self._changed():
            self.issue_types[name] = IssueType(str(10_000 + len(self.issue_types)), name, level)

    def issue_type(self, name: str) -> dict[str, Any]:
        """A type as Jira sends it with an issue; only Cloud knows levels."""
        held = self.issue_types[name]
        shown = {
            "self": f"{self.base_url}/rest/api/2/issuetype/{held.type_id}",
            "id": held.type_id,
            "name": held.name,
            "description": "",
            "subtask": held.level < 0,
        }
        return shown | {"hierarchyLevel": held.level} if self.deployment == "cloud" else shown

    def add_link_type(self, name: str, outward: str, inward: str) -> None:
        """A type of links: `outward` is what the first issue does to the second."""
        with self._changed():
            self.link_types[name] = LinkType(str(10_000 + len(self.link_types)), name, outward, inward)

    # --- custom fields ------------------------------------------------------------------------------------

    def add_field(
        self, field_id: str, name: str, schema_custom: str, schema_type: str, *, items: str | None = None
    ) -> None:
        """A custom field; two may have one name, as on real sites."""
        if not field_id.startswith("customfield_"):
            raise ValueError(f"{field_id} is no id of a custom field; they are customfield_ and a number")
        with self._changed():
            self.custom_fields[field_id] = CustomField(field_id, name, schema_custom, schema_type, items)

    def rename_field(self, field_id: str, name: str) -> None:
        """Another name for a custom field."""
        held = self.custom_fields[field_id]
        self.add_field(field_id, name, held.schema_custom, held.schema_type, items=held.items)

    def remove_field(self, field_id: str) -> None:
        """A custom field that the site no longer has."""
        with self._changed():
            del self.custom_fields[field_id]

    def add_sprint(self, sprint_id: int, name: str, state: str = "active", **dates: str) -> None:
        """A sprint, to be set in the field Sprint by its id; `dates` are `startDate`, `endDate` …"""
        with self._changed():
            self.sprints[str(sprint_id)] = {
                "id": sprint_id,
                "name": name,
                "state": state,
                "boardId": 1,
                "goal": "",
            } | dates

    def load_list(self, name: str, payloads: Sequence[dict[str, Any]]) -> None:
        """Serve a real site's `status`, `field`, `issuetype`, `priority` or `resolution` as it was given."""
        with self._changed():
            self._real_lists[name] = list(payloads)
            if name == "status":
                for each in payloads:
                    self.statuses[str(each["id"])] = (each["name"], each["statusCategory"]["key"])
            if name == "field":
                for each in payloads:
                    if each["id"].startswith("customfield_"):
                        schema = each.get("schema", {})
                        self.custom_fields[each["id"]] = CustomField(
                            each["id"],
                            each["name"],
                            schema.get("custom", ""),
                            schema.get("type", "any"),
                            schema.get("items"),
                        )

    def real_list(self, name: str) -> list[dict[str, Any]]:
        """What `load_list` gave, or nothing."""
        return self._real_lists.get(name, [])
