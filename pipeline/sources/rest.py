"""One signed-in connection to a REST API: asks, waits politely, and takes no answer it cannot trust.

What Jira and Confluence have in common: when to ask again, for how long, and what a refusal means. No error,
log line or `repr` made here holds the token: the exceptions of requests carry headers and bodies, so none of
them is passed on.
"""

from __future__ import annotations

import base64
import json
import logging
import re
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from pydantic import SecretStr

from pipeline.errors import SourceError

log = logging.getLogger(__name__)

ATTEMPTS = 5
#: The most a run waits in all, because it was asked to or something failed in passing.
WAITING_BUDGET_SECONDS = 900.0
CONNECT_TIMEOUT_SECONDS = 5

_PASSING = {429, 500, 502, 503, 504}

#: Says what an answer lacks; None when it is whole.
Check = Callable[[Any], str | None]


@dataclass(slots=True)
class CallReport:
    """What asking cost."""

    calls: int = 0
    retries: int = 0
    waited_seconds: float = 0.0


class _PassingTroubleError(Exception):
    """Something that may be better in a moment; `wait_seconds` is what was asked for, if it was."""

    def __init__(self, what: str, wait_seconds: float | None = None) -> None:
        super().__init__(what)
        self.wait_seconds = wait_seconds


@dataclass(frozen=True, slots=True)
class Account:
    """Where and as whom to ask. `table` is what the settings call it: `jira`, `source wiki`."""

    table: str
    product: str  # "Jira", "Confluence"
    url: str
    email: str | None
    token: SecretStr
    timeout_seconds: float


