"""The simulated Jira over HTTP: its limits, its silences and its refusals are those of Jira Cloud."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.demo.jira.answers import Limits
from pipeline.demo.jira.cloud import CloudAnswers
from pipeline.demo.jira.encoding import encode
from pipeline.demo.jira.faults import Fault, Request
from pipeline.demo.jira.query import find_issues
from pipeline.demo.jira.server import SimulatedJira, serve_jira
from pipeline.demo.jira.state import JiraState

EMAIL, TOKEN = "reports@example.com", "planted-s3cret"
START = datetime(2024, 3, 1, 9, 30)


@pytest.fixture
def state() -> JiraState:
    """One project with twelve labelled issues."""
    return filled_state()


def filled_state() -> JiraState:
    """The same, for tests that make their own."""
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
    api = f"{jira.url}/rest/api/2"
    assert ask(jira, "status")[1][1] == {
        "self": f"{api}/status/3",
        "id": "3",
        "name": "Done",
        "description": "",
        "statusCategory": {"self": f"{api}/statuscategory/3", "id": 3, "key": "done", "name": "Done"},
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
    assert (status, words) == (
        410,
        "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full "
        "migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046",
    )


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
    """Of 45 changes the newest 40 come inline, newest first, with the true total; paging brings all, and
    an issue asked for alone holds up to 100.
    """
    for n in range(45):
        state.edit("PAY-1", at=START + timedelta(hours=n + 1), by="ana", summary=f"Version {n}")
    issue = state.find("PAY-1")
    assert issue is not None
    asked = {"jql": "key = PAY-1", "fields": ["summary"], "expand": "changelog"}
    inline = ask(jira, "search/jql", asked)[1]["issues"][0]["changelog"]
    assert (inline["total"], inline["histories"]) == (45, issue.histories[:4:-1])
    alone = ask(jira, "issue/PAY-1", expand="changelog")[1]["changelog"]
    assert alone["histories"] == issue.histories[::-1]
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


def test_a_page_token_goes_on_after_what_it_gave(jira: SimulatedJira, state: JiraState) -> None:
    """An issue that moves forward in the order comes again; none is skipped, as with an offset."""
    asked = {"jql": "labels = pm ORDER BY updated", "fields": ["summary"]}
    _, first = ask(jira, "search/jql", asked)
    state.edit("PAY-1", at=START + timedelta(days=1), by="ana", summary="Changed")
    seen = [issue["key"] for issue in first["issues"]]
    page = first
    while "nextPageToken" in page:
        _, page = ask(jira, "search/jql", asked | {"nextPageToken": page["nextPageToken"]})
        seen += [issue["key"] for issue in page["issues"]]
    assert seen == [f"PAY-{n}" for n in range(1, 13)] + ["PAY-1"]


def test_a_page_may_be_short_or_empty_and_not_the_last(state: JiraState) -> None:
    """Only a missing token says that there is no more."""
    with serve_jira(state, email=EMAIL, token=TOKEN, page_limit=3, short_pages=True) as jira:
        asked = {"jql": "labels = pm", "fields": ["summary"], "maxResults": 100}
        pages = [ask(jira, "search/jql", asked)[1]]
        while "nextPageToken" in pages[-1]:
            pages.append(ask(jira, "search/jql", asked | {"nextPageToken": pages[-1]["nextPageToken"]})[1])
    assert [len(page["issues"]) for page in pages] == [3, 2, 3, 0, 3, 1]


@settings(max_examples=25)
@given(
    order=st.lists(
        st.tuples(st.sampled_from(["created", "updated", "key", "id"]), st.sampled_from(["", " DESC"])),
        max_size=2,
        unique_by=lambda part: part[0],
    ),
    page_limit=st.integers(1, 4),
    short_pages=st.booleans(),
)
def test_tokens_lead_through_every_issue_once(
    order: list[tuple[str, str]], page_limit: int, short_pages: bool
) -> None:
    """In any order and with pages of any size, all the pages together are what the query finds."""
    state = filled_state()
    jql = "labels = pm" + (f" ORDER BY {', '.join(map(''.join, order))}" if order else "")
    limits = Limits(page=page_limit, ids=5000, histories=40, histories_of_one=100, window=None, comments=100)
    answers = CloudAnswers(
        state, account=EMAIL, limits=limits, short_pages=short_pages, clock=lambda: datetime.now(UTC)
    )
    seen: list[str] = []
    asked = {"jql": jql, "fields": ["summary"], "maxResults": 100}
    for _ in range(50):
        page = json.loads(encode(answers.search(asked)))
        seen += [issue["key"] for issue in page["issues"]]
        if page["isLast"]:
            break
        asked["nextPageToken"] = page["nextPageToken"]
    assert seen == [issue.key for issue in find_issues(jql, state)]
    assert len(seen) == 12


def test_comments_within_an_issue_are_the_newest(jira: SimulatedJira, state: JiraState) -> None:
    """Of three comments the newest two come inline with the true total; paging brings all, either way."""
    state.inline_comments = 2
    for n in range(3):
        state.comment("PAY-1", f"Comment {n}", at=START + timedelta(days=n), by="ana")
    _, issue = ask(jira, "issue/PAY-1", fields="comment")
    inline = issue["fields"]["comment"]
    assert (inline["total"], [each["body"] for each in inline["comments"]]) == (
        3,
        ["Comment 1", "Comment 2"],
    )
    _, page = ask(jira, "issue/PAY-1/comment", orderBy="-created", maxResults=2)
    assert (page["total"], [each["body"] for each in page["comments"]]) == (3, ["Comment 2", "Comment 1"])
    _, page = ask(jira, "issue/PAY-1/comment", startAt=1)
    assert [each["body"] for each in page["comments"]] == ["Comment 1", "Comment 2"]
    assert ask(jira, "issue/PAY-1/comment", orderBy="author")[0] == 400


def test_bulk_changelogs_can_be_of_some_fields(jira: SimulatedJira, state: JiraState) -> None:
    """With field ids only the entries that changed one of them come, whole; at most ten may be named."""
    at = START + timedelta(days=1)
    state.edit("PAY-1", at=at, by="ana", summary="New")
    state.transition("PAY-1", "3", at=at, by="ana", resolution="Done")
    asked = {"issueIdsOrKeys": ["PAY-1"], "fieldIds": ["status"]}
    (log,) = ask(jira, "changelog/bulkfetch", asked)[1]["issueChangeLogs"]
    assert [[item["field"] for item in entry["items"]] for entry in log["changeHistories"]] == [
        ["status", "resolution"]
    ]
    assert ask(jira, "changelog/bulkfetch", asked | {"fieldIds": ["x"] * 11})[0] == 400
    assert ask(jira, "changelog/bulkfetch", asked | {"maxResults": 10_001})[0] == 400


@pytest.mark.parametrize(
    ("form", "created"),
    [
        ("iso", "2024-03-01T10:30:00.250+0000"),
        ("seconds", 1_709_289_000),
        ("milliseconds", 1_709_289_000_250),
    ],
)
def test_bulk_changelogs_write_times_in_three_ways(form: Any, created: Any, state: JiraState) -> None:
    """As text, or as a number since the epoch, in seconds or milliseconds."""
    state.edit("PAY-1", at=START + timedelta(hours=1, milliseconds=250), by="ana", summary="New")
    with serve_jira(state, email=EMAIL, token=TOKEN, history_times=form) as jira:
        _, answered = ask(jira, "changelog/bulkfetch", {"issueIdsOrKeys": ["PAY-1"]})
    assert answered["issueChangeLogs"][0]["changeHistories"][0]["created"] == created


def test_what_the_account_may_browse(jira: SimulatedJira, state: JiraState) -> None:
    """A project taken away is in no list, its issues are nowhere, and permissions say so."""
    state.hide_project("PAY")
    assert [each["key"] for each in ask(jira, "project/search")[1]["values"]] == ["OPS"]
    asked = {"permissions": ["BROWSE_PROJECTS"]}
    assert ask(jira, "permissions/project", asked)[1] == {"projects": [{"id": 10001, "key": "OPS"}]}
    for project, may in (("OPS", True), ("PAY", False)):
        _, said = ask(jira, "mypermissions", permissions="BROWSE_PROJECTS", projectKey=project)
        assert said["permissions"]["BROWSE_PROJECTS"]["havePermission"] is may
    assert ask(jira, "mypermissions", permissions="BROWSE_PROJECTS", projectKey="NOPE")[0] == 404
    assert ask(jira, "search/jql", {"jql": "labels = pm"})[1] == {"issues": [], "isLast": True}
    assert ask(jira, "search/jql", {"jql": "project = PAY"})[0] == 400
    assert ask(jira, "issue/PAY-1")[0] == 404


def test_a_count_is_of_what_search_sees(jira: SimulatedJira, state: JiraState) -> None:
    """While the index is late, so is the count."""
    state.freeze_index()
    state.delete("PAY-1")
    assert ask(jira, "search/approximate-count", {"jql": "labels = pm"})[1] == {"count": 12}
    state.refresh_index()
    assert ask(jira, "search/approximate-count", {"jql": "labels = pm"})[1] == {"count": 11}


def test_every_answer_is_of_that_moment(jira: SimulatedJira, state: JiraState) -> None:
    """What was asked before and has changed since is sent as it is now, in search, in bulk, in histories."""
    search = {"jql": "key = PAY-1", "fields": ["summary"]}
    fetch = {"issueIdsOrKeys": ["PAY-1"], "fields": ["summary"]}
    seen = []
    for n in range(2):
        state.edit("PAY-1", at=START + timedelta(days=n), by="ana", summary=f"Version {n}")
        _, found = ask(jira, "search/jql", search)
        _, fetched = ask(jira, "issue/bulkfetch", fetch)
        _, logs = ask(jira, "changelog/bulkfetch", {"issueIdsOrKeys": ["PAY-1"]})
        seen.append(
            (
                found["issues"][0]["fields"]["summary"],
                fetched["issues"][0]["fields"]["summary"],
                len(logs["issueChangeLogs"][0]["changeHistories"]),
            )
        )
    assert seen == [("Version 0", "Version 0", 1), ("Version 1", "Version 1", 2)]


def test_a_late_index_does_not_keep_reads_by_id_waiting(jira: SimulatedJira, state: JiraState) -> None:
    """Search sends the issue as it was, a read by id and in bulk as it is."""
    state.freeze_index()
    state.edit("PAY-1", at=START + timedelta(days=1), by="ana", summary="Changed")
    asked = {"jql": "key = PAY-1", "fields": ["summary"]}
    assert ask(jira, "search/jql", asked)[1]["issues"][0]["fields"] == {"summary": "Promise 0"}
    assert ask(jira, "issue/PAY-1", fields="summary")[1]["fields"] == {"summary": "Changed"}
    fetch = {"issueIdsOrKeys": ["pay-1"], "fields": ["summary"]}
    assert ask(jira, "issue/bulkfetch", fetch)[1]["issues"][0]["fields"] == {"summary": "Changed"}
    fresh = ask(jira, "search/jql", asked | {"reconcileIssues": [10000]})[1]["issues"]
    assert fresh[0]["fields"] == {"summary": "Changed"}


def test_a_scoped_token_works_through_the_gateway_only(state: JiraState) -> None:
    """The site's own address refuses it; through the gateway the site still says where it is browsed."""
    with serve_jira(state, email=EMAIL, token=TOKEN, scoped_token=True) as jira:
        assert ask(jira, "myself")[0] == 401
        through = SimulatedJira(jira.gateway_url, state)
        assert ask(through, "myself")[0] == 200
        assert ask(through, "serverInfo")[1]["baseUrl"] == jira.url


