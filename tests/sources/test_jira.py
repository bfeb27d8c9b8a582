"""Following issues in Jira, over real HTTP: nothing lost, nothing taken on trust, nothing said twice."""

from __future__ import annotations

import csv
import json
import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from pipeline.demo.jira.faults import Fault, Request
from pipeline.demo.jira.query import QueryError
from pipeline.demo.jira.server import SimulatedJira, serve_jira
from pipeline.demo.jira.state import JiraState
from pipeline.errors import JiraError
from pipeline.settings import Jira
from pipeline.sources.jira import FIELDS, FetchedIssue, JiraSource, _without_order

EMAIL = "reports@example.com"
TOKEN = "planted-s3cret"
START = datetime(2024, 3, 1, 9, 30)


def site() -> JiraState:
    """A Jira with one project, two people and the statuses of a plain workflow."""
    state = JiraState()
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


def issues(state: JiraState, count: int, project: str = "PAY") -> list[str]:
    """`count` labelled issues, a minute apart; returns their keys."""
    return [
        state.create_issue(
            project,
            f"Promise {n}",
            at=START + timedelta(minutes=n),
            status_id="1",
            reporter="ana",
            labels=["pm"],
        )
        for n in range(count)
    ]


class Sync:
    """A Jira being served, and what syncs with it yield."""

    def __init__(self, jira: SimulatedJira) -> None:
        self.jira = jira
        self.waits: list[float] = []
        self.source = self.new_source()

    def new_source(self, **more: Any) -> JiraSource:
        """A source signed in to the served Jira, which waits without sleeping."""
        given = {"url": self.jira.url, "email": EMAIL, "jql": "labels = pm"} | more
        self.source = JiraSource(
            Jira.model_validate(given),
            SecretStr(TOKEN),
            sleep=self.waits.append,
            clock=lambda: datetime(2024, 6, 1, 12, 0, tzinfo=UTC),
        )
        return self.source

    def fetch(
        self,
        keys: list[str] | None = None,
        known: dict[str, datetime] | None = None,
        since: datetime | None = None,
        **more: Any,
    ) -> dict[str, FetchedIssue]:
        """What one sync yields, by key."""
        source = self.new_source(**more)
        batches = source.fetch_issues(keys or [], known=known or {}, updated_since=since)
        return {issue.issue_key: issue for batch in batches for issue in batch}

    def paths(self) -> list[str]:
        """The paths asked for, without the part they share."""
        return [request.path.removeprefix("/rest/api/2/").partition("?")[0] for request in self.jira.requests]


@contextmanager
def served(
    state: JiraState, trouble: Callable[[Request], Fault | None] | None = None, **more: Any
) -> Iterator[Sync]:
    """`state` served to a Sync."""
    with serve_jira(state, email=EMAIL, token=TOKEN, trouble=trouble, **more) as jira:
        yield Sync(jira)


def at_call(number: int, fault: Fault) -> Callable[[Request], Fault | None]:
    """The fault at that request only."""
    return lambda request: fault if request.number == number else None


def test_an_issue_comes_with_its_whole_history() -> None:
    """An issue is yielded as Jira has it, with every changelog entry and no inline changelog."""
    state = site()
    (key,) = issues(state, 1)
    state.transition(key, "2", at=START + timedelta(days=1), by="ana")
    state.edit(key, at=START + timedelta(days=2), by="ana", due_on=date(2024, 4, 1), priority="High")
    state.transition(key, "3", at=START + timedelta(days=3), by="ana", resolution="Done")
    with served(state) as sync:
        fetched = sync.fetch()
    issue = fetched[key]
    held = state.find(key)
    assert held is not None
    assert (issue.issue_id, issue.updated_at, issue.history_complete) == (
        held.issue_id,
        START + timedelta(days=3),
        True,
    )
    assert issue.histories == held.histories
    assert issue.payload == state.payload(held, set(FIELDS))
    assert issue.payload["fields"]["resolution"]["name"] == "Done"
    assert issue.payload["fields"]["duedate"] == "2024-04-01"
    assert list(fetched) == [key]


