"""How far one gets into the Jira: what the doctor says of each thing that can stand in the way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.demo.jira.answers import utc_now
from pipeline.demo.jira.faults import (
    Fault,
    Request,
    captcha,
    connection_reset,
    expired_token,
    too_many_requests,
    unauthorized,
)
from pipeline.demo.jira.server import CLOUD_ID, serve_jira
from tests.doctor.examined import EMAIL, TOKEN, Answer, answering, jira, small_jira, told
from tests.sources.clock import StillClock

REST = (
    "projects, jql, issues, history, comments, remote links, fields, priorities, statuses, "
    "incidents, rate limits"
)
SERVER_INFO = "/rest/api/2/serverInfo"


# --- which Jira, and how one signs in -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("deployment", "set_to", "called"),
    [
        ("cloud", "data_center", "Jira Cloud"),
        ("data_center", "cloud", "Jira Data Center or Server 10.3.2"),
    ],
)
def test_settings_that_contradict_the_jira(tmp_path: Path, deployment: Any, set_to: str, called: str) -> None:
    """What the Jira says of itself counts for all else that is asked."""
    user = f'email = "{EMAIL}"' if deployment == "cloud" else f'username = "{EMAIL}"'
    with serve_jira(small_jira(), email=EMAIL, token=TOKEN, deployment=deployment) as served:
        settings = jira(served.url, user, f'deployment = "{set_to}"', 'jql = "labels = postmortem"')
        assert told(tmp_path, settings, "jira.dep", "jira dep", "jira account", "jira jql") == [
            f'wrong jira.deployment it says "{set_to}", and the Jira is {called.removesuffix(" 10.3.2")}; '
            "take jira.deployment out of the settings",
            f"ok jira deployment it is {called}",
            "ok jira account signed in as Analytics",
            "ok jira jql jira.jql finds 2 issues",
        ]


def server_of(version: str, **answers: Any) -> Callable[[str], Answer]:
    """A Data Center of that version, in so far as it says so."""
    numbers = [int(each) for each in version.split(".")]
    info = {"deploymentType": "Server", "version": version, "versionNumbers": numbers}

    def answer(path: str) -> Answer:
        known = {SERVER_INFO: info, "/rest/api/2/myself": {"name": "me", "displayName": "Me"}, **answers}
        return (200, {}, known[path]) if path in known else (404, {}, {"errorMessages": ["not there"]})

    return answer


def test_an_old_data_center(tmp_path: Path) -> None:
    """Before 8 it is not supported; before 8.14 it knows no personal access tokens, and gets none."""
    with answering(server_of("7.13.1")) as url:
        assert told(
            tmp_path, jira(url, 'username = "me"'), "jira dep", "jira sign", "jira acc", "jira proj"
        ) == [
            "warning jira deployment it is Jira Data Center or Server 7.13.1, older than what is supported "
            "(8 and later); have it brought up to date, or trust what is fetched only if "
            "nothing below is wrong",
            "ok jira sign-in with the password of me",
            "ok jira account signed in as Me",
            "wrong jira projects "
            f"{url} answered 404 to project: not there; see whether jira.url is the address of a Jira",
        ]
    with answering(server_of("8.13.0")) as url:
        assert told(tmp_path, jira(url, "# bearer"), "jira dep", "jira sign", "jira acc") == [
            "ok jira deployment it is Jira Data Center or Server 8.13.0",
            "wrong jira sign-in the token is sent as a personal access token, which Jira knows since 8.14; "
            "set jira.username, with its password as the token",
            "skipped jira account, browse_url: not asked before “jira sign-in” is right",
        ]


def test_a_jira_that_tells_strangers_nothing(tmp_path: Path) -> None:
    """Then it is asked which it is as the account; a refusal of that is one, and nothing more is asked."""
    asked: list[str] = []

    def trouble(request: Request) -> Fault | None:
        asked.append(request.endpoint)
        return Fault("status", 401) if len(asked) == 1 else None

    with serve_jira(
        small_jira(), email="me", token=TOKEN, deployment="data_center", trouble=trouble
    ) as served:
        lines = told(tmp_path, jira(served.url, 'username = "me"'), "jira add", "jira dep", "jira acc")
        assert lines == [
            f"ok jira address {served.url} answers, and tells strangers nothing",
            "ok jira deployment it is Jira Data Center or Server 10.3.2",
            "ok jira account signed in as Analytics",
        ]
    with answering(lambda path: (401, {}, {})) as url:
        assert told(tmp_path, jira(url, 'username = "me"'), "jira add", "jira dep", "jira sign") == [
            f"ok jira address {url} answers, and tells strangers nothing",
            f"wrong jira deployment {url} refuses the token of me, as one expired, revoked or mistyped; see "
            "whether it is the password of that account; for a personal access token take username and email "
            "out of [jira]",
            "skipped jira sign-in, account: not asked before “jira deployment” is right",
        ]


@pytest.mark.parametrize(
    ("deployment", "signs", "expected"),
    [
        ("cloud", f'email = "{EMAIL}"', [f"ok jira sign-in with the API token of {EMAIL}"]),
        ("cloud", "# bearer", ["ok jira sign-in with the token alone, as a bearer token"]),
        (
            "cloud",
            f'username = "{EMAIL}"',
            [
                "warning jira sign-in Cloud knows accounts by their address, which is in jira.username; "
                "call it jira.email"
            ],
        ),
        (
            "cloud",
            'username = "me"',
            [
                "wrong jira sign-in Cloud takes no user name and password; "
                "set jira.email instead of jira.username, and make an API token for that account",
                "skipped jira account, browse_url: not asked before “jira sign-in” is right",
            ],
        ),
        ("data_center", f'username = "{EMAIL}"', [f"ok jira sign-in with the password of {EMAIL}"]),
        ("data_center", "# bearer", ["ok jira sign-in with a personal access token"]),
        (
            "data_center",
            f'email = "{EMAIL}"',
            [
                f"warning jira sign-in Data Center knows accounts by user name, and jira.email {EMAIL} is "
                "sent as one; set jira.username with a password, or neither with a personal access token"
            ],
        ),
    ],
)
def test_ways_to_sign_in(tmp_path: Path, deployment: Any, signs: str, expected: list[str]) -> None:
    """Each deployment has its own; one that can only fail is not tried, as that may lock the account."""
    with serve_jira(small_jira(), email=EMAIL, token=TOKEN, deployment=deployment) as served:
        lines = told(tmp_path, jira(served.url, signs), "jira sign-in", "jira account")
    is_tried = not expected[0].startswith("wrong")
    assert lines == expected + ["ok jira account signed in as Analytics"] * is_tried
    assert ("myself" in [request.endpoint for request in served.requests]) is is_tried


def test_an_api_token_without_its_account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the address of a Cloud site a token alone is never taken, and so never sent."""
    with serve_jira(small_jira(), email=EMAIL, token=TOKEN) as served:
        monkeypatch.setenv("http_proxy", served.url)
        lines = told(tmp_path, jira("http://example.atlassian.net", "# bearer"), "jira sign", "jira acc")
    assert lines == [
        "wrong jira sign-in without jira.email the token is sent as a bearer token, which Cloud does not "
        "take there; set jira.email to the address of the account the API token belongs to",
        "skipped jira account, browse_url: not asked before “jira sign-in” is right",
    ]
    assert [request.endpoint for request in served.requests] == ["serverInfo"]


