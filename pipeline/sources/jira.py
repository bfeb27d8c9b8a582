"""Jira issues with their whole histories, page by page. Fetches, and knows nothing of what they mean.

The `jira` package is the authenticated session; paging, retries and timeouts are ours, because its own lose
issues: it stops at a short page, goes round on a repeated token, and takes an expired token for "no issues".

- Issues come from `POST /rest/api/2/search/jql` and, for keys that documents name, `issue/bulkfetch`.
- Histories come from `POST changelog/bulkfetch`: what search sends inline is cut at 40 (JRACLOUD-96459).
- Times in JQL are milliseconds since the epoch: quoted ones are read in the account's zone, to the minute.
- Every doubt is an error: a run either brought what Jira has, or says that it did not.
"""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from jira import JIRA
from pydantic import SecretStr

from pipeline.errors import JiraError
from pipeline.settings import Jira

log = logging.getLogger(__name__)

#: Fields asked for. Jira sends `id` only unless told.
FIELDS = (
    "summary",
    "status",
    "resolution",
    "resolutiondate",
    "created",
    "updated",
    "duedate",
    "priority",
    "assignee",
    "reporter",
    "project",
    "issuetype",
    "labels",
    "parent",
    "issuelinks",
    "comment",
)
#: Fields every issue has. One missing means that Jira failed to load it, never that it is empty.
ALWAYS = ("summary", "status", "created", "updated", "project", "issuetype")

ISSUES_PER_PAGE = 100
KEYS_PER_FETCH = 100
ISSUES_PER_HISTORY_FETCH = 1000
HISTORIES_PER_PAGE = 10_000

#: Search sees changes late, by "seconds to minutes" (Atlassian), in others' experience by hours.
OVERLAP = timedelta(hours=12)

ATTEMPTS = 5
#: The most a run waits in all, because Jira asked it to.
WAITING_BUDGET_SECONDS = 900.0
CONNECT_TIMEOUT_SECONDS = 5

_PASSING = {429, 500, 502, 503, 504}


@dataclass(frozen=True, slots=True)
class FetchedIssue:
    """One issue as Jira sent it. `payload` has no changelog; `histories` are its entries, by id.

    `updated_at` is naive UTC. `history_complete` says that every entry there is was read.
    """

    issue_id: str
    issue_key: str
    updated_at: datetime
    payload: dict[str, Any]
    histories: list[dict[str, Any]]
    history_complete: bool


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


