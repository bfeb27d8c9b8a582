"""What goes wrong with the simulated Jira when told to, as a client sees it."""

from __future__ import annotations

import threading
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from pipeline.demo.jira import faults
from pipeline.demo.jira.faults import Fault, Request
from pipeline.demo.jira.server import SimulatedJira, serve_jira
from pipeline.demo.jira.state import JiraState

EMAIL, TOKEN = "reports@example.com", "planted-s3cret"
START = datetime(2024, 3, 1, 9, 30)
SEARCH = ("POST", "search/jql", {"jql": "labels = pm", "fields": ["summary", "updated"], "maxResults": 2})


@pytest.fixture
def state() -> JiraState:
    """Three labelled issues."""
    state = JiraState()
    state.add_status("1", "To Do", "new")
    state.add_project("PAY", "Payments")
    state.add_user("ana", "Ana Silva")
    for n in range(3):
        state.create_issue("PAY", f"Promise {n}", at=START, status_id="1", reporter="ana", labels=["pm"])
    return state


def send(jira: SimulatedJira, method: str, path: str, body: Any = None) -> requests.Response:
    """One request and its answer."""
    with requests.Session() as session:
        session.trust_env = False
        url = f"{jira.url}/rest/api/2/{path}"
        return session.request(method, url, json=body, auth=(EMAIL, TOKEN), timeout=5)


@pytest.fixture
def asked(state: JiraState) -> Any:
    """Sends a request, or the usual search, to a Jira with that fault."""

    def ask(fault: Fault, *request: Any) -> requests.Response:
        with serve_jira(state, email=EMAIL, token=TOKEN, trouble=lambda request: fault) as jira:
            return send(jira, *(request or SEARCH))

    return ask


@pytest.mark.parametrize(
    ("fault", "status", "retry_after"),
    [
        (faults.too_many_requests(17), 429, "17"),
        (faults.too_many_requests(0), 429, "0"),
        (faults.too_many_requests(datetime(2024, 6, 1, 12)), 429, "Sat, 01 Jun 2024 12:00:00 GMT"),
        (faults.too_many_requests(None), 429, None),
        (faults.unavailable(5), 503, "5"),
        (faults.unavailable(), 503, None),
        (faults.server_error(502), 502, None),
        (faults.unauthorized(), 401, None),
    ],
)
def test_a_status_comes_with_its_headers(
    fault: Fault, status: int, retry_after: str | None, asked: Any
) -> None:
    """The status, when to come again, and what a rate limit says about itself."""
    answered = asked(fault)
    assert (answered.status_code, answered.headers.get("Retry-After")) == (status, retry_after)
    assert ("RateLimit-Reason" in answered.headers) == (status == 429)


def test_a_data_center_limits_in_its_own_headers(asked: Any) -> None:
    """It says how fast calls come back, and gives no reason."""
    headers = asked(faults.too_many_requests(0, deployment="data_center")).headers
    assert (headers["X-RateLimit-FillRate"], headers["X-RateLimit-Interval-Seconds"]) == ("10", "1")
    assert "RateLimit-Reason" not in headers


def test_a_captcha_is_named(asked: Any) -> None:
    """The account is locked until somebody signs in by hand."""
    answered = asked(faults.captcha())
    assert answered.status_code == 403
    assert answered.headers["X-Authentication-Denied-Reason"].startswith("CAPTCHA_CHALLENGE")


@pytest.mark.parametrize("fault", [faults.connection_reset(), faults.truncated(), faults.bad_gzip()])
def test_a_broken_answer_cannot_be_read(fault: Fault, asked: Any) -> None:
    """A closed connection, half a body and a body that is not packed as it says are errors of the client."""
    with pytest.raises((requests.RequestException, zlib.error, ValueError)):
        asked(fault).json()


@pytest.mark.parametrize(
    ("fault", "start"), [(faults.web_page(), "<!doctype html>"), (faults.empty_body(), "")]
)
def test_a_200_may_be_no_answer(fault: Fault, start: str, asked: Any) -> None:
    """A page for people, or nothing, with a status that says all is well."""
    answered = asked(fault)
    assert (answered.status_code, answered.text[: len(start) or 1]) == (200, start)


def test_what_is_left_out_of_an_answer(asked: Any) -> None:
    """A field that failed to load, an issue in error, and one left out in silence."""
    fetch = ("POST", "issue/bulkfetch", {"issueIdsOrKeys": ["PAY-1", "PAY-2"], "fields": ["summary"]})
    assert [issue["fields"] for issue in asked(faults.missing_field("updated")).json()["issues"]] == [
        {"summary": "Promise 0"},
        {"summary": "Promise 1"},
    ]
    assert asked(faults.warning()).json()["warnings"] == ["CLAUSE_LIMIT_EXCEEDED"]
    answered = asked(faults.issue_errors(), *fetch).json()
    assert ([each["id"] for each in answered["issues"]], answered["issueErrors"][0]["id"]) == (
        ["10001"],
        "10000",
    )
    assert [each["id"] for each in asked(faults.short_answer(), *fetch).json()["issues"]] == ["10001"]


