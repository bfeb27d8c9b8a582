"""What goes wrong with a Jira: what passes is waited out politely, and what does not ends the run."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from pydantic import SecretStr

from pipeline.demo.jira import faults
from pipeline.demo.jira.faults import Fault, Request
from pipeline.demo.jira.server import serve_jira
from pipeline.demo.jira.site import Deployment
from pipeline.errors import JiraError
from pipeline.sources.jira.site import open_site
from pipeline.sources.rest import CALLS_AT_ONCE, WAITING_BUDGET_SECONDS
from tests.sources.clock import StillClock
from tests.sources.jira_served import (
    ACCOUNT,
    DEPLOYMENTS,
    TOKEN,
    add_issues,
    at_call,
    ids_of,
    jira_settings,
    plain_jira,
    served,
)

both = pytest.mark.parametrize("deployment", DEPLOYMENTS)
NOON = StillClock().began_at.replace(tzinfo=None)


def too_fast(*headers: tuple[str, str]) -> Fault:
    """A 429 with these headers alone."""
    return Fault("status", 429, headers)


def seconds_later(seconds: int) -> datetime:
    """By the clock of the tests."""
    return NOON + timedelta(seconds=seconds)


@both
@pytest.mark.parametrize(
    ("fault", "waited"),
    [
        (faults.too_many_requests(17), 17),
        (faults.too_many_requests(300), 300),
        (faults.too_many_requests(seconds_later(42)), 42),
        (faults.too_many_requests(seconds_later(-3600)), 1),
        (faults.too_many_requests(0), 1),
        (faults.too_many_requests(None), 2),
        (too_fast(("Retry-After", "2.5")), 2.5),
        (too_fast(("Retry-After", "soon")), 2),
        (too_fast(("X-RateLimit-Reset", "2024-06-01T12:00:21Z")), 21),
        (too_fast(("X-RateLimit-Reset", "2024-06-01T12:01Z")), 60),
        (too_fast(("Retry-After", "3"), ("X-RateLimit-Reset", "2024-06-01T13:00Z")), 3),
        (too_fast(("Retry-After", "0"), ("X-RateLimit-Interval-Seconds", "30")), 30),
        (too_fast(("Retry-After", "40"), ("X-RateLimit-Interval-Seconds", "30")), 40),
        (faults.unavailable(5), 5),
        (faults.unavailable(seconds_later(9)), 9),
        (faults.unavailable(), 2),
        (faults.server_error(500), 2),
        (faults.server_error(502), 2),
        (faults.server_error(504), 2),
        (faults.connection_reset(), 2),
        (faults.truncated(), 2),
        (faults.bad_gzip(), 2),
        (faults.web_page(), 2),
        (faults.empty_body(), 2),
        (faults.warning(), 2),
        (faults.missing_field("status"), 2),
    ],
)
def test_a_passing_trouble_is_waited_out(deployment: Deployment, fault: Fault, waited: float) -> None:
    """One failed answer is asked for again, after as long as Jira says or a little, and costs no issue."""
    state = plain_jira(deployment)
    keys = add_issues(state, 3)
    told: list[str] = []
    with served(state, at_call(2, fault), tell=told.append) as jira:
        jira.site.account()
        assert sorted(jira.fetch(ids_of(state, keys))) == keys
        report = jira.site.report
    assert (report.calls, report.retries, report.waited_seconds) == (3, 1, waited)
    assert jira.clock.waits == [waited]
    assert len(told) == 1
    assert told[0].endswith(f"; asking again in {waited:.0f} s")


@both
def test_a_jira_that_hangs_is_given_up(deployment: Deployment) -> None:
    """A request without an answer ends after the time of the settings, and is made again."""
    state = plain_jira(deployment)
    keys = add_issues(state, 2)
    with served(state, at_call(1, faults.stalled()), settings={"request_timeout_seconds": 1}) as jira:
        assert sorted(jira.fetch(ids_of(state, keys))) == keys
    assert jira.clock.waits == [2.0]


@both
def test_trouble_that_does_not_pass_ends_the_run(deployment: Deployment) -> None:
    """Five failures in a row, each waited for twice as long as the one before, are enough."""
    with served(plain_jira(deployment), lambda request: faults.unavailable()) as jira:
        with pytest.raises(JiraError) as error:
            jira.site.account()
        assert str(error.value) == f"jira: {jira.jira.url} answered 503, 5 times in a row; run again later"
    assert jira.clock.waits == [2.0, 4.0, 8.0, 16.0]
    assert len(jira.jira.requests) == 5


def test_a_jira_that_cannot_be_reached_is_told() -> None:
    """Where nothing answers, or an answer is no HTTP, the sentence says so."""
    with served(plain_jira()) as jira:
        pass
    with pytest.raises(JiraError, match=r"cannot be reached or does not answer, 5 times in a row"):
        jira.site.account()


def test_another_scheme_than_the_server_speaks_is_no_bad_certificate() -> None:
    """It is told at once, with the scheme to put there, and not tried again."""
    clock = StillClock()
    with serve_jira(plain_jira(), email=ACCOUNT, token=TOKEN) as jira:
        secured = jira.url.replace("http://", "https://")
        settings = jira_settings(jira).model_copy(update={"url": secured})
        with pytest.raises(JiraError, match=f"{secured} does not speak https; put http:// there"):
            open_site(settings, SecretStr(TOKEN), clock=clock).account()
    assert clock.waits == []


@both
def test_a_run_has_a_budget_of_waiting(deployment: Deployment) -> None:
    """A wait longer than a run has patience for ends it at once; many short ones do when they add up."""
    with (
        served(plain_jira(deployment), lambda request: faults.too_many_requests(7200)) as jira,
        pytest.raises(
            JiraError,
            match=r"answered 429 and asks for 7200 s, more patience than a run has; run again later",
        ),
    ):
        jira.site.account()
    assert (len(jira.jira.requests), jira.clock.waits) == (1, [])

    def every_other(request: Request) -> Fault | None:
        return faults.too_many_requests(100) if request.number % 2 else None

    with served(plain_jira(deployment), every_other) as jira:
        for _ in range(9):
            jira.site.account()
        with pytest.raises(JiraError, match="asks for 100 s, more patience than a run has"):
            jira.site.account()
    assert jira.site.report.waited_seconds == WAITING_BUDGET_SECONDS == 900


DEAD = (
    "refuses the token of {account}; make a new one and put it where jira.token_env or jira.token_file says"
)
REFUSALS = (
    (faults.unauthorized(), DEAD),
    (Fault("status", 401), DEAD),
    (faults.expired_token(), DEAD),
    (faults.captcha(), "wants a captcha from {account}; sign in once in a browser"),
    (Fault("status", 403), "forbids this to {account} ({path}); give it the right to browse the projects"),
    (
        Fault("status", 302, (("Location", "https://sso.example/"),)),
        "sends elsewhere; put the address of the Jira itself, with https://",
    ),
    (
        Fault("status", 410),
        "answered 410 to {path}: Simulated 410; see whether jira.url is the address of a Jira",
    ),
)


@both
@pytest.mark.parametrize(("fault", "told"), REFUSALS)
def test_a_refusal_stops_at_once(deployment: Deployment, fault: Fault, told: str) -> None:
    """What another try cannot mend is one sentence after one request, without waiting."""
    state = plain_jira(deployment)
    add_issues(state, 3)
    path = "search/jql" if deployment == "cloud" else "search"
    with served(state, lambda request: fault) as jira:
        with pytest.raises(JiraError) as error:
            jira.find("labels = pm")
        sentence = told.format(account="reports@example.com", path=path)
        key = "jira.url" if "elsewhere" in told else "jira"
        assert str(error.value) == f"{key}: {jira.jira.url} {sentence}"
    assert (len(jira.jira.requests), jira.clock.waits) == (1, [])


@both
def test_an_address_without_a_jira_is_told(deployment: Deployment) -> None:
    """A page for people instead of the first answer is another site, or a sign-in before it: told at once."""
    with served(plain_jira(deployment), lambda request: faults.web_page()) as jira:
        with pytest.raises(JiraError) as error:
            jira.site.account()
        assert str(error.value) == (
            f"jira: {jira.jira.url} answers with a web page instead of data; see whether jira.url is the "
            "address of the Jira itself, and needs no other sign-in"
        )
    assert (len(jira.jira.requests), jira.clock.waits) == (1, [])


@both
@pytest.mark.parametrize(
    "fault",
    [
        faults.unauthorized(),
        faults.expired_token(),
        faults.captcha(),
        Fault("status", 403),
        Fault("status", 302, (("Location", "https://sso.example/"),)),
    ],
)
def test_a_refusal_stops_all_workers(deployment: Deployment, fault: Fault) -> None:
    """With four at work at most four further requests are made after the first refusal, and none later."""
    state = plain_jira(deployment)
    keys = add_issues(state, 1500)
    gathered = threading.Barrier(CALLS_AT_ONCE, timeout=10)

    def trouble(request: Request) -> Fault | None:
        if 5 <= request.number < 5 + CALLS_AT_ONCE:
            gathered.wait()  # all workers are at it when the first is refused
        return fault if request.number >= 5 else None

    with served(state, trouble) as jira:
        with pytest.raises(JiraError, match=r"refuses the token|captcha|forbids this|sends elsewhere"):
            jira.fetch(ids_of(state, keys))
        count = len(jira.jira.requests)
        with pytest.raises(JiraError, match=r"refuses the token|captcha|forbids this|sends elsewhere"):
            jira.fetch(ids_of(state, keys[:500]))
        assert len(jira.jira.requests) == count
    assert count <= 5 + 4
    assert jira.clock.waits == []


def test_a_failure_of_a_worker_wakes_those_that_wait() -> None:
    """One waits, another is refused: the run ends with the refusal, and nobody asks again."""
    state = plain_jira()
    keys = add_issues(state, 400)
    clock = WaitingClock()

    def trouble(request: Request) -> Fault | None:
        if request.number == 1:
            return faults.server_error(500)
        if request.number == 2:
            clock.somebody_waits.wait(10)
            return faults.captcha()
        return None

    with served(state, trouble, clock=clock) as jira, pytest.raises(JiraError, match="wants a captcha"):
        jira.fetch(ids_of(state, keys))
    assert len(jira.jira.requests) <= 4


class WaitingClock(StillClock):
    """Whoever waits does so until woken."""

    def __init__(self) -> None:
        super().__init__()
        self.somebody_waits = threading.Event()

    def sleep(self, seconds: float) -> None:
        """Wait for the end."""
        self.somebody_waits.set()
        assert self._woken.wait(10)