class JiraSource:
    """One sync with one Jira Cloud.

    `tell` hears why it waits. `sleep` and `clock` are the outside world's, but for tests.
    """

    def __init__(
        self,
        settings: Jira,
        token: SecretStr,
        *,
        tell: Callable[[str], None] = log.info,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._settings = settings
        self._tell = tell
        self._sleep = sleep
        self._clock = clock
        self._token = token
        self._session: requests.Session | None = None
        self.absent_keys: set[str] = set()
        self.report = JiraReport()

    def statuses(self) -> list[dict[str, Any]]:
        """The statuses Jira knows now, each with its id, name and category."""
        answered = self._call("status")
        if not isinstance(answered, list) or not all("id" in status for status in answered):
            raise self._nonsense("the list of statuses")
        return answered

    def fetch_issues(
        self,
        keys: Collection[str],
        *,
        known: Mapping[str, datetime],
        updated_since: datetime | None,
    ) -> Iterator[list[FetchedIssue]]:
        """The issues of these keys and of the settings' JQL that are new or changed, in batches.

        `known` maps the numeric ids already held with their whole histories to their `updated`; an issue with
        the same `updated` is not fetched again. `updated_since` (naive UTC) is when the last good sync began;
        the search goes back 12 hours further. Keys that Jira does not show are in `absent_keys` when the
        iteration has ended. Raises JiraError as soon as an answer cannot be trusted.
        """
        self._who_am_i()
        seen: set[str] = set()
        waiting: list[dict[str, Any]] = []
        for page in self._pages(sorted(set(keys)), updated_since, known):
            for payload in page:
                issue_id = str(payload["id"])
                if issue_id in seen:
                    continue
                seen.add(issue_id)
                if known.get(issue_id) != _moment(payload["fields"]["updated"]):
                    waiting.append(payload)
            self.report.issues_seen = len(seen)
            if len(waiting) >= ISSUES_PER_HISTORY_FETCH:
                yield self._with_histories(waiting[:ISSUES_PER_HISTORY_FETCH])
                waiting = waiting[ISSUES_PER_HISTORY_FETCH:]
        if waiting:
            yield self._with_histories(waiting)
        # An account that lost its rights half-way sees less and less, without an error anywhere.
        self._who_am_i()

    # --- what is asked ------------------------------------------------------------------------------------

    def _who_am_i(self) -> None:
        answered = self._call("myself")
        if not isinstance(answered, dict) or not (answered.get("accountId") or answered.get("name")):
            raise self._nonsense("the question who is signed in")

    def _pages(
        self, keys: Sequence[str], updated_since: datetime | None, known: Mapping[str, datetime]
    ) -> Iterator[list[dict[str, Any]]]:
        for start in range(0, len(keys), KEYS_PER_FETCH):
            yield self._by_key(keys[start : start + KEYS_PER_FETCH])
        if keys and known and self.absent_keys.issuperset(keys):
            raise JiraError(
                f"jira: {self._settings.url} shows none of the {len(keys)} issues that documents link; "
                f"see whether {self._account()} may still browse their projects"
            )
        if self._settings.jql:
            yield from self._search(self._settings.jql, updated_since)

    def _by_key(self, keys: Sequence[str]) -> list[dict[str, Any]]:
        """The issues of at most 100 keys. Jira leaves out in silence what it does not show."""
        asked = {"issueIdsOrKeys": list(keys), "fields": list(FIELDS)}
        found = self._whole(self._call("issue/bulkfetch", asked, check=_has_whole_issues))
        for key in sorted(set(keys) - {payload["key"] for payload in found}):
            # Moved (the answer has another key) or not to be seen: the issue itself tells.
            moved = self._call(f"issue/{key}", query={"fields": "updated"}, absent=True)
            if moved is None:
                self.absent_keys.add(key)
        return found

    def _search(self, jql: str, updated_since: datetime | None) -> Iterator[list[dict[str, Any]]]:
        """Every issue the JQL finds, a page at a time, in an order that no change disturbs."""
        condition = re.sub(r"""\border\s+by\s+[^"']*$""", "", jql, flags=re.IGNORECASE).strip()
        if updated_since is not None:
            since = int((updated_since - OVERLAP).replace(tzinfo=UTC).timestamp() * 1000)
            condition = f"({condition}) AND updated >= {since}"
        asked: dict[str, Any] = {
            "jql": f"{condition} ORDER BY created, key",
            "fields": list(FIELDS),
            "maxResults": ISSUES_PER_PAGE,
        }
        tokens: set[str] = set()
        while True:
            answered = self._call("search/jql", asked, check=_has_whole_issues)
            yield self._whole(answered)
            token = answered.get("nextPageToken")
            if token is None:
                return
            if token in tokens:
                raise JiraError(f"jira: {self._settings.url} repeats a page token; run again")
            tokens.add(token)
            asked["nextPageToken"] = token

    def _whole(self, answered: dict[str, Any]) -> list[dict[str, Any]]:
        issues: list[dict[str, Any]] = answered["issues"]
        return issues

    def _with_histories(self, payloads: Sequence[dict[str, Any]]) -> list[FetchedIssue]:
        """These issues with every entry of their changelogs; a page may end within an issue."""
        histories: dict[str, dict[str, dict[str, Any]]] = {str(payload["id"]): {} for payload in payloads}
        asked: dict[str, Any] = {"issueIdsOrKeys": list(histories), "maxResults": HISTORIES_PER_PAGE}
        tokens: set[str] = set()
        while True:
            answered = self._call("changelog/bulkfetch", asked, check=_has_changelogs)
            for changelog in answered["issueChangeLogs"]:
                entries = histories.get(str(changelog["issueId"]))
                if entries is not None:
                    entries.update((str(entry["id"]), entry) for entry in changelog["changeHistories"])
            token = answered.get("nextPageToken")
            if token is None:
                break
            if token in tokens:
                raise JiraError(f"jira: {self._settings.url} repeats a page token; run again")
            tokens.add(token)
            asked["nextPageToken"] = token
        self.report.issues_changed += len(payloads)
        return [
            FetchedIssue(
                issue_id=str(payload["id"]),
                issue_key=payload["key"],
                updated_at=_moment(payload["fields"]["updated"]),
                payload=payload,
                histories=list(histories[str(payload["id"])].values()),
                history_complete=True,
            )
            for payload in payloads
        ]

    # --- how it is asked ----------------------------------------------------------------------------------

    def _call(
        self,
        path: str,
        body: dict[str, Any] | None = None,
        *,
        query: dict[str, str] | None = None,
        absent: bool = False,
        check: Callable[[Any], str | None] = lambda answered: None,
    ) -> Any:
        """One answer, asked for again while the trouble is of the passing kind.

        With `absent`, a 404 is None. `check` says what an answer lacks.
        """
        for attempt in range(1, ATTEMPTS + 1):
            self.report.calls += 1
            try:
                answered = self._ask(path, body, query, absent)
                if (lack := check(answered)) is not None:
                    raise _PassingTroubleError(lack)
                return answered
            except _PassingTroubleError as trouble:
                said, wait = str(trouble), trouble.wait_seconds
            if attempt == ATTEMPTS:
                break
            wait = 2.0**attempt if wait is None else max(wait, 1.0)
            if self.report.waited_seconds + wait > WAITING_BUDGET_SECONDS:
                raise JiraError(
                    f"jira: {self._settings.url} {said} and asks for {wait:.0f} s, "
                    f"more patience than a run has; run again later"
                )
            self._tell(f"jira: {self._settings.url} {said}; asking again in {wait:.0f} s")
            self.report.retries += 1
            self.report.waited_seconds += wait
            self._sleep(wait)
        raise JiraError(f"jira: {self._settings.url} {said}, {ATTEMPTS} times in a row; run again later")

    def _ask(self, path: str, body: dict[str, Any] | None, query: dict[str, str] | None, absent: bool) -> Any:
        session = self._session or self._connect()
        url = f"{self._settings.url}/rest/api/2/{path}"
        try:
            # The plain Session: the package's own `request` sleeps and retries by rules of its own.
            response = requests.Session.request(
                session,
                "GET" if body is None else "POST",
                url,
                params=query,
                data=None if body is None else json.dumps(body),
                timeout=(CONNECT_TIMEOUT_SECONDS, self._settings.request_timeout_seconds),
                allow_redirects=False,
            )
        except requests.exceptions.SSLError:
            raise JiraError(
                f"jira.url: the certificate of {self._settings.url} is not trusted here"
            ) from None
        except (requests.ConnectionError, requests.Timeout):
            raise _PassingTroubleError("cannot be reached") from None
        except requests.RequestException as error:
            raise _PassingTroubleError(f"sent a broken answer ({type(error).__name__})") from None
        self._stop_at_refusal(response)
        if response.status_code == 404 and absent:
            return None
        if response.status_code != 200:
            raise JiraError(
                f"jira: {self._settings.url} answered {response.status_code} to {path}: "
                f"{self._told_by(response)}"
            )
        try:
            return response.json()
        except ValueError:
            raise _PassingTroubleError("answered with something that is no JSON") from None

    def _stop_at_refusal(self, response: requests.Response) -> None:
        """Raise for a refusal (at once, as another try may lock the account) or a passing trouble."""
        status = response.status_code
        denied = response.headers.get("X-Authentication-Denied-Reason", "")
        login = response.headers.get("X-Seraph-LoginReason", "")
        if "CAPTCHA" in denied:
            raise JiraError(
                f"jira: {self._settings.url} wants a captcha from {self._account()}; "
                f"sign in once in a browser"
            )
        # A dead token is answered with 200 and no issues; only this header tells.
        if status == 401 or "AUTHENTICATED_FAILED" in login or "AUTHENTICATION_DENIED" in login:
            raise JiraError(
                f"jira: {self._settings.url} refuses the token of {self._account()}; "
                f"make a new one and put it where jira.token_env or jira.token_file says"
            )
        if status == 403:
            raise JiraError(
                f"jira: {self._settings.url} forbids this to {self._account()}; "
                f"give it the right to browse the projects"
            )
        if 300 <= status < 400:
            raise JiraError(
                f"jira.url: {self._settings.url} sends elsewhere; put the address of the Jira itself"
            )
        if status in _PASSING:
            raise _PassingTroubleError(f"answered {status}", self._asked_to_wait(response))

    def _asked_to_wait(self, response: requests.Response) -> float | None:
        """Seconds of a Retry-After header, which may be a number or a date (RFC 9110, 10.2.3)."""
        said = response.headers.get("Retry-After", "").strip()
        if re.fullmatch(r"\d+(\.\d+)?", said):
            return float(said)
        if said:
            try:
                until = parsedate_to_datetime(said)
            except ValueError:
                return None
            return max(0.0, (until - self._clock()).total_seconds())
        return None

    def _told_by(self, response: requests.Response) -> str:
        """Jira's own words for an error, without anything else of the answer."""
        try:
            answered = response.json()
            words = [str(word) for word in answered.get("errorMessages", ())]
            words += [f"{name}: {word}" for name, word in (answered.get("errors") or {}).items()]
        except (ValueError, AttributeError):
            words = []
        told = " ".join(words) or "no reason given"
        return told.replace(self._token.get_secret_value(), "…")[:300]

    def _connect(self) -> requests.Session:
        """The package's authenticated session, made without a call of its own."""
        logging.getLogger("jira").setLevel(logging.WARNING)  # at DEBUG it writes headers and bodies
        secret = self._token.get_secret_value()
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
        logging.getLogger("jira").setLevel(logging.WARNING)  # its constructor sets INFO
        session: requests.Session = client._session
        # A .netrc or a proxy password of the machine is not ours to send.
        session.trust_env = session.trust_env and not self._settings.url.startswith("http://127.0.0.1")
        self._session = session
        return session

    def _account(self) -> str:
        return self._settings.email or "the token's account"

    def _nonsense(self, what: str) -> JiraError:
        return JiraError(
            f"jira: {self._settings.url} does not answer {what} as a Jira does; "
            f"see whether jira.url is the address of the Jira itself"
        )


def _has_whole_issues(answered: Any) -> str | None:
    if not isinstance(answered, dict) or not isinstance(answered.get("issues"), list):
        return "answered without issues"
    if answered.get("warnings"):
        return "answered with a warning that issues are missing"
    if answered.get("issueErrors"):
        return "could not load every issue"
    for issue in answered["issues"]:
        lacking = [name for name in ALWAYS if issue.get("fields", {}).get(name) is None]
        if lacking:
            return f"sent {issue.get('key', 'an issue')} without its {lacking[0]}"
    return None


def _has_changelogs(answered: Any) -> str | None:
    if not isinstance(answered, dict) or not isinstance(answered.get("issueChangeLogs"), list):
        return "answered without histories"
    return None


def _moment(written: str) -> datetime:
    """`2024-03-01T10:30:00.000+0100` as naive UTC."""
    return datetime.fromisoformat(written).astimezone(UTC).replace(tzinfo=None)