def test_fail_fast_makes_a_missing_field_an_error(asked: Any) -> None:
    """With `failFast=true` a field that fails to load is a 500 instead."""
    path = "search/jql?jql=labels=pm&fields=updated&failFast=true"
    assert asked(faults.missing_field("updated"), "GET", path).status_code == 500


def test_a_repeated_token_leads_nowhere(asked: Any) -> None:
    """The next page is the one just read."""
    answered = asked(faults.repeated_token()).json()
    assert answered["nextPageToken"] == "again"


def test_a_dead_token_finds_nothing_without_an_error(state: JiraState) -> None:
    """Every question is answered as to a stranger, with a header that alone tells; `myself` says 401."""
    asked = {
        ("POST", "search/jql"): {"jql": "labels = pm"},
        ("POST", "issue/bulkfetch"): {"issueIdsOrKeys": ["PAY-1"]},
        ("POST", "changelog/bulkfetch"): {"issueIdsOrKeys": ["PAY-1"]},
        ("GET", "project/search"): None,
        ("GET", "status"): None,
        ("GET", "issue/PAY-1"): None,
        ("GET", "myself"): None,
    }
    with serve_jira(state, email=EMAIL, token=TOKEN) as jira:
        assert send(jira, *SEARCH).json()["issues"] != []
        jira.token_is_expired = True
        answers = [send(jira, method, path, body) for (method, path), body in asked.items()]
    assert {answer.headers["X-Seraph-LoginReason"] for answer in answers} == {"AUTHENTICATED_FAILED"}
    assert [(answer.status_code, answer.json()) for answer in answers[:5]] == [
        (200, {"issues": [], "isLast": True}),
        (200, {"issues": [], "issueErrors": []}),
        (200, {"issueChangeLogs": []}),
        (200, {"startAt": 0, "maxResults": 50, "total": 0, "isLast": True, "values": []}),
        (200, []),
    ]
    assert [answer.status_code for answer in answers[5:]] == [404, 401]


def test_chance_is_the_same_for_the_same_seed() -> None:
    """The seed and the number of a request say what happens to it; the share is about as told."""

    def happened(seed: int) -> list[Fault | None]:
        trouble = faults.random_trouble(seed, 0.3)
        return [trouble(Request(n, "GET", f"/rest/api/2/issue/PAY-{n}")) for n in range(1000)]

    assert happened(1) == happened(1) != happened(2)
    assert 250 < sum(fault is not None for fault in happened(1)) < 350


def test_the_same_request_fails_only_so_often() -> None:
    """However unlucky, a request made again goes through the third time."""
    trouble = faults.random_trouble(1, 1.0, in_a_row=2)
    fell = [trouble(Request(n, "GET", "/rest/api/2/myself")) is not None for n in range(6)]
    assert fell == [True, True, False, True, True, False]


def test_a_rate_limit_is_of_one_endpoint_and_fills_again(state: JiraState) -> None:
    """Two calls a second: the third is refused, another endpoint is not, a second later it is let in."""
    now = [datetime(2024, 6, 1, 12, tzinfo=UTC)]
    with serve_jira(state, email=EMAIL, token=TOKEN, calls_per_second=2, clock=lambda: now[0]) as jira:
        assert [send(jira, "GET", f"issue/PAY-{n}").status_code for n in (1, 2, 3)] == [200, 200, 429]
        assert send(jira, "GET", "status").status_code == 200
        now[0] += timedelta(seconds=1)
        assert send(jira, "GET", "issue/PAY-3").status_code == 200


def test_the_servers_clock_is_its_own(state: JiraState) -> None:
    """`Date` and `serverTime` tell the time of the clock given, the latter in the account's zone."""
    state.account_time_zone = "Asia/Tokyo"
    clock = datetime(2024, 6, 1, 23, 59, 58, 7000, tzinfo=UTC)
    with serve_jira(state, email=EMAIL, token=TOKEN, clock=lambda: clock) as jira:
        answered = send(jira, "GET", "serverInfo")
    assert answered.headers["Date"] == "Sat, 01 Jun 2024 23:59:58 GMT"
    assert answered.json()["serverTime"] == "2024-06-02T08:59:58.007+0900"


def test_latencies_overlap(state: JiraState, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four calls wait at the same time: none is let on before all of them sleep."""
    together = threading.Barrier(4, timeout=5)
    monkeypatch.setattr("pipeline.demo.jira.server.time.sleep", lambda seconds: together.wait())
    with (
        serve_jira(state, email=EMAIL, token=TOKEN, latency_seconds=0.1) as jira,
        ThreadPoolExecutor(4) as pool,
    ):
        answers = list(pool.map(lambda n: send(jira, "GET", "status"), range(4)))
    assert [answer.status_code for answer in answers] == [200] * 4
