"""What both deployments answer alike, and the tools they answer with: refusals, chosen fields, found issues.

`cloud.py` and `data_center.py` say what is different. Sources for all three: Atlassian's REST descriptions
(developer.atlassian.com/cloud/jira/platform/rest/v3, docs.atlassian.com/software/jira/docs/api/REST) and its
knowledge base, where a docstring names it.
"""

from __future__ import annotations

import html
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from pipeline.demo.jira.encoding import Written, written, written_each
from pipeline.demo.jira.issue import Issue
from pipeline.demo.jira.payloads import NOT_NAVIGABLE, SYSTEM_FIELD_TYPES
from pipeline.demo.jira.query import Query, QueryError
from pipeline.demo.jira.state import JiraState

#: Data Center tells all of them, whatever it is asked for; these stand for them.
_PERMISSIONS = ("BROWSE_PROJECTS", "CREATE_ISSUES", "EDIT_ISSUES")
#: How many written parts are kept: all of a crowd of ten thousand.
_MOST_KEPT = 50_000
INVALID_PAYLOAD = "Invalid request payload. Refer to the REST API documentation and try again."


class RefusedError(Exception):
    """An answer other than 200, with Jira's words."""

    def __init__(self, status: int, *messages: str, body: Mapping[str, Any] | None = None) -> None:
        super().__init__(*messages)
        self.status = status
        self.body = body or {"errorMessages": list(messages), "errors": {}}


@dataclass(slots=True)
class Limits:
    """How much a deployment gives at once.

    `page` issues in a search page; `ids` issues of ids alone (Cloud); `histories` entries within an issue of
    many, `histories_of_one` within an issue asked for alone; `window` results of one search (Data Center);
    `comments` in a page of comments. None: no limit.
    """

    page: int
    ids: int
    histories: int | None
    histories_of_one: int | None
    window: int | None
    comments: int


@dataclass(slots=True)
class Call:
    """A request taken apart: `parts` of the path after `/rest/api/2/`, `query` with each value given."""

    method: str
    parts: list[str]
    query: dict[str, list[str]]
    body: Any

    def one(self, name: str, default: str = "") -> str:
        """The last value of a parameter."""
        return self.query.get(name, [default])[-1]

    def number(self, name: str, default: int) -> int:
        """A parameter that is a number."""
        return int(self.one(name, str(default)))

    def names(self, name: str) -> list[str]:
        """A parameter with commas, or given several times."""
        return [each.strip() for given in self.query.get(name, []) for each in given.split(",")]


