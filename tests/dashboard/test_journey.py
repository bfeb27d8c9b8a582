"""A reader's way through the pages in a real browser, with no request leaving the machine."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from dashboard.launch import streamlit_command

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = next(
    (path for path in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if path), None
)
LIMIT_MS = 30_000

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None and not os.environ.get("CI"), reason="there is no Chromium here"),
]


@pytest.fixture(scope="module")
def address(small_build: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the pages over the small company are served."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments, environment = streamlit_command(small_build, port=port)
    log = tmp_path_factory.mktemp("server") / "log.txt"
    paths = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    with log.open("w") as out:
        server = subprocess.Popen(
            arguments, env={**os.environ, **environment, "PYTHONPATH": paths}, stdout=out, stderr=out
        )
    try:
        wait_until_healthy(f"http://127.0.0.1:{port}/_stcore/health", server, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=20)


def wait_until_healthy(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Ask until the server answers; fail with its log when it ends or takes a minute."""
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"the server did not answer: {log.read_text()}")


@pytest.fixture
def page(address: str) -> Iterator[tuple[Page, list[str]]]:
    """A page of a fresh browser, and the address of every request it makes."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"]
        )
        opened = browser.new_page(viewport={"width": 1440, "height": 1000})
        opened.set_default_timeout(LIMIT_MS)
        requests: list[str] = []
        opened.context.on("request", lambda request: requests.append(request.url))
        yield opened, requests
        browser.close()


def parameters(page: Page) -> dict[str, list[str]]:
    """What the page's address says."""
    return parse_qs(urlsplit(page.url).query)


def test_open_filter_drill_and_follow(address: str, page: tuple[Page, list[str]]) -> None:
    """Open, filter, keep the filter over pages, drill to an incident, follow its link, and come back."""
    browser, requests = page
    browser.goto(address)
    browser.get_by_text("No change that can be told from chance.").wait_for()
    browser.locator(".st-key-card-incidents_by_period .mark-rect").first.wait_for(state="attached")

    browser.get_by_role("radio", name="All", exact=True).click()
    browser.get_by_text("7 incidents; left out: 1 planned").first.wait_for()
    assert parameters(browser)["period"] == ["All"]

    browser.get_by_role("link", name="See the promises").click()
    browser.get_by_text("Whose promises are late").wait_for()
    assert parameters(browser)["period"] == ["All"]

    browser.get_by_role("link", name="Overview").click()
    browser.get_by_role("link", name="Incident i2").click()
    browser.get_by_role("heading", name="Incident i2").wait_for()
    assert parameters(browser) == {"period": ["All"], "incident": ["i2"]}

    issue = browser.get_by_role("link", name="PAY-3")
    assert issue.get_attribute("href") == "https://jira.example/browse/PAY-3"
    assert issue.get_attribute("target") == "_blank"

    browser.get_by_role("link", name="Incident i1").click()
    browser.get_by_role("heading", name="Incident i1").wait_for()
    browser.get_by_text("<img src=x onerror=alert(1)> rises").wait_for()
    document = browser.get_by_role("link", name="i1.md")
    assert document.get_attribute("href") == "https://git.example/i1.md"

    browser.get_by_role("button", name="All incidents").click()
    browser.get_by_text("7 incidents and 1 planned maintenance").wait_for()
    assert "incident" not in parameters(browser)

    away = [url for url in requests if urlsplit(url).hostname not in ("127.0.0.1", None)]
    assert away == []


def test_a_copied_address_opens_the_same_view(address: str, page: tuple[Page, list[str]]) -> None:
    """Filters in an address hold from the first moment, and a link from the page opens another tab."""
    browser, _ = page
    browser.goto(f"{address}/incidents?team=Search&period=All&q=outage")
    browser.get_by_text("1 incident", exact=True).wait_for()
    assert parameters(browser) == {"team": ["Search"], "period": ["All"], "q": ["outage"]}


def test_a_late_promise_leads_to_its_incident(address: str, page: tuple[Page, list[str]]) -> None:
    """Selecting a row of what is late opens the incident behind it, with the filters kept."""
    browser, _ = page
    browser.goto(f"{address}/follow_through?team=Payments")
    browser.locator(".st-key-overdue-list .dvn-scroller").click(position={"x": 17, "y": 55})
    browser.get_by_role("heading", name="Incident i2").wait_for()
    assert parameters(browser) == {"team": ["Payments"], "incident": ["i2"]}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_overflows_a_narrow_window(address: str, scheme: str) -> None:
    """At 800 pixels, light or dark, no page needs sideways scrolling."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_context(
            viewport={"width": 800, "height": 900}, color_scheme="dark" if scheme == "dark" else "light"
        ).new_page()
        for path in ("", "incidents", "incidents?incident=i1", "follow_through", "data_dictionary"):
            page.goto(f"{address}/{path}")
            page.locator(".pm-foot").wait_for(timeout=LIMIT_MS)
            wide = page.evaluate(
                "(() => { const main = document.querySelector('[data-testid=stMain]');"
                " return main.scrollWidth - main.clientWidth; })()"
            )
            assert wide <= 0, path
        browser.close()
