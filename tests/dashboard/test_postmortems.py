"""The page on whether postmortems are in time and complete."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from tests.dashboard.conftest import Open
from tests.dashboard.seen import markup, rows_sent, table_after, words
from tests.metrics.test_postmortems import blaming_rows, ended
from tests.published_rows import AS_OF, incident, publish_rows


def test_in_time_is_against_the_days_agreed(open_page: Open, tmp_path: Path) -> None:
    """Of five incidents with seven days agreed two were written in them, one later, one not; one has time."""
    ends = [AS_OF - timedelta(days=days) for days in (100, 90, 80, 3, 70)]
    written = [ends[0] + timedelta(days=2), ends[1] + timedelta(days=9), None, None, ends[4]]
    rows = [
        incident(f"i{n}", end - timedelta(hours=1), 60, team="Shop" if n < 4 else "Mail", ended_at=end)
        | {"has_postmortem": at is not None, "postmortem_at": at}
        | {"written_within_days": 7, "reviewed_within_days": None, "reviewed_at": at}
        for n, (end, at) in enumerate(zip(ends, written, strict=True))
    ]
    publish_rows(tmp_path, "b1", {"incidents": rows})
    page = open_page(tmp_path, "postmortems", period="All")
    said = words(page)
    assert "2 of 4 postmortems were written in time Share written" in said
    assert "All of these: 50 % (90 % interval 9–91 %); 2 days after the end at the median (n = 3)" in said
    assert "Nothing was agreed on when a postmortem is to be reviewed" in said
    assert [(row["team"], row["counted"], row["address"]) for row in rows_sent(page, 0)] == [
        ("Mail", "1 of 1", "incidents?period=All&team=Mail"),
        ("Shop", "1 of 3", "incidents?period=All&team=Shop"),
    ]
    assert len(page.get("vega_lite_chart")) == 1


def test_what_the_reader_finds(open_page: Open, small_build: Path) -> None:
    """How complete each team is, and what is missing most, with its findings."""
    page = open_page(small_build, "postmortems")
    assert "Complete?" in words(page)
    assert table_after(page, "Missing most")[0] == ["When it was resolved No end", "2"]
    assert '<a href="findings?rule=No+end" target="_self">No end</a>' in markup(page)


def test_what_is_overdue_and_what_was_reviewed_over_long(open_page: Open, tmp_path: Path) -> None:
    """Each incident is listed with whose it is and by how many days, and leads to its page."""
    rows = [
        ended("gone", 50, None, team="Mail", service="queue"),
        ended("slow", 200, 50, severity=3, team=None, service=None),
    ]
    publish_rows(tmp_path, "b1", {"incidents": rows})
    page = open_page(tmp_path, "postmortems", period="All")
    assert table_after(page, "1 postmortem is overdue: 1 of 2 not reviewed") == [
        ["Incident gone Mail · queue", "", "36 days"]
    ]
    assert table_after(page, "The one review of a small incident was over-long") == [
        ["Incident slow team not stated", "3", "30 min", "50 days", "14 days"]
    ]
    assert '<a href="incident?period=All&amp;id=gone" target="_self">Incident gone</a>' in markup(page)


def test_nothing_overdue_is_told(open_page: Open, empty_build: Path) -> None:
    """Without incidents each card says so, and shows no table."""
    said = words(open_page(empty_build, "postmortems"))
    assert "No postmortem is known to be due" in said
    assert "Of no small incident is it known when it was reviewed" in said


def test_wording_that_blames_is_shown_in_its_sentence(open_page: Open, tmp_path: Path) -> None:
    """Each phrase with its document, line and what to write instead; all of them are findings."""
    publish_rows(tmp_path, "b1", blaming_rows())
    page = open_page(tmp_path, "postmortems", period="All")
    assert table_after(page, "1 of 4 postmortems has wording")[0] == [
        "a.md Incident a",
        "Somebody forgot to renew <it>. line 7",
        "“forgot to renew” blames people: memory is no control.",
    ]
    assert "By team, with 90 % intervals: Mail 1 of 3 (1–87 %)." in words(page)
    assert "2 of 2 phrases → · n = 4 postmortems" in words(page)
    assert 'href="findings?period=All&amp;rule=Blaming+wording"' in markup(page)


def test_no_wording_that_blames_is_told(open_page: Open, small_build: Path) -> None:
    """With how many were looked through."""
    assert "No wording that blames people was found in 6 postmortems" in words(
        open_page(small_build, "postmortems")
    )
