"""A Jira Cloud that speaks HTTP on this machine, over a `JiraState`.

It answers what the sync asks for, as Jira Cloud answers it, traps included: token paging without totals,
short pages, an inline changelog cut at 40, bulk answers that silently omit what the account may not see, and
a removed `/search`. Paths hold under `/rest/api/2` and `/rest/api/3`. JQL beyond the subset is a 400.
Data Center answers differently (`search` by offsets, no bulk endpoints): it would be a second `_Site`.
Sources: Atlassian's REST v3 description (developer.atlassian.com/cloud/jira/platform/rest/v3) for forms and
limits; JRACLOUD-96459 for the inline cut.
"""

from __future__ import annotations

import base64
import html
import json
import re
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from pipeline.demo.jira_query import QueryError, find_issues
from pipeline.demo.jira_state import JiraState

INLINE_HISTORIES = 40


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with one request, in place of the true answer or on top of it.

    `kind`: `status` answers with `status` and `headers`; `reset` closes the connection; `truncate` cuts the
    body in half; `html` answers 200 with a page; `empty` answers 200 with nothing; `expired` answers as Jira
    does for a dead token: 200, no issues, and the login-reason header; `stall` answers nothing until the
    server stops; `repeat_token` gives back the token it was asked with; `drop_field` fails to load `field`,
    so that it is in no issue (with `failFast=true`: a 500); `warn` adds a warning.
    """

    kind: str
    status: int = 500
    headers: tuple[tuple[str, str], ...] = ()
    field: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came in; `number` counts from 1."""

    number: int
    method: str
    path: str
    body: Any = None


#: Given each request before it is answered; may change the state, and may return what goes wrong.
Trouble = Callable[[Request], Fault | None]


@dataclass(slots=True)
class SimulatedJira:
    """The running server: its address, and every request it had."""

    url: str
    state: JiraState
    requests: list[Request] = field(default_factory=list)


class _RefusedError(Exception):
    """An answer other than 200."""

    def __init__(self, status: int, *messages: str) -> None:
        super().__init__(*messages)
        self.status = status
        self.messages = messages


