"""The simulated Jira over HTTP: its limits, its silences and its refusals are those of Jira Cloud."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from threading import Thread
from typing import Any

import pytest
import requests

from pipeline.demo.jira.faults import Fault, Request
from pipeline.demo.jira.server import SimulatedJira, serve_jira
from pipeline.demo.jira.state import JiraState

EMAIL, TOKEN = "reports@example.com", "planted-s3cret"
START = datetime(2024, 3, 1, 9, 30)


@pytest.fixture
def state() -> JiraState:
    """One project with twelve labelled issues."""
    state = JiraState(account_time_zone="Asia/Tokyo")
    for status_id, name, category in (("1", "To Do", "new"), ("3", "Done", "done")):
        state.add_status(status_id, name, category)
    state.add_project("PAY", "Payments")
    state.add_project("OPS", "Operations")
    state.add_user("ana", "Ana Silva")
    for n in range(12):
        state.create_issue(
            "PAY",
            f"Promise {n}",
            at=START + timedelta(minutes=n),
            status_id="1",
            reporter="ana",
            labels=["pm"],
        )
    return state


@pytest.fixture
def jira(state: JiraState) -> Iterator[SimulatedJira]:
    """It, being served; a page holds five issues."""
    with serve_jira(state, email=EMAIL, token=TOKEN, page_limit=5) as jira:
        yield jira


def ask(
    jira: SimulatedJira,
    path: str,
    body: Any = None,
    *,
    auth: tuple[str, str] | None = (EMAIL, TOKEN),
    version: int = 2,
    **query: Any,
) -> tuple[int, Any]:
    """Status and JSON of one request; a POST when there is a body."""
    url = f"{jira.url}/rest/api/{version}/{path}"
    with requests.Session() as session:
        session.trust_env = False
        if body is None:
            response = session.get(url, params=query, auth=auth, timeout=5)
        else:
            response = session.post(url, json=body, auth=auth, timeout=5)
    return response.status_code, response.json()


def told(answered: tuple[int, Any]) -> tuple[int, str]:
    """Status and words of a refusal."""
    status, content = answered
    return status, " ".join(content["errorMessages"])


def test_who_and_what_it_is(jira: SimulatedJira) -> None:
    """serverInfo, myself, status and field answer under both versions of the API."""
    for version in (2, 3):
        assert ask(jira, "serverInfo", version=version)[1]["deploymentType"] == "Cloud"
        assert ask(jira, "myself", version=version)[1]["timeZone"] == "Asia/Tokyo"
    assert ask(jira, "status")[1][1] == {
        "id": "3",
        "name": "Done",
        "description": "",
        "statusCategory": {"id": 3, "key": "done", "name": "Done"},
    }
    names = [field["name"] for field in ask(jira, "field")[1]]
    assert names.count("Team") == 2


@pytest.mark.parametrize("auth", [None, (EMAIL, "wrong"), ("other@example.com", TOKEN)])
def test_only_the_account_is_let_in(jira: SimulatedJira, auth: tuple[str, str] | None) -> None:
    """Without the right email and token every answer is a 401."""
    assert ask(jira, "myself", auth=auth)[0] == 401


def test_the_old_search_is_gone(jira: SimulatedJira) -> None:
    """`search` answers 410 and names its successor."""
    status, words = told(ask(jira, "search", jql="labels = pm"))
    assert status == 410
    assert "/rest/api/3/search/jql" in words


def test_search_pages_by_token_without_a_total(jira: SimulatedJira) -> None:
    """Twelve issues are three pages; a page has ids alone unless told, and only the last says so."""
    asked = {"jql": "labels = pm ORDER BY created", "fields": ["summary"], "maxResults": 100}
    pages = [ask(jira, "search/jql", asked)[1]]
    while "nextPageToken" in pages[-1]:
        pages.append(ask(jira, "search/jql", asked | {"nextPageToken": pages[-1]["nextPageToken"]})[1])
    assert [len(page["issues"]) for page in pages] == [5, 5, 2]
    assert [page["isLast"] for page in pages] == [False, False, True]
    assert pages[0]["issues"][0] == {
        "expand": "operations,versionedRepresentations,editmeta,changelog,renderedFields",
        "id": "10000",
        "self": f"{jira.url}/rest/api/2/issue/10000",
        "key": "PAY-1",
        "fields": {"summary": "Promise 0"},
    }
    assert not any("total" in page for page in pages)
    # Ids alone come in larger pages.
    _, census = ask(jira, "search/jql", {"jql": "labels = pm", "maxResults": 5000})
    assert census == {"issues": [{"id": str(10000 + n)} for n in range(12)], "isLast": True}


def test_search_by_get_is_the_same(jira: SimulatedJira) -> None:
    """GET takes fields with commas and answers as POST does."""
    by_get = ask(jira, "search/jql", jql="key = PAY-2", fields="summary,labels")
    by_post = ask(jira, "search/jql", {"jql": "key = PAY-2", "fields": ["summary", "labels"]})
    assert by_get == by_post
    assert by_get[1]["issues"][0]["fields"] == {"summary": "Promise 1", "labels": ["pm"]}


def test_a_page_token_belongs_to_its_query(jira: SimulatedJira) -> None:
    """A token with another JQL, or one never given, is refused."""
    token = ask(jira, "search/jql", {"jql": "labels = pm", "fields": ["summary"]})[1]["nextPageToken"]
    for asked in (
        {"jql": "project = PAY", "nextPageToken": token},
        {"jql": "labels = pm", "nextPageToken": "x"},
    ):
        assert told(ask(jira, "search/jql", asked | {"fields": ["summary"]}))[0] == 400


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("search/jql", {"jql": "labels = pm", "expand": None}),
        ("search/jql", {"jql": "", "fields": ["id"]}),
        ("search/jql", {"jql": "labels = pm", "maxResults": "many"}),
        ("search/jql", ["labels = pm"]),
        ("issue/bulkfetch", {}),
        ("issue/bulkfetch", {"issueIdsOrKeys": []}),
        ("issue/bulkfetch", {"issueIdsOrKeys": [f"PAY-{n}" for n in range(101)]}),
        ("changelog/bulkfetch", {"issueIdsOrKeys": [f"PAY-{n}" for n in range(1001)]}),
    ],
)
def test_a_wrong_payload_is_refused(jira: SimulatedJira, path: str, body: Any) -> None:
    """Nulls, missing and wrong values, unbounded queries and too many issues are a 400 with words."""
    status, words = told(ask(jira, path, body))
    assert (status, bool(words)) == (400, True)


def test_bulkfetch_leaves_out_in_silence(jira: SimulatedJira, state: JiraState) -> None:
    """Deleted, hidden and unknown issues are missing without a word; a moved one comes by its new key."""
    state.delete("PAY-1")
    state.hide("PAY-2")
    state.move("PAY-3", "OPS", at=START + timedelta(days=1), by="ana")
    keys = ["PAY-4", "PAY-99", "PAY-3", "PAY-2", "PAY-1"]
    status, answered = ask(jira, "issue/bulkfetch", {"issueIdsOrKeys": keys, "fields": ["summary"]})
    assert status == 200
    assert [(issue["id"], issue["key"]) for issue in answered["issues"]] == [
        ("10002", "OPS-1"),
        ("10003", "PAY-4"),
    ]
    assert answered["issueErrors"] == []


def test_an_inline_changelog_is_cut_at_forty(jira: SimulatedJira, state: JiraState) -> None:
    """Of 45 changes the newest 40 come inline, newest first, with the true total; paging brings all."""
    for n in range(45):
        state.edit("PAY-1", at=START + timedelta(hours=n + 1), by="ana", summary=f"Version {n}")
    issue = state.find("PAY-1")
    assert issue is not None
    asked = {"jql": "key = PAY-1", "fields": ["summary"], "expand": "changelog"}
    inline = ask(jira, "search/jql", asked)[1]["issues"][0]["changelog"]
    assert (inline["total"], inline["histories"]) == (45, issue.histories[:4:-1])
    pages = [ask(jira, "issue/PAY-1/changelog", startAt=start, maxResults=20)[1] for start in (0, 20, 40)]
    assert [entry for page in pages for entry in page["values"]] == issue.histories
    assert [page["isLast"] for page in pages] == [False, False, True]


def test_a_page_of_changelogs_may_end_within_an_issue(jira: SimulatedJira, state: JiraState) -> None:
    """Three entries of two issues in pages of two: the second page goes on with the first issue's rest."""
    for key, count in (("PAY-1", 1), ("PAY-2", 2)):
        for n in range(count):
            state.edit(key, at=START + timedelta(hours=n + 1), by="ana", summary=f"Version {n}")
    asked = {"issueIdsOrKeys": ["PAY-1", "PAY-2", "PAY-3"], "maxResults": 2}
    _, first = ask(jira, "changelog/bulkfetch", asked)
    _, second = ask(jira, "changelog/bulkfetch", asked | {"nextPageToken": first["nextPageToken"]})
    assert [
        [
            (each["issueId"], [entry["id"] for entry in each["changeHistories"]])
            for each in page["issueChangeLogs"]
        ]
        for page in (first, second)
    ] == [[("10000", ["100000"]), ("10001", ["100001"])], [("10001", ["100002"])]]
    assert "nextPageToken" not in second


