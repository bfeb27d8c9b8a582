"""The page over small published builds whose every row is known, in memory and in a real browser."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.launch import APP, PUBLISHED_VARIABLE
from tests.browser import CHROMIUM_FLAGS, find_chromium, served_dashboard
from tests.published_hostile import hostile_company
from tests.published_issues import followed_company
from tests.published_rows import company, publish_rows

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

Open = Callable[..., AppTest]
Serve = Callable[[Path], str]


@pytest.fixture(scope="session")
def small_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one build of the small company."""
    folder = tmp_path_factory.mktemp("published")
    publish_rows(folder, "b1", company())
    return folder


@pytest.fixture(scope="session")
def hostile_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a build in which every text means harm."""
    folder = tmp_path_factory.mktemp("hostile")
    publish_rows(folder, "h1", hostile_company())
    return folder


@pytest.fixture(scope="session")
def followed_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a build in which each promise goes its own way in Jira."""
    folder = tmp_path_factory.mktemp("followed")
    publish_rows(folder, "f1", followed_company())
    return folder


@pytest.fixture(scope="session")
def empty_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a build without a single row."""
    folder = tmp_path_factory.mktemp("empty")
    publish_rows(folder, "e1", {})
    return folder


@pytest.fixture
def open_page(monkeypatch: pytest.MonkeyPatch) -> Open:
    """Opens a page over a folder of builds, as an address with these parameters would."""

    def opened(folder: Path, page: str | None = None, /, **parameters: str | list[str]) -> AppTest:
        monkeypatch.setenv(PUBLISHED_VARIABLE, str(folder))
        test = AppTest.from_file(str(APP), default_timeout=180)
        for name, value in parameters.items():
            test.query_params[name] = value
        if page is not None:
            test.switch_page(f"app_pages/{page}.py")
        test.run()
        assert not test.exception, [element.value for element in test.exception]
        return test

    return opened


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """The one server of all browser tests: the folder it shows, and its address."""
    folder = tmp_path_factory.mktemp("served")
    with served_dashboard(folder) as address:
        yield folder, address


@pytest.fixture
def serve(server: tuple[Path, str]) -> Serve:
    """Lets the server show a folder's build from now on, as publishing does: by its pointer. The address."""
    shown, address = server

    def pointed(folder: Path) -> str:
        pointer = shown / ".pointer"
        pointer.symlink_to((folder / "current.duckdb").resolve())
        pointer.replace(shown / "current.duckdb")
        return address

    return pointed


@pytest.fixture(scope="session")
def chromium() -> Iterator[BrowserContext]:
    """One real Chromium, which keeps what it loaded; without one the test is skipped, but in CI it fails."""
    path = find_chromium()
    if path is None and not os.environ.get("CI"):
        pytest.skip("there is no Chromium here")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        context = browser.new_context(viewport={"width": 1440, "height": 1000})
        context.set_default_timeout(120_000)
        yield context
        browser.close()


@pytest.fixture
def page(chromium: BrowserContext) -> Iterator[tuple[Page, list[str]]]:
    """A page of its own, and the address of every request it makes."""
    opened = chromium.new_page()
    requests: list[str] = []
    opened.on("request", lambda request: requests.append(request.url))
    yield opened, requests
    opened.close()
