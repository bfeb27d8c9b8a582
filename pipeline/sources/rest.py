"""One signed-in connection to a REST API: asks, waits politely, and takes no answer it cannot trust.

What Jira and Confluence have in common: when to ask again, for how long, how many at once, and what a refusal
means. No error, log line or `repr` made here holds the token: the exceptions of requests carry headers and
bodies, so none of them is passed on.
"""

from __future__ import annotations

import base64
import json
import logging
import re
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit
from weakref import WeakSet

import orjson
import requests
from pydantic import SecretStr

from pipeline.errors import SourceError
from pipeline.sources.connections import Connections

Item = TypeVar("Item")
Made = TypeVar("Made")
log = logging.getLogger(__name__)

ATTEMPTS = 5
#: The most a run waits in all, because it was asked to or something failed in passing.
WAITING_BUDGET_SECONDS = 900.0
CONNECT_TIMEOUT_SECONDS = 5
#: Atlassian advises few at once: limits are per site and endpoint, and bursts cost everybody's share.
CALLS_AT_ONCE = 4
#: So many more threads are at work on answers, so that a call is made while they are.
AT_WORK_BESIDES = 2
#: After a refusal for being too fast, calls are this far apart, and with each further one twice as far.
SLOWED_SECONDS = 0.1
MOST_SLOWED_SECONDS = 2.0

_PASSING = {429, 500, 502, 503, 504}
#: Of the header X-Seraph-LoginReason, which says how a sign-in went.
_DENIED = ("AUTHENTICATED_FAILED", "AUTHENTICATION_DENIED")

#: Says what an answer lacks; None when it is whole.
Check = Callable[[Any], str | None]


class Clock:
    """The world's time, and waiting in it. Tests put their own in its place."""

    def __init__(self) -> None:
        self._woken = threading.Event()

    def now(self) -> datetime:
        """This moment in UTC, with its zone; it may be wrong, as any computer's."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that only ever go forward."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait, unless woken."""
        self._woken.wait(seconds)

    def wake(self) -> None:
        """End every wait, now and later."""
        self._woken.set()


@dataclass(frozen=True, slots=True)
class Patience:
    """How many times at most a call is asked, and how long a session waits in all."""

    attempts: int = ATTEMPTS
    seconds: float = WAITING_BUDGET_SECONDS


@dataclass(slots=True)
class CallReport:
    """What asking cost. `site_at` is the site's own time at the first call (naive UTC), if it said so."""

    calls: int = 0
    retries: int = 0
    waited_seconds: float = 0.0
    site_at: datetime | None = None


class _PassingTroubleError(Exception):
    """Something that may be better in a moment; `wait_seconds` is what was asked for, if it was."""

    def __init__(self, what: str, wait_seconds: float | None = None, *, is_too_fast: bool = False) -> None:
        super().__init__(what)
        self.wait_seconds = wait_seconds
        self.is_too_fast = is_too_fast


class _StoppedError(Exception):
    """The session was stopped; this call was not made."""


@dataclass(frozen=True, slots=True)
class Account:
    """Where and as whom to ask. `table` is what the settings call it: `jira`, `source wiki`."""

    table: str
    product: str  # "Jira", "Confluence"
    url: str
    email: str | None
    token: SecretStr
    timeout_seconds: float


#: Those that may have calls to end when the process is told to stop.
_sessions: WeakSet[RestSession] = WeakSet()


def stop_sessions() -> None:
    """End every call of every session, so that no thread keeps a process that is to stop."""
    for session in list(_sessions):
        session.stop()


