"""Several threads ask one Jira: what one of them meets ends all, quickly, and every call is counted once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from pipeline.demo.jira import faults
from pipeline.demo.jira.faults import Fault, Request
from pipeline.demo.jira.site import Deployment
from pipeline.errors import JiraError
from pipeline.sources.rest import CALLS_AT_ONCE
from tests.sources.jira_served import ACCOUNT, DEPLOYMENTS, TOKEN, add_issues, ids_of, plain_jira, served

both = pytest.mark.parametrize("deployment", DEPLOYMENTS)
READS = {"cloud": "issue/bulkfetch", "data_center": "search"}
#: A stalled call would last a minute; the machine may be slow.
SOON_SECONDS = 20


def workers() -> list[threading.Thread]:
    """The threads that ask."""
    return [each for each in threading.enumerate() if each.name.startswith("jira")]


class OthersStall:
    """The first read waits for the other three to have come, and is refused; those are never answered."""

    def __init__(self, endpoint: str, fault: Fault) -> None:
        self._endpoint, self._fault = endpoint, fault
        self._lock = threading.Lock()
        self._reads = 0
        self._all_are_here = threading.Event()

    def __call__(self, request: Request) -> Fault | None:
        """What goes wrong with this request."""
        if request.endpoint != self._endpoint:
            return None
        with self._lock:
            self._reads += 1
            place = self._reads
            if place == CALLS_AT_ONCE:
                self._all_are_here.set()
        if place > 1:
            return faults.stalled()
        self._all_are_here.wait(SOON_SECONDS)
        return self._fault


@both
def test_a_failure_in_one_thread_ends_all_at_once(deployment: Deployment) -> None:
    """With the words of what failed, though the others wait for answers; no thread is left, no call made."""
    state = plain_jira(deployment)
    keys = add_issues(state, 1000)
    began = time.monotonic()
    with served(state, OthersStall(READS[deployment], faults.unauthorized())) as jira:
        with pytest.raises(JiraError, match="refuses the token"):
            jira.fetch(ids_of(state, keys))
        assert workers() == []
        assert time.monotonic() - began < SOON_SECONDS
        calls = len(jira.jira.requests)
        assert jira.site.report.calls == calls == CALLS_AT_ONCE
        assert (jira.site.report.retries, jira.site.report.waited_seconds) == (0, 0)
        with pytest.raises(JiraError, match="refuses the token"):
            jira.site.account()
        assert len(jira.jira.requests) == calls


def test_a_caller_who_looks_no_further_waits_for_no_answer() -> None:
    """The calls that are being made end, and their threads with them."""
    state = plain_jira("cloud")
    keys = add_issues(state, 1000)

    def stalls(request: Request) -> Fault | None:
        return faults.stalled() if request.endpoint == READS["cloud"] and request.number > 1 else None

    began = time.monotonic()
    with served(state, stalls) as jira:
        batches = jira.site.fetch(ids_of(state, keys))
        assert len(next(batches)) == 100
        batches.close()  # type: ignore[attr-defined]
        assert workers() == []
    assert time.monotonic() - began < SOON_SECONDS


@both
def test_each_call_is_counted_once(deployment: Deployment) -> None:
    """Those asked again too, as the Jira counts them."""
    state = plain_jira(deployment)
    keys = add_issues(state, 1000)
    trouble = faults.random_trouble(7, 0.2, faults=(faults.server_error(502), faults.too_many_requests("1")))
    with served(state, trouble) as jira:
        assert len(jira.fetch(ids_of(state, keys))) == len(keys)
        report = jira.site.report
        assert report.calls == len(jira.jira.requests)
        assert report.retries == len(jira.jira.requests) - len(keys) // 100 > 0


_STALLED = """
import sys
from pydantic import SecretStr
from pipeline.terminal import in_one_line
from pipeline.settings import Jira
from pipeline.sources.jira.site import open_site
from pipeline.sources.rest import stop_sessions

@in_one_line
def run():
    settings = Jira(url=sys.argv[1], email=sys.argv[2], request_timeout_seconds=60)
    site = open_site(settings, SecretStr(sys.argv[3]))
    batches = site.fetch(map(str, range(10000, 11000)))
    try:
        for batch in batches:
            print("read", flush=True)
    finally:
        stop_sessions()

run()
"""


def test_ctrl_c_is_quick_while_calls_stall(tmp_path: Path) -> None:
    """The process ends within seconds, in one word, though four threads wait for answers."""
    state = plain_jira("cloud")
    here = threading.Semaphore(0)

    def stalls(request: Request) -> Fault | None:
        if request.endpoint != READS["cloud"]:
            return None
        here.release()
        return faults.stalled()

    with served(state, stalls) as jira:
        arguments = [sys.executable, "-c", _STALLED, jira.jira.url, ACCOUNT, TOKEN]
        with subprocess.Popen(
            arguments, stderr=subprocess.PIPE, text=True, env=os.environ, cwd=tmp_path
        ) as child:
            for _ in range(CALLS_AT_ONCE):
                assert here.acquire(timeout=60)
            child.send_signal(signal.SIGINT)
            told = child.communicate(timeout=SOON_SECONDS)[1]
    assert (told, child.returncode) == ("stopped\n", 1)


def test_ctrl_c_during_a_query_is_no_defect(tmp_path: Path) -> None:
    """DuckDB tells of it by an exception of its own."""
    script = (
        "import duckdb\nfrom pipeline.terminal import in_one_line\n"
        "@in_one_line\ndef run():\n    print('asks', flush=True)\n"
        "    duckdb.sql('SELECT sum(a.range * b.range) FROM range(99999999) a, range(999999) b').fetchall()\n"
        "run()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "asks\n"
        child.send_signal(signal.SIGINT)
        told = child.communicate(timeout=SOON_SECONDS)[1]
    assert (told, child.returncode) == ("stopped\n", 1)
