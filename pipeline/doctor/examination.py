"""What one examination knows: the settings, and what earlier checks found that later ones go on from."""

from __future__ import annotations

import base64
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import requests
from pydantic import SecretStr

from pipeline.doctor.findings import Finding
from pipeline.doctor.held import Held, read_held
from pipeline.errors import SettingsError
from pipeline.settings import ConfluenceSource, Deployment, GitSource, Jira, Settings
from pipeline.sources.jira.address import Greeting
from pipeline.sources.jira.session import JiraSession
from pipeline.sources.jira.site import FetchedIssue, JiraSite, site_of
from pipeline.sources.rest import CallReport, Clock, Patience, is_denied, lacks_scope
from pipeline.sources.rest import Check as AnswerCheck

#: A person waits for the doctor: one more try, and no long wait.
PATIENCE = Patience(attempts=2, seconds=20.0)


class Examination:
    """One examination. What a check learns stands here for those that need it (see `Check.needs`)."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self.settings = settings
        self.clock = clock
        self.greeting: Greeting | None = None
        self.info: Mapping[str, Any] = {}  # Jira's `serverInfo`
        self.deployment: Deployment | None = None
        self.token: SecretStr | None = None
        self.account: Mapping[str, Any] = {}
        self.projects: list[str] = []  # keys of those shown
        self.sample: list[str] = []  # ids of issues to try things with
        self.read: list[FetchedIssue] = []  # the first few of them
        self._session: AttentiveSession | None = None
        self._site: JiraSite | None = None

    @property
    def jira(self) -> Jira:
        """The settings of the Jira."""
        assert self.settings.jira is not None
        return self.settings.jira

    @property
    def session(self) -> AttentiveSession:
        """The connection, signed in with the token."""
        if self._session is None:
            assert self.token is not None
            self._session = AttentiveSession(self.jira, self.token, self.clock)
        return self._session

    @property
    def site(self) -> JiraSite:
        """The Jira, as the deployment it says it is."""
        if self._site is None:
            assert self.deployment is not None
            self._site = site_of(self.deployment, self.jira, self.session)
        return self._site

    @property
    def who(self) -> str:
        """The account signed in, as people know it."""
        return str(self.account.get("displayName") or self.account.get("name") or self.session.account)

    @property
    def is_refused(self) -> bool:
        """Whether Jira refused the credentials; then it must not be asked again."""
        return self._session is not None and self._session.refusal is not None

    @cached_property
    def held(self) -> Held:
        """What the warehouse holds, as it was when it was first asked for."""
        return read_held(self.settings.warehouse_path)

    def secrets(self) -> list[str]:
        """Every token of the settings, and what is sent in its place, to be kept out of what is said."""
        tables = [each for each in self.settings.sources if isinstance(each, ConfluenceSource | GitSource)]
        found = []
        for table in (*tables, *([self.jira] if self.settings.jira else [])):
            try:
                token = self.settings.token("", table.token_env or "", table.token_file)
            except SettingsError:
                continue
            secret = token.get_secret_value()
            found.append(secret)
            for user in (getattr(table, "email", None), getattr(table, "username", None)):
                found.append(base64.b64encode(f"{user}:{secret}".encode()).decode())
        return found


class AttentiveSession(JiraSession):
    """A connection to Jira that notes what the headers tell, and asks nothing more after a refusal.

    `refusal`: `captcha`, or `token` for credentials that Jira does not take. `limits` are the last headers of
    its rate limit; `limited_count` how often it said that calls come too fast.
    """

    def __init__(self, settings: Jira, token: SecretStr, clock: Clock) -> None:
        super().__init__(
            settings, token, CallReport(), tell=lambda line: None, clock=clock, patience=PATIENCE
        )
        self.refusal: str | None = None
        self.limits: dict[str, str] = {}
        self.limited_count = 0

    def call(
        self,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        query: Mapping[str, str] | None = None,
        check: AnswerCheck = lambda answered: None,
        gone: Collection[int] = (),
    ) -> Any:
        """See `RestSession`."""
        if self.refusal is not None:
            raise self._failure("is not asked again after it refused the credentials; mend those first")
        return super().call(path, body, query=query, check=check, gone=gone)

    def _hear(self, response: requests.Response) -> None:
        super()._hear(response)
        if "CAPTCHA" in response.headers.get("X-Authentication-Denied-Reason", ""):
            self.refusal = "captcha"
        elif is_denied(response) or (response.status_code == 401 and not lacks_scope(response)):
            self.refusal = "token"
        self.limited_count += response.status_code == 429
        self.limits |= {
            name.lower().removeprefix("x-ratelimit-"): value
            for name, value in response.headers.items()
            if name.lower().startswith("x-ratelimit-")
        }


@dataclass(frozen=True, slots=True)
class Check:
    """One thing the doctor looks at, and says what it found of: one line, or one for each part of it.

    `needs` are the names of checks without whose success it cannot be asked: of those that found something of
    that name wrong. `ask` may raise our own errors, whose lines are then the findings.
    """

    name: str
    ask: Callable[[Examination], Iterable[Finding]]
    needs: tuple[str, ...] = ()