@contextmanager
def serve_jira(
    state: JiraState,
    *,
    email: str,
    token: str,
    page_limit: int = 100,
    short_pages: bool = False,
    trouble: Trouble | None = None,
) -> Iterator[SimulatedJira]:
    """Serve `state` on a free port of the loopback address until the block ends.

    Only `email` with `token` (basic), or `token` alone (bearer), is let in. `page_limit` is the most issues a
    search page holds; with `short_pages` some pages hold fewer and still have a successor, as on Cloud.
    """
    site = _Site(state, email, token, page_limit, short_pages, trouble)

    class Handler(_Handler):
        answering = site

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site.jira.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield site.jira
    finally:
        site.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Site:
    """Jira Cloud's answers."""

    def __init__(
        self,
        state: JiraState,
        email: str,
        token: str,
        page_limit: int,
        short_pages: bool,
        trouble: Trouble | None,
    ) -> None:
        self.state = state
        self.jira = SimulatedJira("", state)
        self.trouble = trouble
        self.page_limit = page_limit
        self.short_pages = short_pages
        basic = base64.b64encode(f"{email}:{token}".encode()).decode()
        self.accepted = {f"Basic {basic}", f"Bearer {token}"}
        self.email = email
        self.tokens: dict[str, tuple[Any, int]] = {}
        self.stopping = threading.Event()

    # --- endpoints ----------------------------------------------------------------------------------------

    def answer(self, method: str, path: str, query: dict[str, list[str]], body: Any) -> Any:
        """The answer to a request under `/rest/api/N`, or _RefusedError."""
        one = {name: values[-1] for name, values in query.items()}
        parts = [unquote(part) for part in path.strip("/").split("/")]
        match method, parts:
            case "GET", ["serverInfo"]:
                return {
                    "baseUrl": self.jira.url,
                    "version": "1001.0.0-SNAPSHOT",
                    "versionNumbers": [1001, 0, 0],
                    "deploymentType": "Cloud",
                    "buildNumber": 100286,
                    "serverTitle": "Jira",
                }
            case "GET", ["myself"]:
                return {
                    "accountId": "analytics",
                    "accountType": "atlassian",
                    "emailAddress": self.email,
                    "displayName": "Analytics",
                    "active": True,
                    "timeZone": self.state.account_time_zone,
                }
            case "GET", ["field"]:
                return _FIELDS
            case "GET", ["status"]:
                return [self.state.status(status_id) for status_id in self.state.statuses]
            case "GET", ["project", "search"]:
                start, limit = int(one.get("startAt", 0)), min(int(one.get("maxResults", 50)), 50)
                projects = sorted(self.state.projects.items())
                return {
                    "startAt": start,
                    "maxResults": limit,
                    "total": len(projects),
                    "isLast": start + limit >= len(projects),
                    "values": [
                        {"id": str(number), "key": key, "name": name}
                        for number, (key, name) in enumerate(projects[start : start + limit], start + 10000)
                    ],
                }
            case "GET" | "POST", ["search"]:
                raise _RefusedError(
                    410,
                    "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API.",
                )
            case "GET", ["search", "jql"]:
                fields = [name for given in query.get("fields", []) for name in given.split(",")]
                return self.search(one | {"fields": fields or None})
            case "POST", ["search", "jql"]:
                if not isinstance(body, dict) or any(value is None for value in body.values()):
                    raise _RefusedError(
                        400, "Invalid request payload. Refer to the REST API documentation and try again."
                    )
                return self.search(body)
            case "POST", ["issue", "bulkfetch"]:
                return self.bulk_fetch(body)
            case "POST", ["changelog", "bulkfetch"]:
                return self.bulk_changelog(body)
            case "GET", ["issue", id_or_key]:
                fields = [name for given in query.get("fields", []) for name in given.split(",")]
                return self.issue(id_or_key, fields or ["*all"], one.get("expand", ""))
            case "GET", ["issue", id_or_key, "changelog"]:
                return self.changelog(id_or_key, int(one.get("startAt", 0)), int(one.get("maxResults", 100)))
            case "GET", ["issue", id_or_key, "remotelink"]:
                self._visible(id_or_key)
                return []
        raise _RefusedError(404, "null for uri")

    def search(self, asked: dict[str, Any]) -> Any:
        """One page of `search/jql`: issues, and a token unless it is the last."""
        jql = asked.get("jql") or ""
        fields = asked.get("fields") or ["id"]
        expand = str(asked.get("expand") or "")
        query = (jql, tuple(fields), expand)
        start = 0
        token = asked.get("nextPageToken")
        if token is not None:
            bound, start = self.tokens.get(token, (None, 0))
            if bound != query:
                raise _RefusedError(400, "The provided next page token is invalid or expired.")
        try:
            found = find_issues(jql, self.state)
        except QueryError as error:
            raise _RefusedError(400, str(error)) from None
        ids_only = set(fields) <= {"id", "key"}
        limit = min(int(asked.get("maxResults") or 50), 5000 if ids_only else self.page_limit)
        if self.short_pages and limit > 1 and (start // limit) % 2:
            limit -= 1
        page = found[start : start + limit]
        answered: dict[str, Any] = {"issues": [self._rendered(issue, fields, expand) for issue in page]}
        if start + limit < len(found):
            following = secrets.token_urlsafe(12)
            self.tokens[following] = (query, start + limit)
            answered["nextPageToken"] = following
            answered["isLast"] = False
        else:
            answered["isLast"] = True
        return answered

    def bulk_fetch(self, body: Any) -> Any:
        """Up to 100 issues by id or key, ascending by id; what is not to be seen is left out in silence."""
        asked = [str(name) for name in body["issueIdsOrKeys"]]
        if not 1 <= len(asked) <= 100:
            raise _RefusedError(400, "The number of issues must be between 1 and 100.")
        found = {issue.issue_id: issue for name in asked if (issue := self.state.find(name)) is not None}
        fields = body.get("fields") or ["*navigable"]
        return {
            "expand": "names,schema",
            "issues": [
                self._rendered(found[issue_id], fields, ",".join(body.get("expand") or ()))
                for issue_id in sorted(found, key=int)
            ],
            "issueErrors": [],
        }

    def bulk_changelog(self, body: Any) -> Any:
        """A page of the histories of up to 1,000 issues; a page may end within an issue."""
        asked = [str(name) for name in body["issueIdsOrKeys"]]
        if not 1 <= len(asked) <= 1000:
            raise _RefusedError(400, "The number of issues must be between 1 and 1000.")
        wanted = set(body.get("fieldIds") or ())
        query = (tuple(asked), tuple(sorted(wanted)))
        start = 0
        token = body.get("nextPageToken")
        if token is not None:
            bound, start = self.tokens.get(token, (None, 0))
            if bound != query:
                raise _RefusedError(400, "The provided next page token is invalid or expired.")
        found = {issue.issue_id: issue for name in asked if (issue := self.state.find(name)) is not None}
        entries = [
            (issue_id, entry)
            for issue_id in sorted(found, key=int)
            for entry in found[issue_id].histories
            if not wanted or any(item.get("fieldId") in wanted for item in entry["items"])
        ]
        limit = min(int(body.get("maxResults") or 1000), 10_000)
        grouped: dict[str, list[Any]] = {}
        for issue_id, entry in entries[start : start + limit]:
            grouped.setdefault(issue_id, []).append(entry)
        answered: dict[str, Any] = {
            "issueChangeLogs": [
                {"issueId": issue_id, "changeHistories": histories} for issue_id, histories in grouped.items()
            ]
        }
        if start + limit < len(entries):
            following = secrets.token_urlsafe(12)
            self.tokens[following] = (query, start + limit)
            answered["nextPageToken"] = following
        return answered

    def issue(self, id_or_key: str, fields: list[str], expand: str) -> Any:
        """One issue; a former key leads to it."""
        return self._rendered(self._visible(id_or_key), fields, expand)

    def changelog(self, id_or_key: str, start: int, limit: int) -> Any:
        """A page of one issue's history, oldest first."""
        histories = self._visible(id_or_key).histories
        page = histories[start : start + min(limit, 100)]
        return {
            "startAt": start,
            "maxResults": min(limit, 100),
            "total": len(histories),
            "isLast": start + len(page) >= len(histories),
            "values": page,
        }

    def browse(self, key: str) -> tuple[int, str]:
        """The page a person opens: status code and HTML, everything escaped."""
        issue = self.state.find(key)
        if issue is None:
            return (
                404,
                "<!doctype html><title>Not found</title><p>There is no such issue here.</p>",
            )
        held = issue.fields

        def said(value: Any) -> str:
            return html.escape("none" if value is None or value == "" else str(value))

        rows = [
            ("Status", self.state.status(held["status"])["name"]),
            ("Resolution", held["resolution"]),
            ("Priority", held["priority"]),
            ("Assignee", (self.state.user(held["assignee"]) or {}).get("displayName")),
            ("Due", held["duedate"]),
            ("Created", f"{issue.created_at:%Y-%m-%d %H:%M} UTC"),
        ]
        history = [
            f"<tr><td>{said(entry['created'][:16].replace('T', ' '))}"
            f"<td>{said(entry['author']['displayName'])}<td>{said(item['field'])}"
            f"<td>{said(item['fromString'])} → {said(item['toString'])}"
            for entry in reversed(issue.histories)
            for item in entry["items"]
        ]
        facts = "".join(f"<tr><th>{name}<td>{said(value)}" for name, value in rows)
        return 200, (
            f"<!doctype html><html lang=en><meta charset=utf-8><title>{said(issue.key)}</title>"
            "<style>body{font:16px/1.5 system-ui,sans-serif;margin:3rem auto;max-width:46rem;padding:0 1rem;"
            "color:#1d2733}table{border-collapse:collapse;margin:1rem 0}td,th{text-align:left;padding:.25rem "
            "1rem .25rem 0;vertical-align:top}.note{color:#5b6b7b}</style>"
            "<p class=note>Simulated Jira of an invented company"
            f"<h1>{said(issue.key)}: {said(held['summary'])}</h1>"
            f"<table>{facts}</table><h2>History</h2><table>{''.join(history) or '<tr><td>none'}</table>"
        )

    # --- inside -------------------------------------------------------------------------------------------

    def _visible(self, id_or_key: str) -> Any:
        issue = self.state.find(id_or_key)
        if issue is None:
            raise _RefusedError(404, "Issue does not exist or you do not have permission to see it.")
        return issue

    def _rendered(self, issue: Any, fields: list[str], expand: str) -> dict[str, Any]:
        if set(fields) <= {"id", "key"}:
            return {"id": issue.issue_id} | ({"key": issue.key} if "key" in fields else {})
        chosen: set[str] | None = {name for name in fields if name[0] not in "*-"}
        if {"*all", "*navigable"} & set(fields):
            chosen = None
        rendered = self.state.payload(issue, chosen)
        left_out = {name.removeprefix("-") for name in fields if name.startswith("-")}
        if "*navigable" in fields:
            left_out.add("comment")
        for name in left_out:
            rendered["fields"].pop(name, None)
        if "changelog" in expand:
            newest = list(reversed(issue.histories))[:INLINE_HISTORIES]
            rendered["changelog"] = {
                "startAt": 0,
                "maxResults": len(newest),
                "total": len(issue.histories),
                "histories": newest,
            }
        return rendered


#: Enough of `field` for the client; two custom fields of one name, as real sites have.
_FIELDS = [
    {"id": name, "key": name, "name": shown, "custom": name.startswith("custom"), "clauseNames": clauses}
    for name, shown, clauses in (
        ("issuekey", "Key", ["id", "issue", "issuekey", "key"]),
        ("summary", "Summary", ["summary"]),
        ("status", "Status", ["status"]),
        ("customfield_10001", "Team", ["cf[10001]", "Team"]),
        ("customfield_10050", "Team", ["cf[10050]", "Team"]),
    )
]


class _Handler(BaseHTTPRequestHandler):
    answering: _Site
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._serve("GET")

    def do_POST(self) -> None:
        self._serve("POST")

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on the terminal: `SimulatedJira.requests` is the log."""

    def _serve(self, method: str) -> None:
        site = self.answering
        address = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(length) if length else b""
        if address.path.startswith("/browse/"):
            with site.state.lock:
                status, page = site.browse(unquote(address.path.removeprefix("/browse/")))
            self._send(status, page.encode(), "text/html; charset=utf-8")
            return
        try:
            body = json.loads(raw) if raw else None
        except ValueError:
            self._send_json(400, {"errorMessages": ["Invalid request payload."], "errors": {}})
            return
        with site.state.lock:
            request = Request(len(site.jira.requests) + 1, method, self.path, body)
            site.jira.requests.append(request)
        fault = site.trouble(request) if site.trouble else None
        query = parse_qs(address.query)
        if fault is not None and fault.kind == "drop_field" and query.get("failFast") == ["true"]:
            fault = Fault("status", 500)
        if fault is not None and self._fail(fault):
            return
        path = re.fullmatch(r"(?:/ex/jira/[\w-]+)?/rest/api/(?:2|3|latest)(/.*)", address.path)
        if path is None:
            self._send_json(404, {"errorMessages": ["null for uri"], "errors": {}})
            return
        if self.headers.get("Authorization") not in site.accepted:
            self._send_json(
                401,
                {"errorMessages": ["Client must be authenticated to access this resource."], "errors": {}},
            )
            return
        try:
            with site.state.lock:
                answered = site.answer(method, path[1], query, body)
                content = json.dumps(self._spoiled(answered, fault, body)).encode()
        except _RefusedError as refused:
            self._send_json(refused.status, {"errorMessages": list(refused.messages), "errors": {}})
            return
        except (KeyError, TypeError, ValueError):  # a body or a number of another form than described
            told = "Invalid request payload. Refer to the REST API documentation and try again."
            self._send_json(400, {"errorMessages": [told], "errors": {}})
            return
        if fault is not None and fault.kind == "truncate":
            self._send(200, content, "application/json", cut=len(content) // 2)
            return
        self._send(200, content, "application/json;charset=UTF-8")

    def _fail(self, fault: Fault) -> bool:
        """Send what the fault sends instead of an answer; False when it only spoils the answer."""
        if fault.kind == "status":
            told = {"errorMessages": [f"Simulated {fault.status}."], "errors": {}}
            self._send_json(fault.status, told, dict(fault.headers))
        elif fault.kind == "reset":
            self.close_connection = True
            self.connection.close()
        elif fault.kind == "html":
            self._send(200, b"<!doctype html><title>Log in</title>", "text/html; charset=utf-8")
        elif fault.kind == "empty":
            self._send(200, b"", "application/json")
        elif fault.kind == "stall":
            self.close_connection = True
            self.answering.stopping.wait()
        elif fault.kind == "expired":
            header = {"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"}
            self._send_json(200, {"issues": [], "isLast": True}, header)
        else:
            return False
        return True

    @staticmethod
    def _spoiled(answered: Any, fault: Fault | None, body: Any) -> Any:
        if fault is None or not isinstance(answered, dict):
            return answered
        if fault.kind == "repeat_token" and isinstance(body, dict):
            return answered | {"nextPageToken": body.get("nextPageToken", "again"), "isLast": False}
        if fault.kind == "drop_field":
            for issue in answered.get("issues", ()):
                issue.get("fields", {}).pop(fault.field, None)
        if fault.kind == "warn":
            return answered | {"warnings": ["CLAUSE_LIMIT_EXCEEDED"]}
        return answered

    def _send_json(self, status: int, content: Any, headers: dict[str, str] | None = None) -> None:
        self._send(status, json.dumps(content).encode(), "application/json;charset=UTF-8", headers)

    def _send(
        self,
        status: int,
        content: bytes,
        kind: str,
        headers: dict[str, str] | None = None,
        cut: int | None = None,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content if cut is None else content[:cut])
        if cut is not None:
            self.close_connection = True
