"""The pages on teams: who stands out beyond chance, and one team's promises to send to its manager."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from dashboard import charts
from dashboard.charts import Look
from dashboard.theme import LIGHT
from pipeline import metrics
from pipeline.metrics import Filters, Published, open_published
from pipeline.metrics import sentences as say
from tests.dashboard.conftest import Open
from tests.dashboard.seen import markup, table_after, words
from tests.dashboard.test_pages import specs
from tests.published_rows import action_item, company, incident, publish_rows

DAY = datetime(2025, 4, 1)


def items(team: str, kept: int, broken: int) -> list[dict[str, Any]]:
    """Action items that came due: so many decided in time, so many decided late."""
    return [
        action_item(
            f"{team}-{place}",
            None,
            team=team,
            outcome="done",
            promised_at=DAY,
            done_at=DAY,
            committed_on=datetime(2025, 5, 1).date(),
            is_on_time=place < kept,
        )
        for place in range(kept + broken)
    ]


@pytest.fixture(scope="module")
def judged_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of 100 decisions 80 were in time, of one team none of 12; and one team had only one."""
    folder = tmp_path_factory.mktemp("judged")
    rows = company()
    rows["action_items"] = [*items("Fast", 70, 3), *items("Slow", 0, 12), *items("Tiny", 1, 0)]
    publish_rows(folder, "b1", rows)
    return folder


@pytest.fixture
def judged(judged_build: Path) -> Iterator[Published]:
    """That build, open."""
    published = open_published(judged_build)
    yield published
    published.close()


def funnel_rows(published: Published) -> pl.DataFrame:
    """What the funnel draws, as the page puts it together."""
    funnel = metrics.team_funnel(published, Filters(), "on_time")
    return pl.concat([funnel.points, funnel.limits], how="diagonal")


def test_only_what_lies_beyond_chance_stands_out(open_page: Open, judged_build: Path) -> None:
    """The headline names the team beyond the limits of 99.9 %; each verdict stands beside its share and n."""
    page = open_page(judged_build, "teams", period="All")
    said = words(page)
    assert "stands out: Slow for the worse." in said
    assert "Slow: 0 % of 12 decided in time, far below the others (expected 96 %)." in said
    assert table_after(page, "What can be said of each team") == [
        ["Fast", "96 % 89–99 %, n = 73", "not distinguishable"],
        ["Slow", "0 % 0–23 %, n = 12", "signal: lower far from the others"],
        ["Tiny", "100 % 5–100 %, n = 1", "too few to judge"],
    ]
    assert '<a href="team?period=All&amp;team=Slow" target="_self">Slow</a>' in markup(page)


def test_the_address_chooses_the_rate(open_page: Open, small_build: Path) -> None:
    """Another rate of the same teams; one that nothing counts for is not offered."""
    page = open_page(small_build, "teams", rate="Came back while a fix was open")
    assert "Share repeats while a fix was open, of incidents." in words(page)
    assert page.selectbox(key="rate").options == [
        "Decided",
        "Decided in time",
        "Came back while a fix was open",
    ]


def test_the_scorecard_counts_and_does_not_rank(open_page: Open, small_build: Path) -> None:
    """Teams by the alphabet; each count of promises leads to them, each rate has its interval and n."""
    page = open_page(small_build, "teams")
    assert table_after(page, "What each team owns") == [
        ["Payments", "3", "1 h 45 min", "2", "1", "1", "80 % n = 3"],
        ["Search", "3", "2 h 00 min known of 1", "0", "0", "0", "60 % n = 1"],
    ]
    assert table_after(page, "How it goes, beside") == [
        ["Payments", "1 of 3 too few to judge", "33 % 1–87 %, n = 3"],
        ["Search", "1 of 1 too few to judge", "0 of 3 too few to judge"],
    ]
    assert '<a href="promises?team=Payments&amp;which=Late" target="_self">1</a>' in markup(page)


def test_a_manager_finds_the_promises_not_kept(open_page: Open, small_build: Path) -> None:
    """The team's page tells what is late with its issue, what slipped, what came back, what is written."""
    page = open_page(small_build, "team", team="Payments")
    said = words(page)
    for expected in (
        "1 promise is overdue, for 287 days, and nobody touches it.",
        "1 overdue now whenever promised 1 of these ignored untouched for 30 days 2 open now",
        "33 % decided in time 0–100 %, n = 3",
        "1 incident came back while a fix was still open",
        "Median to resolve: 1 h 00 min (too few for an interval).",
    ):
        assert expected in said
    assert table_after(page, "Promises that are late")[0][-1] == "PAY-3"
    assert said.count("As of now, whenever promised.") == 2
    assert "Incident i1 checkout 1 30 min 2 Planned work is left out." in said
    assert table_after(page, "How promises slipped") == [
        [
            "Promise a3 Incident i2",
            "due date moved later 2 times; late and untouched",
            "Ada <b>L</b> Payments",
            "no date",
            "PAY-3 open",
        ]
    ]
    assert '<a href="https://jira.example/browse/PAY-3"' in markup(page)
    assert [row[1] for row in table_after(page, "Its incidents")] == [
        "Incident i3 checkout",
        "Incident i2 checkout",
        "Incident i1 checkout",
    ]


