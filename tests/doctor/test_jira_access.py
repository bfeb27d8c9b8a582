"""How far one gets into the Jira: what the doctor says of each thing that can stand in the way."""

from __future__ import annotations

import shutil
import socket
import threading
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
from tests.doctor.examined import EMAIL, TOKEN, Answer, answering, certificate, jira, small_jira, told
from tests.sources.clock import StillClock

REST = "projects, jql, issues, history, comments, remote links, fields, priorities, statuses, rate limits"
NOT_ASKED = (
    f"skipped jira deployment, sign-in, account, browse_url, clock, time zone, {REST}: "
    "not asked before “jira address” is right"
)
DATA_CENTER = {"deploymentType": "Server", "version": "9.12.4", "versionNumbers": [9, 12, 4]}
SERVER_INFO = "/rest/api/2/serverInfo"


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A token, and no proxy that this machine may have."""
    monkeypatch.setenv("JIRA_TOKEN", TOKEN)
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


# --- the address ------------------------------------------------------------------------------------------


def of_address(folder: Path, url: str, *more: str) -> str:
    """What is said of an address that is wrong; nothing else of the Jira can be asked then."""
    first, *rest = told(folder, jira(url, *more), "jira")
    assert rest[:2] == ["ok jira token there is one in the environment, in JIRA_TOKEN", NOT_ASKED]
    return first.removeprefix("wrong jira address jira.url: ")


def always(status: int, body: Any = b"", **headers: str) -> Callable[[str], Answer]:
    """The same answer whatever is asked."""
    return lambda path: (status, headers, body)


def test_a_name_nobody_knows(tmp_path: Path) -> None:
    """A host without an address is told as that."""
    assert of_address(tmp_path, "https://nowhere.invalid") == (
        "no host nowhere.invalid is known here; mend the name, or this machine's DNS or VPN"
    )


def test_nothing_listens(tmp_path: Path) -> None:
    """A refused connection names host and port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
    assert of_address(tmp_path, f"{url}/jira") == (
        f"{url} refuses connections; see whether its Jira runs and its port is right"
    )


def test_no_answer(tmp_path: Path) -> None:
    """What takes the connection and stays silent is told after the time the settings give it."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        assert of_address(tmp_path, url, "request_timeout_seconds = 1") == (
            f"{url} does not answer in time; see whether a firewall or a VPN stands between, "
            "or a proxy is needed (HTTP_PROXY)"
        )


@pytest.mark.skipif(shutil.which("openssl") is None, reason="makes certificates with openssl")
def test_certificates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A certificate that is not trusted, of another name, or expired, and each its own way out."""
    for name in ("127.0.0.2", "other.example", "expired"):
        is_expired = name == "expired"
        made = certificate(tmp_path / name, "127.0.0.2" if is_expired else name, is_expired=is_expired)
        with answering(always(200, DATA_CENTER), tls=made, host="127.0.0.2") as url:
            if name == "127.0.0.2":
                assert of_address(tmp_path, url) == (
                    f"the certificate of {url} is not trusted here (self-signed certificate); "
                    "name the file of your company's certificates in REQUESTS_CA_BUNDLE"
                )
            monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(made[0]))
            if name == "other.example":
                assert of_address(tmp_path, url) == (
                    f"the certificate of {url} is that of another name; put the name there that people use"
                )
            elif is_expired:
                assert of_address(tmp_path, url) == f"the certificate of {url} has expired; have it renewed"
            else:
                assert told(tmp_path, jira(url), "jira address") == [f"ok jira address {url} answers"]


