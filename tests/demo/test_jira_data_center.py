"""The simulated Jira as a Data Center: what it has, how it pages, what it refuses and in which words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
import requests

from pipeline.demo.jira.server import SimulatedJira, serve_jira
from pipeline.demo.jira.state import JiraState

NAME, SECRET = "reports", "planted-s3cret"
START = datetime(2024, 3, 1, 9, 30)


@pytest.fixture
def state() -> JiraState:
    """One project with six labelled issues, a minute apart."""
    state = JiraState(account_time_zone="Asia/Tokyo")
    for status_id, name, category in (("1", "To Do", "new"), ("3", "Done", "done")):
        state.add_status(status_id, name, category)
    state.add_project("PAY", "Payments")
    state.add_project("OPS", "Operations")
    state.add_user("ana", "Ana Silva")
    for n in range(6):
        state.create_issue(
            "PAY",
            f"Promise {n}",
            at=START + timedelta(minutes=n),
            status_id="1",
            reporter="ana",
            labels=["pm"],
        )
    return state


@contextmanager
def served(state: JiraState, **more: Any) -> Iterator[SimulatedJira]:
    """It, being served."""
    with serve_jira(state, email=NAME, token=SECRET, deployment="data_center", **more) as jira:
        yield jira


def ask(jira: SimulatedJira, path: str, body: Any = None, **query: Any) -> tuple[int, Any]:
    """Status and JSON of one request; a POST when there is a body."""
    with requests.Session() as session:
        session.trust_env = False
        answered = session.request(
            "GET" if body is None else "POST",
            f"{jira.url}/rest/api/2/{path}",
            params=query,
            json=body,
            auth=(NAME, SECRET),
            timeout=5,
        )
    return answered.status_code, answered.json()


def keys(answered: tuple[int, Any]) -> list[str]:
    """The keys of a page."""
    status, page = answered
    assert status == 200
    return [issue["key"] for issue in page["issues"]]


def test_it_says_what_it_is(state: JiraState) -> None:
    """It calls itself a server, and people have names and keys instead of account ids."""
    with served(state) as jira:
        assert ask(jira, "serverInfo")[1]["deploymentType"] == "Server"
        assert ask(jira, "myself")[1]["name"] == NAME
        assert [each["key"] for each in ask(jira, "project")[1]] == ["OPS", "PAY"]
        reporter = ask(jira, "issue/PAY-1")[1]["fields"]["reporter"]
    assert reporter == {
        "self": f"{jira.url}/rest/api/2/user?username=ana",
        "name": "ana",
        "key": "JIRAUSER10100",
        "emailAddress": "ana@example.com",
        "displayName": "Ana Silva",
        "active": True,
        "timeZone": "Asia/Tokyo",
    }


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("search/jql?jql=labels=pm", None),
        ("project/search", None),
        ("issue/PAY-1/changelog", None),
        ("issue/bulkfetch", {"issueIdsOrKeys": ["PAY-1"]}),
        ("changelog/bulkfetch", {"issueIdsOrKeys": ["PAY-1"]}),
        ("../3/myself", None),
    ],
)
def test_what_only_cloud_has_is_not_there(path: str, body: Any, state: JiraState) -> None:
    """Its newer endpoints and the third version of the API are a 404."""
    with served(state) as jira:
        assert ask(jira, path, body)[0] == 404


def test_both_kinds_of_credentials_are_let_in(state: JiraState) -> None:
    """Name and password, or a personal access token alone; nothing else."""
    with served(state) as jira, requests.Session() as session:
        session.trust_env = False
        statuses = [
            session.get(f"{jira.url}/rest/api/2/myself", headers=headers, auth=auth, timeout=5).status_code
            for headers, auth in (
                ({}, (NAME, SECRET)),
                ({"Authorization": f"Bearer {SECRET}"}, None),
                ({"Authorization": "Bearer wrong"}, None),
                ({}, None),
            )
        ]
    assert statuses == [200, 200, 401, 401]


def test_search_pages_by_offset(state: JiraState) -> None:
    """A page has a total and says how much it would hold; what is asked for is cut at the server's most."""
    with served(state, page_limit=4) as jira:
        _, page = ask(jira, "search", jql="labels = pm ORDER BY key", maxResults=1000, fields="summary")
        assert (page["startAt"], page["maxResults"], page["total"], len(page["issues"])) == (0, 4, 6, 4)
        asked = {"jql": "labels = pm ORDER BY key", "startAt": 4, "fields": ["summary"]}
        assert keys(ask(jira, "search", asked)) == ["PAY-5", "PAY-6"]
        assert keys(ask(jira, "search", {"jql": "", "maxResults": 1})) == ["PAY-1"]
        assert ask(jira, "search", {"jql": "labels = pm", "maxResults": 0})[1]["total"] == 6
        assert ask(jira, "search", {"jql": "labels = pm", "nextPageToken": "x"})[0] == 400


def test_a_change_between_pages_makes_offsets_skip(state: JiraState) -> None:
    """An issue that leaves the first page moves another to where nobody looks any more."""
    order = "labels = pm ORDER BY updated"
    with served(state) as jira:
        first = keys(ask(jira, "search", jql=order, maxResults=3))
        state.edit(first[0], at=START + timedelta(days=1), by="ana", summary="Changed")
        rest = keys(ask(jira, "search", jql=order, maxResults=3, startAt=3))
    assert first == ["PAY-1", "PAY-2", "PAY-3"]
    assert rest == ["PAY-5", "PAY-6", "PAY-1"]


