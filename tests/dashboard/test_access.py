"""Who is let in: the rules, the sign-in in a real browser, and that secrets stay where they belong."""

from __future__ import annotations

import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.access import ACCESS_VARIABLE, Rules, may_see_restricted, refusal, rules_in_force
from dashboard.launch import (
    APP,
    PUBLISHED_VARIABLE,
    base_path_of,
    check_openness,
    is_loopback,
    secrets_file,
    streamlit_command,
)
from pipeline.errors import SettingsError
from pipeline.settings import Access, Settings, load_settings
from tests.browser import free_port, running
from tests.dashboard.conftest import Open
from tests.dashboard.seen import words
from tests.openid_provider import CLIENT_ID, CLIENT_SECRET, Provider, openid_provider
from tests.published_rows import company, publish_rows

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

COOKIE_SECRET = "planted-cookie-s3cret-of-48-characters-in-all-ok"
NOW = 1_800_000_000.0
ANA = {"email": "ana@example.com", "email_verified": True, "iat": NOW - 60, "groups": ["eng", "leads"]}


@pytest.fixture
def settings() -> Settings:
    """Settings that let in people of one domain, and leads see what is restricted."""
    return Settings(access=access_of(url="https://tools.example.com/postmortems"))


def access_of(**more: Any) -> Access:
    """A table `[access]` for people of example.com."""
    given = {
        "server_metadata_url": "https://login.example.com/.well-known/openid-configuration",
        "client_id": CLIENT_ID,
        "allowed_domains": ["example.com"],
        "restricted_groups": ["leads"],
    }
    return Access(**(given | more))


@pytest.mark.parametrize(
    ("claims", "told"),
    [
        (ANA, None),
        (ANA | {"email": "Ana@EXAMPLE.com"}, None),
        (ANA | {"email": "ana@evil.example"}, "Addresses of evil.example may not see these pages."),
        (
            ANA | {"email": "ana@example.com@evil.example"},
            "Addresses of evil.example may not see these pages.",
        ),
        (ANA | {"email": "ana@sub.example.com"}, "Addresses of sub.example.com may not see these pages."),
        (
            ANA | {"email_verified": "true"},
            "Your sign-in does not say that the address ana@example.com is verified.",
        ),
        (ANA | {"email": None}, "Your sign-in tells no e-mail address, without which nobody is let in."),
        (ANA | {"groups": ["sales"]}, "ana@example.com is in none of the groups that may see these pages."),
        (ANA | {"groups": "eng"}, None),
        (ANA | {"groups": None}, "ana@example.com is in none of the groups that may see these pages."),
        (ANA | {"iat": NOW - 12 * 3600 - 1}, "Your sign-in has ended; sign in again."),
        (ANA | {"iat": None}, "Your sign-in has ended; sign in again."),
        ({}, "Your sign-in has ended; sign in again."),
    ],
)
def test_only_verified_people_of_the_domain_and_group_are_let_in(
    claims: dict[str, Any], told: str | None
) -> None:
    """Each reason to refuse is one sentence; domains ignore case and are never parts of others."""
    rules = Rules(allowed_domains=("example.com",), allowed_groups=("eng",))
    assert refusal(claims, rules, NOW) == told


def test_restricted_documents_are_for_the_groups_named() -> None:
    """A group of the claim decides, also one within another claim; nobody sees them when none is named."""
    assert may_see_restricted(ANA, Rules(restricted_groups=("leads",)))
    assert not may_see_restricted(ANA, Rules(restricted_groups=("board",)))
    assert not may_see_restricted(ANA, Rules())
    nested = {"realm_access": {"roles": ["leads"]}, "https://example.com/groups": ["leads"]}
    for claim in ("realm_access.roles", "https://example.com/groups"):
        assert may_see_restricted(nested, Rules(restricted_groups=("leads",), groups_claim=claim))
    assert not may_see_restricted(nested, Rules(restricted_groups=("leads",), groups_claim="realm.roles"))