def test_pages_are_followed_to_their_end() -> None:
    """Short pages, each with a successor, lose no issue: all 230 come, each once."""
    state = site()
    keys = issues(state, 230)
    with served(state, page_limit=40, short_pages=True) as sync:
        batches = list(sync.source.fetch_issues([], known={}, updated_since=None))
    assert [issue.issue_key for batch in batches for issue in batch] == keys


def test_histories_split_over_pages_are_put_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """60 changes of one issue, more than Jira sends inline, come whole though pages end within it."""
    monkeypatch.setattr("pipeline.sources.jira.HISTORIES_PER_PAGE", 7)
    state = site()
    keys = issues(state, 3)
    for n in range(60):
        state.edit(keys[1], at=START + timedelta(hours=n), by="ana", summary=f"Version {n}")
    state.transition(keys[2], "2", at=START + timedelta(days=9), by="ana")
    with served(state) as sync:
        fetched = sync.fetch()
    assert [len(fetched[key].histories) for key in keys] == [0, 60, 1]


def test_every_project_is_listed() -> None:
    """The keys of all projects come, page by page, in order."""
    state = site()
    for number in range(120):
        state.add_project(f"P{number:03}", f"Project {number}")
    with served(state) as sync:
        assert sync.source.projects() == ["OPS", *(f"P{number:03}" for number in range(120)), "PAY"]
        assert sync.paths() == ["project/search"] * 3


def test_linked_keys_are_fetched_besides_the_search() -> None:
    """Keys of documents come though the JQL does not find them; a key in both comes once."""
    state = site()
    labelled = issues(state, 2)
    other = state.create_issue("OPS", "Elsewhere", at=START, status_id="1", reporter="ana")
    with served(state) as sync:
        fetched = sync.fetch([other, labelled[0]])
        assert sorted(fetched) == sorted([*labelled, other])
        assert sync.source.report.issues_seen == 3


def test_what_jira_does_not_show_is_absent() -> None:
    """Deleted, hidden and never given keys are told apart from moved ones, which are followed."""
    state = site()
    keys = issues(state, 4)
    state.delete(keys[0])
    state.hide(keys[1])
    moved = state.move(keys[2], "OPS", at=START + timedelta(days=1), by="ana")
    with served(state) as sync:
        fetched = sync.fetch([*keys, "PAY-99"], jql=None)
        assert sorted(fetched) == sorted([moved, keys[3]])
        assert sync.source.absent_keys == {keys[0], keys[1], "PAY-99"}


def test_nothing_changed_costs_no_history() -> None:
    """A second sync asks what may have changed and which there are, four calls, and for no history."""
    state = site()
    issues(state, 5)
    with served(state) as sync:
        first = sync.fetch()
        known = {issue.issue_id: issue.updated_at for issue in first.values()}
        del sync.jira.requests[:]
        assert sync.fetch(known=known, since=START + timedelta(days=30)) == {}
        assert sync.paths() == ["myself", "search/jql", "search/jql", "myself"]


def test_the_overlap_catches_what_the_search_saw_late() -> None:
    """A change up to twelve hours before the last sync began is still found by the next one."""
    state = site()
    early, late = issues(state, 2)
    began = START + timedelta(days=10)
    state.edit(late, at=began - timedelta(hours=11), by="ana", summary="Changed")
    with served(state) as sync:
        known = {issue.issue_id: issue.updated_at for issue in state.visible()}
        known[state.visible()[1].issue_id] = START
        assert list(sync.fetch(known=known, since=began)) == [late]
        jql = next(
            request.body["jql"] for request in sync.jira.requests if request.path.endswith("search/jql")
        )
        since = int((began - timedelta(hours=12)).replace(tzinfo=UTC).timestamp() * 1000)
        assert jql == f"(labels = pm) AND updated >= {since} ORDER BY created, key"
    assert early not in jql


def test_an_order_of_the_settings_gives_way_to_a_stable_one() -> None:
    """A JQL with OR and its own ORDER BY is taken as a whole, in an order no change disturbs."""
    state = site()
    keys = issues(state, 3)
    with served(state) as sync:
        assert list(sync.fetch(jql="project = OPS or labels = pm order by updated DESC", since=START)) == keys