def test_pages_may_be_short(state: JiraState) -> None:
    """Now and then a page holds fewer than it says, and is not the last."""
    with served(state, short_pages=True) as jira:
        pages = [ask(jira, "search", jql="labels = pm", startAt=n, maxResults=3)[1] for n in (0, 3)]
    assert [(page["maxResults"], len(page["issues"]), page["total"]) for page in pages] == [
        (3, 3, 6),
        (3, 2, 6),
    ]


def test_two_nodes_order_equals_differently(state: JiraState) -> None:
    """Issues that the order holds equal come in another order from the other node."""
    for n in range(6):
        state.edit(f"PAY-{n + 1}", at=START + timedelta(days=1), by="ana", summary="Same moment")
    with served(state, nodes=2) as jira:
        pages = [keys(ask(jira, "search", jql="labels = pm ORDER BY updated")) for _ in range(3)]
    assert pages[0] == pages[2] == pages[1][::-1]


def test_past_the_window_search_fails(state: JiraState) -> None:
    """What lies past so many results is a 500 in Jira's words; Jira 9 has no such end."""
    asked = {"jql": "labels = pm", "startAt": 4, "maxResults": 2}
    with served(state, result_window=5) as jira:
        status, answered = ask(jira, "search", asked)
        assert (status, answered["message"][:22]) == (500, "Search limit exceeded.")
        assert ask(jira, "search", asked | {"maxResults": 1})[0] == 200
    with served(state, result_window=None) as jira:
        assert ask(jira, "search", asked)[0] == 200


def test_an_unknown_value_fails_unless_told_otherwise(state: JiraState) -> None:
    """A deleted key is a 400 with words; without validation it is skipped; nonsense is a 400 either way."""
    state.delete("PAY-2")
    jql = "key in (PAY-1, PAY-2)"
    with served(state) as jira:
        status, answered = ask(jira, "search", jql=jql)
        assert (status, answered) == (
            400,
            {
                "errorMessages": ["An issue with key 'PAY-2' does not exist for field 'key'."],
                "warningMessages": [],
            },
        )
        assert ask(jira, "search", jql="id in (10001)")[1]["errorMessages"] == [
            "A value with ID '10001' does not exist for the field 'id'."
        ]
        assert keys(ask(jira, "search", jql=jql, validateQuery="false")) == ["PAY-1"]
        assert keys(ask(jira, "search", {"jql": jql, "validateQuery": False})) == ["PAY-1"]
        assert ask(jira, "search", jql="nonsense", validateQuery="false")[0] == 400


def test_deleted_and_hidden_differ(state: JiraState) -> None:
    """A deleted issue is a 404, a hidden one a 403, each in its own words; a moved one is found."""
    state.delete("PAY-1")
    state.hide("PAY-2")
    state.move("PAY-3", "OPS", at=START + timedelta(days=1), by="ana")
    with served(state) as jira:
        answers = [ask(jira, f"issue/{key}") for key in ("PAY-1", "PAY-2")]
        assert [(status, answered["errorMessages"]) for status, answered in answers] == [
            (404, ["Issue Does Not Exist"]),
            (403, ["You do not have the permission to see the specified issue."]),
        ]
        assert ask(jira, "issue/PAY-3", fields="summary")[1]["key"] == "OPS-1"


def test_an_inline_changelog_is_whole_and_without_field_ids(state: JiraState) -> None:
    """All 45 entries, oldest first; items name no field id, people by their keys."""
    for n in range(44):
        state.edit("PAY-1", at=START + timedelta(hours=n + 1), by="ana", summary=f"Version {n}")
    state.edit("PAY-1", at=START + timedelta(hours=50), by="ana", assignee="ana")
    asked = {"jql": "key = PAY-1", "fields": ["summary"], "expand": ["changelog"]}
    with served(state) as jira:
        (issue,) = ask(jira, "search", asked)[1]["issues"]
    with served(state, inline_histories=40) as jira:
        (cut,) = ask(jira, "search", asked)[1]["issues"]
    histories = issue["changelog"]["histories"]
    assert (issue["changelog"]["total"], len(histories), cut["changelog"]["total"]) == (45, 45, 45)
    assert [entry["id"] for entry in cut["changelog"]["histories"]] == [
        entry["id"] for entry in histories[5:]
    ]
    assert histories[-1]["items"] == [
        {
            "field": "assignee",
            "fieldtype": "jira",
            "from": None,
            "fromString": None,
            "to": "JIRAUSER10100",
            "toString": "Ana Silva",
        }
    ]


def test_it_may_live_under_a_path(state: JiraState) -> None:
    """A context path stands before the API and the pages for people."""
    with served(state, context_path="/jira") as jira, requests.Session() as session:
        session.trust_env = False
        assert jira.url.endswith("/jira")
        assert ask(jira, "serverInfo")[1]["baseUrl"] == jira.url
        assert session.get(f"{jira.url}/browse/PAY-1", timeout=5).status_code == 200
        outside = jira.url.removesuffix("/jira")
        assert session.get(f"{outside}/rest/api/2/serverInfo", timeout=5).status_code == 404


def test_it_has_neither_levels_nor_account_types(state: JiraState) -> None:
    """Nothing that only Cloud says is in an issue."""
    with served(state) as jira:
        _, issue = ask(jira, "issue/PAY-1", expand="changelog")
        listed = ask(jira, "issuetype")[1]
    assert "accountId" not in str(issue)
    assert "hierarchyLevel" not in str(issue) + str(listed)