def test_one_issue_by_id_key_or_former_key(jira: SimulatedJira, state: JiraState) -> None:
    """Id, key and the key before a move lead to one issue; anything else is a 404."""
    new = state.move("PAY-5", "OPS", at=START + timedelta(days=1), by="ana")
    assert {ask(jira, f"issue/{name}", fields="summary")[1]["key"] for name in ("10004", "PAY-5", new)} == {
        new
    }
    assert told(ask(jira, "issue/PAY-99")) == (
        404,
        "Issue does not exist or you do not have permission to see it.",
    )
    assert "comment" not in ask(jira, "issue/PAY-1", fields="*navigable,-labels")[1]["fields"]
    assert "comment" in ask(jira, "issue/PAY-1")[1]["fields"]


def test_the_page_for_people_escapes_everything(jira: SimulatedJira, state: JiraState) -> None:
    """`/browse/KEY` needs no sign-in, shows the issue and lets no markup through; an unknown key is a 404."""
    key = state.create_issue(
        "PAY", "<script>alert(1)</script>", at=START, status_id="1", reporter="ana", priority="<b>"
    )
    state.edit(key, at=START, by="ana", summary='<img src=x onerror="x">')
    with requests.Session() as session:
        session.trust_env = False
        page = session.get(f"{jira.url}/browse/{key}", timeout=5)
        missing = session.get(f"{jira.url}/browse/<x>", timeout=5)
    assert (page.status_code, missing.status_code) == (200, 404)
    assert f"<h1>{key}: &lt;img src=x onerror=&quot;x&quot;&gt;</h1>" in page.text
    assert not any(markup in page.text + missing.text for markup in ("<script", "<img", "<b>", "<x>"))


