"""A Jira that speaks HTTP on this machine, over a `JiraState`: Jira Cloud or Jira Data Center.

It answers what a sync asks for as Jira does, limits, silences and refusals included, and goes wrong when told
to (`faults.py`). JQL beyond the subset of `query.py` is a 400. `SimulatedJira.requests` is the log.
"""

from __future__ import annotations

import base64
import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from pipeline.demo.jira.answers import INVALID_PAYLOAD, Answers, Call, Limits, RefusedError, utc_now
from pipeline.demo.jira.cloud import CloudAnswers, HistoryTimes
from pipeline.demo.jira.data_center import DataCenterAnswers
from pipeline.demo.jira.encoding import encode
from pipeline.demo.jira.faults import Fault, Request, Trouble, too_many_requests
from pipeline.demo.jira.site import Deployment
from pipeline.demo.jira.state import JiraState

CLOUD_ID = "11111111-2222-4333-8444-555555555555"
_DEAD_TOKEN = {"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"}


@dataclass(slots=True)
class SimulatedJira:
    """The running server: its address, and every request it had.

    `gateway_url` is the address that scoped tokens of Cloud are used with. `token_is_expired` may be set at
    any time: then the token is dead.
    """

    url: str
    state: JiraState
    requests: list[Request] = field(default_factory=list)
    gateway_url: str = ""
    token_is_expired: bool = False


