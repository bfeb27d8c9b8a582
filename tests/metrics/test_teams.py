"""The scorecard and the funnel of teams: rows counted by hand, limits by enumeration, planted facts found."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from pipeline import flow, metrics
from pipeline.demo.stage import staged_company
from pipeline.metrics import Filters, Published, open_published
from pipeline.metrics import sentences as say
from pipeline.metrics.statistics import share_interval
from pipeline.settings import load_settings
from tests.published_rows import action_item, incident, publish_rows

DAY = datetime(2025, 4, 1)
DUE: dict[str, Any] = {"committed_on": date(2025, 5, 1), "promised_at": DAY}


def _items(team: str, priority: str, kept: int, broken: int) -> list[dict[str, Any]]:
    """Action items that came due: so many decided in time, so many decided late."""
    return [
        action_item(
            f"{team}-{priority}-{place}",
            None,
            team=team,
            priority=priority,
            outcome="done",
            done_at=DAY,
            is_on_time=place < kept,
            **DUE,
        )
        for place in range(kept + broken)
    ]


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    """Urgent things are seldom done in time (10 of 40), others mostly (34 of 40)."""
    folder = tmp_path_factory.mktemp("teams")
    items = [
        *_items("Urgent", "High", 5, 15),
        *_items("Easy", "Low", 17, 3),
        *_items("Mixed", "high ", 5, 13),
        *_items("Mixed", "Low", 17, 0),
        *_items("Tiny", "High", 0, 2),
        *_items("Slow", "Low", 0, 3),
    ]
    incidents = [
        incident("i1", DAY, 60, team="Easy", severity=1, completeness_score=0.5, has_postmortem=True),
        incident("i2", DAY, 30, team="Easy", severity=2, is_planned=True),
        incident("i3", DAY, None, team="Easy", severity=2, completeness_score=0.7, action_item_count=2),
    ]
    repeats = [
        {"incident_id": "i3", "earlier_incident_id": "i1", "gap_days": 1, "basis": "text"}
        | {"open_prevention_item_count": 2, "overdue_prevention_item_count": 0}
    ]
    publish_rows(folder, "b1", {"incidents": incidents, "action_items": items, "repeats": repeats})
    build = open_published(folder)
    yield build
    build.close()


def test_a_team_is_held_against_the_others_of_its_mix(judged: Published) -> None:
    """Expected is what the others do with such priorities, so that urgent work alone flags nobody."""
    rates = metrics.team_rates(judged, Filters()).filter(pl.col("measure") == "on_time")
    assert rates.select("team", "n", "hit_count", "share", "flag").rows() == [
        ("Easy", 20, 17, 0.85, "within"),
        ("Mixed", 35, 22, pytest.approx(22 / 35), "within"),
        ("Slow", 3, 0, 0.0, "below_95"),
        ("Tiny", 2, 0, 0.0, "too_few"),
        # The others' urgent work is too little to tell.
        ("Urgent", 20, 5, 0.25, "too_few"),
    ]
    assert rates["expected_count"][1] == pytest.approx(
        18 * _share(5, 22, 22, 42) + 17 * _share(17, 20, 22, 42)
    )
    assert rates["expected_count"][4] == pytest.approx(20 * _share(5, 20, 39, 57))
    assert rates["whole_share"].to_list() == pytest.approx([44 / 80] * 5)
    # Without the team that lies apart.
    assert rates["target_share"].to_list() == pytest.approx([44 / 77] * 5)
    assert rates["adjusted_share"][1] == pytest.approx(22 / rates["expected_count"][1] * 44 / 77)
    easy = rates.row(0, named=True)
    assert (easy["low"], easy["high"]) == share_interval(17, 20)


def _share(hits: int, n: int, hits_of_all: int, n_of_all: int) -> float:
    """The others' share of one priority, with one hit and one miss more at least, as they do overall."""
    overall = (hits_of_all + 0.5) / (n_of_all + 1)
    weight = 1 / min(overall, 1 - overall)
    return (hits + weight * overall) / (n + weight)


def test_teams_that_are_filtered_out_stay_part_of_the_whole(judged: Published) -> None:
    """One team's row is the same, whichever teams are looked at."""
    every = metrics.team_rates(judged, Filters()).filter(pl.col("team") == "Easy")
    assert metrics.team_rates(judged, Filters(teams=("Easy",))).rows() == every.rows()


def test_one_measure_alone_is_what_it_is_among_all(judged: Published) -> None:
    """The rates of one measure are those rows of the rates of all."""
    every = metrics.team_rates(judged, Filters())
    assert metrics.team_rates(judged, Filters(), "on_time").equals(every.filter(measure="on_time"))


def test_funnel_frames(judged: Published) -> None:
    """The points are the teams, the limits run from one to the largest of them, and narrow."""
    funnel = metrics.team_funnel(judged, Filters(), "on_time")
    assert funnel.whole_share == pytest.approx(44 / 77)
    assert funnel.points["team"].to_list() == ["Easy", "Mixed", "Slow", "Tiny", "Urgent"]
    assert funnel.limits["n"].to_list() == list(range(1, 36))
    assert funnel.limits.row(0) == (1, 0.0, 1.0, 0.0, 1.0)
    assert funnel.points["target_share"].to_list() == pytest.approx([funnel.whole_share] * 5)
    last = funnel.limits.row(34, named=True)
    assert 0 < last["low_99_9"] < last["low_95"] < 44 / 77 < last["high_95"] < last["high_99_9"] < 1


