"""The page on whether postmortems are in time and complete."""

from __future__ import annotations

from pathlib import Path

from tests.dashboard.conftest import Open
from tests.dashboard.seen import markup, table_after, words


def test_what_the_reader_finds(open_page: Open, small_build: Path) -> None:
    """How complete each team is, and what is missing most, with its findings."""
    page = open_page(small_build, "postmortems")
    assert "Complete?" in words(page)
    assert table_after(page, "Missing most")[0] == ["When it was resolved No end", "2"]
    assert '<a href="findings?rule=No+end" target="_self">No end</a>' in markup(page)