# --- whose account it is ------------------------------------------------------------------------------------


def of_account(folder: Path, served: Any, *more: str) -> str:
    """What is said of an account that is not let in, once and never again."""
    lines = told(folder, jira(served.url, *more), "jira account", "jira time zone", "jira browse_url")
    assert lines[1:] == [
        "skipped jira browse_url not asked, as Jira refused the credentials",
        f"skipped jira time zone, {REST}: not asked, as Jira refused the credentials",
    ]
    asked = [request.endpoint for request in served.requests]
    assert asked == ["serverInfo", "myself"], "another try may lock the account"
    return lines[0].removeprefix("wrong jira account ")


@pytest.mark.parametrize("fault", [unauthorized(), expired_token()])
def test_a_token_that_cloud_refuses(tmp_path: Path, fault: Fault) -> None:
    """Mistyped or expired: where a new one is made, and where one with scopes would work."""
    with serve_jira(
        small_jira(),
        email=EMAIL,
        token=TOKEN,
        trouble=lambda request: fault if "myself" in request.path else None,
    ) as served:
        assert of_account(tmp_path, served) == (
            f"{served.url} refuses the token of {EMAIL}, as one expired, revoked or mistyped; make a new one "
            "at https://id.atlassian.com/manage-profile/security/api-tokens; one with scopes works only with "
            f'jira.url = "https://api.atlassian.com/ex/jira/{CLOUD_ID}" and jira.browse_url = "{served.url}"'
        )