def test_the_calls_of_a_first_sync_are_few() -> None:
    """1,000 issues cost ten search pages, one history page and two looks at who is signed in."""
    state = site()
    issues(state, 1000)
    with served(state) as sync:
        assert len(sync.fetch()) == 1000
        paths = sync.paths()
    assert {path: paths.count(path) for path in paths} == {
        "myself": 2,
        "search/jql": 10,
        "changelog/bulkfetch": 1,
    }


@pytest.mark.parametrize(
    ("fault", "waited"),
    [
        (Fault("status", 429, (("Retry-After", "17"),)), [17.0]),
        (Fault("status", 429, (("Retry-After", "Sat, 01 Jun 2024 12:00:42 GMT"),)), [42.0]),
        (Fault("status", 429, (("Retry-After", "0"),)), [1.0]),
        (Fault("status", 429), [2.0]),
        (Fault("status", 503, (("Retry-After", "5"),)), [5.0]),
        (Fault("status", 500), [2.0]),
        (Fault("status", 502), [2.0]),
        (Fault("reset"), [2.0]),
        (Fault("truncate"), [2.0]),
        (Fault("html"), [2.0]),
        (Fault("empty"), [2.0]),
        (Fault("warn"), [2.0]),
        (Fault("drop_field", field="status"), [2.0]),
    ],
    ids=lambda value: f"{value.kind}-{value.status}" if isinstance(value, Fault) else None,
)
def test_a_passing_trouble_is_waited_out(fault: Fault, waited: list[float]) -> None:
    """One failed answer is asked for again, after as long as Jira says, and costs no issue."""
    state = site()
    keys = issues(state, 3)
    with served(state, at_call(2, fault)) as sync:
        assert sorted(sync.fetch()) == keys
        assert sync.waits == waited
        assert (sync.source.report.retries, sync.source.report.waited_seconds) == (1, sum(waited))


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (Fault("status", 401), "refuses the token of reports@example.com; make a new one and put it where"),
        (Fault("expired"), "refuses the token of reports@example.com; make a new one and put it where"),
        (
            Fault("status", 403),
            "forbids this to reports@example.com (search/jql); give it the right to browse the projects",
        ),
        (
            Fault("status", 403, (("X-Authentication-Denied-Reason", "CAPTCHA_CHALLENGE; login-url=x"),)),
            "wants a captcha from reports@example.com; sign in once in a browser",
        ),
        (Fault("status", 302, (("Location", "https://sso.example/"),)), "put the address of the Jira itself"),
        (Fault("status", 410), "answered 410 to search/jql: Simulated 410; see whether jira.url is"),
    ],
    ids=lambda value: f"{value.kind}-{value.status}" if isinstance(value, Fault) else None,
)
def test_a_refusal_stops_at_once(fault: Fault, told: str) -> None:
    """What another try cannot mend is one sentence, without waiting and without an empty success."""
    state = site()
    issues(state, 3)

    def trouble(request: Request) -> Fault | None:
        return fault if request.path.endswith("search/jql") else None

    with served(state, trouble) as sync, pytest.raises(JiraError) as error:
        sync.fetch()
    assert told in str(error.value)
    assert str(error.value).startswith("jira")
    assert sync.waits == []


def test_a_repeated_page_token_is_no_endless_walk() -> None:
    """A Jira that hands out the same token again is an error, after the pages it could be read."""
    state = site()
    issues(state, 5)

    def again(request: Request) -> Fault | None:
        return Fault("repeat_token") if request.path.endswith("search/jql") and request.number > 2 else None

    with (
        served(state, again, page_limit=2) as sync,
        pytest.raises(JiraError, match="repeats a page token; run again"),
    ):
        sync.fetch()


def test_an_account_that_lost_its_rights_half_way_is_noticed() -> None:
    """A token that dies after the search fails the sync, though every page looked well."""
    state = site()
    issues(state, 3)

    def dies(request: Request) -> Fault | None:
        return Fault("expired") if request.path.endswith("myself") and request.number > 1 else None

    with served(state, dies) as sync, pytest.raises(JiraError, match="refuses the token"):
        sync.fetch()


