"""Signing in to a Jira: at which address, as whom, and as which deployment it is asked."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from pydantic import SecretStr

from pipeline.demo.jira import faults
from pipeline.demo.jira.faults import Fault
from pipeline.demo.jira.query import QueryError
from pipeline.demo.jira.server import serve_jira
from pipeline.demo.jira.site import Deployment
from pipeline.errors import JiraError
from pipeline.settings import Jira
from pipeline.sources.jira.cloud import CloudSite
from pipeline.sources.jira.data_center import DataCenterSite
from pipeline.sources.jira.site import JiraSite, open_site
from tests.sources.clock import StillClock
from tests.sources.jira_served import (
    ACCOUNT,
    DEPLOYMENTS,
    TOKEN,
    add_issues,
    at_call,
    ids_of,
    plain_jira,
    served,
)

both = pytest.mark.parametrize("deployment", DEPLOYMENTS)


def opened(**given: Any) -> JiraSite:
    """A site of these settings."""
    return open_site(Jira.model_validate(given), SecretStr(TOKEN), clock=StillClock())


@pytest.mark.parametrize(("deployment", "kind"), [("cloud", CloudSite), ("data_center", DataCenterSite)])
def test_the_deployment_is_asked_unless_told(deployment: Deployment, kind: type[JiraSite]) -> None:
    """One call tells it; none is made when the settings do."""
    with served(plain_jira(deployment)) as jira:
        assert type(jira.site) is kind
        assert jira.endpoints() == []
        assert type(opened(url=jira.jira.url, email=ACCOUNT)) is kind
        assert jira.endpoints() == ["serverInfo"]


@pytest.mark.parametrize(
    "url",
    [
        "https://example.atlassian.net",
        "https://example.jira.com/",
        "https://api.atlassian.com/ex/jira/11111111-2222-4333-8444-555555555555",
    ],
)
def test_the_addresses_of_atlassian_are_cloud(url: str) -> None:
    """Nothing is asked where only a Cloud can be; the settings may still say otherwise."""
    site = opened(url=url, email=ACCOUNT)
    assert (type(site), site.report.calls) == (CloudSite, 0)
    assert type(opened(url=url, username="ana", deployment="data_center")) is DataCenterSite


def test_an_address_that_does_not_say_what_it_is_is_told() -> None:
    """Where a Jira should tell its deployment and does not, the sentence says so."""
    nothing, nowhere = faults.empty_body(), Fault("status", 404)
    with (
        served(plain_jira(), lambda request: nothing) as jira,
        pytest.raises(JiraError, match="no JSON, 5 times in a row"),
    ):
        opened(url=jira.jira.url, email=ACCOUNT)
    with (
        served(plain_jira(), lambda request: nowhere) as jira,
        pytest.raises(JiraError, match=r"404 to serverInfo: .*; see whether jira\.url is the address"),
    ):
        opened(url=jira.jira.url, email=ACCOUNT)


@both
def test_a_bearer_token_needs_no_name(deployment: Deployment) -> None:
    """With neither email nor user name the token is sent alone: a personal access token, or one of OAuth."""
    with served(plain_jira(deployment)) as jira:
        site = opened(url=jira.jira.url, deployment=deployment)
        site.account()
        assert site.session.account == "the token's account"


def test_data_center_takes_a_user_name_and_a_password() -> None:
    """As it takes a token alone; a wrong name is refused in a sentence that names it."""
    with served(plain_jira("data_center")) as jira:
        assert opened(url=jira.jira.url, username=ACCOUNT).account()["name"] == ACCOUNT
        with pytest.raises(JiraError, match=r"refuses the token of somebody; make a new one"):
            opened(url=jira.jira.url, username="somebody").account()


def test_a_scoped_token_works_through_the_gateway() -> None:
    """Its own address, with a path, is asked; people open the site's, which the settings name besides."""
    state = plain_jira()
    keys = add_issues(state, 2)
    with served(state, scoped_token=True) as jira:
        given = {
            "url": jira.jira.gateway_url,
            "browse_url": "https://example.atlassian.net",
            "email": ACCOUNT,
        }
        settings = Jira.model_validate(given | {"deployment": "cloud"})
        site = open_site(settings, SecretStr(TOKEN), clock=StillClock())
        found = [issue.issue_key for batch in site.fetch(ids_of(state, keys)) for issue in batch]
        assert found == keys
        assert {request.path.partition("/rest/")[0] for request in jira.jira.requests} == {
            jira.jira.gateway_url.removeprefix(jira.jira.url)
        }
        with pytest.raises(JiraError, match="refuses the token of reports@"):
            jira.site.account()
    assert settings.issue_url == "https://example.atlassian.net"