def test_funnel_of_nothing(empty: Published) -> None:
    """A measure of which nothing can be told has no whole, no points and no limits."""
    funnel = metrics.team_funnel(empty, Filters(), "ignored")
    assert (funnel.whole_share, len(funnel.points), len(funnel.limits)) == (None, 0, 0)


def test_scorecard(judged: Published) -> None:
    """Counts of the period, and each measure's share and flag beside them."""
    frame = metrics.team_scorecard(judged, Filters())
    assert frame["team"].to_list() == ["Easy", "Mixed", "Slow", "Tiny", "Urgent"]
    row = frame.row(0, named=True)
    told = {name: value for name, value in row.items() if value is not None}
    assert told == {
        "team": "Easy",
        "n": 2,
        "impact_minutes": 60.0,
        "with_impact_count": 1,
        "postmortem_count": 1,
        "nothing_promised_count": 1,
        "scored_count": 2,
        "mean_completeness": pytest.approx(0.6),
        "deviation": pytest.approx(0.1414, abs=1e-4),
        "action_item_count": 20,
        "done_count": 20,
        "declined_count": 0,
        "open_count": 0,
        "unknown_count": 0,
        "overdue_count": 0,
        "ignored_count": 0,
        "push_days": 0,
        "coverage": 0.5,
        "decided_n": 20,
        "on_time_n": 20,
        "repeat_while_open_n": 2,
        "decided_share": 1.0,
        "decided_flag": "within",
        "on_time_share": 0.85,
        "on_time_flag": "within",
        "repeat_while_open_share": 0.5,
        "repeat_while_open_flag": "too_few",
    }


@pytest.mark.parametrize(
    ("flag", "sentence"),
    [
        ("below_99_9", "Payments: 40 % of 25 decided in time, far below the others (expected 62 %)."),
        (
            "below_95",
            "Payments: 40 % of 25 decided in time, below what chance gives, perhaps as teams differ "
            "(expected 62 %).",
        ),
        (
            "within",
            "Payments: 40 % of 25 decided in time, not distinguishable from the others (expected 62 %).",
        ),
        ("too_few", "Payments: 10 of 25 decided in time, too few to judge."),
    ],
)
def test_team_rate_sentence(flag: str, sentence: str) -> None:
    """What lies beyond chance is told as that, and as far from the others only beyond the outer limits."""
    row = {"team": "Payments", "measure": "on_time", "n": 25, "hit_count": 10, "share": 0.4}
    said = say.team_rate_sentence(row | {"expected_share": 0.62, "flag": flag})
    assert said.replace("\u00a0", " ") == sentence


@pytest.mark.parametrize(
    ("flag", "words"),
    [
        ("below_99_9", "signal: far lower than the others"),
        ("above_99_9", "signal: far higher than the others"),
        ("above_95", "beyond chance: higher, perhaps as teams differ"),
        ("within", "not distinguishable"),
        ("too_few", "too few to judge"),
    ],
)
def test_flag_in_words(flag: str, words: str) -> None:
    """Only beyond the limits of 99.9 % is a signal; what lies between is beyond chance."""
    assert say.flag_in_words({"flag": flag}) == words


@pytest.mark.parametrize(
    ("flags", "title", "headline", "standing"),
    [
        (
            ["below_99_9", "within", "too_few"],
            "50 % decided in time where teams do not lie apart; far below the others: A; 1 too small to "
            "judge",
            "1 of 2 teams stands out: A for the worse.",
            "Far from the other teams in 1 of 2 figures: 20 % decided in time (expected 40 %).",
        ),
        (
            ["above_99_9", "below_95", "within"],
            "50 % decided in time where teams do not lie apart; far above the others: A; below by more than "
            "chance: B",
            "1 of 3 teams stands out: A for the better; B differs by more than chance.",
            "Far from the other teams in 1 of 3 figures: 20 % decided in time (expected 40 %). By more than "
            "chance, perhaps as teams differ, in 1 of 3 figures: 20 % decided in time (expected 40 %).",
        ),
        (
            ["too_few", "too_few", "too_few"],
            "50 % decided in time where teams do not lie apart; too few to judge any team",
            "There is too little to judge any team by.",
            "There is too little to judge it by.",
        ),
        (
            ["within", "below_95", "above_95"],
            "50 % decided in time where teams do not lie apart; below by more than chance: B; above by more "
            "than chance: C",
            "No team is far from the others; B, C differ by more than chance (3 teams judged).",
            "By more than chance, perhaps as teams differ, in 2 of 3 figures: 20 % decided in time (expected "
            "40 %), 20 % decided in time (expected 40 %).",
        ),
        (
            ["within", "within", "within"],
            "50 % decided in time where teams do not lie apart; no team is distinguishable from it",
            "No team is distinguishable from the others (3 teams judged).",
            "Beside the other teams it is not distinguishable (3 figures judged).",
        ),
    ],
)
def test_what_is_said_of_teams(flags: list[str], title: str, headline: str, standing: str) -> None:
    """Titles name those apart, each class by itself, and count those too small."""
    verdicts = {"99_9": "signal", "95": "beyond chance"}
    rates = pl.DataFrame(
        {
            "team": ["A", "B", "C"],
            "measure": ["on_time"] * 3,
            "is_good_high": [True] * 3,
            "share": [0.2] * 3,
            "target_share": [0.5] * 3,
            "expected_share": [0.4] * 3,
            "flag": flags,
            "verdict": [verdicts.get(flag.partition("_")[2], "not distinguishable") for flag in flags],
        }
    )
    said = (say.funnel_title(rates), say.teams_headline(rates), say.team_standing_sentence(rates))
    assert tuple(words.replace("\u00a0", " ") for words in said) == (title, headline, standing)


