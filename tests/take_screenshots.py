"""`make screenshots`: every page of the demo in a real browser, wide and narrow, light and dark.

The pictures go to `data/screenshots`, to be looked at one by one; the overview becomes the README's.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright

from pipeline import flow
from pipeline.demo.stage import staged_company
from pipeline.metrics import open_published
from pipeline.settings import load_settings
from tests.browser import CHROMIUM_FLAGS, find_chromium, served_dashboard
from tests.dashboard.every_page import every_address

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "data" / "screenshots"
README_PICTURE = ROOT / "docs" / "images" / "overview.png"
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def take(browser: Browser, address: str, incident: str) -> None:
    """Photograph each page at both widths, in both schemes, from top to bottom."""
    pages = every_address(incident)
    for scheme in SCHEMES:
        for width in (1440, 800):
            context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 1000})
            for name, path in pages.items():
                page = context.new_page()
                page.goto(f"{address}/{path}")
                page.locator(".pm-foot").wait_for(timeout=60_000)
                page.wait_for_function("!document.querySelector('[data-testid=stStatusWidget]')")
                show_whole(page, width)
                file = PICTURES / f"{name}-{width}-{scheme}.png"
                page.screenshot(path=file)
                print(file.relative_to(ROOT))
                page.close()
            context.close()


def show_whole(page: Page, width: int) -> None:
    """Make the window as high as what Streamlit scrolls within it, which grows as charts come."""
    height = 0
    content = "document.querySelector('[data-testid=stMain]').scrollHeight"
    while (needed := int(page.evaluate(content))) > height:
        height = needed + 80
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(2500)


def main() -> None:
    """Make the demo, serve it, photograph it."""
    chromium = find_chromium()
    if chromium is None:
        sys.exit("take_screenshots: there is no Chromium; install it from the system's packages")
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir(parents=True)
    README_PICTURE.parent.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        staged_company(Path(folder), incidents=240, seed=1) as staged,
    ):
        settings = load_settings(staged.settings_path)
        flow.run(settings, as_of=staged.as_of)
        build = open_published(settings.published_path)
        query = """
            SELECT incident_id FROM marts.incidents
            WHERE NOT is_planned AND severity = 1 AND time_to_resolve_minutes IS NOT NULL
            ORDER BY action_item_count DESC, incident_id LIMIT 1
        """
        incident = str(build.query(query).item())
        build.close()
        with served_dashboard(settings.published_path) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
            take(browser, address, incident)
            context = browser.new_context(viewport={"width": 1440, "height": 1000})
            page = context.new_page()
            page.goto(address)
            page.locator(".pm-foot").wait_for(timeout=60_000)
            page.wait_for_timeout(2500)
            page.screenshot(path=README_PICTURE)
            browser.close()


if __name__ == "__main__":
    main()
