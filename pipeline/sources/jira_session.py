"""One signed-in connection to a Jira: asks, waits politely, and takes no answer it cannot trust.

The `jira` package makes the authenticated session and nothing more. Its own retries wait too briefly after a
429, fail on an HTTP date and give up on a 503; and it takes an expired token, which Jira Cloud answers with
200 and a header, for "no issues".

No error, log line or `repr` made here holds the token: the package's and requests' own exceptions carry
headers and bodies, so none of them is passed on.
"""

from __future__ import annotations

import base64
import json
import logging
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from jira import JIRA
from pydantic import SecretStr

from pipeline.errors import JiraError
from pipeline.settings import Jira

log = logging.getLogger(__name__)

ATTEMPTS = 5
#: The most a run waits in all, because Jira asked it to or failed in passing.
WAITING_BUDGET_SECONDS = 900.0
CONNECT_TIMEOUT_SECONDS = 5

_PASSING = {429, 500, 502, 503, 504}

#: Says what an answer lacks; None when it is whole.
Check = Callable[[Any], str | None]


@dataclass(slots=True)
class JiraReport:
    """What a sync cost and saw."""

    calls: int = 0
    retries: int = 0
    waited_seconds: float = 0.0
    issues_seen: int = 0
    issues_changed: int = 0


class _PassingTroubleError(Exception):
    """Something that may be better in a moment; `wait_seconds` is what Jira asked for, if it did."""

    def __init__(self, what: str, wait_seconds: float | None = None) -> None:
        super().__init__(what)
        self.wait_seconds = wait_seconds