def test_a_token_that_is_dead_already(tmp_path: Path) -> None:
    """Cloud answers a dead token as it does a stranger, and says so in a header: that is no empty Jira."""
    with serve_jira(small_jira(), email=EMAIL, token=TOKEN) as served:
        served.token_is_expired = True
        assert of_account(tmp_path, served).startswith(
            f"{served.url} refuses the token of {EMAIL}, as one expired"
        )


def test_a_token_with_scopes_at_the_wrong_address(tmp_path: Path) -> None:
    """It is taken by the gateway alone; there the browse address must be told apart."""
    with serve_jira(small_jira(), email=EMAIL, token=TOKEN, scoped_token=True) as served:
        gateway = served.gateway_url
        assert told(tmp_path, jira(gateway), "jira account", "jira browse_url") == [
            "ok jira account signed in as Analytics",
            "warning jira browse_url jira.url is a gateway, which shows people no issues; "
            f'set jira.browse_url = "{served.url}"',
        ]
        settings = jira(gateway, f'browse_url = "{served.url}/"')
        assert told(tmp_path, settings, "jira browse_url") == [
            f"ok jira browse_url links to issues lead to {served.url}"
        ]


def test_a_token_that_the_gateway_refuses(tmp_path: Path) -> None:
    """One without scopes would work at the site's own address."""
    with serve_jira(small_jira(), email=EMAIL, token="another") as served:
        settings = jira(
            served.gateway_url, f'email = "{EMAIL}"', 'browse_url = "https://example.atlassian.net"'
        )
        assert told(tmp_path, settings, "jira account") == [
            f"wrong jira account {served.gateway_url} refuses the token of {EMAIL}, as one expired, revoked "
            "or mistyped; make a new one with the scopes read:jira-work and read:jira-user; "
            'one without scopes works only with jira.url = "https://example.atlassian.net"'
        ]


def test_a_token_without_the_scopes(tmp_path: Path) -> None:
    """What the token has no scope for is told one by one: it was taken, so that asking on is safe."""
    cloud = {
        "deploymentType": "Cloud",
        "version": "1001",
        "versionNumbers": [1001, 0, 0],
        "baseUrl": "https://x",
    }
    known = {SERVER_INFO: cloud, "/rest/api/2/myself": {"accountId": "1", "displayName": "Me"}}

    def answer(path: str) -> Answer:
        if path in known:
            return 200, {}, known[path]
        return 401, {}, {"code": 401, "message": "Unauthorized; scope does not match"}

    with answering(answer) as url:
        assert told(tmp_path, jira(url, 'jql = "labels = x"'), "jira account", "jira proj", "jira jql") == [
            "ok jira account signed in as Me",
            f"wrong jira projects the token of {EMAIL} has no scope for project/search; "
            "make one with read:jira-work and read:jira-user",
            f"wrong jira jql the token of {EMAIL} has no scope for search/approximate-count; "
            "make one with read:jira-work and read:jira-user",
        ]