def test_rules_reach_the_page_or_close_it(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the settings say arrives whole; what cannot be read opens nothing."""
    assert settings.access is not None
    monkeypatch.setenv(ACCESS_VARIABLE, Rules.of(settings.access).as_text())
    assert rules_in_force() == Rules(
        allowed_domains=("example.com",), restricted_groups=("leads",), session_hours=12
    )
    for broken in ("", "[]", '{"allowed_domain": []}'):
        monkeypatch.setenv(ACCESS_VARIABLE, broken)
        with pytest.raises(SettingsError, match="POSTMORTEMS_ACCESS cannot be read"):
            rules_in_force()


@pytest.mark.parametrize(
    ("address", "loopback"),
    [
        ("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True), ("0.0.0.0", False),
        ("::", False), ("10.0.0.4", False), ("", False), ("dashboard.example.com", False),
    ],
)  # fmt: skip
def test_other_machines_are_served_only_with_sign_in(
    settings: Settings, address: str, loopback: bool
) -> None:
    """An address others reach is refused in one line, but with [access] or a plain word that it is open."""
    assert is_loopback(address) is loopback
    check_openness(address, settings.access, open_to_everyone=False)
    check_openness(address, None, open_to_everyone=True)
    if loopback:
        check_openness(address, None, open_to_everyone=False)
        return
    with pytest.raises(SettingsError, match="say --open-to-everyone") as told:
        check_openness(address, None, open_to_everyone=False)
    assert "\n" not in str(told.value)


def test_base_path_and_address_of_the_sign_in_agree(settings: Settings) -> None:
    """The path comes from the option or from access.url; two that differ, or no path, are told."""
    assert base_path_of(None, None) == ""
    assert base_path_of("/tools/postmortems/", None) == "tools/postmortems"
    assert base_path_of(None, settings.access) == "postmortems"
    assert base_path_of("postmortems", settings.access) == "postmortems"
    with pytest.raises(SettingsError, match=r'is "other", but access\.url in the settings leads to "postm'):
        base_path_of("/other", settings.access)
    with pytest.raises(SettingsError, match='should be a path such as "/postmortems", not "/a b"'):
        base_path_of("/a b", None)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('allowed_groups = ["a"]\nurl = "http://tools.example.com"', "access.url: should be an address beg"),
        ('url = "https://tools.example.com"', "access: should be a table with allowed_domains or allowed_"),
        ('allowed_domain = ["a"]\nurl = "https://a.example"', "access.allowed_domain: is not a setting; did"),
    ],
)  # fmt: skip
def test_mistakes_in_access_are_told(tmp_path: Path, text: str, told: str) -> None:
    """An address without TLS, nobody to let in, and an unknown key are one line each."""
    path = tmp_path / "postmortems.toml"
    rest = 'client_id = "c"\nserver_metadata_url = "https://login.example/.well-known/openid-configuration"\n'
    path.write_text(f"[access]\n{rest}{text}\n", encoding="utf-8")
    with pytest.raises(SettingsError) as error:
        load_settings(path)
    assert f"{path}: {told}" in str(error.value)


def test_secrets_go_into_a_private_file_and_nowhere_else(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the owner may read the file; neither arguments nor environment hold a secret; it is gone after."""
    import tomllib

    monkeypatch.setenv("OIDC_CLIENT_SECRET", 'quo"te\\d')
    with (
        pytest.raises(SettingsError, match="environment has no DASHBOARD_COOKIE_SECRET"),
        secrets_file(settings),
    ):
        pass
    monkeypatch.setenv("DASHBOARD_COOKIE_SECRET", "short")
    with (
        pytest.raises(SettingsError, match="has 5 characters; make one of at least 32"),
        secrets_file(settings),
    ):
        pass
    monkeypatch.setenv("DASHBOARD_COOKIE_SECRET", COOKIE_SECRET)
    with secrets_file(settings) as path:
        assert path is not None
        assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
        assert tomllib.loads(path.read_text(encoding="utf-8")) == {
            "auth": {
                "redirect_uri": "https://tools.example.com/postmortems/oauth2callback",
                "cookie_secret": COOKIE_SECRET,
                "client_id": CLIENT_ID,
                "client_secret": 'quo"te\\d',
                "server_metadata_url": "https://login.example.com/.well-known/openid-configuration",
                "client_kwargs": {"scope": "openid email profile"},
            }
        }
        command, extra = streamlit_command(
            tmp_path, base_path="postmortems", access=settings.access, secrets=path
        )
        told = " ".join([*command, *extra.values()])
        assert COOKIE_SECRET not in told
        assert 'quo"te' not in told
        assert {
            "--server.baseUrlPath=postmortems",
            "--browser.serverAddress=tools.example.com",
            "--server.corsAllowedOrigins=https://tools.example.com",
            "--server.enableXsrfProtection=true",
            f"--secrets.files={path}",
        } <= set(command)
    assert not path.parent.exists()


def test_pages_are_closed_until_somebody_signs_in(
    open_page: Open, small_build: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With rules in force nothing of the build is drawn for a stranger."""
    monkeypatch.setenv(ACCESS_VARIABLE, Rules(allowed_domains=("example.com",)).as_text())
    page = open_page(small_build)
    assert [button.label for button in page.button] == ["Sign in"]
    assert "Acme" not in words(page)


@pytest.mark.parametrize(("groups", "title"), [(["leads"], "Incident i1"), ([], "Restricted incident")])
def test_restricted_incidents_are_named_to_their_group_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, groups: list[str], title: str
) -> None:
    """Of the same build, in one process, a lead sees the title, and others that there is an incident."""
    rows = company()
    restricted = next(row for row in rows["incidents"] if row["incident_id"] == "i1")
    restricted["is_restricted"] = True
    publish_rows(tmp_path, "r1", rows)
    monkeypatch.setenv(PUBLISHED_VARIABLE, str(tmp_path))
    monkeypatch.setenv(
        ACCESS_VARIABLE, Rules(allowed_domains=("example.com",), restricted_groups=("leads",)).as_text()
    )
    page = AppTest.from_file(str(APP), default_timeout=180)
    page.user = ANA | {"is_logged_in": True, "iat": time.time(), "groups": groups}
    page.query_params["id"] = "i1"
    page.switch_page("app_pages/incident.py").run()
    assert not page.exception
    everything = words(page)
    assert title in everything
    assert ("Incident i1" in everything) is bool(groups)
    assert ("1 incident of this company is restricted" in everything) is not bool(groups)


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    """A provider that signs in whoever its `person` says."""
    with openid_provider() as started:
        yield started


@pytest.mark.browser
def test_people_sign_in_are_refused_and_sign_out(
    chromium: BrowserContext, provider: Provider, small_build: Path, tmp_path: Path
) -> None:
    """In Chromium, below a path: a stranger is told why, a colleague gets in and out; secrets stay."""
    port = free_port()
    address = f"http://127.0.0.1:{port}/tools/postmortems"
    (tmp_path / "client").write_text(CLIENT_SECRET, encoding="utf-8")
    (tmp_path / "cookie").write_text(COOKIE_SECRET, encoding="utf-8")
    (tmp_path / "postmortems.toml").write_text(
        f"""
        [paths]
        published = "{small_build}"
        [access]
        url = "{address}"
        server_metadata_url = "{provider.metadata_url}"
        client_id = "{CLIENT_ID}"
        client_secret_file = "client"
        cookie_secret_file = "cookie"
        allowed_domains = ["example.com"]
        """,
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "pipeline.cli", "dashboard", "--port", str(port)]
    command += ["--config", str(tmp_path / "postmortems.toml")]
    browser = chromium.browser
    assert browser is not None
    log = tmp_path / "output"
    with log.open("wb") as output, running(command, {}, address, output):
        with urllib.request.urlopen(f"{address}/_stcore/health") as health:
            assert (health.status, health.read()) == (200, b"ok")
        context = browser.new_context()
        context.set_default_timeout(30_000)
        page = context.new_page()

        provider.person = {"email": "eve@evil.example", "email_verified": True}
        page.goto(address)
        page.get_by_role("heading", name="Sign in to see these pages").wait_for()
        page.get_by_role("button", name="Sign in").click()
        page.get_by_text("Addresses of evil.example may not see these pages.").wait_for()
        assert page.get_by_text("Acme & Sons").count() == 0

        provider.person = {"email": "ana@example.com", "email_verified": True}
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("heading", name="Acme & Sons").wait_for()
        page.get_by_text("Signed in as ana@example.com").wait_for()
        page.goto(f"{address}/incidents?period=All")
        page.get_by_role("link", name="Incident i1").first.wait_for()

        page.get_by_role("button", name="Sign out").click()
        page.get_by_role("heading", name="Sign in to see these pages").wait_for()
        context.close()
    assert provider.refused == []
    written = b"".join(
        path.read_bytes()
        for path in tmp_path.rglob("*")
        if path.is_file() and path.name not in ("client", "cookie")
    )
    assert CLIENT_SECRET.encode() not in written
    assert COOKIE_SECRET.encode() not in written
