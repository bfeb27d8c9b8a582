"""A Jira of ten or a hundred thousand issues in a process of its own, made in seconds, held in little memory.

A client that is to be measured must not share its interpreter. `python -m benchmarks.crowded_jira --issues
10000 --latency 0.1` writes its address on one line and serves until its standard input ends, then writes how
many calls each endpoint had, as JSON; `crowded_jira` does all that.

Every issue is an ordinary one that can be changed, but its history is written when it is asked for:
`histories` entries for most, above 40 for one in twenty and above 100 for one in two hundred, as large real
sites have.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, get_args, overload

from pipeline.demo.jira.issue import jira_time
from pipeline.demo.jira.server import serve_jira
from pipeline.demo.jira.site import STORY_POINTS, Deployment
from pipeline.demo.jira.state import JiraState

ROOT = Path(__file__).resolve().parents[1]
EMAIL, TOKEN = "crowd@example.com", "crowd-token"
START = datetime(2020, 1, 1, 8)
#: Between two changes of an issue.
STEP = timedelta(hours=7)
LABEL = "postmortem"
_PEOPLE = 50
_FIRST_ID, _MOST_ENTRIES = 1_000_000, 200
_STATUSES = (("1", "To Do", "new"), ("2", "In Progress", "indeterminate"), ("3", "Done", "done"))
_PICTURE = "3233dbe8-0b15-45fa-96f3-fba86afe140d"
_DESCRIPTION = "Agreed in the review of the incident. " * 12


@dataclass(slots=True)
class CrowdedJira:
    """A Jira in another process; `calls` of each endpoint are known when it has ended."""

    url: str
    calls: dict[str, int] = field(default_factory=dict)


@contextmanager
def crowded_jira(
    issues: int,
    *,
    deployment: Deployment = "cloud",
    histories: int = 12,
    latency_seconds: float = 0.0,
    calls_per_second: int | None = None,
) -> Iterator[CrowdedJira]:
    """A crowd of issues served by another process until the block ends, to `EMAIL` with `TOKEN`.

    What it has once sent it need not make again: a client that is to be measured comes a second time.
    """
    given = {
        "--issues": issues,
        "--deployment": deployment,
        "--histories": histories,
        "--latency": latency_seconds,
        "--calls-per-second": calls_per_second or 0,
    }
    command = [sys.executable, "-m", "benchmarks.crowded_jira"]
    command += [str(part) for pair in given.items() for part in pair]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        jira = CrowdedJira(process.stdout.readline().strip())
        try:
            yield jira
        finally:
            process.stdin.close()
            jira.calls = json.loads(process.stdout.read() or "{}")


def crowded_state(issues: int, *, histories: int = 12, deployment: Deployment = "cloud") -> JiraState:
    """A state of that many issues in four projects, all with the label `LABEL`, made a minute apart."""
    state = StateOfMany(deployment=deployment)
    for status_id, name, category in _STATUSES:
        state.add_status(status_id, name, category)
    for person in range(_PEOPLE):
        state.add_user(f"person-{person}", f"Person {person}")
    projects = ("PAY", "OPS", "WEB", "DATA")
    for project in projects:
        state.add_project(project, project.title())
    for number in range(issues):
        key = state.create_issue(
            projects[number % len(projects)],
            f"Promise {number} to make it hold",
            at=START + timedelta(minutes=number),
            status_id="1",
            reporter=f"person-{number % _PEOPLE}",
            assignee=f"person-{number * 7 % _PEOPLE}",
            priority=("High", "Medium", "Low")[number % 3],
            due_on=date(2020, 3, 1) + timedelta(days=number % 300),
            labels=(LABEL,),
            description=_DESCRIPTION,
            custom={STORY_POINTS: number % 8},
        )
        issue = state.find_any(key)
        assert issue is not None
        count = 130 if number % 200 == 7 else 60 if number % 20 == 7 else histories
        past = PastOfMany(number, count)
        issue.histories = past  # type: ignore[assignment]
        issue.updated_at = max(issue.created_at, past.last_at)
        issue.fields["status"] = past.last_status
    state.next_history_id = _FIRST_ID + issues * _MOST_ENTRIES
    return state


class StateOfMany(JiraState):
    """A state whose users have pictures, as real ones do: most of the bytes of a changelog are these."""

    def cloud_user(self, account_id: str) -> dict[str, Any]:
        """A user as Cloud sends one, with all that nobody asked for."""
        picture = f"https://avatar-management--avatars.us-west-2.prod.public.atl-paas.net/{account_id}"
        return super().cloud_user(account_id) | {
            "self": f"{self.base_url}/rest/api/2/user?accountId={account_id}",
            "avatarUrls": {f"{size}x{size}": f"{picture}/{_PICTURE}/{size}" for size in (48, 24, 16, 32)},
            "timeZone": self.account_time_zone,
        }


class PastOfMany(Sequence[dict[str, Any]]):
    """The history of one issue of a crowd; what happens to it later is kept after it."""

    __slots__ = ("_count", "_later", "_number")

    def __init__(self, number: int, count: int) -> None:
        self._number = number
        self._count = count
        self._later: list[dict[str, Any]] = []

    @property
    def last_at(self) -> datetime:
        """When the last entry was made, naive UTC; of an empty past, when the issue was."""
        return START + timedelta(minutes=self._number) + STEP * self._count

    @property
    def last_status(self) -> str:
        """The id of the status it came to."""
        return _STATUSES[self._count % len(_STATUSES)][0]

    def __len__(self) -> int:
        return self._count + len(self._later)

    @overload
    def __getitem__(self, at: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, at: slice) -> list[dict[str, Any]]: ...
    def __getitem__(self, at: int | slice) -> Any:
        return list(self)[at]

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for step in range(self._count):
            yield self._entry(step)
        yield from self._later

    def append(self, entry: dict[str, Any]) -> None:
        """One more."""
        self._later.append(entry)

    def _entry(self, step: int) -> dict[str, Any]:
        person = (self._number + step) % _PEOPLE
        before, after = _STATUSES[step % len(_STATUSES)], _STATUSES[(step + 1) % len(_STATUSES)]
        return {
            "id": str(_FIRST_ID + self._number * _MOST_ENTRIES + step),
            "author": {
                "accountId": f"person-{person}",
                "accountType": "atlassian",
                "active": True,
                "displayName": f"Person {person}",
            },
            "created": jira_time(START + timedelta(minutes=self._number) + STEP * (step + 1)),
            "items": [
                {
                    "field": "status",
                    "fieldtype": "jira",
                    "fieldId": "status",
                    "from": before[0],
                    "fromString": before[1],
                    "to": after[0],
                    "toString": after[1],
                }
            ],
        }


def main() -> None:
    """Serve until standard input ends."""
    reader = argparse.ArgumentParser(prog="python -m benchmarks.crowded_jira")
    reader.add_argument("--issues", type=int, default=10_000)
    reader.add_argument("--deployment", choices=get_args(Deployment), default="cloud")
    reader.add_argument("--histories", type=int, default=12)
    reader.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    reader.add_argument("--calls-per-second", type=int, default=0, help="rate limit of each endpoint")
    asked = reader.parse_args()
    state = crowded_state(asked.issues, histories=asked.histories, deployment=asked.deployment)
    with serve_jira(
        state,
        email=EMAIL,
        token=TOKEN,
        latency_seconds=asked.latency,
        calls_per_second=asked.calls_per_second or None,
    ) as jira:
        print(jira.url, flush=True)
        sys.stdin.read()
        print(json.dumps(Counter(request.endpoint for request in jira.requests)), flush=True)


if __name__ == "__main__":
    main()
