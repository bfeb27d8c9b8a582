"""A small Jira, Cloud or Data Center, served over HTTP, and a site signed in to it that waits in no time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import SecretStr

from pipeline.demo.jira.faults import Fault, Request, Trouble
from pipeline.demo.jira.server import SimulatedJira, serve_jira
from pipeline.demo.jira.site import Deployment
from pipeline.demo.jira.state import JiraState
from pipeline.settings import Jira
from pipeline.sources.jira.site import FetchedIssue, JiraSite, open_site
from tests.sources.clock import StillClock

ACCOUNT, TOKEN = "reports@example.com", "planted-s3cret"
START = datetime(2024, 3, 1, 9, 30)
DEPLOYMENTS: tuple[Deployment, ...] = ("cloud", "data_center")


@dataclass(slots=True)
class Served:
    """The Jira, the site that asks it, and by which clock it waits."""

    jira: SimulatedJira
    site: JiraSite
    clock: StillClock

    def endpoints(self) -> list[str]:
        """What was asked for, in its order."""
        return [request.endpoint for request in self.jira.requests]

    def fetch(self, ids: Iterable[str]) -> dict[str, FetchedIssue]:
        """The issues of these ids, by key."""
        return {issue.issue_key: issue for batch in self.site.fetch(ids) for issue in batch}

    def find(self, condition: str) -> list[str]:
        """The ids that a condition finds, in the order they come."""
        return [issue_id for page in self.site.find_ids(condition) for issue_id in page]


def plain_jira(deployment: Deployment = "cloud", **more: Any) -> JiraState:
    """Two projects, a person, a machine, and the statuses of a plain workflow."""
    state = JiraState(deployment=deployment, **more)
    for status_id, name, category in (
        ("1", "To Do", "new"),
        ("2", "Doing", "indeterminate"),
        ("3", "Done", "done"),
    ):
        state.add_status(status_id, name, category)
    state.add_project("PAY", "Payments")
    state.add_project("OPS", "Operations")
    state.add_user("ana", "Ana Silva")
    state.add_user("bot", "Automation", "app")
    return state


def add_issues(state: JiraState, count: int, project: str = "PAY", **more: Any) -> list[str]:
    """`count` issues with the label `pm`, a minute apart; returns their keys."""
    return [add_issue(state, project, at=START + timedelta(minutes=n), **more) for n in range(count)]


def add_issue(state: JiraState, project: str = "PAY", *, at: datetime = START, **more: Any) -> str:
    """An issue with the label `pm` unless told; returns its key."""
    given = {"status_id": "1", "reporter": "ana", "labels": ["pm"]} | more
    return state.create_issue(project, "A promise", at=at, **given)


def id_of(state: JiraState, key: str) -> str:
    """The numeric id of an issue, whether it can be seen or not."""
    issue = state.find_any(key)
    assert issue is not None
    return issue.issue_id


def ids_of(state: JiraState, keys: Iterable[str]) -> list[str]:
    """Their numeric ids."""
    return [id_of(state, key) for key in keys]


def jira_settings(jira: SimulatedJira, **more: Any) -> Jira:
    """Settings with which it lets in."""
    user = "email" if jira.state.deployment == "cloud" else "username"
    given = {"url": jira.url, "deployment": jira.state.deployment, user: ACCOUNT} | more
    return Jira.model_validate({name: value for name, value in given.items() if value is not None})


@contextmanager
def served(
    state: JiraState,
    trouble: Trouble | None = None,
    *,
    clock: StillClock | None = None,
    hours_ahead: int = 0,
    settings: dict[str, Any] | None = None,
    tell: Callable[[str], None] = lambda told: None,
    **more: Any,
) -> Iterator[Served]:
    """The state, served with `more`, to a site with these settings besides those that let in.

    Both go by the same clock, the Jira's so many hours ahead of the site's.
    """
    ours = clock or StillClock()

    def theirs() -> datetime:
        return ours.now() + timedelta(hours=hours_ahead)

    with serve_jira(state, email=ACCOUNT, token=TOKEN, trouble=trouble, clock=theirs, **more) as jira:
        site = open_site(jira_settings(jira, **settings or {}), SecretStr(TOKEN), tell=tell, clock=ours)
        yield Served(jira, site, ours)


def at_call(number: int, fault: Fault) -> Trouble:
    """The fault at that request only."""
    return lambda request: fault if request.number == number else None


def at_endpoint(endpoint: str, fault: Fault, *, first: int | None = None) -> Trouble:
    """The fault whenever that endpoint is asked, or only its `first` times."""
    asked = 0

    def trouble(request: Request) -> Fault | None:
        nonlocal asked
        if request.endpoint != endpoint:
            return None
        asked += 1
        return fault if first is None or asked <= first else None

    return trouble


def milliseconds(at: datetime) -> int:
    """A naive UTC time since 1970."""
    return round(at.replace(tzinfo=UTC).timestamp() * 1000)