def test_any_custom_field_can_be_asked_for_by_its_id(jira: SimulatedJira, state: JiraState) -> None:
    """`field` tells two of one name apart by their schema, and `field/search` lists them too."""
    state.add_field("customfield_10077", "Severity", "com.example:select", "option")
    state.edit("PAY-1", at=START + timedelta(days=1), by="ana", custom={"customfield_10077": "Sev 1"})
    (listed,) = [each for each in ask(jira, "field")[1] if each["id"] == "customfield_10077"]
    assert listed == {
        "id": "customfield_10077",
        "key": "customfield_10077",
        "name": "Severity",
        "custom": True,
        "orderable": True,
        "navigable": True,
        "searchable": True,
        "clauseNames": ["cf[10077]", "Severity"],
        "schema": {"type": "option", "custom": "com.example:select", "customId": 10077},
    }
    schemas = [each["schema"]["custom"] for each in ask(jira, "field")[1] if each["name"] == "Team"]
    assert [schema.rpartition(":")[2] for schema in schemas] == ["atlassian-team", "select"]
    _, page = ask(jira, "field/search", type="custom", maxResults=100)
    assert "customfield_10077" in [each["id"] for each in page["values"]]
    _, issue = ask(jira, "issue/PAY-1", fields="customfield_10077")
    assert issue["fields"]["customfield_10077"]["value"] == "Sev 1"


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