def test_faults_come_by_number_and_every_request_is_noted(state: JiraState) -> None:
    """The hook sees each request before its answer; the log has them in order."""

    def trouble(request: Request) -> Fault | None:
        return Fault("status", 503, (("Retry-After", "7"),)) if request.number == 2 else None

    with serve_jira(state, email=EMAIL, token=TOKEN, trouble=trouble) as jira:
        statuses = [ask(jira, "myself")[0] for _ in range(3)]
        assert statuses == [200, 503, 200]
        assert [(request.number, request.method, request.path) for request in jira.requests] == [
            (n, "GET", "/rest/api/2/myself") for n in (1, 2, 3)
        ]


def test_an_expired_token_looks_like_an_empty_jira(state: JiraState) -> None:
    """A dead token is answered with 200, no issues, and a header that alone tells."""
    with (
        serve_jira(state, email=EMAIL, token=TOKEN, trouble=lambda request: Fault("expired")) as jira,
        requests.Session() as session,
    ):
        session.trust_env = False
        response = session.post(f"{jira.url}/rest/api/2/search/jql", json={"jql": "x"}, timeout=5)
    assert (response.status_code, response.json()) == (200, {"issues": [], "isLast": True})
    assert response.headers["X-Seraph-LoginReason"] == "AUTHENTICATED_FAILED"


def test_it_may_change_while_it_answers(jira: SimulatedJira, state: JiraState) -> None:
    """Changes from another thread between answers break none of them."""

    def change() -> None:
        for n in range(200):
            key = state.create_issue(
                "OPS", f"New {n}", at=START, status_id="1", reporter="ana", labels=["pm"]
            )
            state.transition(key, "3", at=START, by="ana", resolution="Done")
            state.delete(key)

    thread = Thread(target=change)
    thread.start()
    answers = [ask(jira, "search/jql", {"jql": "project = PAY", "maxResults": 5000}) for _ in range(15)]
    thread.join()
    assert all(answered == answers[0] for answered in answers)
    assert answers[0][0] == 200
