"""The page on trends, durations, impact and quiet days."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from dashboard import charts
from dashboard.charts import Look
from dashboard.theme import LIGHT
from tests.dashboard.conftest import Open
from tests.dashboard.seen import markup, rows_sent, table_after, words
from tests.dashboard.test_charts import drawn_between, rows_drawn
from tests.dashboard.test_pages import specs


def test_what_the_reader_finds(open_page: Open, small_build: Path) -> None:
    """The verdict, the trend, how long incidents last by service, the quiet days, and what it cost."""
    page = open_page(small_build, "reliability")
    said = words(page)
    for expected in (
        "No change that can be told from chance.",
        "6 incidents against 1 before: not distinguishable",
        "Half took no longer than 1 h 15 min, nine in ten no longer than",
        "No change in the monthly number of incidents can be told from chance",
        "Median to resolve: 1 h 15 min (too few for an interval)",
        "From one incident to the next it took",
        "Per quarter, the newest first.",
    ):
        assert expected in said
    quarters = [row[0] for row in table_after(page, "Per quarter, the newest first.")]
    assert quarters == ["Dec–Feb ’26", "Sep–Nov ’25", "Jun–Aug ’25", "Mar–May ’25"]
    assert len(specs(page)) == 6


def test_the_address_chooses_duration_and_groups(open_page: Open, small_build: Path) -> None:
    """Another duration, other groups."""
    assert "No incident has a time to detect" in words(
        open_page(small_build, "reliability", measure="to detect")
    )
    page = open_page(small_build, "reliability", by="Team")
    told = str(page.get("vega_lite_chart")[4].proto.alt)
    assert told.startswith("Median per group with its interval: ")
    assert "Payments" in told


@pytest.mark.parametrize(
    ("by", "addresses"),
    [
        ("Service", {"checkout": "incidents?service=checkout", "indexer": "incidents?service=indexer"}),
        ("Team", {"Payments": "incidents?team=Payments", "Search": "incidents?team=Search"}),
        (
            "Cause",
            {
                "configuration": "incidents?cause=Configuration",
                "capacity": "incidents?cause=Capacity",
                "Unknown": "incidents?cause=Unknown",
            },
        ),
        (
            "Severity",
            {
                "Severity 1": "incidents?severity=1",
                "Severity 2": "incidents?severity=2",
                "Severity 3": "incidents?severity=3",
                "not stated": "incidents?severity=not+stated",
            },
        ),
    ],
)
def test_each_group_leads_to_its_incidents(
    open_page: Open, small_build: Path, by: str, addresses: dict[str, str]
) -> None:
    """A mark's address chooses the incidents of its group, in words that the filter knows."""
    page = open_page(small_build, "reliability", by=by)
    assert {row["group"]: row["address"] for row in rows_sent(page, 4)} == addresses


@pytest.mark.parametrize(
    ("measure", "figure"),
    [
        ("Time to resolve", "Time+to+resolve"),
        ("to detect", "Time+to+detect"),
        ("to mitigate", None),
        ("to acknowledge", None),
    ],
)
def test_what_is_left_out_is_told_of_the_figure_that_leaves_it_out(
    open_page: Open, small_build: Path, measure: str, figure: str | None
) -> None:
    """The n leads to the findings of this duration, and nowhere where no figure is of it."""
    html = markup(open_page(small_build, "reliability", measure=measure)).split("How long they last")[1]
    found = re.findall(r'href="findings\?figure=([^"&]*)"', html.split("Per quarter")[0])
    assert found == ([figure] if figure else [])


def test_nothing_to_tell(open_page: Open, empty_build: Path) -> None:
    """Without incidents each card says so in words, and nothing is drawn."""
    page = open_page(empty_build, "reliability")
    assert "No incident has a time to resolve" in words(page)
    assert "None" not in markup(page)
    assert specs(page) == []


def test_the_rate_steps_where_it_changed() -> None:
    """Each month's count is a dot, and the rate a line with its band, another one from a change on."""
    months = [
        {
            "period_start": datetime(2025, month, 1),
            "period_end": datetime(2025, month + 1, 1),
            "n": n,
            "planned_count": 1,
            "undated_count": 2,
            "level_rate": level,
            "level_low": level - 1,
            "level_high": level + 1,
        }
        for month, (n, level) in enumerate([(3, 3.5), (4, 3.5), (12, 12.0)], start=1)
    ]
    figure = charts.monthly_rate_changes(pl.DataFrame(months), Look(LIGHT))
    assert drawn_between(figure.spec) == {("from", "to")}
    assert [(row["month"], row["n"], row["shown"]) for row in rows_drawn(figure.spec)] == [
        ("Jan ’25", 3, "3.5 (2.5–4.5)"),
        ("Feb ’25", 4, "3.5 (2.5–4.5)"),
        ("Mar ’25", 12, "12.0 (11.0–13.0)"),
    ]
    assert figure.badge == "19 incidents in 3 months; left out: 3 planned, 2 without a day"
