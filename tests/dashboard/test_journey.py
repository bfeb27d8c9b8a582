"""A reader's way through the pages in a real browser, with no request leaving the machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

import pypdfium2
import pytest

from dashboard.theme import LIGHT
from tests.dashboard.conftest import Serve
from tests.dashboard.every_page import every_address
from tests.published_hostile import HOSTILE

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.browser


def parameters(page: Page) -> dict[str, list[str]]:
    """What the page's address says."""
    return parse_qs(urlsplit(page.url).query)


def place(page: Page) -> str:
    """The path of the page's address."""
    return urlsplit(page.url).path


def away(requests: list[str]) -> list[str]:
    """The requests that left the machine."""
    return [url for url in requests if urlsplit(url).hostname not in ("127.0.0.1", None)]


def test_from_a_figure_to_the_words_it_cannot_use(
    serve: Serve, small_build: Path, page: tuple[Page, list[str]]
) -> None:
    """From what a figure leaves out to its findings, to the incident, and to what to mend first."""
    browser, requests = page
    browser.goto(serve(small_build))
    browser.get_by_role("link", name="n = 4 of 6", exact=True).click()
    browser.get_by_text("2 findings in 2 documents").wait_for()
    assert (place(browser), parameters(browser)) == ("/findings", {"figure": ["Time to resolve"]})

    browser.get_by_role("link", name="← Data health").click()
    browser.get_by_text("Mend first: no end").wait_for()
    mark = browser.locator(".st-key-card-coverage_by_figure path[aria-label*='Counts by severity']")
    mark.last.click(position={"x": 4, "y": 4})
    browser.get_by_text("Counts by severity can use 4 of 6 incidents").wait_for()
    browser.go_back()

    browser.get_by_role("link", name="Duration contradicts times").click()
    browser.get_by_text("took <b>2 h</b>").wait_for()
    assert parameters(browser) == {"rule": ["Duration contradicts times"]}
    browser.get_by_role("link", name="Incident i3").click()
    browser.get_by_role("heading", name="Incident i3").wait_for()
    assert (place(browser), parameters(browser)) == ("/incident", {"id": ["i3"]})
    assert away(requests) == []


def test_open_filter_drill_and_follow(serve: Serve, small_build: Path, page: tuple[Page, list[str]]) -> None:
    """Open, filter, keep the filter over pages, drill to an incident, follow its link, and come back."""
    browser, requests = page
    browser.goto(serve(small_build))
    browser.get_by_text("No change that can be told from chance.").wait_for()
    browser.get_by_role("radio", name="All", exact=True).click()
    browser.get_by_text("7 incidents; left out: 1 planned").first.wait_for()
    assert parameters(browser)["period"] == ["All"]

    browser.get_by_role("link", name="See the promises").click()
    browser.get_by_text("Whose promises are late").wait_for()
    assert parameters(browser) == {"period": ["All"]}

    browser.locator(".st-key-card-late").get_by_role("link", name="2").first.click()
    browser.get_by_role("link", name="Incident i2").first.wait_for()
    assert place(browser) == "/promises"
    assert parameters(browser) == {"period": ["All"], "team": ["Payments"], "which": ["Open"]}
    issue = browser.get_by_role("link", name="PAY-3")
    assert issue.get_attribute("href") == "https://jira.example/browse/PAY-3"
    assert issue.get_attribute("target") == "_blank"

    browser.get_by_role("link", name="Incident i2").first.click()
    browser.get_by_role("heading", name="Incident i2").wait_for()
    assert parameters(browser) == {"period": ["All"], "team": ["Payments"], "id": ["i2"]}
    browser.go_back()
    browser.get_by_role("link", name="Incident i2").first.wait_for()
    assert parameters(browser) == {"period": ["All"], "team": ["Payments"], "which": ["Open"]}
    browser.go_forward()

    browser.get_by_role("link", name="Incident i1").click()
    browser.get_by_role("heading", name="Incident i1").wait_for()
    browser.get_by_text("<img src=x onerror=alert(1)> rises").wait_for()
    document = browser.get_by_role("link", name="i1.md")
    assert document.get_attribute("href") == "https://git.example/i1.md"

    browser.get_by_role("link", name="Incidents", exact=True).click()
    browser.get_by_text("4 incidents", exact=True).wait_for()
    assert parameters(browser) == {"period": ["All"], "team": ["Payments"]}
    assert away(requests) == []