@pytest.mark.parametrize(
    ("signs", "expected"),
    [
        (
            'username = "me"',
            "the token of me, as one expired, revoked or mistyped; see whether it is the password of that "
            "account; for a personal access token take username and email out of [jira]",
        ),
        (
            "# bearer",
            "the token of the token's account, as one expired, revoked or mistyped; make a new personal "
            "access token in the account's profile; for a password set jira.username",
        ),
    ],
)
def test_credentials_that_data_center_refuses(tmp_path: Path, signs: str, expected: str) -> None:
    """A password and a personal access token are told apart."""
    with serve_jira(small_jira(), email="me", token="another", deployment="data_center") as served:
        assert of_account(tmp_path, served, signs) == f"{served.url} refuses {expected}"


def test_a_captcha(tmp_path: Path) -> None:
    """A locked account is said to be one, and not tried again."""
    with serve_jira(
        small_jira(), email="me", token=TOKEN, deployment="data_center",
        trouble=lambda request: captcha() if "myself" in request.path else None,
    ) as served:  # fmt: skip
        assert of_account(tmp_path, served, 'username = "me"') == (
            f"{served.url} wants a captcha from me after wrong passwords; sign in once in a browser as that "
            "account, and see that the token is right before you try again"
        )


def test_a_token_alone_that_cloud_forbids(tmp_path: Path) -> None:
    """At an address of its own a Cloud answers 403 to a token that comes as a bearer."""
    known = {SERVER_INFO: {"deploymentType": "Cloud", "version": "1001", "versionNumbers": [1001, 0, 0]}}

    def answer(path: str) -> Answer:
        return (200, {}, known[path]) if path in known else (403, {}, {"error": "Failed to parse"})

    with answering(answer) as url:
        assert told(tmp_path, jira(url, "# bearer"), "jira account") == [
            f"wrong jira account {url} refuses the token of the token's account, as one expired, revoked or "
            "mistyped; make a new one at https://id.atlassian.com/manage-profile/security/api-tokens, and "
            "set jira.email to the address of the account it belongs to"
        ]


def test_an_account_that_is_deactivated(tmp_path: Path) -> None:
    """It may still answer, and sees nothing."""
    me = {"/rest/api/2/myself": {"name": "me", "displayName": "Me", "active": False}}
    with answering(server_of("9.12.4", **me)) as url:
        assert told(tmp_path, jira(url, 'username = "me"'), "jira account") == [
            "wrong jira account Me is deactivated; have the account activated, or use the token of another"
        ]


def test_a_refusal_half_way_ends_the_asking(tmp_path: Path) -> None:
    """When the token dies meanwhile, not one more call is made."""

    def trouble(request: Request) -> Fault | None:
        return unauthorized() if request.endpoint == "search/approximate-count" else None

    with serve_jira(small_jira(), email=EMAIL, token=TOKEN, trouble=trouble) as served:
        lines = told(tmp_path, jira(served.url, 'jql = "labels = postmortem"'), "jira")
    assert lines[-3:] == [
        f"wrong jira jql {served.url} refuses the token of {EMAIL}; "
        "make a new one and put it where jira.token_env or jira.token_file says",
        "skipped jira issues, history, comments, remote links, fields, priorities, statuses, incidents, "
        "rate limits: "
        "not asked, as Jira refused the credentials",
        "ok jira automation jira.automation_accounts names none; apps of Cloud are known without",
    ]
    assert [request.endpoint for request in served.requests] == [
        "serverInfo", "myself", "project/search", "search/approximate-count",
    ]  # fmt: skip


# --- addresses for people, clocks, limits -------------------------------------------------------------------