class RestSession(ABC):
    """Asks one site, from several threads if need be, and counts into `report`.

    `tell` hears why it waits; `clock` is the world's, but for tests. `calls_per_second` is the most; unset,
    as many as the site answers, at most `CALLS_AT_ONCE` at a time. One that failed for good asks no more.
    """

    error: type[SourceError] = SourceError
    root = ""  # the part of every path that is the same
    scopes = ""  # what a token with scopes needs

    def __init__(
        self,
        account: Account,
        report: CallReport,
        *,
        tell: Callable[[str], None] = log.info,
        clock: Clock | None = None,
        calls_per_second: float | None = None,
        patience: Patience | None = None,
    ) -> None:
        self.report = report
        self._patience = patience or Patience()
        self._account = account
        self._tell = tell
        self._clock = clock or Clock()
        self._each_thread = threading.local()  # requests does not promise that threads may share a session
        self._at_once = threading.BoundedSemaphore(CALLS_AT_ONCE)
        self._lock = threading.Lock()  # of the report and of what follows
        self._not_before = 0.0  # by the monotonic clock: when the next call may be made
        self._held_until = 0.0  # by it, too: before that the site wants no call
        self._apart_seconds = 1 / calls_per_second if calls_per_second else 0.0
        self._connections = Connections()
        self._is_stopped = False
        self._stopped_by: Exception | None = None
        self._has_answered = False
        address = urlsplit(account.url)
        self.site = address._replace(netloc=address.netloc.rpartition("@")[2]).geturl()
        self.account = account.email or "the token's account"
        _sessions.add(self)

    def call(
        self,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        query: Mapping[str, str] | None = None,
        check: Check = lambda answered: None,
        gone: Collection[int] = (),
    ) -> Any:
        """The JSON that `path` under the root answers; POSTs when there is a `body`.

        None when the status is one of `gone`, by which what was asked for is not there. Asks again, a bounded
        number of times, while the trouble is of the passing kind or `check` says that the answer lacks
        something. Raises `error`.
        """
        trouble = _PassingTroubleError("was not asked")
        attempts = self._patience.attempts
        for attempt in range(1, attempts + 1):
            try:
                answered = self._ask(path, body, query, gone)
                if answered is None and gone:
                    return None
                if (lack := check(answered)) is None:
                    return answered
                trouble = _PassingTroubleError(lack)
            except _PassingTroubleError as caught:
                trouble = caught
            if attempt < attempts:
                self._wait(trouble, attempt)
        in_a_row = f", {attempts} times in a row" if attempts > 1 else ""
        # Where nothing ever answered, the address may be wrong, which no later run mends.
        next_step = (
            "run again later" if self.report.site_at else "run again later, or ask `postmortems doctor`"
        )
        raise self._failure(f"{self.site} {trouble}{in_a_row}; {next_step}")

    def each(self, work: Callable[[Item], Made], items: Iterable[Item], *, ahead: int = 2) -> Iterator[Made]:
        """What `work` makes of each item, as it becomes ready; others are at work while one is looked at.

        `items` are drawn by the caller's thread. Besides those at work, `ahead` may wait for a worker or be
        ready: more, where the caller looks at each for long. The first failure ends all of it, at once in
        every thread, and so does a caller who looks no further.
        """

        def watched(item: Item) -> Made:
            try:
                return work(item)
            except BaseException as error:
                self._stop_for(error)
                raise

        with ThreadPoolExecutor(
            CALLS_AT_ONCE + AT_WORK_BESIDES, thread_name_prefix=self._account.table
        ) as pool:
            waiting: set[Future[Made]] = set()
            try:
                for item in items:
                    waiting.add(pool.submit(watched, item))
                    if len(waiting) >= CALLS_AT_ONCE + ahead:
                        done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                        for future in done:
                            yield future.result()
                while waiting:
                    done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                    for future in done:
                        yield future.result()
            except BaseException as error:
                self._stop_for(error)
                pool.shutdown(wait=False, cancel_futures=True)
                if isinstance(error, _StoppedError) and self._stopped_by is not None:
                    raise self._stopped_by from None
                raise

    def _stop_for(self, error: BaseException) -> None:
        """End the session, and remember the failure that ended it first."""
        with self._lock:
            if isinstance(error, Exception) and not isinstance(error, _StoppedError):
                self._stopped_by = self._stopped_by or error
        self.stop()

    def stop(self) -> None:
        """Make no further call, in whatever thread, and end every wait and every call that is being made."""
        self._is_stopped = True
        self._clock.wake()
        self._connections.hang_up()

    def _keep_pace(self) -> None:
        """Wait for this call's turn."""
        with self._lock:
            turn = max(self._clock.monotonic(), self._not_before)
            self._not_before = turn + self._apart_seconds if self._apart_seconds else self._not_before
        while not self._is_stopped:  # what the site asks of another thread meanwhile holds for this one too
            left = max(turn, self._held_until) - self._clock.monotonic()
            if left <= 0:
                break
            self._clock.sleep(left)
        if self._is_stopped:
            raise self._stopped_by or _StoppedError
        with self._lock:
            self.report.calls += 1

    def _wait(self, trouble: _PassingTroubleError, attempt: int) -> None:
        """Wait before asking again. What the site asks for holds for every thread, and is counted once."""
        if self._is_stopped:  # what looks like trouble is that we hung up
            raise self._stopped_by or _StoppedError
        wait_seconds = 2.0**attempt if trouble.wait_seconds is None else max(trouble.wait_seconds, 1.0)
        is_for_all = trouble.is_too_fast or trouble.wait_seconds is not None
        with self._lock:
            now = self._clock.monotonic()
            waits_already = max(self._held_until - now, 0.0) if is_for_all else 0.0
            longer = max(wait_seconds - waits_already, 0.0)
            is_too_long = self.report.waited_seconds + longer > self._patience.seconds
            if not is_too_long:
                self.report.retries += 1
                self.report.waited_seconds += longer
                if is_for_all:
                    self._held_until = max(self._held_until, now + wait_seconds)
                    self._not_before = max(self._not_before, self._held_until)
                if trouble.is_too_fast:
                    slower = min(max(2 * self._apart_seconds, SLOWED_SECONDS), MOST_SLOWED_SECONDS)
                    self._apart_seconds = max(self._apart_seconds, slower)
        if is_too_long:
            raise self._failure(
                f"{self.site} {trouble} and asks for {wait_seconds:.0f} s, "
                f"more patience than a run has; run again later"
            )
        self._tell(f"{self._account.table}: {self.site} {trouble}; asking again in {wait_seconds:.0f} s")
        if not is_for_all:
            self._clock.sleep(wait_seconds)

    def _ask(
        self,
        path: str,
        body: Mapping[str, Any] | None,
        query: Mapping[str, str] | None,
        gone: Collection[int],
    ) -> Any:
        with self._at_once:
            self._keep_pace()
            response = self._send(path, body, query)
        self._hear(response)
        if response.status_code in gone and not is_denied(response):
            return None
        return self._read(response, path)

    def _send(
        self, path: str, body: Mapping[str, Any] | None, query: Mapping[str, str] | None
    ) -> requests.Response:
        """The answer, its body included."""
        session: requests.Session | None = getattr(self._each_thread, "session", None)
        if session is None:
            session = self._each_thread.session = self._sign_in()
            self._connections.watch(session)
        # Nothing is raised from within `except`: what was caught there holds the request with its headers.
        failure: SourceError | _PassingTroubleError
        try:
            # The plain Session's `request`: a package's own sleeps and retries by rules of its own.
            return requests.Session.request(
                session,
                "GET" if body is None else "POST",
                f"{self._account.url}{self.root}{path}",
                params=query,
                data=None if body is None else json.dumps(body),
                timeout=(CONNECT_TIMEOUT_SECONDS, self._account.timeout_seconds),
                allow_redirects=False,
            )
        except requests.exceptions.SSLError as error:
            failure = self._failure(self._unsafe(str(error)), "url")
        except (requests.ConnectionError, requests.Timeout):
            failure = _PassingTroubleError("cannot be reached or does not answer")
        except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema):
            failure = self._failure(f"{self.site} is no address that can be asked; mend it", "url")
        except requests.RequestException as error:
            failure = _PassingTroubleError(f"sent a broken answer ({type(error).__name__})")
        raise failure

    def _unsafe(self, told: str) -> str:
        """Why no encrypted connection comes about, from what OpenSSL says."""
        if "CERTIFICATE_VERIFY_FAILED" in told:
            return (
                f"the certificate of {self.site} is not trusted here; "
                f"name the file of your certificates in REQUESTS_CA_BUNDLE"
            )
        if "WRONG_VERSION_NUMBER" in told or "RECORD_LAYER_FAILURE" in told:
            return f"{self.site} does not speak https; put http:// there if that is meant"
        return f"{self.site} and this machine agree on no encryption; bring the older of both up to date"

    def _hear(self, response: requests.Response) -> None:
        """Hear every answer, whatever it is worth; the first tells when the session began, by their clock.

        `Date` is when the answer was made, in whole seconds (RFC 9110, 6.6.1).
        """
        if self.report.site_at is None and (answered_at := date_of(response)) is not None:
            began_at = answered_at - response.elapsed - timedelta(seconds=1)
            self.report.site_at = began_at.replace(tzinfo=None)

    def _read(self, response: requests.Response, path: str) -> Any:
        self._stop_at_refusal(response, path)
        if response.status_code != 200:
            failure = self._failure(
                f"{self.site} answered {response.status_code} to {path.partition('?')[0]}: "
                f"{self._told_by(response)}; {self._mend(path, response.status_code)}"
            )
            failure.status = response.status_code
            raise failure
        try:
            answered = _parsed(self._content(response))
        except ValueError:
            is_page = response.content.lstrip()[:1] == b"<"
        else:
            self._has_answered = True
            return answered
        if is_page and not self._has_answered:  # another site, or a sign-in that stands before it
            raise self._failure(
                f"{self.site} answers with a web page instead of data; see whether {self._key('url')} "
                f"is the address of the {self._account.product} itself, and needs no other sign-in"
            )
        raise _PassingTroubleError("answered with something that is no JSON")

    def _content(self, response: requests.Response) -> bytes:
        """What of an answer's body is worth reading."""
        return response.content

    def _stop_at_refusal(self, response: requests.Response, path: str) -> None:
        """Raise for a refusal (at once, as another try may lock the account) or a passing trouble."""
        status = response.status_code
        denied = response.headers.get("X-Authentication-Denied-Reason", "")
        login = response.headers.get("X-Seraph-LoginReason", "")
        if "CAPTCHA" in denied:
            raise self._refusal(f"{self.site} wants a captcha from {self.account}; sign in once in a browser")
        if status == 401 and lacks_scope(response):
            raise self._failure(
                f"the token of {self.account} has no scope for {path.partition('?')[0]}; "
                f"make one with {self.scopes}"
            )
        if status == 401 or any(word in login for word in _DENIED):
            raise self._refusal(
                f"{self.site} refuses the token of {self.account}; make a new one and put it where "
                f"{self._key('token_env')} or {self._key('token_file')} says"
            )
        if status == 403:
            failure = self._failure(
                f"{self.site} forbids this to {self.account} ({path.partition('?')[0]}); "
                f"give it the right to browse {self._browsed()}"
            )
            failure.status = status
            raise failure
        if 300 <= status < 400:
            raise self._failure(
                f"{self.site} sends elsewhere; put the address of the {self._account.product} itself, "
                f"with https://",
                "url",
            )
        if status in _PASSING:
            seconds = self._asked_to_wait(response)
            raise _PassingTroubleError(f"answered {status}", seconds, is_too_fast=status == 429)

    def _asked_to_wait(self, response: requests.Response) -> float | None:
        """Seconds of a Retry-After header, which may be a number or a date (RFC 9110, 10.2.3).

        Without one, Cloud says when its limit is lifted (`X-RateLimit-Reset`); Data Center, which may answer
        `Retry-After: 0`, how often its bucket is filled (`X-RateLimit-Interval-Seconds`).
        """
        said = response.headers.get("Retry-After", "").strip()
        filled = response.headers.get("X-RateLimit-Interval-Seconds", "").strip()
        if re.fullmatch(r"\d+(\.\d+)?", said):
            return max(float(said), float(filled) if re.fullmatch(r"\d{1,4}", filled) else 0.0)
        until = _moment_of(said) or _moment_of(response.headers.get("X-RateLimit-Reset", ""))
        if until is None:
            return None
        # By the clock that wrote the date, when it tells the time.
        return max(0.0, (until - (date_of(response) or self._clock.now())).total_seconds())

    def _told_by(self, response: requests.Response) -> str:
        """The site's own words for an error, in one line, without anything else of the answer."""
        try:
            words = self._error_words(_parsed(response.content))
        except (ValueError, AttributeError, TypeError):
            words = []
        told = " ".join(" ".join(words).split()).rstrip(".") or "no reason given"
        secret = self._account.token.get_secret_value()
        basic = base64.b64encode(f"{self._account.email}:{secret}".encode()).decode()
        return told.replace(secret, "…").replace(basic, "…")[:300]

    def _secret(self) -> str:
        """The token, when it can be one. No local name holds it: crash reports show those of a frame."""
        if not re.fullmatch(r"[!-~]+", self._account.token.get_secret_value()):
            raise self._failure(
                "the token holds characters that no token has, such as a space; copy it once more"
            )
        return self._account.token.get_secret_value()

    def _key(self, name: str) -> str:
        """What the settings call a value of this site."""
        table = self._account.table
        return f"{name} of {table}" if " " in table else f"{table}.{name}"

    def _failure(self, told: str, key: str | None = None) -> SourceError:
        return self.error(f"{self._key(key) if key else self._account.table}: {told}")

    def _refusal(self, told: str) -> SourceError:
        refusal = self._failure(told)
        refusal.is_refusal = True
        return refusal

    @abstractmethod
    def _sign_in(self) -> requests.Session:
        """A session that holds the credentials; made without a call."""

    @abstractmethod
    def _error_words(self, answered: Any) -> list[str]:
        """The words of an answer that tells of an error."""

    @abstractmethod
    def _mend(self, path: str, status: int) -> str:
        """What to do about an answer with this status."""

    @abstractmethod
    def _browsed(self) -> str:
        """What an account must be allowed to see."""


def lacks_scope(response: requests.Response) -> bool:
    """Whether Atlassian's gateway let the token in and refused this one path: "scope does not match"."""
    return b"scope does not match" in response.content


def _parsed(content: bytes) -> Any:
    """`content` as JSON. Raises ValueError when it is none."""
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return json.loads(content)  # takes half a surrogate pair, which people have pasted into issues


def is_denied(response: requests.Response) -> bool:
    """Whether it answers as to a stranger: to a dead token, what is there is a 404 too."""
    told = response.headers.get("X-Seraph-LoginReason", "")
    return "X-Authentication-Denied-Reason" in response.headers or any(word in told for word in _DENIED)


def date_of(response: requests.Response) -> datetime | None:
    """The site's time when it answered, if it says so."""
    return _moment_of(response.headers.get("Date", ""))


def _moment_of(written: str) -> datetime | None:
    """A date of HTTP or an ISO time, with its zone."""
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            moment = read(written.strip())
        except ValueError:
            continue
        return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return None
