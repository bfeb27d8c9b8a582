"""What goes wrong with a request, and who decides it.

`serve_jira(trouble=…)` takes a function that sees each request before it is answered and may return a Fault.
The constructors here name the faults that Jiras are known for, with their headers; `random_trouble` makes
them come by chance, from a seed, for property tests.
"""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from pipeline.demo.jira.site import Deployment


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came in; `number` counts from 1, `path` has its query."""

    number: int
    method: str
    path: str
    body: Any = None

    @property
    def endpoint(self) -> str:
        """What follows `/rest/api/2/`, without the query: `search/jql`, `issue/PAY-1`."""
        return self.path.partition("?")[0].partition("/rest/api/")[2].partition("/")[2]


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with one request, in place of the true answer or on top of it.

    `kind`: `status` answers with `status` and `headers`; `reset` closes the connection; `truncate` cuts the
    body in half; `bad_gzip` announces a packed body that is none; `html` answers 200 with a page; `empty`
    answers 200 with nothing; `expired` answers as Jira does for a dead token: 200, nothing found, and the
    login-reason header (`myself` alone says 401); `stall` answers nothing until the server stops;
    `repeat_token` gives back the token it was asked with; `drop_field` fails to load `field`, so that it is
    in no issue (with `failFast=true`: a 500); `warn` adds a warning; `issue_errors` leaves out the first
    issue and names it an error; `omit` leaves out `count` of the issues in silence.
    """

    kind: str
    status: int = 500
    headers: tuple[tuple[str, str], ...] = ()
    field: str = ""
    count: int = 1


#: Given each request before it is answered; may change the state, and may return what goes wrong.
Trouble = Callable[[Request], Fault | None]


def too_many_requests(
    retry_after: int | str | datetime | None = 1, *, deployment: Deployment = "cloud"
) -> Fault:
    """The rate limit: with seconds, an HTTP date, or nothing to say when to come again."""
    headers = _RATE_LIMIT_HEADERS[deployment]
    return Fault("status", 429, (*_retry_after(retry_after), *headers))


def unavailable(retry_after: int | str | datetime | None = None) -> Fault:
    """503, with or without a time to come again."""
    return Fault("status", 503, _retry_after(retry_after))


_RATE_LIMIT_HEADERS = {
    "cloud": (
        ("RateLimit-Reason", "jira-burst-based"),
        ("X-RateLimit-Limit", "350"),
        ("X-RateLimit-Remaining", "0"),
        ("X-RateLimit-NearLimit", "true"),
    ),
    "data_center": (
        ("X-RateLimit-Limit", "350"),
        ("X-RateLimit-Remaining", "0"),
        ("X-RateLimit-FillRate", "10"),
        ("X-RateLimit-Interval-Seconds", "1"),
    ),
}


def _retry_after(when: int | str | datetime | None) -> tuple[tuple[str, str], ...]:
    if isinstance(when, datetime):
        when = format_datetime(when.replace(tzinfo=UTC), usegmt=True)
    return () if when is None else (("Retry-After", str(when)),)


def server_error(status: int = 500) -> Fault:
    """500, 502 or 504."""
    return Fault("status", status)


def unauthorized() -> Fault:
    """401, as for a wrong token."""
    return Fault("status", 401, (("X-Seraph-LoginReason", "AUTHENTICATED_FAILED"),))


def captcha() -> Fault:
    """403 until somebody signs in by hand; every further attempt deepens the lock."""
    reason = "CAPTCHA_CHALLENGE; login-url=https://jira.example/login.jsp"
    return Fault("status", 403, (("X-Authentication-Denied-Reason", reason),))


def expired_token() -> Fault:
    """A dead token: it looks like a Jira with nothing in it."""
    return Fault("expired")


def connection_reset() -> Fault:
    """The connection closes without an answer."""
    return Fault("reset")


def stalled() -> Fault:
    """No answer ever."""
    return Fault("stall")


def truncated() -> Fault:
    """Half a body."""
    return Fault("truncate")


def bad_gzip() -> Fault:
    """A body that says it is packed, and cannot be unpacked."""
    return Fault("bad_gzip")


def web_page() -> Fault:
    """200 with a sign-in page."""
    return Fault("html")


def empty_body() -> Fault:
    """200 with nothing."""
    return Fault("empty")


def repeated_token() -> Fault:
    """A next page that is this page."""
    return Fault("repeat_token")


def missing_field(name: str) -> Fault:
    """A field, or `changelog`, that failed to load, and is in no issue of the answer."""
    return Fault("drop_field", field=name)


def warning() -> Fault:
    """200 with a warning that not everything was found."""
    return Fault("warn")


def issue_errors() -> Fault:
    """A bulk answer that says it could not load its first issue."""
    return Fault("issue_errors")


def short_answer(count: int = 1) -> Fault:
    """An answer that leaves out issues which exist, and does not say so."""
    return Fault("omit", count=count)


#: Troubles that pass when the request is made again, and that an honest client can tell from an answer.
PASSING: tuple[Fault, ...] = (
    too_many_requests(3),
    too_many_requests(0),
    too_many_requests(None),
    unavailable(2),
    unavailable(),
    server_error(500),
    server_error(502),
    server_error(504),
    connection_reset(),
    truncated(),
    bad_gzip(),
    web_page(),
    empty_body(),
    warning(),
    missing_field("updated"),
)


def random_trouble(
    seed: int, share: float, *, faults: Sequence[Fault] = PASSING, in_a_row: int = 2
) -> Trouble:
    """About this share of all requests fails with one of `faults`, the same request at most `in_a_row` times.

    Which request fails follows from the seed and the number of the request.
    """
    failed: dict[str, int] = {}
    lock = threading.Lock()

    def trouble(request: Request) -> Fault | None:
        draw = random.Random(f"{seed}:{request.number}")
        which = json.dumps([request.method, request.path, request.body])
        with lock:
            if draw.random() >= share or failed.get(which, 0) >= in_a_row:
                failed.pop(which, None)
                return None
            failed[which] = failed.get(which, 0) + 1
        return draw.choice(faults)

    return trouble