@pytest.mark.parametrize("jql", [None, "labels = pm"])
@pytest.mark.parametrize("since", [None, START + timedelta(days=9)])
def test_everything_gone_at_once_is_an_error(jql: str | None, since: datetime | None) -> None:
    """When nothing that was known shows any more, rights were lost: nothing is taken for deleted."""
    state = site()
    keys = issues(state, 3)
    known = {issue.issue_id: issue.updated_at for issue in state.visible()}
    for key in keys:
        state.hide(key)
    with (
        served(state) as sync,
        pytest.raises(JiraError, match="shows none of the 3 issues it showed before; see whether"),
    ):
        sync.fetch(keys if jql is None else [], known=known, since=since, jql=jql)


def test_the_only_linked_issue_may_be_deleted() -> None:
    """One linked issue that is gone is absent, while others that were known still show."""
    state = site()
    gone, kept = issues(state, 2)
    known = {issue.issue_id: issue.updated_at for issue in state.visible()}
    state.delete(gone)
    with served(state) as sync:
        assert sync.fetch([gone], known=known, jql=None) == {}
        assert sync.source.absent_keys == {gone}
    assert state.find(kept) is not None


def test_many_absent_keys_cost_few_calls() -> None:
    """90 keys that Jira does not show cost one more call than 90 that it shows."""
    state = site()
    keys = issues(state, 10)
    with served(state) as sync:
        sync.fetch([*keys, *(f"PAY-{n}" for n in range(100, 190))], jql=None)
        assert sync.paths().count("issue/bulkfetch") == 2
        assert len(sync.source.absent_keys) == 90


def test_a_widened_jql_brings_what_was_not_changed_since() -> None:
    """Issues that the JQL finds only since it was changed come, though they are older than the last sync."""
    state = site()
    labelled = issues(state, 2)
    old = state.create_issue("OPS", "Old", at=START, status_id="1", reporter="ana")
    known = {state.visible()[n].issue_id: state.visible()[n].updated_at for n in range(2)}
    with served(state) as sync:
        wider = "labels = pm OR project = OPS"
        assert list(sync.fetch(known=known, since=START + timedelta(days=9), jql=wider)) == [old]
    assert old not in labelled


def test_nothing_is_yielded_after_rights_were_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """Histories that came empty because rights were lost are not handed out as whole."""
    monkeypatch.setattr("pipeline.sources.jira.ISSUES_PER_HISTORY_FETCH", 2)
    state = site()
    for key in issues(state, 5):
        state.transition(key, "2", at=START + timedelta(days=1), by="ana")

    def lost(request: Request) -> Fault | None:
        if request.path.endswith("changelog/bulkfetch"):
            for issue in list(state.issues.values()):
                state.hide(issue.key)
        return Fault("expired") if request.number > 2 and request.path.endswith("myself") else None

    with served(state, lost) as sync:
        batches = sync.source.fetch_issues([], known={}, updated_since=None)
        with pytest.raises(JiraError, match="refuses the token"):
            next(batches)


def test_a_field_the_project_does_not_have_is_no_failure() -> None:
    """Where a project hides a field, its issues come without it, confirmed by failFast; others have it."""
    state = site()
    state.hide_field("OPS", "duedate")
    (plain,) = issues(state, 1)
    (bare,) = issues(state, 1, "OPS")
    with served(state) as sync:
        fetched = sync.fetch()
        confirming = [request.path for request in sync.jira.requests if "failFast=true" in request.path]
    assert fetched[plain].payload["fields"]["duedate"] is None
    assert "duedate" not in fetched[bare].payload["fields"]
    assert len(confirming) == 1
    assert fetched.keys() == {plain, bare}


def test_a_field_that_failed_to_load_is_read_again() -> None:
    """A field missing from one answer comes with the next; one that stays missing fails the sync."""
    state = site()
    (key,) = issues(state, 1)
    state.edit(key, at=START + timedelta(days=1), by="ana", due_on=date(2024, 5, 1))
    with served(state, at_call(2, Fault("drop_field", field="duedate"))) as sync:
        assert sync.fetch()[key].payload["fields"]["duedate"] == "2024-05-01"
    with (
        served(state, lambda request: Fault("drop_field", field="duedate")) as sync,
        pytest.raises(JiraError, match="answered 500, 5 times in a row"),
    ):
        sync.fetch()


