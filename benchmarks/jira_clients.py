"""Ways to bring all issues of a Jira with whole histories, each in a process of its own and measured there.

`python -m benchmarks.jira_clients ours --url … --warehouse …` brings them once and writes what it cost:

- `ours` is a sync into a warehouse file, opening and closing it included;
- `package` is what the `jira` package gives: its search with histories, and the pages of those that came cut
  short, asked for several at a time; it keeps its objects in memory;
- `bytes` asks what ours asks for issues and throws the answers away: what the server and HTTP alone cost.

Importing is not measured, waiting for the server is told apart from the rest.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import orjson
import requests
from jira import JIRA, Issue
from pydantic import SecretStr

from benchmarks.crowded_jira import EMAIL, LABEL, ROOT, TOKEN
from pipeline.jira_sync import JiraSync
from pipeline.settings import Jira, JiraFields
from pipeline.sources.jira.fields import FIELDS, custom_fields
from pipeline.sources.jira.site import ISSUES_PER_FETCH, open_site
from pipeline.sources.rest import CALLS_AT_ONCE
from pipeline.warehouse import Warehouse

JQL = f"labels = {LABEL}"


@dataclass(slots=True)
class Cost:
    """What bringing the issues cost.

    `waiting_seconds` are those in which at least one call was under way, `refusals` the calls answered 429.
    `contents` is the same for the same issues, fields and histories.
    """

    issues: int = 0
    histories: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    waiting_seconds: float = 0.0
    calls: int = 0
    refusals: int = 0
    peak_megabytes: float = 0.0
    contents: str = ""


def cost_of(client: str, url: str, *more: str | Path) -> Cost:
    """What bringing the issues costs a client in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.jira_clients", client, "--url", url, *map(str, more)]
    environment = os.environ | {"NO_PROXY": "127.0.0.1"}
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment, check=True)
    return Cost(**json.loads(done.stdout.splitlines()[-1]))


# --- the clients ------------------------------------------------------------------------------------------


def sync(url: str, warehouse: Path, *, pace: float | None, sweep: bool) -> None:
    """One sync, as a run of the pipeline does it."""
    settings = Jira(url=url, email=EMAIL, deployment="cloud", jql=JQL, calls_per_second=pace)
    with Warehouse(warehouse) as opened:
        jira = JiraSync(opened, settings, lambda: open_site(settings, SecretStr(TOKEN)), sweep=sweep)
        jira.learn_projects()
        jira.run(opened.begin_fetch("jira", "jira"), (), ())


def search_with_package(url: str, at_once: int) -> Iterator[tuple[Issue, list[dict[str, Any]]]]:
    """Every issue as the package makes it, and its whole history as Jira sends it, oldest first."""
    client = package_client(url)
    fields = package_fields(client)
    issues: list[Issue] = client.search_issues(JQL, maxResults=False, fields=fields, expand="changelog")
    with ThreadPoolExecutor(at_once) as pool:
        yield from zip(issues, pool.map(lambda issue: history_of(client, issue.raw), issues), strict=True)


def package_client(url: str) -> JIRA:
    """The package, signed in."""
    return JIRA(server=url, basic_auth=(EMAIL, TOKEN), options={"rest_api_version": "2"})


def package_fields(client: JIRA) -> list[str]:
    """The fields that ours asks for."""
    return [*FIELDS, *custom_fields(JiraFields(), client._get_json("field")).values()]


def history_of(client: JIRA, issue: dict[str, Any]) -> list[dict[str, Any]]:
    """What came along, oldest first; where that is not all, every page of it."""
    sent = issue["changelog"]
    if len(sent["histories"]) >= sent["total"]:
        return sorted(sent["histories"], key=lambda entry: int(entry["id"]))
    entries: list[dict[str, Any]] = []
    is_last = False
    while not is_last:
        page = client._get_json(f"issue/{issue['id']}/changelog", params={"startAt": len(entries)})
        entries += page["values"]
        is_last = page["isLast"]
    return entries


def ask_for_bytes(url: str) -> Iterator[int]:
    """How large each answer is that a client which reads in bulk has to wait for."""
    sessions = threading.local()

    def post(path: str, body: dict[str, Any]) -> bytes:
        if not hasattr(sessions, "own"):
            sessions.own = requests.Session()
        answered = sessions.own.post(f"{url}/rest/api/2/{path}", json=body, auth=(EMAIL, TOKEN), timeout=60)
        assert answered.status_code == 200
        content: bytes = answered.content
        return content

    def ids() -> Iterator[str]:
        asked: dict[str, Any] = {"jql": JQL, "fields": ["id"], "maxResults": 5000}
        while True:
            page = orjson.loads(post("search/jql", asked))
            yield from (issue["id"] for issue in page["issues"])
            if page["isLast"]:
                return
            asked["nextPageToken"] = page["nextPageToken"]

    def fetch(chunk: list[str]) -> int:
        asked = {"issueIdsOrKeys": chunk, "fields": [*FIELDS], "expand": ["changelog"]}
        return len(post("issue/bulkfetch", asked))

    rest = ids()
    chunks = iter(lambda: list(islice(rest, ISSUES_PER_FETCH)), [])
    with ThreadPoolExecutor(CALLS_AT_ONCE) as pool:
        yield from pool.map(fetch, chunks)