@pytest.mark.skipif(shutil.which("openssl") is None, reason="makes certificates with openssl")
def test_http_where_https_is_spoken_and_the_other_way_round(tmp_path: Path) -> None:
    """The wrong of the two is told, with the other."""
    with answering(always(200, DATA_CENTER), tls=certificate(tmp_path / "tls", "127.0.0.1")) as url:
        plain = url.replace("https", "http")
        assert of_address(tmp_path, plain) == (
            f"{plain} hangs up without an answer, as one does that speaks only https; try https://"
        )
    with answering(always(400, b"The plain HTTP request was sent to HTTPS port")) as url:
        assert of_address(tmp_path, url) == f"{url} speaks only https; put https:// there"
    with answering(always(200, DATA_CENTER)) as url:
        secure = url.replace("http", "https")
        assert of_address(tmp_path, secure) == (
            f"{secure} does not speak https; put http:// there if that is meant"
        )


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("https://{host}/rest/api/2/serverInfo", 'sends from http to https; set jira.url = "https://{host}"'),
        (
            "https://jira.example/it/rest/api/2/serverInfo",
            'sends to https://jira.example/it; set jira.url = "https://jira.example/it"',
        ),
        (
            "https://sso:pw@login.example/saml?ticket=secret-of-the-sign-in",
            "sends to https://login.example/saml, a sign-in that stands before the Jira; "
            "put an address there that a program may use, or have this machine let through",
        ),
        (
            "/login.jsp",
            "sends to http://{host}/login.jsp, a sign-in that stands before the Jira; "
            "put an address there that a program may use, or have this machine let through",
        ),
    ],
)
def test_sent_elsewhere(tmp_path: Path, location: str, expected: str) -> None:
    """Another address of the Jira is named to be set, a sign-in page is told as one, its secrets are not."""
    with answering(lambda path: (302, {"Location": location.replace("{host}", host)}, b"")) as url:
        host = url.removeprefix("http://")
        assert of_address(tmp_path, url) == f"{url} {expected.replace('{host}', host)}"


def test_a_sign_in_page(tmp_path: Path) -> None:
    """A page where data was asked for is told with its title."""
    page = b"<!DOCTYPE html><html><head><title>\n Sign in &amp; go </title></head></html>"
    with answering(always(200, page)) as url:
        assert of_address(tmp_path, url) == (
            f"{url} answers 200 with a web page (“Sign in & go”), where a Jira answers with data; "
            "put the address of the Jira itself there, one that needs no other sign-in"
        )


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (
            404,
            {"message": "no"},
            "answers 404, and is no Jira; "
            "put the address of the Jira itself there, one that needs no other sign-in",
        ),
        (
            200,
            {"title": "some other API"},
            "answers 200, and is no Jira; "
            "put the address of the Jira itself there, one that needs no other sign-in",
        ),
        (503, b"", "answers 503, so its Jira is down or busy; ask again later"),
    ],
)
def test_no_jira(tmp_path: Path, status: int, body: Any, expected: str) -> None:
    """Another product, nothing, or a Jira that is down."""
    with answering(always(status, body)) as url:
        assert of_address(tmp_path, url) == f"{url} {expected}"


def test_a_jira_of_long_ago(tmp_path: Path) -> None:
    """A Jira that does not say what it is is too old."""
    with answering(always(200, {"version": "6.4.1", "versionNumbers": [6, 4, 1]})) as url:
        assert of_address(tmp_path, url) == (
            f"the Jira 6.4.1 at {url} does not say whether it is Cloud or Data Center, "
            "as none did in its time; have it brought up to date, to 8 or later"
        )


@pytest.mark.parametrize(
    ("context_path", "written"),
    [
        ("/jira", ""),
        ("", "/browse/PAY-1"),
        ("", "/jira/software/projects/PAY/boards/1"),
        ("/it", "/it/secure/x"),
    ],
)
def test_an_address_nearby(tmp_path: Path, context_path: str, written: str) -> None:
    """An address copied from a browser, or without its path, is answered with the right one."""
    with serve_jira(
        small_jira(), email=EMAIL, token=TOKEN, deployment="data_center", context_path=context_path
    ) as served:
        root = served.url.removesuffix(context_path)
        line = of_address(tmp_path, f"{root}{written}")
    assert line.partition("; ")[2] == f'there is one at {served.url}: set jira.url = "{served.url}"'


def test_proxies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy that is not there, that lets nobody through, or that wants a password, is named without one."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        gone = f"127.0.0.1:{probe.getsockname()[1]}"
    monkeypatch.setenv("http_proxy", f"http://me:pw@{gone}")
    assert of_address(tmp_path, "http://jira.example") == (
        f"the proxy http://{gone}, which stands before http://jira.example, cannot be reached; "
        "mend HTTP_PROXY, or name the host in NO_PROXY"
    )
    with answering(always(407)) as proxy:
        monkeypatch.setenv("http_proxy", proxy)
        monkeypatch.setenv("https_proxy", proxy)
        assert of_address(tmp_path, "http://jira.example") == (
            f"the proxy {proxy} wants a sign-in; put it in HTTP_PROXY"
        )
        assert of_address(tmp_path, "https://jira.example") == (
            f"the proxy {proxy}, which stands before https://jira.example, answers 407; "
            "mend HTTPS_PROXY, or name the host in NO_PROXY"
        )


