"""The page over a small published build whose every row is known."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.launch import APP, PUBLISHED_VARIABLE
from tests.published_rows import company, publish_rows

Open = Callable[..., AppTest]


@pytest.fixture(scope="session")
def small_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one build of the small company."""
    folder = tmp_path_factory.mktemp("published")
    publish_rows(folder, "b1", company())
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

    def opened(folder: Path, page: str | None = None, **parameters: str | list[str]) -> AppTest:
        monkeypatch.setenv(PUBLISHED_VARIABLE, str(folder))
        test = AppTest.from_file(str(APP), default_timeout=30)
        for name, value in parameters.items():
            test.query_params[name] = value
        test.run()
        if page is not None:
            test.switch_page(f"app_pages/{page}.py").run()
        assert not test.exception, [element.value for element in test.exception]
        return test

    return opened
