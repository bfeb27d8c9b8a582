"""How long a reader waits in Chromium: from a click on a page's name, or on a team, to the last chart drawn.

One company of 240 incidents is built, and published again as many times over as sizes are asked for, so that
pages draw the same and count more. The server is warm, but what it keeps of a page for a choice is not used:
each run looks at teams nobody looked at. `again` is the same page once more, from what is kept.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING
from urllib.parse import quote

from benchmarks.crowded_company import crowd
from pipeline import flow, metrics
from pipeline.demo.stage import staged_company
from pipeline.metrics import open_published
from pipeline.settings import load_settings
from tests.browser import CHROMIUM_FLAGS, find_chromium, served_dashboard

if TYPE_CHECKING:
    from playwright.sync_api import Page

AS_OF = datetime(2026, 9, 30)
SMALLEST = 240
#: How much longer a page may take than over the smallest company, and how long to its last chart, in seconds.
GOAL_RATIO, GOAL_SECONDS = 1.5, 1.0
PAGES = ("Reliability", "Causes", "Follow-through", "Teams", "Priorities", "Incidents", "Overview")
#: Where a reader comes from: a page without a figure.
START = "Data dictionary"
#: Notes when the page last changed: drawn is it once the server is done, charts are there, and nothing moves.
WATCH = """() => {
    const at = () => performance.now();
    window.watched = {from: at(), changed: at(), ran: false};
    const app = document.querySelector('[data-testid=stApp]');
    window.watcher?.disconnect();
    window.watcher = new MutationObserver(() => {
        window.watched.changed = at();
        window.watched.ran ||= app.getAttribute('data-test-script-state') === 'running';
    });
    window.watcher.observe(app, {attributes: true, childList: true, subtree: true, characterData: true});
}"""
IS_DRAWN = """() => {
    const app = document.querySelector('[data-testid=stApp]');
    const charts = [...document.querySelectorAll('[data-testid=stVegaLiteChart]')];
    return window.watched.ran
        && app.getAttribute('data-test-script-state') === 'notRunning'
        && charts.every(chart => chart.querySelector('svg.marks, canvas.marks'))
        && performance.now() - window.watched.changed > 400;
}"""


def told(sizes: Sequence[int], runs: int) -> Iterator[str]:
    """A line for each page and size, with what it took against the same page over the smallest company."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        company = published_company(folder / "company")
        base: dict[tuple[str, str], float] = {}
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=CHROMIUM_FLAGS)
        for size in dict.fromkeys((SMALLEST, *sizes)):
            published = folder / f"published-{size}"
            count = crowd(company, published, size)
            yield f"{count:,} incidents, last 12 complete months, filtered by team, each measured {runs} ×"
            with served_dashboard(published) as address:
                page = browser.new_page(viewport={"width": 1440, "height": 1000})
                page.set_default_timeout(300_000)
                taken = measured(page, address, _teams(published), runs)
                page.close()
            for (what, name), times in taken.items():
                usual = base.setdefault((what, name), median(times))
                yield (
                    f"  {name:15}{what:10} {median(times) * 1000:6.0f} ms ({min(times) * 1000:.0f} to "
                    f"{max(times) * 1000:.0f}), ratio {median(times) / usual:.2f}, goal ≤ {GOAL_RATIO} "
                    f"and ≤ {GOAL_SECONDS * 1000:.0f} ms"
                )
        browser.close()


def published_company(folder: Path) -> Path:
    """The folder of the builds of a company of 240 incidents, which is made there."""
    with staged_company(folder, incidents=SMALLEST, seed=1, as_of=AS_OF) as staged:
        settings = load_settings(staged.settings_path)
        flow.run(settings, as_of=AS_OF)
    return settings.published_path


def measured(page: Page, address: str, teams: Sequence[str], runs: int) -> dict[tuple[str, str], list[float]]:
    """Seconds to the last chart, by what was done (opened, again, filtered) and the page's name."""
    page.goto(address)
    page.locator(".pm-foot").wait_for()
    for name in PAGES:  # what is imported at its first use is warm from here on
        _drawn(page, name)
    taken: dict[tuple[str, str], list[float]] = {}
    for run in range(runs):
        team, other = teams[run % len(teams)], teams[(run + 1) % len(teams)]
        for name in PAGES:
            page.goto(f"{address}/data_dictionary?team={quote(team)}")
            page.locator(".pm-foot").wait_for()
            taken.setdefault(("opened", name), []).append(_drawn(page, name))
            _drawn(page, START)
            taken.setdefault(("again", name), []).append(_drawn(page, name))
            page.get_by_role("combobox", name="Team").click()
            option = page.get_by_role("option", name=other, exact=True)
            option.wait_for()
            page.evaluate(WATCH)
            option.click()
            taken.setdefault(("filtered", name), []).append(_seconds(page))
    return taken


def _drawn(page: Page, name: str) -> float:
    """Seconds from a click on the page's name to its last chart."""
    link = page.get_by_role("link", name=name, exact=True).first
    page.evaluate(WATCH)
    link.click()
    return _seconds(page)


def _seconds(page: Page) -> float:
    page.wait_for_function(IS_DRAWN, polling=50)
    return float(page.evaluate("(window.watched.changed - window.watched.from) / 1000"))


def _teams(published: Path) -> list[str]:
    build = open_published(published)
    try:
        return [team for team in metrics.filter_choices(build).teams if team]
    finally:
        build.close()