@pytest.mark.parametrize(
    ("card", "mark", "path", "expected", "shown"),
    [
        (
            "incidents_by_period",
            "path[aria-label^='period: Dec–Feb']",
            "/incidents",
            {"period": ["Dates"], "dates": ["2025-12-01", "2026-02-28"]},
            "2 incidents and 1 planned maintenance",
        ),
        (
            "impact_by_cause",
            "path[aria-roledescription=bar][aria-label*='Configuration']",
            "/incidents",
            {"cause": ["Configuration"]},
            "2 incidents",
        ),
        (
            "action_items_by_team",
            "path[aria-label*='team: Search']",
            "/promises",
            {"team": ["Search"], "which": ["Due"]},
            "1 promise, due in 1 Mar 2025 – 28 Feb 2026",
        ),
    ],
)
def test_a_mark_leads_to_what_it_counts(
    serve: Serve,
    small_build: Path,
    page: tuple[Page, list[str]],
    card: str,
    mark: str,
    path: str,
    expected: dict[str, list[str]],
    shown: str,
) -> None:
    """A bar or dot of a chart opens the rows behind it by their address; one press of Back returns."""
    browser, _ = page
    browser.goto(serve(small_build))
    browser.locator(f".st-key-card-{card} {mark}").last.click(position={"x": 4, "y": 4})
    browser.get_by_text(shown, exact=True).wait_for()
    assert (place(browser), parameters(browser)) == (path, expected)
    browser.go_back()
    browser.get_by_text("What hurts most?").wait_for()
    assert (place(browser), parameters(browser)) == ("/", {})


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("?period=Dates&dates=2025-05-01&dates=2025-07-31", "1 May 2025 – 31 Jul 2025, compared with"),
        ("incidents?period=All&q=outage&order=Most+severe&team=Search", "1 incident"),
        ("incident?period=All&team=Search&id=i4", "Incident i4"),
        ("follow_through?team=Payments&severity=2", "Whose promises are late"),
        ("promises?which=Done&team=Search", "1 promise, whenever promised"),
        ("data_health?period=All&source=wiki", "The one document could not be read."),
        ("findings?rule=No+end&figure=Time+to+resolve&team=Search", "2 findings in 2 documents"),
        ("data_dictionary?find=due_date_push_count", "marts.teams"),
        ("reliability?period=All&measure=to+detect&by=Team", "How long they last"),
        ("causes?team=Payments", "Association only"),
        ("repeats?period=All", "Repeats are candidates until a person confirms them"),
        ("teams?period=All", "What each team owns, and has left to do"),
        ("team?team=Payments&period=All", "Payments"),
        ("ledger?team=Payments", "one by one"),
        ("priorities?months=24&horizon=182", "Assumed: a fix avoids"),
        ("postmortems?period=All", "Missing most"),
        ("figure?metric=impact_shares&period=All", "Impact shares"),
    ],
)
def test_a_copied_address_opens_the_same_view(
    serve: Serve, small_build: Path, page: tuple[Page, list[str]], address: str, shown: str
) -> None:
    """What an address says holds from the first moment and stays in the address, on every page."""
    browser, _ = page
    browser.goto(f"{serve(small_build)}/{address}")
    browser.get_by_text(shown).first.wait_for()
    browser.locator(".pm-foot").wait_for()
    assert parameters(browser) == parse_qs(urlsplit(address).query)


#: What harmful words would have left on the page: code that ran, parts they formatted, addresses they link.
TRACES = """() => ({
    harmed: window.harmed ?? null,
    formatted: [...document.querySelectorAll("body :is(.katex, img, strong, em)")].map(part => part.tagName),
    links: [...document.querySelectorAll('a')].map(link => link.href)
        .filter(href => !href.startsWith(location.origin) && !href.startsWith('https://git.example/')),
})"""


