"""What axe-core finds on the pages, in both schemes, but for what Streamlit itself draws."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.dashboard.conftest import Serve
from tests.dashboard.every_page import EVERY_PAGE, every_address

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

#: Begins the classes of every part that Streamlit draws by itself; ours have none of it.
STREAMLITS = "st-emotion-"


def test_every_page_has_an_address() -> None:
    """A page that is added is looked at, too."""
    pages = {path.stem for path in (Path(__file__).parents[2] / "dashboard" / "app_pages").glob("*.py")}
    assert {name.replace("-", "_") for name in EVERY_PAGE} == pages - {"__init__"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_of_ours_is_in_the_way(
    serve: Serve, small_build: Path, chromium: BrowserContext, scheme: Literal["light", "dark"]
) -> None:
    """Names, roles, contrast, tables and order of headings hold to the rules on every page."""
    address = serve(small_build)
    page = chromium.new_page()
    page.emulate_media(color_scheme=scheme)
    found = []
    for name, path in every_address("i1").items():
        page.goto(f"{address}/{path}")
        page.locator(".pm-foot").wait_for()
        page.wait_for_function("!document.querySelector('[data-testid=stStatusWidget]')")
        found += [
            (name, violation["id"], node["html"])
            for violation in Axe().run(page).response["violations"]
            for node in violation["nodes"]
            if STREAMLITS not in node["html"].partition(">")[0]
        ]
    page.close()
    assert found == []
