"""How fast a Jira is asked, how many times at once, and by whose clock."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

import pytest

from pipeline.demo.jira import faults
from pipeline.demo.jira.faults import Fault, Request
from pipeline.demo.jira.site import Deployment
from pipeline.sources.rest import CALLS_AT_ONCE
from tests.sources.clock import StillClock
from tests.sources.jira_served import (
    DEPLOYMENTS,
    add_issues,
    at_call,
    ids_of,
    plain_jira,
    served,
)

both = pytest.mark.parametrize("deployment", DEPLOYMENTS)


class Gauge:
    """Counts the requests that are there at the same time; the first twenty wait for one too many to come."""

    def __init__(self) -> None:
        self.most = 0
        self._here = 0
        self._lock = threading.Lock()
        self._is_too_full = threading.Event()

    def note(self, request: Request) -> Fault | None:
        """A request comes and goes."""
        with self._lock:
            self._here += 1
            self.most = max(self.most, self._here)
            if self._here > CALLS_AT_ONCE:
                self._is_too_full.set()
        self._is_too_full.wait(0.1 if request.number <= 20 else 0)
        with self._lock:
            self._here -= 1
        return None


@both
def test_at_most_four_requests_are_made_at_once(deployment: Deployment) -> None:
    """Four workers read while further ids are searched for: a search waits until one of them is done."""
    state = plain_jira(deployment)
    keys = add_issues(state, 1200)
    gauge = Gauge()
    with served(state, gauge.note, id_page_limit=500, page_limit=500) as jira:

        def ids() -> Iterator[str]:
            for page in jira.site.find_ids("labels = pm"):
                yield from page

        assert len(jira.fetch(ids())) == len(keys)
    assert gauge.most == CALLS_AT_ONCE


def requests_at(clock: StillClock) -> tuple[list[float], faults.Trouble]:
    """A list that takes down when each request comes, in seconds by the clock, and what fills it."""
    at: list[float] = []

    def note(request: Request) -> Fault | None:
        at.append(round(clock.monotonic(), 6))
        return None

    return at, note


@both
def test_the_pace_of_the_settings_is_kept(deployment: Deployment) -> None:
    """With four calls a second each comes a quarter of one after the one before, the first at once."""
    clock = StillClock()
    at, note = requests_at(clock)
    state = plain_jira(deployment)
    with served(state, note, clock=clock, settings={"calls_per_second": 4}) as jira:
        for _ in range(6):
            jira.site.account()
    assert at == [0.0, 0.25, 0.5, 0.75, 1.0, 1.25]


@both
def test_the_pace_of_the_settings_keeps_within_a_limit(deployment: Deployment) -> None:
    """A Jira that allows five calls a second never says 429 to one that is to make no more."""
    state = plain_jira(deployment)
    keys = add_issues(state, 1500)
    with served(state, calls_per_second=5, settings={"calls_per_second": 5}) as jira:
        assert len(jira.fetch(ids_of(state, keys))) == len(keys)
        assert jira.site.report.retries == 0


@both
def test_after_a_429_it_is_asked_more_slowly(deployment: Deployment) -> None:
    """Each further one halves the speed, down to a call in two seconds."""
    clock = StillClock()
    at, note = requests_at(clock)

    def trouble(request: Request) -> Fault | None:
        note(request)
        return faults.too_many_requests(1) if request.number in (2, 4, 6, 8, 10, 12, 14) else None

    with served(plain_jira(deployment), trouble, clock=clock) as jira:
        for _ in range(9):
            jira.site.account()
    # The calls refused are made again after a second, or when their turn comes.
    apart = [round(later - earlier, 6) for earlier, later in pairwise(at)]
    assert apart == [0.0, 1.0, 0.1, 1.0, 0.2, 1.0, 0.4, 1.0, 0.8, 1.0, 1.6, 1.6, 2.0, 2.0, 2.0]


def test_after_a_429_a_slow_pace_of_the_settings_still_holds() -> None:
    """A Jira to be asked every five seconds is not asked more often because it said 429."""
    clock = StillClock()
    at, note = requests_at(clock)

    def trouble(request: Request) -> Fault | None:
        note(request)
        return faults.too_many_requests(1) if request.number == 1 else None

    with served(plain_jira(), trouble, clock=clock, settings={"calls_per_second": 0.2}) as jira:
        jira.site.account()
        jira.site.account()
    assert at == [0.0, 5.0, 10.0]


@both
def test_a_limit_that_nobody_told_of_is_found_out(deployment: Deployment) -> None:
    """A Jira that allows two calls a second is read whole all the same, after a few refusals."""
    state = plain_jira(deployment)
    keys = add_issues(state, 1500)
    with served(state, calls_per_second=2) as jira:
        assert len(jira.fetch(ids_of(state, keys))) == len(keys)
        assert 1 <= jira.site.report.retries <= 12
        assert len(jira.jira.requests) == 15 + jira.site.report.retries


class SharedClock(StillClock):
    """Time passes once for all workers that wait, and when all of them do."""

    def __init__(self) -> None:
        super().__init__()
        self._together = threading.Barrier(CALLS_AT_ONCE, timeout=10)
        self._are_up = threading.Event()

    def sleep(self, seconds: float) -> None:
        """Pass the time, the first time together with the others."""
        if self._are_up.is_set():
            super().sleep(seconds)
        elif self._together.wait() == 0:
            super().sleep(seconds)
            self._are_up.set()
        else:
            self._are_up.wait(10)


@both
def test_what_is_asked_of_one_worker_holds_for_all(deployment: Deployment) -> None:
    """After 429 with a hundred seconds, said to all four, none asks before; and it is counted as one wait."""
    clock = SharedClock()
    at, note = requests_at(clock)
    state = plain_jira(deployment)
    keys = add_issues(state, 1200)
    gathered = threading.Barrier(CALLS_AT_ONCE, timeout=10)

    def trouble(request: Request) -> Fault | None:
        note(request)
        if request.number > CALLS_AT_ONCE:
            return None
        gathered.wait()
        return faults.too_many_requests(100)

    with served(state, trouble, clock=clock) as jira:
        assert len(jira.fetch(ids_of(state, keys))) == len(keys)
        report = jira.site.report
    assert at[:CALLS_AT_ONCE] == [0.0] * CALLS_AT_ONCE
    assert min(at[CALLS_AT_ONCE:]) >= 100
    assert (report.retries, report.waited_seconds) == (CALLS_AT_ONCE, 100)


# --- clocks -----------------------------------------------------------------------------------------------


wrong_by_an_hour = pytest.mark.parametrize("hours", [-1, 1])


@both
@wrong_by_an_hour
def test_a_date_to_come_again_is_read_by_the_clock_that_wrote_it(deployment: Deployment, hours: int) -> None:
    """Jira's clock is an hour off, or ours is: 42 seconds after its answer are 42 seconds."""
    again = StillClock().began_at.replace(tzinfo=None) + timedelta(hours=hours, seconds=42)
    trouble = at_call(1, faults.too_many_requests(again))
    with served(plain_jira(deployment), trouble, hours_ahead=hours) as jira:
        jira.site.account()
    assert jira.clock.waits == [42.0]


@both
@wrong_by_an_hour
def test_when_it_began_is_told_by_jiras_clock(deployment: Deployment, hours: int) -> None:
    """Only Jira's own time says what changed before: the first answer's, less its time on the way."""
    with served(plain_jira(deployment), at_call(2, faults.unavailable(600)), hours_ahead=hours) as jira:
        jira.site.account()
        jira.site.account()
        told = jira.site.report.site_at
    assert told is not None
    there = StillClock().began_at.replace(tzinfo=None) + timedelta(hours=hours)
    assert there - timedelta(seconds=10) < told <= there - timedelta(seconds=1)