class RestSession(ABC):
    """Asks one site, and counts into `report`.

    `tell` hears why it waits; `sleep` and `clock` (UTC, with its zone) are the world's, but for tests.
    """

    error: type[SourceError] = SourceError
    root = ""  # the part of every path that is the same

    def __init__(
        self,
        account: Account,
        report: CallReport,
        *,
        tell: Callable[[str], None] = log.info,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.report = report
        self._account = account
        self._tell = tell
        self._sleep = sleep
        self._clock = clock
        self._signed_in: requests.Session | None = None
        self._has_answered = False
        address = urlsplit(account.url)
        self.site = address._replace(netloc=address.netloc.rpartition("@")[2]).geturl()
        self.account = account.email or "the token's account"

    def call(
        self,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        query: Mapping[str, str] | None = None,
        check: Check = lambda answered: None,
        may_be_gone: bool = False,
    ) -> Any:
        """The JSON that `path` under the root answers; POSTs when there is a `body`.

        None for what is not there, when it `may_be_gone`. Asks again, a bounded number of times, while the
        trouble is of the passing kind or `check` says that the answer lacks something. Raises `error`.
        """
        trouble = _PassingTroubleError("was not asked")
        for attempt in range(1, ATTEMPTS + 1):
            self.report.calls += 1
            try:
                answered = self._ask(path, body, query, may_be_gone)
                if answered is None and may_be_gone:
                    return None
                if (lack := check(answered)) is None:
                    return answered
                trouble = _PassingTroubleError(lack)
            except _PassingTroubleError as caught:
                trouble = caught
            if attempt < ATTEMPTS:
                self._wait(trouble, attempt)
        raise self._failure(f"{self.site} {trouble}, {ATTEMPTS} times in a row; run again later")

    def _wait(self, trouble: _PassingTroubleError, attempt: int) -> None:
        wait = 2.0**attempt if trouble.wait_seconds is None else max(trouble.wait_seconds, 1.0)
        if self.report.waited_seconds + wait > WAITING_BUDGET_SECONDS:
            raise self._failure(
                f"{self.site} {trouble} and asks for {wait:.0f} s, "
                f"more patience than a run has; run again later"
            )
        self._tell(f"{self._account.table}: {self.site} {trouble}; asking again in {wait:.0f} s")
        self.report.retries += 1
        self.report.waited_seconds += wait
        self._sleep(wait)

    def _ask(
        self,
        path: str,
        body: Mapping[str, Any] | None,
        query: Mapping[str, str] | None,
        may_be_gone: bool,
    ) -> Any:
        if self._signed_in is None:
            self._signed_in = self._sign_in()
        # Nothing is raised from within `except`: what was caught there holds the request with its headers.
        failure: SourceError | _PassingTroubleError
        try:
            # The plain Session's `request`: a package's own sleeps and retries by rules of its own.
            response = requests.Session.request(
                self._signed_in,
                "GET" if body is None else "POST",
                f"{self._account.url}{self.root}{path}",
                params=query,
                data=None if body is None else json.dumps(body),
                timeout=(CONNECT_TIMEOUT_SECONDS, self._account.timeout_seconds),
                allow_redirects=False,
            )
        except requests.exceptions.SSLError:
            failure = self._failure(
                f"the certificate of {self.site} is not trusted here; "
                f"name the file of your certificates in REQUESTS_CA_BUNDLE",
                "url",
            )
        except (requests.ConnectionError, requests.Timeout):
            failure = _PassingTroubleError("cannot be reached or does not answer")
        except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema):
            failure = self._failure(f"{self.site} is no address that can be asked; mend it", "url")
        except requests.RequestException as error:
            failure = _PassingTroubleError(f"sent a broken answer ({type(error).__name__})")
        else:
            if may_be_gone and response.status_code in (404, 410):
                return None
            return self._read(response, path)
        raise failure

    def _read(self, response: requests.Response, path: str) -> Any:
        self._stop_at_refusal(response, path)
        if response.status_code != 200:
            raise self._failure(
                f"{self.site} answered {response.status_code} to {path.partition('?')[0]}: "
                f"{self._told_by(response)}; {self._mend(path, response.status_code)}"
            )
        try:
            answered = response.json()
        except ValueError:
            is_page = response.text.lstrip()[:1] == "<"
        else:
            self._has_answered = True
            return answered
        if is_page and not self._has_answered:  # another site, or a sign-in that stands before it
            raise self._failure(
                f"{self.site} answers with a web page instead of data; see whether {self._key('url')} "
                f"is the address of the {self._account.product} itself, and needs no other sign-in"
            )
        raise _PassingTroubleError("answered with something that is no JSON")

    def _stop_at_refusal(self, response: requests.Response, path: str) -> None:
        """Raise for a refusal (at once, as another try may lock the account) or a passing trouble."""
        status = response.status_code
        denied = response.headers.get("X-Authentication-Denied-Reason", "")
        login = response.headers.get("X-Seraph-LoginReason", "")
        if "CAPTCHA" in denied:
            raise self._failure(f"{self.site} wants a captcha from {self.account}; sign in once in a browser")
        if status == 401 or "AUTHENTICATED_FAILED" in login or "AUTHENTICATION_DENIED" in login:
            raise self._failure(
                f"{self.site} refuses the token of {self.account}; make a new one and put it where "
                f"{self._key('token_env')} or {self._key('token_file')} says"
            )
        if status == 403:
            raise self._failure(
                f"{self.site} forbids this to {self.account} ({path.partition('?')[0]}); "
                f"give it the right to browse {self._browsed()}"
            )
        if 300 <= status < 400:
            raise self._failure(
                f"{self.site} sends elsewhere; put the address of the {self._account.product} itself, "
                f"with https://",
                "url",
            )
        if status in _PASSING:
            raise _PassingTroubleError(f"answered {status}", self._asked_to_wait(response))

    def _asked_to_wait(self, response: requests.Response) -> float | None:
        """Seconds of a Retry-After header, which may be a number or a date (RFC 9110, 10.2.3)."""
        said = response.headers.get("Retry-After", "").strip()
        if re.fullmatch(r"\d+(\.\d+)?", said):
            return float(said)
        try:
            until = parsedate_to_datetime(said)
        except ValueError:
            return None
        if until.tzinfo is None:
            until = until.replace(tzinfo=UTC)
        return max(0.0, (until - self._clock()).total_seconds())

    def _told_by(self, response: requests.Response) -> str:
        """The site's own words for an error, in one line, without anything else of the answer."""
        try:
            words = self._error_words(response.json())
        except (ValueError, AttributeError, TypeError):
            words = []
        told = " ".join(" ".join(words).split()).rstrip(".") or "no reason given"
        secret = self._account.token.get_secret_value()
        basic = base64.b64encode(f"{self._account.email}:{secret}".encode()).decode()
        return told.replace(secret, "…").replace(basic, "…")[:300]

    def _secret(self) -> str:
        """The token, when it can be one."""
        secret = self._account.token.get_secret_value()
        if not re.fullmatch(r"[!-~]+", secret):
            raise self._failure(
                "the token holds characters that no token has, such as a space; copy it once more"
            )
        return secret

    def _key(self, name: str) -> str:
        """What the settings call a value of this site."""
        table = self._account.table
        return f"{name} of {table}" if " " in table else f"{table}.{name}"

    def _failure(self, told: str, key: str | None = None) -> SourceError:
        return self.error(f"{self._key(key) if key else self._account.table}: {told}")

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