class Answers(ABC):
    """A Jira's answers over a state; subclasses say what their deployment has of its own."""

    newest_first = True
    issue_missing = "Issue does not exist or you do not have permission to see it."

    def __init__(
        self,
        state: JiraState,
        *,
        account: str,
        limits: Limits,
        short_pages: bool,
        clock: Callable[[], datetime],
    ) -> None:
        self.state = state
        self.account = account
        self.limits = limits
        self.short_pages = short_pages
        self.clock = clock
        self._kept_parts: dict[Any, Any] = {}  # what was written at that version of the state
        self._kept_version = -1
        self._found: OrderedDict[Any, tuple[int, Query, list[Issue]]] = OrderedDict()

    def answer(self, call: Call) -> Any:
        """The answer to a call, or RefusedError. What this deployment does not have is a 404."""
        state = self.state
        match call.method, call.parts:
            case "GET", ["serverInfo"]:
                return self.server_info()
            case "GET", ["myself"]:
                return self.myself()
            case "GET", ["field"]:
                return state.real_list("field") or self.fields()
            case "GET", ["status"]:
                return state.real_list("status") or [state.status(status_id) for status_id in state.statuses]
            case "GET", ["priority"]:
                return state.real_list("priority") or [
                    state.priority(priority_id) | {"description": "", "statusColor": "#999999"}
                    for priority_id in state.priorities
                ]
            case "GET", ["resolution"]:
                return state.real_list("resolution") or state.resolutions()
            case "GET", ["issuetype"]:
                return state.real_list("issuetype") or [state.issue_type(name) for name in state.issue_types]
            case "GET", ["issueLinkType"]:
                return {
                    "issueLinkTypes": [
                        {
                            "id": kind.type_id,
                            "name": kind.name,
                            "inward": kind.inward,
                            "outward": kind.outward,
                            "self": f"{state.base_url}/rest/api/2/issueLinkType/{kind.type_id}",
                        }
                        for kind in state.link_types.values()
                    ]
                }
            case "GET", ["mypermissions"]:
                return self.my_permissions(call)
            case "GET", ["issue", name]:
                fields = call.names("fields") or ["*all"]
                return self.rendered(
                    self.visible(name), fields, call.one("expand"), histories=self.limits.histories_of_one
                )
            case "GET", ["issue", name, "comment"]:
                return self.comments(call, self.visible(name))
            case "GET", ["issue", name, "remotelink"]:
                wanted = call.one("globalId")
                links = self.state.remote_links(self.visible(name))
                return [link for link in links if not wanted or link.get("globalId") == wanted]
        raise self.unknown_path(call)

    # --- to be said by each deployment --------------------------------------------------------------------

    @abstractmethod
    def server_info(self) -> dict[str, Any]:
        """Which Jira this is."""

    @abstractmethod
    def myself(self) -> dict[str, Any]:
        """Who asks."""

    @abstractmethod
    def expired(self, call: Call) -> Any:
        """What a dead token sees: nothing, without an error, but for `myself`."""

    def unknown_path(self, call: Call) -> RefusedError:
        """The refusal of a path that this deployment does not have."""
        return RefusedError(404, "null for uri")

    # --- shared -------------------------------------------------------------------------------------------

    def server_time(self) -> str:
        """The moment by the server's clock, in the account's zone."""
        now = self.clock().astimezone(ZoneInfo(self.state.account_time_zone))
        return f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03d}{now:%z}"

    def fields(self) -> list[dict[str, Any]]:
        """The fields as `field` lists them: custom ones by id, so that two of one name are two."""
        listed: list[dict[str, Any]] = []
        for name, (title, kind, items) in SYSTEM_FIELD_TYPES.items():
            clauses = ["id", "issue", "issuekey", "key"] if name == "issuekey" else [name]
            schema = {"type": kind, "system": name} | ({"items": items} if items else {})
            listed.append(self._field(name, title, clauses) | ({"schema": schema} if kind else {}))
        for custom in self.state.custom_fields.values():
            number = custom.field_id.removeprefix("customfield_")
            schema = {"type": custom.schema_type, "custom": custom.schema_custom}
            schema |= {"items": custom.items} if custom.items else {}
            listed.append(
                self._field(custom.field_id, custom.name, [f"cf[{number}]", custom.name])
                | {"schema": schema | {"customId": int(number)}}
            )
        return listed

    def _field(self, field_id: str, name: str, clauses: Sequence[str]) -> dict[str, Any]:
        key = {"key": field_id} if self.state.deployment == "cloud" else {}
        return {
            "id": field_id,
            **key,
            "name": name,
            "custom": field_id.startswith("customfield_"),
            "orderable": True,
            "navigable": field_id not in NOT_NAVIGABLE,
            "searchable": True,
            "clauseNames": list(dict.fromkeys(clauses)),
        }

    def my_permissions(self, call: Call) -> dict[str, Any]:
        """Whether the account may browse, anywhere or in one project. Others than browsing it never may."""
        project = call.one("projectKey")
        browses = bool(self.state.visible_projects())
        if project:
            if project not in self.state.projects:
                raise RefusedError(404, f"No project could be found with key '{project}'.")
            browses = project in self.state.visible_projects()
        names = call.names("permissions") if self.state.deployment == "cloud" else _PERMISSIONS
        return {
            "permissions": {
                name: {
                    "id": str(number),
                    "key": name,
                    "name": name.replace("_", " ").title(),
                    "type": "PROJECT",
                    "description": "",
                    "havePermission": browses and name == "BROWSE_PROJECTS",
                }
                for number, name in enumerate(names, 10)
            }
        }

    def comments(self, call: Call, issue: Issue) -> dict[str, Any]:
        """A page of an issue's comments, oldest first unless told."""
        order = call.one("orderBy", "created")
        if order not in ("created", "+created", " created", "-created"):
            raise RefusedError(400, f"orderBy: '{order}' is not one of: created.")
        held = self.state.comments(issue)
        if order == "-created":
            held = held[::-1]
        start = call.number("startAt", 0)
        limit = min(call.number("maxResults", self.limits.comments), self.limits.comments)
        return {
            "startAt": start,
            "maxResults": limit,
            "total": len(held),
            "comments": held[start : start + limit],
        }

    def visible(self, id_or_key: str) -> Issue:
        """The issue of that id or key, or the refusal for one that is not to be seen."""
        issue = self.state.find(id_or_key)
        if issue is None:
            raise RefusedError(404, self.issue_missing)
        return issue

    def found(
        self,
        jql: str,
        *,
        bounded: bool = True,
        validate: bool = True,
        ties_reversed: bool = False,
        fresh: frozenset[str] = frozenset(),
    ) -> tuple[Query, list[Issue]]:
        """What a query finds now, the `fresh` ids as they are and not as they were last indexed.

        Asked again while nothing has changed, it is not searched again.
        """
        asked = (jql, bounded, validate, ties_reversed, fresh)
        held = self._found.get(asked)
        if held is None or held[0] != self.state.version:
            try:
                query = Query(
                    jql, self.state, bounded=bounded, validate=validate, ties_reversed=ties_reversed
                )
                held = (self.state.version, query, query.issues(fresh))
            except QueryError as error:
                raise self.refused_query(str(error)) from None
            self._found[asked] = held
            if len(self._found) > 16:
                self._found.popitem(last=False)
        return held[1], held[2]

    def refused_query(self, message: str) -> RefusedError:
        """The refusal of a query."""
        return RefusedError(400, message)

    def rendered(
        self, issue: Issue, fields: Sequence[str], expand: str, *, histories: int | None
    ) -> dict[str, Any]:
        """An issue with these fields: names, `*all`, `*navigable`, and names to leave out after a dash.

        With `changelog` in `expand` it holds the newest `histories` entries, all when None.
        """
        chosen: set[str] | None = {name for name in fields if name[:1] not in ("*", "-")}
        left_out = {name.removeprefix("-") for name in fields if name.startswith("-")}
        if {"*all", "*navigable"} & set(fields) or (left_out and not chosen):
            chosen = None
            if "*all" not in fields:
                left_out.update(NOT_NAVIGABLE)
        rendered = self.state.payload(issue, chosen)
        for name in left_out:
            rendered["fields"].pop(name, None)
        if "changelog" in expand:
            rendered["changelog"] = self.inline_changelog(issue, histories)
        return rendered

    def sent(self, issue: Issue, fields: Sequence[str], expand: str) -> Written:
        """The same, written; asked again while nothing has changed, it is not made again."""
        asked = (id(issue), tuple(fields), expand)
        held: Written | None = self._kept(asked)
        if held is None:
            rendered = self.rendered(issue, fields, expand, histories=self.limits.histories)
            held = self._keep(asked, written(rendered))
        return held

    def sent_histories(self, issue: Issue) -> list[bytes]:
        """The entries of its history, oldest first, each written."""
        held: list[bytes] | None = self._kept(id(issue))
        if held is None:
            held = written_each(self.state.histories(issue))
            self._keep(id(issue), held)
        return held

    def _kept(self, asked: Any) -> Any:
        if self._kept_version != self.state.version or len(self._kept_parts) > _MOST_KEPT:
            self._kept_parts.clear()
            self._kept_version = self.state.version
        return self._kept_parts.get(asked)

    def _keep(self, asked: Any, part: Any) -> Any:
        self._kept_parts[asked] = part
        return part

    def inline_changelog(self, issue: Issue, limit: int | None) -> dict[str, Any]:
        """The histories that come within an issue; cut, the oldest are missing and `total` tells."""
        histories = self.state.histories(issue)
        shown = histories if limit is None else histories[max(0, len(histories) - limit) :]
        return {
            "startAt": 0,
            "maxResults": len(shown),
            "total": len(histories),
            "histories": shown[::-1] if self.newest_first else shown,
        }

    def browse(self, key: str) -> tuple[int, str]:
        """The page a person opens: status code and HTML, everything escaped."""
        issue = self.state.find(key)
        if issue is None:
            return 404, "<!doctype html><title>Not found</title><p>There is no such issue here.</p>"
        return 200, _page_of(self.state, issue)