@contextmanager
def serve_jira(
    state: JiraState,
    *,
    email: str,
    token: str,
    deployment: Deployment | None = None,
    page_limit: int | None = None,
    id_page_limit: int = 5000,
    short_pages: bool = False,
    trouble: Trouble | None = None,
    clock: Callable[[], datetime] = utc_now,
    inline_histories: int | None = None,
    history_times: HistoryTimes = "iso",
    result_window: int | None = 10_000,
    nodes: int = 1,
    scoped_token: bool = False,
    context_path: str = "",
    calls_per_second: int | None = None,
    latency_seconds: float = 0.0,
    port: int = 0,
) -> Iterator[SimulatedJira]:
    """Serve `state` on a port of the loopback address, a free one unless told, until the block ends.

    Only `email` (on Data Center: the user name) with `token` is let in (basic), or `token` alone (bearer);
    a `scoped_token` only through `gateway_url`. Without `deployment` it is the state's own.

    - `page_limit`: the most issues of a search page (100 on Cloud, 1,000 on Data Center), `id_page_limit` of
      ids alone on Cloud. With `short_pages` some pages hold fewer, or on Cloud none, and have a successor.
    - `inline_histories`: the most histories within an issue; by default 40 on Cloud (100 when one issue is
      asked for), all on Data Center, which cuts none when one issue is asked for.
    - `history_times`: how bulk changelogs of Cloud write `created`.
    - `result_window`, `nodes`: see `data_center.py`; None and 1 are as Jira 9 on one node.
    - `trouble` sees each request and may return what goes wrong. `calls_per_second` is a rate limit for each
      endpoint, by `clock`. `latency_seconds` is slept before each answer, without keeping others waiting.
    - `clock` is the server's: it is in `serverTime` and in every answer's `Date`.
    - `context_path` (`/jira`) stands before every path, as a Data Center may have it.
    """
    if deployment is not None:
        state.deploy_as(deployment)
    is_cloud = state.deployment == "cloud"
    limits = Limits(
        page=page_limit or (100 if is_cloud else 1000),
        ids=id_page_limit,
        histories=inline_histories or (40 if is_cloud else None),
        histories_of_one=(inline_histories or 100) if is_cloud else None,
        window=None if is_cloud else result_window,
        comments=100 if is_cloud else 1_048_576,
    )
    kind = CloudAnswers if is_cloud else DataCenterAnswers
    answers = kind(state, account=email, limits=limits, short_pages=short_pages, clock=clock)
    if isinstance(answers, CloudAnswers):
        answers.history_times = history_times
    if isinstance(answers, DataCenterAnswers):
        answers.nodes = nodes
    door = _Door(answers, email, token, scoped_token, context_path, trouble, calls_per_second)
    door.latency_seconds = latency_seconds

    class Handler(_Handler):
        behind = door

    server = _Server(("127.0.0.1", port), Handler)
    host = f"http://127.0.0.1:{server.server_address[1]}"
    door.jira.url = state.base_url = f"{host}{context_path}"
    door.jira.gateway_url = f"{host}/ex/jira/{CLOUD_ID}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield door.jira
    finally:
        door.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Door:
    """Who is let in to the answers, how fast, and what goes wrong on the way."""

    def __init__(
        self,
        answers: Answers,
        email: str,
        token: str,
        is_scoped: bool,
        context_path: str,
        trouble: Trouble | None,
        calls_per_second: int | None,
    ) -> None:
        self.answers = answers
        self.state = answers.state
        self.jira = SimulatedJira("", answers.state)
        self.trouble = trouble
        self.latency_seconds = 0.0
        self.stopping = threading.Event()
        basic = base64.b64encode(f"{email}:{token}".encode()).decode()
        self.accepted = {f"Basic {basic}", f"Bearer {token}"}
        self._limiter = None if calls_per_second is None else _RateLimiter(calls_per_second, answers)
        if self.state.deployment == "data_center":
            prefix, versions = re.escape(context_path), "2|latest"
        else:
            gateway = r"/ex/jira/[\w-]+"
            prefix, versions = gateway if is_scoped else f"(?:{gateway})?", "2|3|latest"
        self._path = re.compile(rf"{prefix}/rest/api/(?:{versions})/(.*)")
        self._prefix = context_path

    def note(self, method: str, path: str, body: Any) -> Fault | None:
        """Note a request, and say what goes wrong with it."""
        with self.state.lock:
            request = Request(len(self.jira.requests) + 1, method, path, body)
            self.jira.requests.append(request)
        fault = self.trouble(request) if self.trouble else None
        if fault is None and self._limiter is not None:
            fault = self._limiter.check(request)
        return fault

    def call(self, method: str, address: str, body: Any) -> Call:
        """The request taken apart, or RefusedError for a path under which no API is."""
        split = urlsplit(address)
        path = self._path.fullmatch(split.path)
        if path is None:
            if "/rest/api/" in split.path and self._path.pattern.startswith("/ex"):
                raise RefusedError(401, "Client must be authenticated to access this resource.")
            raise self.answers.unknown_path(Call(method, [split.path.strip("/")], {}, body))
        parts = [unquote(part) for part in path[1].strip("/").split("/")]
        return Call(method, parts, parse_qs(split.query, keep_blank_values=True), body)

    def answer(self, call: Call, authorization: str | None, fault: Fault | None) -> Any:
        """The answer, spoiled by the fault if it is of that kind; RefusedError for any other than 200."""
        if (fault is not None and fault.kind == "expired") or self.jira.token_is_expired:
            return self.answers.expired(call)
        if authorization not in self.accepted and call.parts != ["serverInfo"]:
            raise RefusedError(401, "Client must be authenticated to access this resource.")
        with self.state.lock:
            try:
                answered = self.answers.answer(call)
                return answered if fault is None else _spoiled(answered, fault, call.body)
            except (KeyError, TypeError, ValueError, AttributeError):  # of another form than described
                raise RefusedError(400, INVALID_PAYLOAD) from None

    def browse(self, path: str) -> tuple[int, str] | None:
        """The page for people at that path, if it is one."""
        if not path.startswith(f"{self._prefix}/browse/"):
            return None
        with self.state.lock:
            return self.answers.browse(unquote(path.removeprefix(f"{self._prefix}/browse/")))


class _RateLimiter:
    """So many calls in a second of each endpoint; more are a 429."""

    def __init__(self, calls_per_second: int, answers: Answers) -> None:
        self._most = calls_per_second
        self._clock = answers.clock
        self._refusal = too_many_requests(1, deployment=answers.state.deployment)
        self._lock = threading.Lock()
        self._left: dict[str, tuple[float, datetime]] = {}

    def check(self, request: Request) -> Fault | None:
        """Takes one call, or says when to come again."""
        name = re.sub(r"^issue/[^/]+", "issue/…", request.endpoint)
        now = self._clock()
        with self._lock:
            left, at = self._left.get(name, (float(self._most), now))
            left = min(self._most, left + (now - at).total_seconds() * self._most)
            self._left[name] = (left - 1 if left >= 1 else left, now)
        return None if left >= 1 else self._refusal


