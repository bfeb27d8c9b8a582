"""The page on promises: how long they take, how old and how slipped they are, what they lack."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from dashboard import charts
from dashboard.charts import Look
from dashboard.charts.follow_through import blended
from dashboard.charts.survival import _apart
from dashboard.theme import LIGHT
from pipeline import metrics
from pipeline.metrics import Filters, Published, open_published
from tests.dashboard.conftest import Open
from tests.dashboard.seen import markup, table_after, words
from tests.published_rows import company, publish_rows


@pytest.fixture(scope="module")
def aged_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small company, whose two open promises are 314 days old."""
    folder = tmp_path_factory.mktemp("aged")
    rows = company()
    for item in rows["action_items"]:
        if item["outcome"] == "open":
            item["open_days"] = 314.0
    publish_rows(folder, "b1", rows)
    return folder


@pytest.fixture
def published(aged_build: Path) -> Iterator[Published]:
    """The small company, open."""
    opened = open_published(aged_build)
    yield opened
    opened.close()


def curves(published: Published, group_by: metrics.ItemGroup) -> pl.DataFrame:
    """What the curves are drawn of, as the page puts it together."""
    told = metrics.time_to_done(published, Filters(), group_by)
    return metrics.done_curves(published, Filters(), group_by).join(
        told.select("group_name", "n", "verdict", "direction"), on="group_name"
    )


def test_what_the_reader_finds(open_page: Open, aged_build: Path) -> None:
    """By when half is done, whether teams differ, the ages, the ledger, and what is lacking."""
    page = open_page(aged_build, "follow_through", period="All")
    said = words(page)
    for expected in (
        "How long it takes until a promise is done",
        "Fewer than half of the action items are done so far (n = 5); it takes 19 days at the least.",
        "2 action items are open, half of them for 314 days or more (too few for an interval)",
        "No action item in Jira has a due date that could slip.",
        "Of 7 action items 6 are without an owner, 7 without a due date and none without an issue.",
    ):
        assert expected in said
    assert table_after(page, "How promises slip")[0][0] == "Payments"
    assert table_after(page, "The most slipped") == [
        [
            "Promise a3 Incident i2",
            "due date moved later 2 times; late and untouched",
            "Ada <b>L</b> Payments",
            "no date",
            "PAY-3 open",
        ]
    ]
    assert '<a href="ledger?period=All" target="_self">The whole ledger, 1 promise →</a>' in markup(page)
    assert '<a href="team?period=All&amp;team=Payments" target="_self">Payments</a>' in markup(page)


@pytest.mark.parametrize(
    ("card", "groups"), [("done_curves", ["all"]), ("done_curves_by_group", ["Payments", "Search"])]
)
def test_the_rows_behind_a_curve_are_those_of_its_sql(
    open_page: Open, aged_build: Path, card: str, groups: list[str]
) -> None:
    """Behind the door stand the rows of the metric told there, not the steps that are drawn."""
    page = open_page(aged_build, "follow_through", period="All")
    page.session_state[f"explain-{card}"] = True
    page.run()
    behind = page.dataframe[0].value
    assert behind["group_name"].to_list() == groups
    assert {"median_days", "in_time_share"} <= set(behind.columns)
    assert page.code[1].value.startswith("-- How long it takes until what was promised is done")


def test_a_dot_says_that_its_list_holds_more_than_n(open_page: Open, aged_build: Path) -> None:
    """The list of a group is of all its promises; where there is no list, nothing is said of one."""
    said = "A dot leads to the promises. The list holds all promises of the group, whenever made"
    assert words(open_page(aged_build, "follow_through", grouped="Severity")).count(said) == 1
    assert "The list holds" not in words(open_page(aged_build, "follow_through", grouped="Kind"))


def test_the_address_chooses_how_long_a_period_of_the_flow_is(open_page: Open, aged_build: Path) -> None:
    """Week by week or month by month, as well as by quarter."""
    assert "Per quarter: promised above the line" in words(open_page(aged_build, "follow_through"))
    assert "Per week: promised above the line" in words(open_page(aged_build, "follow_through", per="Week"))