class JiraSession:
    """Asks one Jira, and counts into `report`.

    `tell` hears why it waits; `sleep` and `clock` (UTC, with its zone) are the world's, but for tests.
    """

    def __init__(
        self,
        settings: Jira,
        token: SecretStr,
        report: JiraReport,
        *,
        tell: Callable[[str], None] = log.info,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.report = report
        self._settings = settings
        self._token = token
        self._tell = tell
        self._sleep = sleep
        self._clock = clock
        self._client: Any = None
        self._has_answered = False
        address = urlsplit(settings.url)
        self.site = address._replace(netloc=address.netloc.rpartition("@")[2]).geturl()
        self.account = settings.email or "the token's account"

    def call(
        self,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        query: Mapping[str, str] | None = None,
        check: Check = lambda answered: None,
    ) -> Any:
        """The JSON that `path` under `/rest/api/2/` answers; POSTs when there is a `body`.

        Asks again, a bounded number of times, while the trouble is of the passing kind or `check` says that
        the answer lacks something. Raises JiraError.
        """
        trouble = _PassingTroubleError("was not asked")
        for attempt in range(1, ATTEMPTS + 1):
            self.report.calls += 1
            try:
                answered = self._ask(path, body, query)
                if (lack := check(answered)) is None:
                    return answered
                trouble = _PassingTroubleError(lack)
            except _PassingTroubleError as caught:
                trouble = caught
            if attempt < ATTEMPTS:
                self._wait(trouble, attempt)
        raise JiraError(f"jira: {self.site} {trouble}, {ATTEMPTS} times in a row; run again later")

    def _wait(self, trouble: _PassingTroubleError, attempt: int) -> None:
        wait = 2.0**attempt if trouble.wait_seconds is None else max(trouble.wait_seconds, 1.0)
        if self.report.waited_seconds + wait > WAITING_BUDGET_SECONDS:
            raise JiraError(
                f"jira: {self.site} {trouble} and asks for {wait:.0f} s, "
                f"more patience than a run has; run again later"
            )
        self._tell(f"jira: {self.site} {trouble}; asking again in {wait:.0f} s")
        self.report.retries += 1
        self.report.waited_seconds += wait
        self._sleep(wait)

    def _ask(self, path: str, body: Mapping[str, Any] | None, query: Mapping[str, str] | None) -> Any:
        if self._client is None:
            self._client = self._connect()
        # Nothing is raised from within `except`: what was caught there holds the request with its headers.
        failure: JiraError | _PassingTroubleError
        try:
            # The plain Session's `request`: the package's own sleeps and retries by rules of its own.
            response = requests.Session.request(
                self._client._session,
                "GET" if body is None else "POST",
                f"{self._settings.url}/rest/api/2/{path}",
                params=query,
                data=None if body is None else json.dumps(body),
                timeout=(CONNECT_TIMEOUT_SECONDS, self._settings.request_timeout_seconds),
                allow_redirects=False,
            )
        except requests.exceptions.SSLError:
            failure = JiraError(
                f"jira.url: the certificate of {self.site} is not trusted here; "
                f"name the file of your certificates in REQUESTS_CA_BUNDLE"
            )
        except (requests.ConnectionError, requests.Timeout):
            failure = _PassingTroubleError("cannot be reached or does not answer")
        except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema):
            failure = JiraError(f"jira.url: {self.site} is no address that can be asked; mend it")
        except requests.RequestException as error:
            failure = _PassingTroubleError(f"sent a broken answer ({type(error).__name__})")
        else:
            return self._read(response, path)
        raise failure

    def _read(self, response: requests.Response, path: str) -> Any:
        self._stop_at_refusal(response, path)
        if response.status_code != 200:
            is_query = path == "search/jql" and response.status_code == 400
            mend = "mend jira.jql" if is_query else "see whether jira.url is the address of a Jira Cloud"
            raise JiraError(
                f"jira: {self.site} answered {response.status_code} to {path}: "
                f"{self._told_by(response)}; {mend}"
            )
        try:
            answered = response.json()
        except ValueError:
            is_page = response.text.lstrip()[:1] == "<"
        else:
            self._has_answered = True
            return answered
        if is_page and not self._has_answered:  # no Jira, or a sign-in that stands before it
            raise JiraError(
                f"jira: {self.site} answers with a web page instead of data; "
                f"see whether jira.url is the address of the Jira itself, and needs no other sign-in"
            )
        raise _PassingTroubleError("answered with something that is no JSON")

    def _stop_at_refusal(self, response: requests.Response, path: str) -> None:
        """Raise for a refusal (at once, as another try may lock the account) or a passing trouble."""
        status = response.status_code
        denied = response.headers.get("X-Authentication-Denied-Reason", "")
        login = response.headers.get("X-Seraph-LoginReason", "")
        if "CAPTCHA" in denied:
            raise JiraError(
                f"jira: {self.site} wants a captcha from {self.account}; sign in once in a browser"
            )
        if status == 401 or "AUTHENTICATED_FAILED" in login or "AUTHENTICATION_DENIED" in login:
            raise JiraError(
                f"jira: {self.site} refuses the token of {self.account}; "
                f"make a new one and put it where jira.token_env or jira.token_file says"
            )
        if status == 403:
            raise JiraError(
                f"jira: {self.site} forbids this to {self.account} ({path}); "
                f"give it the right to browse the projects"
            )
        if 300 <= status < 400:
            raise JiraError(
                f"jira.url: {self.site} sends elsewhere; put the address of the Jira itself, with https://"
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
        """Jira's own words for an error, in one line, without anything else of the answer."""
        try:
            answered = response.json()
            words = [str(word) for word in answered.get("errorMessages", ())]
            words += [f"{name}: {word}" for name, word in (answered.get("errors") or {}).items()]
        except (ValueError, AttributeError, TypeError):
            words = []
        told = " ".join(" ".join(words).split()).rstrip(".") or "no reason given"
        secret = self._token.get_secret_value()
        basic = base64.b64encode(f"{self._settings.email}:{secret}".encode()).decode()
        return told.replace(secret, "…").replace(basic, "…")[:300]

    def _connect(self) -> Any:
        """The package's client, which holds the authenticated session; made without a call."""
        secret = self._token.get_secret_value()
        if not re.fullmatch(r"[!-~]+", secret):
            raise JiraError(
                "jira: the token holds characters that no token has, such as a space; copy it once more"
            )
        account: dict[str, Any] = (
            {"basic_auth": (self._settings.email, secret)} if self._settings.email else {"token_auth": secret}
        )
        client = JIRA(
            server=self._settings.url,
            options={"rest_api_version": "2"},
            get_server_info=False,
            max_retries=0,
            timeout=self._settings.request_timeout_seconds,
            **account,
        )
        # Its constructor sets INFO; at DEBUG it writes headers and bodies.
        logging.getLogger("jira").setLevel(logging.WARNING)
        if urlsplit(self._settings.url).hostname in ("127.0.0.1", "localhost", "::1"):
            client._session.trust_env = False  # no proxy reaches a Jira on this machine
        return client
