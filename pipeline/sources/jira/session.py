"""One signed-in connection to a Jira.

The `jira` package makes the authenticated session and nothing more. Its own retries wait too briefly after a
429, fail on an HTTP date and give up on a 503; and it takes an expired token, which Jira Cloud answers with
200 and a header, for "no issues". `rest.py` asks and waits.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import requests
from jira import JIRA
from pydantic import SecretStr

from pipeline.errors import JiraError
from pipeline.settings import Jira
from pipeline.sources.jira.pictures import without_pictures
from pipeline.sources.rest import Account, CallReport, Clock, Patience, RestSession

_SEARCHES = ("search", "search/jql", "search/approximate-count")


class JiraSession(RestSession):
    """Asks one Jira, in version 2 of its API.

    With `email` the token is an API token of Cloud, with `username` a password of Data Center, with neither a
    personal access token or another that is sent as a bearer.
    """

    error = JiraError
    root = "/rest/api/2/"
    scopes = "read:jira-work and read:jira-user"
    query = "jira.jql"  # what the settings call the JQL that is asked

    def __init__(
        self,
        settings: Jira,
        token: SecretStr,
        report: CallReport,
        *,
        tell: Callable[[str], None],
        clock: Clock | None = None,
        patience: Patience | None = None,
    ) -> None:
        seconds = settings.request_timeout_seconds
        user = settings.email or settings.username
        account = Account("jira", "Jira", settings.url, user, token, seconds)
        pace = settings.calls_per_second
        super().__init__(account, report, tell=tell, clock=clock, calls_per_second=pace, patience=patience)

    def _sign_in(self) -> requests.Session:
        secret = self._secret()
        user, url = self._account.email, self._account.url
        given: dict[str, Any] = {"basic_auth": (user, secret)} if user else {"token_auth": secret}
        client = JIRA(
            server=url,
            options={"rest_api_version": "2"},
            get_server_info=False,
            max_retries=0,
            timeout=self._account.timeout_seconds,
            **given,
        )
        # Its constructor sets INFO; at DEBUG it writes headers and bodies.
        logging.getLogger("jira").setLevel(logging.WARNING)
        session: requests.Session = client._session
        if urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1"):
            session.trust_env = False  # no proxy reaches a Jira on this machine
        return session

    def _content(self, response: requests.Response) -> bytes:
        return without_pictures(response.content)

    def _error_words(self, answered: Any) -> list[str]:
        words = [str(word) for word in answered.get("errorMessages", ())]
        return words + [f"{name}: {word}" for name, word in (answered.get("errors") or {}).items()]

    def _mend(self, path: str, status: int) -> str:
        is_query = path in _SEARCHES and status == 400
        return f"mend {self.query}" if is_query else "see whether jira.url is the address of a Jira"

    def _browsed(self) -> str:
        return "the projects"