def test_the_address_chooses_the_groups(open_page: Open, aged_build: Path) -> None:
    """Other groups than teams, in every chart of how long it takes."""
    page = open_page(aged_build, "follow_through", grouped="Severity")
    assert "What is done how soon, by severity" in words(page)
    told = [str(element.proto.alt) for element in page.get("vega_lite_chart")]
    assert any(alt.startswith("Open by age: 2: 2 open, median 314") for alt in told)


def test_shares_of_the_curve_sum_to_one(published: Published) -> None:
    """Done, open and declined are drawn one on the other, done with its interval, each named at the end."""
    figure = charts.done_curves(curves(published, "all"), Look(LIGHT))
    assert figure.spec is not None
    drawn, names = figure.spec["datasets"].values()
    assert all(
        row["done_share"] + row["open_share"] + row["declined_share"] == pytest.approx(1)
        and row["done_low"] <= row["done_share"] <= row["done_high"]
        for row in drawn
    )
    assert sorted(row["name"].split("\u00a0")[1] for row in names) == ["% declined", "% done", "% open"]
    assert figure.badge == "5 action items made in the period"


def test_a_curve_per_group_has_its_n_and_colour_only_for_a_signal(published: Published) -> None:
    """So few differ by chance: every line is grey, and goes on to the longest time of all."""
    figure = charts.done_curves_by_group(curves(published, "team"), Look(LIGHT))
    assert figure.spec is not None
    drawn, names = figure.spec["datasets"].values()
    assert {row["kind"] for row in drawn} == {"none"}
    ends = {
        row["group"]: max(other["days"] for other in drawn if other["group"] == row["group"]) for row in drawn
    }
    assert len(set(ends.values())) == 1
    assert sorted(row["name"] for row in names) == ["Payments (n = 4)", "Search (n = 1)"]


def test_medians_and_ages_are_drawn_with_n(published: Published) -> None:
    """A group of which half is not done has no dot but a word; ages sum to what is open."""
    dots = charts.time_to_done(metrics.time_to_done(published, Filters(), "team"), Look(LIGHT))
    assert "Search: not half done yet" in dots.alt
    assert (
        dots.badge
        == "n = 5 of 7 action items (71 % coverage); left out: 1 of unknown outcome, 1 undated".replace(
            "71 %", "71\u00a0%"
        )
    )
    ages = charts.open_items_by_age(metrics.open_items_by_age(published, Filters(), "team"), Look(LIGHT))
    assert ages.badge == "2 open action items"
    assert ages.spec is not None


def test_nothing_is_drawn_of_nothing() -> None:
    """Without rows each chart says so in a sentence."""
    empty = pl.DataFrame(
        schema={
            **dict.fromkeys(("n", "undated_count", "unknown_count", "action_item_count"), pl.Int64),
            "group_name": pl.String,
            "days": pl.Float64,
        }
    )
    for drawn in (
        charts.done_curves,
        charts.done_curves_by_group,
        charts.time_to_done,
        charts.open_items_by_age,
    ):
        figure = drawn(empty, Look(LIGHT))
        assert figure.spec is None
        assert figure.alt.endswith(".")


def test_names_keep_a_line_between_them() -> None:
    """Names at the same height are moved apart, and none leaves the chart."""
    placed = [row["at"] for row in _apart([{"at": at, "name": ""} for at in (1.0, 1.0, 0.99, 0.2)])]
    assert placed[0] == 0.2
    assert all(later - sooner > 0.05 for sooner, later in pairwise(placed))
    assert placed[-1] <= 1


def test_a_shade_lies_between_its_colours() -> None:
    """None of the one is the other, and all of it is itself."""
    assert [blended("#000000", "#ffffff", share) for share in (0, 0.5, 1)] == [
        "#000000",
        "#808080",
        "#ffffff",
    ]