# --- what they brought ------------------------------------------------------------------------------------


@dataclass(slots=True)
class Contents:
    """Issues with their fields and histories, in whatever order they come."""

    issues: int = 0
    histories: int = 0
    total: int = 0

    def add(self, issue_id: str, key: str, fields: dict[str, Any], histories: list[dict[str, Any]]) -> None:
        """One more issue, its history oldest first."""
        self.issues += 1
        self.histories += len(histories)
        told = orjson.dumps([issue_id, key, fields, histories], option=orjson.OPT_SORT_KEYS)
        told = re.sub(rb'"avatarUrls":\{[^{}]*\},?', b"", told)  # which ours does not keep
        self.total ^= int.from_bytes(hashlib.sha256(told).digest())

    def put(self, cost: Cost) -> None:
        """Into what it cost."""
        cost.issues, cost.histories, cost.contents = self.issues, self.histories, f"{self.total:x}"


def held_in(warehouse: Path) -> Contents:
    """What the warehouse holds."""
    contents = Contents()
    with Warehouse(warehouse) as opened:
        entries = opened.connection.cursor().execute(
            "SELECT issue_id, payload FROM raw.jira_histories "
            "ORDER BY CAST(issue_id AS BIGINT), CAST(history_id AS BIGINT)"
        )
        entry = entries.fetchone()
        issues = opened.connection.execute(
            "SELECT issue_id, issue_key, payload FROM raw.jira_issues ORDER BY CAST(issue_id AS BIGINT)"
        )
        while issue := issues.fetchone():
            histories = []
            while entry is not None and entry[0] == issue[0]:
                histories.append(orjson.loads(entry[1]))
                entry = entries.fetchone()
            contents.add(issue[0], issue[1], orjson.loads(issue[2])["fields"], histories)
    return contents


def held_by(found: Iterable[tuple[Issue, list[dict[str, Any]]]]) -> Contents:
    """What the package's objects hold."""
    contents = Contents()
    for issue, histories in found:
        page = issue.raw["fields"]["comment"]  # ours does not keep how it was cut
        comment = {"comments": page["comments"], "total": page["total"]}
        contents.add(issue.id, issue.key, issue.raw["fields"] | {"comment": comment}, histories)
    return contents


# --- measuring --------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Calls:
    """When each call began and ended, and how often one was refused for being too fast."""

    spans: list[tuple[float, float]] = field(default_factory=list)
    refusals: int = 0

    def waiting_seconds(self) -> float:
        """The time in which at least one was under way."""
        total, until = 0.0, 0.0
        for began, ended in sorted(self.spans):
            total += max(ended - max(began, until), 0.0)
            until = max(until, ended)
        return total


@contextmanager
def watched_calls() -> Iterator[Calls]:
    """Every call of the library that all clients use, its answer's body included."""
    calls = Calls()
    send: Callable[..., requests.Response] = requests.Session.send

    def watched(session: requests.Session, *given: Any, **more: Any) -> requests.Response:
        began = time.perf_counter()
        response = send(session, *given, **more)
        calls.spans.append((began, time.perf_counter()))
        calls.refusals += response.status_code == 429
        return response

    requests.Session.send = watched  # type: ignore[method-assign, assignment]
    try:
        yield calls
    finally:
        requests.Session.send = send  # type: ignore[method-assign]


def peak_megabytes() -> float:
    """The most memory this process ever held."""
    status = Path("/proc/self/status")  # where the other figure begins with that of the process before
    if status.exists():
        return int(status.read_text().partition("VmHWM:")[2].split()[0]) / 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def main() -> None:
    """Bring the issues once and write what it cost."""
    reader = argparse.ArgumentParser(prog="python -m benchmarks.jira_clients")
    reader.add_argument("client", choices=("ours", "package", "bytes"))
    reader.add_argument("--url", required=True)
    reader.add_argument("--warehouse", type=Path)
    reader.add_argument("--pace", type=float, help="of ours: calls per second")
    reader.add_argument("--sweep", action="store_true", help="of ours: look at everything")
    reader.add_argument(
        "--at-once", type=int, default=CALLS_AT_ONCE, help="of the package: calls for histories"
    )
    reader.add_argument("--contents", action="store_true", help="tell what was brought, too")
    asked = reader.parse_args()
    cost = Cost()
    found: list[tuple[Issue, list[dict[str, Any]]]] = []
    cpu, began = time.process_time(), time.perf_counter()
    with watched_calls() as calls:
        match asked.client:
            case "ours":
                sync(asked.url, asked.warehouse, pace=asked.pace, sweep=asked.sweep)
            case "package":
                found = list(search_with_package(asked.url, asked.at_once))
            case "bytes":
                sum(ask_for_bytes(asked.url))
    cost.seconds, cost.cpu_seconds = time.perf_counter() - began, time.process_time() - cpu
    cost.waiting_seconds = calls.waiting_seconds()
    cost.calls, cost.refusals = len(calls.spans), calls.refusals
    cost.peak_megabytes = peak_megabytes()
    if asked.contents:
        (held_by(found) if asked.client == "package" else held_in(asked.warehouse)).put(cost)
    print(json.dumps(asdict(cost)))


if __name__ == "__main__":
    main()
