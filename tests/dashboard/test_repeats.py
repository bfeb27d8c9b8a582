"""The page on what came back, and its charts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard import charts
from dashboard.charts import Look
from dashboard.theme import LIGHT
from pipeline import metrics
from pipeline.metrics import Filters, Published, open_published
from pipeline.metrics import sentences as say
from tests.dashboard.conftest import Open
from tests.dashboard.seen import markup, rows_sent, table_after, words
from tests.dashboard.test_charts import drawn_between
from tests.dashboard.test_pages import specs
from tests.metrics.test_repeats import repeating_rows
from tests.published_rows import publish_rows


@pytest.fixture(scope="module")
def repeating_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a build in which the mail queue failed three times, its fix open."""
    folder = tmp_path_factory.mktemp("repeating")
    publish_rows(folder, "r1", repeating_rows())
    return folder


@pytest.fixture(scope="module")
def repeating(repeating_build: Path) -> Iterator[Published]:
    """That build, open."""
    build = open_published(repeating_build)
    yield build
    build.close()


def test_what_the_reader_finds(open_page: Open, repeating_build: Path) -> None:
    """The chain and what it cost, why each is thought a repeat, and what came back while a fix was open."""
    page = open_page(repeating_build, "repeats")
    said = words(page)
    for expected in (
        "2 incidents repeated an earlier one, in 1 chain.",
        "The costliest: Defect in mail has come 3 times in 70 days (1 confirmed); 1 fix still open",
        "3 incidents in 1 chain; 1 confirmed by a person",
        "1 incident came back while a fix was still open and hurt for 10 h",
        "Association, not proof.",
        "like words; candidate",
        "like words; confirmed",
    ):
        assert expected in said
    assert [cell.replace("\u00a0", " ") for cell in table_after(page, "The chains, one by one")[0][1:]] == [
        "3",
        "70 days",
        "20 h (2)",
        "150 (3)",
        "–",
        "1 1 overdue",
    ]
    assert [row["address"] for row in rows_sent(page, 0)] == [
        "incident?id=m0",
        "incident?id=m1",
        "incident?id=m2",
    ]


def test_nothing_came_back(open_page: Open, empty_build: Path) -> None:
    """Without incidents each part says so in words, and nothing is drawn."""
    page = open_page(empty_build, "repeats")
    said = words(page)
    assert "No incident is known to have come back." in said
    assert "Nothing is known to have come back while its fix was open." in said
    assert "No fix is done that could be judged" in said
    assert "None" not in markup(page)
    assert specs(page) == []


def test_an_incident_leads_to_those_it_resembles(open_page: Open, repeating_build: Path) -> None:
    """Earlier and later ones, each a link, with what makes them alike, who said so and what was open."""
    page = open_page(repeating_build, "incident", id="m1", team="nobody")
    assert table_after(page, "Like 1 earlier incident, 50 days before") == [
        ["20 days after 21 Dec 2025", "Incident m2 mail · Defect like words confirmed", "none"],
        ["50 days before 12 Oct 2025", "Incident m0 mail · Defect like words candidate", "1 1 overdue"],
    ]
    assert '<a href="incident?id=m0" target="_self">Incident m0</a>' in markup(page)
    assert "2 similar on record, the nearest in time first." in words(page)
    rejected = table_after(open_page(repeating_build, "incident", id="s0"), "Resembles no other incident")
    assert [row[1] for row in rejected] == ["Incident s1 search · Capacity like words rejected"]
    alone = words(open_page(repeating_build, "incident", id="bare"))
    assert (
        "Resembles no other incident on record "
        "Its cause and its service are not known; sought was a text of like words, however long ago." in alone
    )


def test_a_chain_is_a_line_with_its_incidents_and_the_days_a_fix_was_open(repeating: Published) -> None:
    """One line per chain, a dot per incident, a band while a fix was open, a mark where it is open now."""
    figure = charts.incidents_in_chains(metrics.incidents_in_chains(repeating, Filters()), Look(LIGHT))
    assert drawn_between(figure.spec) == {("at", "until")}
    assert figure.spec is not None
    drawn = {len(rows): rows for rows in figure.spec["datasets"].values()}
    assert [(row["title"], row["day"], row["status"], row["is_while_open"]) for row in drawn[3]] == [
        ("Incident m0", "12 Oct 2025", "first of its chain", False),
        ("Incident m1", "1 Dec 2025", "candidate", True),
        ("Incident m2", "21 Dec 2025", "confirmed by a person", False),
    ]
    assert {row["chain"] for rows in drawn.values() for row in rows} == {"mail · defect"}
    bands = [row for rows in figure.spec["datasets"].values() for row in rows if "fix" in row]
    assert {(row["fix"], row["days"]) for row in bands} == {("open now", "13 Oct 2025 – 15 Mar 2026")}


def test_a_fix_is_drawn_with_its_interval_and_what_can_be_said(repeating: Published) -> None:
    """A signal is coloured; where there was too little before to say, the words say so."""
    figure = charts.fix_effect(metrics.fix_effect(repeating, Filters()), Look(LIGHT))
    assert drawn_between(figure.spec) == {("from", "to")}
    assert figure.spec is not None
    rows = next(rows for rows in figure.spec["datasets"].values() if len(rows) > 1)
    assert [(row["name"], row["said"], row["kind"]) for row in rows] == [
        ("checkout · certificate", "signal", "fewer"),
        ("search · capacity", "too few before", "none"),
    ]
    assert say.fix_title(metrics.fix_effect(repeating, Filters(services=("search",)))) == (
        "Before the one fix done so few incidents came that no fall can ever show"
    )
    assert figure.badge == "2 fixes, 15 incidents; left out: 2 that led to the promise"