def test_an_address_that_shows_too_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A password in the address, and a token on the open road, are warnings: the rest is asked."""
    with serve_jira(small_jira(), email=EMAIL, token=TOKEN) as served:
        lines = told(tmp_path, jira(served.url.replace("//", "//me:pw@")), "jira address", "jira account")
        assert lines == [
            f"warning jira address {served.url} answers, and jira.url holds a name or password; take it out",
            "ok jira account signed in as Analytics",
        ]
        monkeypatch.setenv("http_proxy", served.url)
        lines = told(tmp_path, jira("http://jira.example"), "jira address", "jira account")
    assert lines == [
        "warning jira address http://jira.example answers, and the token goes there unencrypted; "
        "put https:// in jira.url",
        "ok jira account signed in as Analytics",
    ]


def test_a_stranger_sends_no_credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the address is known to be a Jira's, neither the token nor a .netrc is sent there."""
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.2 login me password from-netrc\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    with socket.socket() as listening:
        listening.bind(("127.0.0.2", 0))
        listening.listen()
        listening.settimeout(20)
        heard: list[bytes] = []

        def hear() -> None:
            for _ in range(2):  # the address, and the one nearby
                connection, _address = listening.accept()
                with connection:
                    heard.append(connection.recv(65536))
                    connection.sendall(
                        b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                    )

        thread = threading.Thread(target=hear, daemon=True)
        thread.start()
        of_address(tmp_path, f"http://127.0.0.2:{listening.getsockname()[1]}")
        thread.join()
    assert [each.split(b"\r\n")[0] for each in heard] == [
        b"GET /rest/api/2/serverInfo HTTP/1.1",
        b"GET /jira/rest/api/2/serverInfo HTTP/1.1",
    ]
    assert b"uthorization" not in b"".join(heard)
    assert TOKEN.encode() not in b"".join(heard)


# --- the token --------------------------------------------------------------------------------------------


def test_no_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a token nothing is asked but the address and the clock."""
    monkeypatch.delenv("JIRA_TOKEN")
    with serve_jira(small_jira(), email=EMAIL, token=TOKEN) as served:
        lines = told(tmp_path, jira(served.url), "jira")
    assert lines == [
        f"ok jira address {served.url} answers",
        "wrong jira token jira.token_env: the environment has no JIRA_TOKEN; "
        "export it, or set jira.token_file, or remove jira from the settings",
        "skipped jira deployment, sign-in, account, browse_url: not asked before “jira token” is right",
        "ok jira clock this machine and Jira tell the same time",
        f"skipped jira time zone, {REST}: not asked before “jira token” is right",
        "ok jira automation jira.automation_accounts names none; apps of Cloud are known without",
    ]
    assert [request.endpoint for request in served.requests] == ["serverInfo"]


def test_a_token_that_others_can_read(tmp_path: Path) -> None:
    """A file open to everybody is a warning, with the command that closes it."""
    path = tmp_path / "token"
    path.write_text(f"{TOKEN}\n", encoding="utf-8")
    with serve_jira(small_jira(), email=EMAIL, token=TOKEN) as served:
        path.chmod(0o644)
        settings = jira(served.url, f'token_file = "{path}"')
        assert told(tmp_path, settings, "jira token", "jira account") == [
            f"warning jira token {path} is open to others on this machine (mode 644); chmod 600 {path}",
            "ok jira account signed in as Analytics",
        ]
        path.chmod(0o640)
        assert told(tmp_path, settings, "jira token") == [f"ok jira token there is one in {path}"]
        path.unlink()
        assert told(tmp_path, settings, "jira token") == [
            f"wrong jira token jira.token_file: {path} cannot be read; name a file that holds the token"
        ]


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
            f'wrong jira.deployment it says "{set_to}", and the Jira says that it is {called}; '
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
    with answering(always(401, {})) as url:
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
        "skipped jira issues, history, comments, remote links, fields, priorities, statuses, rate limits: "
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