def test_a_jira_that_hangs_is_given_up() -> None:
    """A request without an answer ends after the configured time, and is asked for again."""
    state = site()
    keys = issues(state, 2)
    with served(state, at_call(2, Fault("stall"))) as sync:
        source = sync.new_source()
        source._session._account = replace(source._session._account, timeout_seconds=0.1)
        began = time.monotonic()
        batches = source.fetch_issues([], known={}, updated_since=None)
        assert [issue.issue_key for batch in batches for issue in batch] == keys
        assert sync.waits == [2.0]
        assert time.monotonic() - began < 2


def test_trouble_that_does_not_pass_ends_the_run() -> None:
    """Five failures in a row, or a wait longer than a run has patience for, end the sync with a sentence."""
    state = site()
    with served(state, lambda request: Fault("status", 503)) as sync:
        with pytest.raises(JiraError, match=r"answered 503, 5 times in a row; run again later"):
            sync.fetch()
        assert sync.waits == [2.0, 4.0, 8.0, 16.0]
    with (
        served(state, lambda request: Fault("status", 429, (("Retry-After", "7200"),))) as sync,
        pytest.raises(JiraError, match="asks for 7200 s, more patience than a run has"),
    ):
        sync.fetch()


def test_a_mistake_in_the_jql_is_told_in_jiras_words() -> None:
    """A JQL that Jira refuses is an error with Jira's own reason, never zero issues."""
    with (
        served(site()) as sync,
        pytest.raises(JiraError, match=r"400 to search/jql: .*'NOPE' does not exist"),
    ):
        sync.fetch(jql="project = NOPE")


def test_an_address_without_a_jira_is_told() -> None:
    """A page that answers but is no Jira is an error naming the setting, at once."""

    def elsewhere(request: Request) -> Fault | None:
        return Fault("html")

    with served(site(), elsewhere) as sync:
        with pytest.raises(JiraError, match=r"web page instead of data; see whether jira\.url is"):
            sync.fetch()
        assert sync.waits == []


def test_a_gateway_address_with_a_path_is_kept() -> None:
    """An API gateway's address, `…/ex/jira/<site>`, is asked under its own path."""
    state = site()
    keys = issues(state, 1)
    with served(state) as sync:
        assert list(sync.fetch(url=f"{sync.jira.url}/ex/jira/0a1b-2c")) == keys
        assert sync.jira.requests[0].path == "/ex/jira/0a1b-2c/rest/api/2/myself"


@pytest.mark.parametrize("token", ["two words", "line\nbreak", "caf\u00e9", "em\u2014dash"])
def test_a_token_that_can_be_none_is_told_without_being_shown(token: str) -> None:
    """A token copied with a space, a line break or a letter outside ASCII is an error that hides it."""
    source = JiraSource(Jira(url="http://127.0.0.1:9", email=EMAIL), SecretStr(token))
    with pytest.raises(JiraError, match="copy it once more") as error:
        source.statuses()
    assert token not in str(error.value)


def test_a_password_in_the_address_is_not_repeated() -> None:
    """An address with a user and password in it is shown without them."""
    settings = Jira(url="http://ana:hidden-word@127.0.0.1:9", email=EMAIL)
    source = JiraSource(settings, SecretStr(TOKEN), sleep=lambda seconds: None)
    with pytest.raises(JiraError, match=r"http://127\.0\.0\.1:9 cannot be reached") as error:
        source.statuses()
    assert "hidden-word" not in str(error.value)


def test_jiras_own_words_come_in_one_line_without_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """An error text that spans lines or echoes the token is shown as one line without it."""
    state = site()
    message = f"You sent {TOKEN}\nand that is wrong."

    def refuse(*args: object, **more: object) -> None:
        raise QueryError(message)

    monkeypatch.setattr("pipeline.demo.jira.answers.Query", refuse)
    with served(state) as sync, pytest.raises(JiraError) as error:
        sync.fetch()
    assert "400 to search/jql: You sent … and that is wrong; mend jira.jql" in str(error.value)


