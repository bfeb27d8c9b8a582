"""What the doctor says of an address and a token, before anything is asked with them."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.demo.jira.server import serve_jira
from tests.doctor.examined import EMAIL, TOKEN, Answer, answering, certificate, jira, small_jira, told

REST = (
    "projects, jql, issues, history, comments, remote links, fields, priorities, statuses, "
    "incidents, rate limits"
)
NOT_ASKED = (
    f"skipped jira deployment, sign-in, account, browse_url, clock, time zone, {REST}: "
    "not asked before “jira address” is right"
)
DATA_CENTER = {"deploymentType": "Server", "version": "9.12.4", "versionNumbers": [9, 12, 4]}


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
    """A token on the open road is a warning: the rest is asked."""
    with serve_jira(small_jira(), email=EMAIL, token=TOKEN) as served:
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
                    if len(heard) == 2:
                        listening.close()  # what else is tried finds nobody
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