def _spoiled(answered: Any, fault: Fault, body: Any) -> Any:
    if not isinstance(answered, dict):
        return answered
    answered = json.loads(encode(answered))
    issues = answered.get("issues", ())
    match fault.kind:
        case "repeat_token" if isinstance(body, dict):
            return answered | {"nextPageToken": body.get("nextPageToken", "again"), "isLast": False}
        case "drop_field":
            for issue in issues:
                issue.pop(fault.field, None)
                issue["fields"] = {
                    name: value for name, value in issue.get("fields", {}).items() if name != fault.field
                }
        case "warn":
            return answered | {"warnings": ["CLAUSE_LIMIT_EXCEEDED"]}
        case "issue_errors" if issues:
            error = {"id": issues[0]["id"], "errorMessage": "The issue could not be loaded; try again."}
            return answered | {"issues": issues[1:], "issueErrors": [error]}
        case "omit" if "issues" in answered:
            return answered | {"issues": issues[fault.count :]}
        case "omit" if "issueChangeLogs" in answered:
            return answered | {"issueChangeLogs": answered["issueChangeLogs"][fault.count :]}
    return answered


class _Server(ThreadingHTTPServer):
    request_queue_size = 64
    daemon_threads = True


class _Handler(BaseHTTPRequestHandler):
    behind: _Door
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._serve("GET")

    def do_POST(self) -> None:
        self._serve("POST")

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on the terminal: `SimulatedJira.requests` is the log."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The `Date` of an answer: the server's clock."""
        return format_datetime(self.behind.answers.clock(), usegmt=True)

    def _serve(self, method: str) -> None:
        door = self.behind
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(length) if length else b""
        page = door.browse(urlsplit(self.path).path)
        if page is not None:
            self._send(page[0], page[1].encode(), "text/html; charset=utf-8")
            return
        if door.state.deployment == "cloud" and urlsplit(self.path).path == "/_edge/tenant_info":
            self._send_json(200, {"cloudId": CLOUD_ID})  # told to strangers, too
            return
        try:
            body = json.loads(raw) if raw else None
        except ValueError:
            self._send_json(400, {"errorMessages": ["Invalid request payload."], "errors": {}})
            return
        fault = door.note(method, self.path, body)
        if door.latency_seconds:
            time.sleep(door.latency_seconds)
        if fault is not None and fault.kind == "drop_field" and "failFast=true" in self.path:
            fault = Fault("status", 500)
        if fault is not None and self._fail(fault):
            return
        is_dead = door.jira.token_is_expired or (fault is not None and fault.kind == "expired")
        headers = _DEAD_TOKEN if is_dead else {}
        try:
            call = door.call(method, self.path, body)
            content = encode(door.answer(call, self.headers.get("Authorization"), fault))
        except RefusedError as refused:
            self._send_json(refused.status, refused.body, headers)
            return
        cut = len(content) // 2 if fault is not None and fault.kind == "truncate" else None
        self._send(200, content, "application/json;charset=UTF-8", headers, cut)

    def _fail(self, fault: Fault) -> bool:
        """Send what the fault sends instead of an answer; False when it only spoils the answer."""
        match fault.kind:
            case "status":
                told = {"errorMessages": [f"Simulated {fault.status}."], "errors": {}}
                self._send_json(fault.status, told, dict(fault.headers))
            case "reset":
                self.close_connection = True
                self.connection.close()
            case "html":
                self._send(200, b"<!doctype html><title>Log in</title>", "text/html; charset=utf-8")
            case "empty":
                self._send(200, b"", "application/json")
            case "bad_gzip":
                self._send(200, b"no gzip", "application/json", {"Content-Encoding": "gzip"})
            case "stall":
                self.close_connection = True
                self.behind.stopping.wait()
            case _:
                return False
        return True

    def _send_json(self, status: int, content: Any, headers: Mapping[str, str] | None = None) -> None:
        self._send(status, json.dumps(content).encode(), "application/json;charset=UTF-8", headers)

    def _send(
        self,
        status: int,
        content: bytes,
        kind: str,
        headers: Mapping[str, str] | None = None,
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