def _page_of(state: JiraState, issue: Issue) -> str:
    held = issue.fields

    def said(value: Any) -> str:
        return html.escape("none" if value is None or value == "" else str(value))

    rows = [
        ("Status", state.status(held["status"])["name"]),
        ("Resolution", held["resolution"]),
        ("Priority", state.priorities.get(held["priority"])),
        ("Assignee", (state.user(held["assignee"]) or {}).get("displayName")),
        ("Due", held["duedate"]),
        ("Created", f"{issue.created_at:%Y-%m-%d %H:%M} UTC"),
    ]
    history = [
        f"<tr><td>{said(entry['created'][:16].replace('T', ' '))}"
        f"<td>{said((entry.get('author') or {}).get('displayName'))}<td>{said(item['field'])}"
        f"<td>{said(item['fromString'])} → {said(item['toString'])}"
        for entry in reversed(state.histories(issue))
        for item in entry["items"]
    ]
    facts = "".join(f"<tr><th>{name}<td>{said(value)}" for name, value in rows)
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{said(issue.key)}</title>"
        "<style>body{font:16px/1.5 system-ui,sans-serif;margin:3rem auto;max-width:46rem;padding:0 1rem;"
        "color:#1d2733}table{border-collapse:collapse;margin:1rem 0}td,th{text-align:left;padding:.25rem "
        "1rem .25rem 0;vertical-align:top}.note{color:#5b6b7b}</style>"
        "<p class=note>Simulated Jira of an invented company"
        f"<h1>{said(issue.key)}: {said(held['summary'])}</h1>"
        f"<table>{facts}</table><h2>History</h2><table>{''.join(history) or '<tr><td>none'}</table>"
    )


def utc_now() -> datetime:
    """The true moment."""
    return datetime.now(UTC)