@pytest.mark.parametrize(
    ("jql", "condition"),
    [
        ("labels = pm", "labels = pm"),
        ("labels = pm ORDER BY created", "labels = pm"),
        ('labels = pm order by "Story Points" DESC', "labels = pm"),
        ("summary ~ 'sort order by date'", "summary ~ 'sort order by date'"),
        ('summary ~ "order by \\"x\\"" ORDER BY key', 'summary ~ "order by \\"x\\""'),
    ],
)
def test_only_an_order_outside_quotes_is_taken_off(jql: str, condition: str) -> None:
    """ORDER BY is recognised as JQL does, never within a quoted text."""
    assert _without_order(jql) == condition


def test_a_bearer_token_needs_no_email() -> None:
    """Without an email the token is sent as a bearer token."""
    state = site()
    keys = issues(state, 1)
    with served(state) as sync:
        assert list(sync.fetch(email=None)) == keys


def test_the_token_is_in_no_error_and_no_log(caplog: pytest.LogCaptureFixture) -> None:
    """Whatever goes wrong, neither the error, its causes, nor any log record at any level holds the token."""
    caplog.set_level(logging.DEBUG)
    faults = [
        Fault("status", status, (("Set-Cookie", "session=x"),))
        for status in (400, 401, 403, 404, 410, 429, 500)
    ] + [Fault(kind) for kind in ("reset", "truncate", "html", "empty", "expired", "repeat_token")]
    for fault in faults:
        with served(site(), lambda request, fault=fault: fault) as sync:  # type: ignore[misc]
            with pytest.raises(JiraError) as caught:
                sync.fetch()
            error: BaseException | None = caught.value
            while error is not None:
                assert TOKEN not in f"{error!r} {error}"
                error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
            assert TOKEN not in repr(sync.source)
    assert TOKEN not in caplog.text


CHANGES = st.lists(
    st.tuples(
        st.sampled_from(
            ["create", "edit", "move", "transition", "reopen", "comment", "delete", "hide", "show", "sync"]
        ),
        st.integers(0, 9),
    ),
    max_size=25,
)


@settings(max_examples=25, deadline=None)
@given(changes=CHANGES)
def test_after_any_changes_what_was_fetched_is_what_jira_has(changes: list[tuple[str, int]]) -> None:
    """Random changes, with syncs between them: in the end the latest versions equal the Jira, by id."""
    state = site()
    for key in issues(state, 3):
        state.transition(key, "2", at=START + timedelta(hours=1), by="ana")
    held: dict[str, FetchedIssue] = {}
    last_sync: datetime | None = None
    now = START + timedelta(days=1)

    def sync_once(sync: Sync) -> None:
        nonlocal last_sync
        began = now
        known = {issue.issue_id: issue.updated_at for issue in held.values()}
        source = sync.new_source()
        for batch in source.fetch_issues([], known=known, updated_since=last_sync):
            held.update((issue.issue_id, issue) for issue in batch)
        last_sync = began

    with served(state, page_limit=2, short_pages=True) as sync:
        for what, which in changes:
            now += timedelta(hours=5)
            # All but the first: a Jira that shows nothing any more is an error, told elsewhere.
            everything = sorted(state.issues.values(), key=lambda issue: int(issue.issue_id))[1:]
            if what == "sync":
                sync_once(sync)
            elif what == "create":
                state.create_issue("PAY", "New", at=now, status_id="1", reporter="ana", labels=["pm"])
            elif everything:
                key = everything[which % len(everything)].key
                match what:
                    case "edit":
                        state.edit(key, at=now, by="bot", summary=f"Changed {now}")
                    case "move":
                        state.move(key, "OPS" if key.startswith("PAY") else "PAY", at=now, by="ana")
                    case "transition":
                        state.transition(key, "3", at=now, by="ana", resolution="Done")
                    case "reopen":
                        state.transition(key, "1", at=now, by="ana", keep_resolution=True)
                    case "comment":
                        state.comment(key, "Still on it", at=now, by="ana")
                    case "delete":
                        state.delete(key)
                    case "hide":
                        state.hide(key)
                    case "show":
                        state.hide(key, hidden=False)
                        state.edit(key, at=now, by="ana", summary=f"Shown {now}")
        now += timedelta(hours=5)
        sync_once(sync)
    for issue in state.visible():
        assert held[issue.issue_id].payload == state.payload(issue, set(FIELDS))
        assert held[issue.issue_id].issue_key == issue.key
        assert held[issue.issue_id].histories == issue.histories