@both
def test_an_address_with_a_path_is_kept(deployment: Deployment) -> None:
    """A Data Center under `/jira`, and with a slash too many, is asked there."""
    state = plain_jira("data_center")
    keys = add_issues(state, 1)
    with serve_jira(state, email=ACCOUNT, token=TOKEN, context_path="/jira") as jira:
        site = opened(url=f"{jira.url}/", username=ACCOUNT)
        assert [issue.issue_key for batch in site.fetch(ids_of(state, keys)) for issue in batch] == keys
        assert {request.path.partition("/rest/")[0] for request in jira.requests} == {"/jira"}
        with pytest.raises(JiraError, match="404 to myself"):
            opened(url=jira.url.removesuffix("/jira"), username=ACCOUNT, deployment=deployment).account()


@pytest.mark.parametrize("token", ["two words", "line\nbreak", "caf\u00e9", "em\u2014dash", ""])
def test_a_token_that_can_be_none_is_told_without_being_shown(token: str) -> None:
    """One with a space, a line break or a letter outside ASCII is an error that hides it, before a call."""
    settings = Jira(url="https://example.atlassian.net", email=ACCOUNT)
    site = open_site(settings, SecretStr(token), clock=StillClock())
    with pytest.raises(JiraError) as error:
        site.account()
    assert str(error.value) == (
        "jira: the token holds characters that no token has, such as a space; copy it once more"
    )


@both
def test_jiras_own_words_come_in_one_line_without_the_token(
    deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error text that spans lines or echoes the token is shown as one line without it."""
    message = f"You sent {TOKEN}\nand that is\t\twrong."

    def refuse(*args: object, **more: object) -> None:
        raise QueryError(message)

    monkeypatch.setattr("pipeline.demo.jira.answers.Query", refuse)
    with served(plain_jira(deployment)) as jira, pytest.raises(JiraError) as error:
        jira.find("labels = pm")
    assert str(error.value).endswith(": You sent … and that is wrong; mend jira.jql")


COOKIE = (("Set-Cookie", "session=x"),)
FAULTS = [
    *(Fault("status", status, COOKIE) for status in (400, 401, 403, 404, 410, 429, 500)),
    faults.connection_reset(),
    faults.truncated(),
    faults.bad_gzip(),
    faults.web_page(),
    faults.empty_body(),
    faults.expired_token(),
    faults.captcha(),
]


@both
@pytest.mark.parametrize("fault", FAULTS)
def test_the_token_is_in_no_error_and_no_log(
    deployment: Deployment, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither an error, what led to it, nor a log record of any level holds the token."""
    caplog.set_level(logging.DEBUG)
    with served(plain_jira(deployment), lambda request: fault) as jira:
        with pytest.raises(JiraError) as caught:
            jira.find("labels = pm")
        error: BaseException | None = caught.value
        while error is not None:
            assert TOKEN not in f"{error!r} {error}"
            error = error.__cause__ or error.__context__
        assert TOKEN not in repr(jira.site) + repr(jira.site.session) + repr(vars(jira.site.session))
    assert TOKEN not in caplog.text


def test_the_package_that_signs_in_writes_no_headers(caplog: pytest.LogCaptureFixture) -> None:
    """At DEBUG the `jira` package would write headers and bodies into the log."""
    caplog.set_level(logging.DEBUG, logger="jira")
    with served(plain_jira(), at_call(1, faults.server_error())) as jira:
        jira.site.account()
    assert [record for record in caplog.records if record.name.startswith("jira")] == []