#: Pages that show numbers of documents, in charts or in a grid, and none of their words as text.
WORDLESS = {"reliability", "figure", "data-dictionary"}


def test_words_from_documents_stay_words(
    serve: Serve, hostile_build: Path, page: tuple[Page, list[str]]
) -> None:
    """Markup, Markdown, TeX, icons and addresses in every text: nothing runs, loads or is formatted."""
    browser, requests = page
    address = serve(hostile_build)
    nothing: dict[str, object] = {"harmed": None, "formatted": [], "links": []}
    chosen = urlencode({"period": "All", "team": HOSTILE, "service": HOSTILE})
    pages = every_address("h1") | {"chosen": f"?{chosen}", "team": f"team?{chosen}"}
    for name, path in pages.items():
        browser.goto(f"{address}/{path}")
        browser.locator(".pm-foot").wait_for()
        browser.wait_for_function("!document.querySelector('[data-testid=stStatusWidget]')")
        if name == "incident":
            browser.get_by_text("History, 2 changes").click()
        assert (path, browser.evaluate(TRACES)) == (path, nothing)
        assert name in WORDLESS or HOSTILE in browser.inner_text("body"), path
    browser.goto(address)
    browser.locator(".st-key-card-impact_by_service .mark-rect path").first.wait_for()
    assert browser.evaluate(TRACES) == nothing
    browser.keyboard.press("Escape")
    browser.locator(".st-key-card-impact_by_service .mark-rect path").first.hover()
    browser.locator("#vg-tooltip-element.visible").wait_for()
    assert browser.evaluate(TRACES) == nothing
    assert away(requests) == []


def test_nothing_is_cut_off(serve: Serve, small_build: Path, page: tuple[Page, list[str]]) -> None:
    """At 800 and at 1440 pixels neither a page nor a table in it needs sideways scrolling; at a phone's width
    no page does, and a wide table scrolls by itself."""
    browser, _ = page
    address = serve(small_build)
    fits = (
        "[...document.querySelectorAll(innerWidth < 640 ? '[data-testid=stMain]' : "
        "'[data-testid=stMain], .pm-scroll')].every(part => part.scrollWidth <= part.clientWidth + 1)"
    )
    for path in every_address("i1").values():
        browser.goto(f"{address}/{path}")
        browser.locator(".pm-foot").wait_for()
        for width in (1440, 800, 390):
            browser.set_viewport_size({"width": width, "height": 900})
            # A chart takes its new width a moment after the window has.
            browser.wait_for_function(fits)
            assert browser.evaluate(fits), f"/{path} at {width} pixels"


def test_a_page_prints_to_clean_paper(serve: Serve, small_build: Path, chromium: BrowserContext) -> None:
    """On A4, from the first line to the last, what is chosen in words in place of the filters; and what was
    light on dark is dark on white."""
    page = chromium.new_page()
    page.emulate_media(color_scheme="dark")
    page.goto(f"{serve(small_build)}/?period=All&team=Payments")
    page.locator(".pm-foot").wait_for()
    page.wait_for_function("!document.querySelector('[data-testid=stStatusWidget]')")
    printed = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    words = " ".join(" ".join(sheet.get_textpage().get_text_bounded() for sheet in printed).split())
    assert {tuple(round(side) for side in sheet.get_size()) for sheet in printed} == {(595, 842)}
    told = [part in words for part in ("Team Payments", "All times are UTC", "Last quarter", "How is this")]
    assert told == [True, True, False, False]
    page.emulate_media(media="print", color_scheme="dark")
    colours = "part => [getComputedStyle(part).color, getComputedStyle(document.body).backgroundColor]"
    assert page.locator(".pm-headline").first.evaluate(colours) == [as_rgb(LIGHT.ink), "rgba(0, 0, 0, 0)"]
    page.close()


def as_rgb(colour: str) -> str:
    """`#10202a` as a browser tells it."""
    return f"rgb({', '.join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5))})"