def test_a_team_without_others_is_not_judged() -> None:
    """Where nothing is expected of the only team, the title says why."""
    alone = pl.DataFrame(
        {"measure": ["on_time"], "target_share": [0.2], "expected_share": [None], "flag": ["too_few"]},
        schema_overrides={"expected_share": pl.Float64},
    )
    assert say.funnel_title(alone) == "Nothing to judge by: there is no other team"


def test_what_is_said_of_late_promises() -> None:
    """How many, how many nobody touches, and how old."""
    late = pl.DataFrame({"state": ["ignored", "overdue"], "overdue_days": [41.2, 3.0]})
    assert say.team_promises_sentence(late) == (
        "2 promises are overdue, and 1 of them nobody touches; the oldest for 41 days."
    )
    assert say.team_promises_sentence(late.head(0)) == "Nothing it promised is overdue."


@pytest.fixture(scope="module")
def large_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    """The invented company as large as the demo shows it."""
    folder = tmp_path_factory.mktemp("large")
    with staged_company(folder, incidents=240, seed=1, as_of=datetime(2026, 9, 30)) as staged:
        settings = load_settings(staged.settings_path)
        flow.run(settings, as_of=staged.as_of)
    build = open_published(settings.published_path)
    yield build
    build.close()


def test_planted_teams_are_found(large_demo: Published) -> None:
    """The team that ignores, the one that moves dates, the one that closes in bulk and the one that reopens
    are beyond the limits of 99.9 % in what was planted, and no other team is.
    """
    rates = metrics.team_rates(large_demo, Filters())
    planted = {
        "ignored": ["Storefront"],
        "pushed": ["Fulfilment"],
        "closed_in_bulk": ["Search"],
        "reopened": ["Insights"],
    }
    found = {
        measure: rates.filter((pl.col("measure") == measure) & (pl.col("flag") == "above_99_9"))[
            "team"
        ].to_list()
        for measure in planted
    }
    assert found == planted
    others = rates.filter((pl.col("verdict") == "signal") & ~pl.col("measure").is_in(list(planted)))
    assert set(others.select("team", "measure").rows()) <= {
        # What the planted facts bring with them.
        ("Storefront", "decided"),
        ("Fulfilment", "decided"),
        ("Storefront", "on_time"),
        ("Storefront", "repeat_while_open"),
        ("Fulfilment", "on_time"),
        ("Search", "on_time"),
        ("Search", "no_trace"),
    }


def test_the_team_that_ignores_is_done_later(large_demo: Published) -> None:
    """Of the invented teams the one that ignores is found later than all others by the log-rank test."""
    frame = metrics.time_to_done(large_demo, Filters(), "team")
    store = frame.filter(pl.col("group_name") == "Storefront").row(0, named=True)
    assert (store["verdict"], store["direction"], store["median_days"]) == ("signal", "later", None)
    assert "later than elsewhere" in say.time_to_done_difference(frame)


def test_the_ledger_tells_who_moves_dates_and_who_closes_in_bulk(large_demo: Published) -> None:
    """The planted team moves most days, and only the planted team closes in bulk."""
    teams = metrics.slippage_by_team(large_demo, Filters())
    assert teams["team"][0] == "Fulfilment"
    assert teams.filter(pl.col("bulk_count") > 0)["team"].to_list() == ["Search"]
    assert say.slippage_sentence(teams).endswith("by Fulfilment.")


def test_the_scorecard_over_all_time_is_that_of_the_marts(large_demo: Published) -> None:
    """The counts of marts.teams are those of the scorecard over all time."""
    marts = large_demo.query(
        "SELECT team, incident_count, due_date_push_days, postmortem_count, nothing_promised_count"
        " FROM marts.teams ORDER BY team"
    )
    card = metrics.team_scorecard(large_demo, Filters()).sort("team")
    card = card.filter(pl.col("team").is_in(marts["team"].to_list()))
    assert (
        card.select("team", "n", "push_days", "postmortem_count", "nothing_promised_count").rows()
        == marts.rows()
    )
