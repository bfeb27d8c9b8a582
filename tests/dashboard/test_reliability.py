"""The page on trends, durations, impact and quiet days."""

from __future__ import annotations

from pathlib import Path

from tests.dashboard.conftest import Open
from tests.dashboard.seen import markup, words
from tests.dashboard.test_pages import specs


def test_what_the_reader_finds(open_page: Open, small_build: Path) -> None:
    """The verdict, the trend, how long incidents last by service, the quiet days, and what it cost."""
    page = open_page(small_build, "reliability")
    said = words(page)
    for expected in (
        "No change that can be told from chance.",
        "6 incidents against 1 before: not distinguishable",
        "Half took no longer than 1 h 15 min, nine in ten no longer than",
        "Median to resolve: 1 h 15 min (too few for an interval)",
        "From one incident to the next it took",
        "Per quarter, the newest first.",
    ):
        assert expected in said
    assert len(specs(page)) == 5


def test_the_address_chooses_duration_and_groups(open_page: Open, small_build: Path) -> None:
    """Another duration, other groups; each leads to the incidents of its group."""
    assert "No incident has a time to detect" in words(
        open_page(small_build, "reliability", measure="to detect")
    )
    page = open_page(small_build, "reliability", by="Team")
    told = str(page.get("vega_lite_chart")[3].proto.alt)
    assert told.startswith("Median per group with its interval: ")
    assert "Payments" in told


def test_nothing_to_tell(open_page: Open, empty_build: Path) -> None:
    """Without incidents each card says so in words, and nothing is drawn."""
    page = open_page(empty_build, "reliability")
    assert "No incident has a time to resolve" in words(page)
    assert "None" not in markup(page)
    assert specs(page) == []