def test_a_list_cut_short_says_so(open_page: Open, tmp_path: Path) -> None:
    """Of twelve postmortems that promise nothing ten are shown, and it is told of how many."""
    rows = company()
    rows["incidents"] += [
        incident(f"n{n:02}", datetime(2025, 6, 1 + n), 10, team="Payments", has_postmortem=True)
        for n in range(12)
    ]
    publish_rows(tmp_path, "b1", rows)
    page = open_page(tmp_path, "team", team="Payments")
    said = words(page).split("Postmortems that promise nothing")[1]
    assert said.split("Beside the other teams")[0].count("Incident n") == 10
    assert "10 of 12 postmortems" in said
    page.session_state["explain-postmortems_without_action_items"] = True
    page.run()
    assert len(page.dataframe[0].value) == 12


def test_without_a_team_there_is_a_choice(open_page: Open, small_build: Path) -> None:
    """No team, two teams, or one that does not exist: the page asks which."""
    for chosen in ({}, {"team": ["Payments", "Search"]}, {"team": "Nobody"}):
        page = open_page(small_build, "team", **chosen)
        assert "Which team?" in words(page)
        assert '<a href="team?team=Payments" target="_self">Payments</a>' in markup(page)


def test_the_ledger_is_chosen_by_the_way_of_slipping(open_page: Open, small_build: Path) -> None:
    """Each way holds the promises that slipped in it."""
    assert len(table_after(open_page(small_build, "ledger", way="Date moved"), "one by one")) == 1
    assert "No promise slipped in this way" in words(open_page(small_build, "ledger", way="Reopened"))


def test_the_rows_behind_the_ledger_are_those_of_the_way(open_page: Open, tmp_path: Path) -> None:
    """The title counts what the table behind it holds: of two entries the one that was reopened."""
    rows = company()
    rows["action_items"][3] |= {"jira_key": "PAY-4", "reopen_count": 1}
    publish_rows(tmp_path, "b1", rows)
    for way, ids in (("All", ["a3", "a4"]), ("Reopened", ["a4"])):
        page = open_page(tmp_path, "ledger", way=way)
        page.session_state["explain-slippage_ledger"] = True
        page.run()
        assert f"{say.count_of(len(ids), 'promise')}, made in" in words(page)
        assert sorted(page.dataframe[0].value["action_item_id"].to_list()) == ids


def test_the_funnel_draws_limits_and_every_team(judged: Published) -> None:
    """One point per team, coloured by what may be said, within limits for each size; signals keep a name."""
    figure = charts.team_funnel(funnel_rows(judged), Look(LIGHT))
    assert figure.spec is not None
    drawn = {
        row["team"]: (row["n"], row["kind"], row["place"] is not None)
        for rows in figure.spec["datasets"].values()
        for row in rows
        if "team" in row
    }
    assert drawn == {"Fast": (73, "within", True), "Slow": (12, "bad", True), "Tiny": (1, "small", True)}
    assert figure.badge == "n = 86 action items that came due, 3 teams; left out: 1 too few to judge"
    assert "Slow 0 % (0–23 %), n = 12, signal: far lower than the others" in figure.alt.replace("\u00a0", " ")


def test_each_class_has_its_own_colour(judged: Published) -> None:
    """What is beyond chance is drawn neither as a signal nor as nothing, in the funnel and among shares."""
    points = funnel_rows(judged).with_columns(
        pl.when(pl.col("team") == "Slow").then(pl.lit("below_95")).otherwise("flag").alias("flag")
    )
    funnel = charts.team_funnel(points, Look(LIGHT))
    assert funnel.spec is not None
    kinds = {
        row["team"]: row["kind"] for rows in funnel.spec["datasets"].values() for row in rows if "kind" in row
    }
    assert kinds == {"Fast": "within", "Slow": "edge", "Tiny": "small"}
    shares = metrics.action_items_by_team(judged, Filters())
    far = charts.action_items_by_team(shares, Look(LIGHT))
    assert "Red: far below the other teams." in far.caption
    assert "Slow 0 % (0–23 %), 0 of 12, signal: far lower" in far.alt.replace("\u00a0", " ")
    beyond = charts.action_items_by_team(
        shares.with_columns(pl.lit("below_95").alias("on_time_flag")), Look(LIGHT)
    )
    assert "Amber: differs by more than chance, perhaps as teams differ." in beyond.caption


def test_nothing_to_judge_is_a_sentence() -> None:
    """A rate that nothing counts for draws nothing."""
    empty = pl.DataFrame(schema={"team": pl.String})
    assert charts.team_funnel(empty, Look(LIGHT)).spec is None
    assert say.funnel_title(empty) == "Nothing to judge teams by"


def test_no_page_of_teams_draws_what_is_not_there(open_page: Open, empty_build: Path) -> None:
    """Without a row nothing is drawn and no None is shown."""
    for name in ("teams", "team", "ledger"):
        page = open_page(empty_build, name)
        assert specs(page) == []
        assert "None" not in markup(page)