def test_links_for_people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An address that Jira does not call its own is a warning; one in other letters is not."""
    with serve_jira(small_jira(), email=EMAIL, token=TOKEN) as served:
        lines = told(tmp_path, jira(served.url, 'browse_url = "https://old.example"'), "jira browse_url")
        assert lines == [
            "warning jira browse_url links to issues lead to https://old.example, and Jira calls itself "
            f'{served.url}; if people open it there, set jira.browse_url = "{served.url}"'
        ]
        monkeypatch.setitem(served.state.__dict__, "base_url", "HTTPS://Jira.Example/")
        lines = told(tmp_path, jira(served.url, 'browse_url = "https://jira.example"'), "jira browse_url")
        assert lines == ["ok jira browse_url links to issues lead to https://jira.example"]


@pytest.mark.parametrize(
    ("offset", "expected"),
    [
        (timedelta(seconds=90), "ok jira clock this machine and Jira tell the same time"),
        (timedelta(minutes=-62), "62 min"),
        (timedelta(minutes=4), "4 min"),
        (timedelta(days=3), "3 days"),
    ],
)
def test_clocks_that_differ(tmp_path: Path, offset: timedelta, expected: str) -> None:
    """More than two minutes are told, with what they mean for the figures and what they do not."""
    clock = StillClock()
    with serve_jira(small_jira(), email=EMAIL, token=TOKEN, clock=lambda: clock.now() + offset) as served:
        lines = told(tmp_path, jira(served.url), "jira clock", clock=clock)
    if not expected.startswith("ok"):
        which = "behind" if offset > timedelta() else "ahead of"
        span = "1 h 02 min" if expected == "62 min" else expected
        expected = (
            f"warning jira clock this machine is {span} {which} Jira: no change is missed, as Jira's clock "
            "counts for those, but what is overdue or ignored is reckoned by this one; "
            "set this machine's clock"
        )
    assert lines == [expected]


def test_time_zones(tmp_path: Path) -> None:
    """Both zones are told, and what each is for."""
    state = small_jira()
    state.account_time_zone = "America/New_York"
    with serve_jira(state, email=EMAIL, token=TOKEN, clock=utc_now) as served:
        settings = '[company]\ntime_zone = "Europe/London"\n' + jira(served.url)
        assert told(tmp_path, settings, "jira time zone", "jira clock") == [
            "ok jira clock this machine and Jira tell the same time",
            "ok jira time zone the account's is America/New_York, which shifts nothing, as times are sent as "
            "numbers; due dates end in the company's, Europe/London",
        ]


def test_limits(tmp_path: Path) -> None:
    """A call refused for haste is made again after the wait Jira asks for, and told."""
    refused: list[str] = []

    def trouble(request: Request) -> Fault | None:
        if request.endpoint in ("project/search", "status") and request.endpoint not in refused:
            refused.append(request.endpoint)
            return too_many_requests(3)
        return None

    clock = StillClock()
    with serve_jira(small_jira(), email=EMAIL, token=TOKEN, trouble=trouble, clock=clock.now) as served:
        assert told(tmp_path, jira(served.url), "jira proj", "jira rate", clock=clock) == [
            "ok jira projects Analytics may browse 1 project: PAY",
            f"warning jira rate limits Jira said 2 times in {len(served.requests) - 1} calls that they come "
            "too fast (limit 350, remaining 0); set jira.calls_per_second to less than others leave you",
        ]
    assert [round(wait) for wait in clock.waits] == [3, 3]


def test_what_passes_is_tried_once_more(tmp_path: Path) -> None:
    """A connection that breaks once is nothing; one that breaks again is told, and the rest is asked."""
    clock = StillClock()

    def trouble(request: Request) -> Fault | None:
        return connection_reset() if request.endpoint == "project/search" else None

    with serve_jira(small_jira(), email=EMAIL, token=TOKEN, trouble=trouble, clock=clock.now) as served:
        assert told(tmp_path, jira(served.url), "jira proj", "jira stat", clock=clock) == [
            f"wrong jira projects {served.url} cannot be reached or does not answer, 2 times in a row; "
            "run again later",
            "ok jira statuses 3: 1 to do, 1 in progress, 1 done",
        ]