PASSING = st.sampled_from(
    [
        Fault("status", 429, (("Retry-After", "3"),)),
        Fault("status", 503),
        Fault("reset"),
        Fault("truncate"),
        Fault("empty"),
        Fault("warn"),
        Fault("drop_field", field="updated"),
        Fault("drop_field", field="duedate"),
    ]
)


@settings(max_examples=12, deadline=None)
@given(
    faults=st.dictionaries(st.integers(2, 30), PASSING, max_size=6),
    changes=st.dictionaries(st.integers(2, 30), st.integers(0, 5), max_size=6),
    page_limit=st.integers(1, 4),
)
def test_troubles_and_changes_during_a_sync_lose_nothing(
    faults: dict[int, Fault], changes: dict[int, int], page_limit: int
) -> None:
    """Passing troubles and changes between any two answers: after one more sync all is as in the Jira."""
    state = site()
    keys = issues(state, 5)
    keys.append(state.create_issue("OPS", "Linked", at=START, status_id="1", reporter="ana"))
    began = START + timedelta(days=1)

    def trouble(request: Request) -> Fault | None:
        if (which := changes.pop(request.number, None)) is not None:
            at = began + timedelta(minutes=request.number)
            state.edit(keys[which], at=at, by="ana", summary=f"Changed at {at}")
        return faults.get(request.number)

    held: dict[str, FetchedIssue] = {}
    with served(state, trouble, page_limit=page_limit, short_pages=True) as sync:
        for since in (None, began):
            known = {issue.issue_id: issue.updated_at for issue in held.values()}
            for batch in sync.new_source().fetch_issues([keys[5]], known=known, updated_since=since):
                held.update((issue.issue_id, issue) for issue in batch)
            changes.clear()
    for issue in state.visible():
        assert held[issue.issue_id].payload == state.payload(issue, set(FIELDS))
        assert held[issue.issue_id].histories == issue.histories


class RealPayloads(JiraState):
    """A Jira whose issues show what a real one sent; `real` is by numeric id."""

    def __init__(self) -> None:
        super().__init__()
        self.real: dict[str, dict[str, Any]] = {}

    def payload(self, issue: Any, names: set[str] | None) -> dict[str, Any]:
        """The real issue, with the fields asked for."""
        real = self.real[issue.issue_id]
        fields = {name: value for name, value in real["fields"].items() if names is None or name in names}
        return {"id": issue.issue_id, "key": issue.key, "self": real["self"], "fields": fields}


@pytest.mark.corpora
def test_real_payloads_pass_through_unchanged(corpora: Path) -> None:
    """Issues and changelogs as a real Jira Cloud sent them come out as they went in, fields it lacks too."""
    csv.field_size_limit(sys.maxsize)

    def rows(name: str) -> list[dict[str, str]]:
        with (corpora / "jira" / "devlake" / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    state = RealPayloads()
    state.add_status("1", "To Do", "new")
    state.add_project("REAL", "Real")
    for row in rows("_raw_jira_api_issues.csv"):
        real = json.loads(row["data"])
        key = state.create_issue("REAL", "", at=START, status_id="1", reporter="", labels=["pm"])
        issue = state.find(key)
        assert issue is not None
        state.real[issue.issue_id] = real
    histories: dict[str, list[dict[str, Any]]] = {}  # of other issues than those above: lent to these
    for row in rows("_raw_jira_api_issue_changelogs.csv"):
        histories.setdefault(json.loads(row["input"])["issue_id"], []).append(json.loads(row["data"]))
    for issue, entries in zip(state.issues.values(), histories.values(), strict=False):
        issue.histories += entries
    with served(state, page_limit=10, short_pages=True) as sync:
        fetched = sync.fetch()
    assert len(fetched) == len(state.issues) > 30
    for issue in state.visible():
        assert fetched[issue.key].payload == state.payload(issue, set(FIELDS))
        assert {entry["id"]: entry for entry in fetched[issue.key].histories} == {
            entry["id"]: entry for entry in issue.histories
        }
    assert any(issue.histories for issue in fetched.values())
