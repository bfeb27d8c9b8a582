"""Time to done, ages, the ledger and its sums: over few promises, and over the invented company."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipeline import metrics
from pipeline.metrics import Filters, Published, open_published
from pipeline.metrics.statistics import share_interval
from tests.published_rows import AS_OF, action_item, incident, publish_rows

START = datetime(2025, 4, 1)


def _item(name: str, days: float | None, outcome: str, **more: Any) -> dict[str, Any]:
    """An item of team Payments promised on START, decided after so many days; None: nobody knows when."""
    decided = None if days is None else START + timedelta(days=days)
    dates = {"done": {"done_at": decided}, "declined": {"declined_at": decided}}.get(outcome, {})
    return action_item(name, "i1", team="Payments", outcome=outcome, promised_at=START, **dates) | more


def _rows() -> dict[str, list[dict[str, Any]]]:
    due: dict[str, Any] = {
        "committed_on": date(2025, 5, 1),
        "first_due_on": date(2025, 5, 1),
        "issue_id": "1",
    }
    search = {"team": "Search", "promised_at": START, "kind": "prevent"}
    return {
        "incidents": [
            incident("i1", START, 60, team="Payments", action_item_count=6, has_postmortem=True),
            incident("i2", START, 60, team="Search", action_item_count=0, has_postmortem=True),
            incident("i3", START, 60, team="Search", action_item_count=0, is_planned=True),
            incident("i4", START, 60, team="Search", action_item_count=0, has_postmortem=False),
        ],
        "action_items": [
            _item("p1", 10, "done", is_on_time=True, owner="Ann", **due),
            _item("p2", 20, "done", is_on_time=True, owner="Ann", **due),
            _item("p3", 30, "declined", is_on_time=True, due_date_push_count=1, **due),
            _item("p4", 40, "done", is_on_time=False, reopen_count=1, **due),
            _item("p5", None, "open", is_overdue=True, is_ignored=True, open_days=348.5, **due),
            _item("p6", None, "done", tracker=None),
            action_item("s1", None, outcome="unknown", **search),
            action_item("s2", None, outcome="open", open_days=20.0, **search)
            | {"promised_at": AS_OF - timedelta(days=20)},
            action_item("s3", None, outcome="open", team="Search", open_days=None),
        ],
        "slippage": [
            {"action_item_id": "p1", "is_closed_in_bulk": True, "has_no_trace": True, "bulk_count": 6},
            {"action_item_id": "p2", "is_closed_in_bulk": False, "has_no_trace": False, "bulk_count": 1},
            {"action_item_id": "p3", "is_closed_in_bulk": True, "due_date_push_days": 14, "bulk_count": 6},
            {"action_item_id": "p4", "is_closed_in_bulk": False, "has_no_trace": None, "bulk_count": 1},
        ],
    }


@pytest.fixture(scope="module")
def slipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    """A build with nine promises whose fates are known."""
    folder = tmp_path_factory.mktemp("slipped")
    publish_rows(folder, "b1", _rows())
    build = open_published(folder)
    yield build
    build.close()


@pytest.fixture(scope="module")
def demo(demo_build: Path) -> Iterator[Published]:
    """The build of the invented company."""
    build = open_published(demo_build)
    yield build
    build.close()


def test_a_date_has_passed_when_its_day_is_over_where_the_company_is(tmp_path: Path) -> None:
    """The tables speak of noon of 15 March in UTC, which is 16 March in Auckland: the 15th has passed there,
    and not where the day is not over.
    """
    for zone, count in (("Pacific/Auckland", 1), ("UTC", 0)):
        late = {"committed_on": AS_OF.date(), "is_overdue": count == 1}
        rows = {"action_items": [action_item("a", None, team="Search", promised_at=START, **late)]}
        publish_rows(tmp_path / zone, "z1", rows, time_zone=zone)
        build = open_published(tmp_path / zone)
        assert metrics.time_to_done(build, Filters())["due_count"].to_list() == [count]
        scorecard = metrics.team_rates(build, Filters()).filter(measure="decided")
        assert scorecard.select("team", "n").rows() == [("Search", 1)] * count
        build.close()


def test_a_priority_is_one_group_in_whatever_case(tmp_path: Path) -> None:
    """It is named as written first in the alphabet; what states none is a group of its own."""
    items = [
        action_item(f"a{n}", None, promised_at=START, priority=priority)
        for n, priority in enumerate(("High", "high ", "HIGH", "Low", None))
    ]
    publish_rows(tmp_path, "c1", {"action_items": items})
    build = open_published(tmp_path)
    frame = metrics.time_to_done(build, Filters(), "priority")
    assert frame.select("group_name", "action_item_count").rows() == [
        ("HIGH", 3),
        ("Low", 1),
        ("not stated", 1),
    ]
    build.close()


def test_time_to_done(slipped: Published) -> None:
    """Open items count for as long as they are open, declining rules out doing, and the rest is counted."""
    frame = metrics.time_to_done(slipped, Filters(), "team")
    row = frame.row(0, named=True)
    open_for = (AS_OF - START) / timedelta(days=1)
    assert row | {"ordered_days": None, "ordered_causes": None} == {
        "group_name": "Payments",
        "n": 5,
        "done_count": 3,
        "declined_count": 1,
        "open_count": 1,
        "due_count": 5,
        "in_time_count": 2,
        "declined_in_time_count": 1,
        "in_time_share": 0.4,
        "action_item_count": 6,
        "undated_count": 1,
        "unknown_count": 0,
        "coverage": pytest.approx(5 / 6),
        "ordered_days": None,
        "ordered_causes": None,
        "median_days": pytest.approx(40.0),
        "median_low": pytest.approx(10.0),
        "median_high": None,
        "decision_median_days": pytest.approx(30.0),
        "decision_median_low": pytest.approx(10.0),
        "decision_median_high": None,
        "in_time_spread": [1, 25, 10, 4],
        "ordered_incidents": [1] * 5,
        "in_time_low": pytest.approx(0.0003, abs=1e-4),
        "in_time_high": pytest.approx(0.9954, abs=1e-4),
        "p_value": row["p_value"],
        "overall_p_value": row["overall_p_value"],
        "verdict": None,
        "direction": None,
    }
    assert row["ordered_days"] == pytest.approx([10, 20, 30, 40, open_for])
    assert row["ordered_causes"] == [1, 1, 2, 1, 0]
    assert frame["group_name"].to_list() == ["Payments", "Search"]
    assert frame.select("n", "unknown_count", "undated_count").row(1) == (1, 1, 1)


def test_time_to_done_is_of_what_was_promised_in_the_period(slipped: Published) -> None:
    """The period is that of the promise, and one group has no other to differ from."""
    frame = metrics.time_to_done(slipped, Filters(date(2026, 1, 1), date(2026, 3, 31)))
    assert frame.select("group_name", "n", "open_count", "median_days", "p_value", "verdict").rows() == [
        ("all", 1, 1, None, None, None)
    ]


def test_done_curves(slipped: Published) -> None:
    """One of five is done after ten days; done, declined and open are always the whole."""
    frame = metrics.done_curves(slipped, Filters(), "team")
    payments = frame.filter(frame["group_name"] == "Payments")
    assert payments.select("days", "at_risk_count", "done_share", "declined_share").rows() == [
        (0.0, 5.0, 0.0, 0.0),
        (pytest.approx(10.0), 5.0, pytest.approx(0.2), 0.0),
        (pytest.approx(20.0), 4.0, pytest.approx(0.4), 0.0),
        (pytest.approx(30.0), 3.0, pytest.approx(0.4), pytest.approx(0.2)),
        (pytest.approx(40.0), 2.0, pytest.approx(0.6), pytest.approx(0.2)),
    ]
    whole = frame["done_share"] + frame["declined_share"] + frame["open_share"]
    assert whole.to_list() == pytest.approx([1.0] * len(frame))


def test_open_items_by_age(slipped: Published) -> None:
    """Each open item lies in one bucket of age; one without a date is counted as such."""
    frame = metrics.open_items_by_age(slipped, Filters(), "team")
    assert frame.drop("ordered_days").to_dicts() == [
        {
            "group_name": "Payments",
            "n": 1,
            "month_count": 0,
            "quarter_count": 0,
            "half_year_count": 0,
            "year_count": 1,
            "older_count": 0,
            "median_days": 348.5,
            "oldest_days": 348.5,
            "overdue_count": 1,
            "ignored_count": 1,
            "undated_count": 0,
            "coverage": 1.0,
            "median_low": None,
            "median_high": None,
        },
        {
            "group_name": "Search",
            "n": 1,
            "month_count": 1,
            "quarter_count": 0,
            "half_year_count": 0,
            "year_count": 0,
            "older_count": 0,
            "median_days": 20.0,
            "oldest_days": 20.0,
            "overdue_count": 0,
            "ignored_count": 0,
            "undated_count": 1,
            "coverage": 0.5,
            "median_low": None,
            "median_high": None,
        },
    ]


def test_slippage_ledger(slipped: Published) -> None:
    """Only what slipped has an entry, with every way in which it did."""
    frame = metrics.slippage_ledger(slipped, Filters())
    assert frame.select(
        "action_item_id", "due_date_push_count", "due_date_push_days", "reopen_count", "is_closed_in_bulk",
        "has_no_trace", "is_ignored", "entry_count",
    ).rows() == [
        ("p3", 1, 14, 0, True, False, False, 2),
        ("p1", 0, 0, 0, True, True, False, 2),
        ("p4", 0, 0, 1, False, False, False, 1),
        ("p5", 0, 0, 0, False, False, True, 1),
    ]  # fmt: skip


def test_slippage_by_team(slipped: Published) -> None:
    """Sums of the ledger, each share of what it can be told of."""
    frame = metrics.slippage_by_team(slipped, Filters())
    row = frame.row(0, named=True)
    intervals = {name: row[name] for name in row if name.endswith(("_low", "_high"))}
    assert row == intervals | {
        "team": "Payments",
        "n": 5,
        "with_due_date_count": 5,
        "pushed_count": 1,
        "pushed_share": 0.2,
        "push_count": 1,
        "push_days": 14,
        "priority_lowered_count": 0,
        "owner_changed_count": 0,
        "ever_done_count": 3,
        "reopened_count": 1,
        "reopened_share": pytest.approx(1 / 3),
        "closed_count": 4,
        "bulk_count": 2,
        "bulk_share": 0.5,
        "traceable_count": 2,
        "no_trace_count": 1,
        "no_trace_share": 0.5,
        "ignored_count": 1,
        "untracked_count": 1,
        "coverage": pytest.approx(5 / 6),
    }
    # All are of one incident, which tells as much as one of them would.
    assert (intervals["pushed_low"], intervals["pushed_high"]) == share_interval(0.2, 1.0)
    assert frame.select("team", "n", "pushed_share", "pushed_low").row(1) == ("Search", 0, None, None)


def test_promise_gaps_by_team(slipped: Published) -> None:
    """What names nobody, has no date or no tracker, and which postmortems promise nothing."""
    frame = metrics.promise_gaps_by_team(slipped, Filters())
    assert frame.select(
        "team", "n", "no_owner_count", "no_date_count", "no_tracker_count", "postmortem_count",
        "nothing_promised_count", "nothing_share", "incident_count", "coverage",
    ).rows() == [
        ("Payments", 6, 4, 1, 1, 1, 0, 0.0, 1, 1.0),
        ("Search", 3, 3, 3, 0, 1, 1, 1.0, 2, 0.5),
    ]  # fmt: skip
    listed = metrics.postmortems_without_action_items(slipped, Filters())
    assert listed["incident_id"].to_list() == ["i2"]


@pytest.mark.parametrize("days", [(None, None), (date(2025, 2, 1), date(2025, 6, 30))])
def test_every_gap_of_promises_has_its_list(
    slipped: Published, days: tuple[date | None, date | None]
) -> None:
    """Each count of what promises lack is the length of the list behind it, in any period."""
    chosen = Filters(*days)
    gaps = metrics.promise_gaps_by_team(slipped, chosen)
    assert not gaps.is_empty()
    for row in gaps.iter_rows(named=True):
        of_team = replace(chosen, teams=(row["team"],))
        lists: tuple[tuple[str, metrics.Which], ...] = (
            ("no_owner", "no_owner"),
            ("no_date", "no_date"),
            ("no_tracker", "no_issue"),
        )
        assert {name: row[f"{name}_count"] for name, _ in lists} == {
            name: len(metrics.action_items_matching(slipped, of_team, which)) for name, which in lists
        }


def _replayed(demo: Published) -> dict[str, list[tuple[datetime, str]]]:
    """The states of items that one issue tells whole, made from the events of their statuses alone."""
    decided = {"Done", "Won't Do"}
    items = demo.query(
        "SELECT action_item_id, opened_at FROM marts.action_items WHERE outcome_basis = 'jira'"
        " AND survivor_issue_id IS NULL AND link_state = 'linked' AND opened_at = created_at"
    )
    found = {name: [(at, "open")] for name, at in items.rows()}
    events = demo.query(
        'SELECT action_item_id, "at", to_value FROM marts.action_item_events'
        " WHERE field = 'status' ORDER BY action_item_id, change_number"
    )
    for name, at, status in events.rows():
        if name in found:
            found[name].append((at, "decided" if status in decided else "open"))
    return found


def test_open_by_week_is_what_a_replay_of_the_events_gives(demo: Published) -> None:
    """At the end of every week on record, what is open by the spells is open by the events up to then."""
    lives = _replayed(demo)
    assert len(lives) > 80
    states = demo.query(
        "SELECT action_item_id, outcome, from_at, until_at FROM marts.action_item_states"
    ).filter(pl.col("action_item_id").is_in(list(lives)))
    weeks = metrics.action_items_by_period(demo, Filters(), "week")
    assert len(weeks) > 50
    for end in weeks["period_end"].to_list():
        replayed = {
            name for name, life in lives.items() if [state for at, state in life if at < end][-1:] == ["open"]
        }
        found = states.filter(
            (pl.col("outcome") == "open")
            & (pl.col("from_at") < end)
            & (pl.col("until_at").is_null() | (pl.col("until_at") >= end))
        )
        assert set(found["action_item_id"].to_list()) == replayed, f"{end}"


def test_the_flow_adds_up_week_by_week(demo: Published) -> None:
    """Open at the end is open before, and promised and reopened, without done, declined and lost."""
    weeks = metrics.action_items_by_period(demo, Filters(), "week")
    before = None
    for row in weeks.iter_rows(named=True):
        if before is not None:
            came = row["promised_count"] + row["reopened_count"]
            went = row["done_count"] + row["declined_count"] + row["lost_count"]
            assert row["open_count"] == before + came - went, row["period_start"]
        before = row["open_count"]


def test_a_period_that_ended_tells_what_was_open_then(demo: Published) -> None:
    """The last week of a period in the past is that week of all time."""
    day = date(2026, 1, 4)
    past = metrics.action_items_by_period(demo, Filters(None, day), "week")
    whole = metrics.action_items_by_period(demo, Filters(), "week")
    same = whole.filter(pl.col("period_end") <= datetime(2026, 1, 5))
    assert past["open_count"].to_list() == same["open_count"].to_list()
    assert past["open_count"][-1] > 10


def test_within_policy_is_told_once_the_date_has_passed(demo: Published) -> None:
    """What was done early before a date to come is not counted ahead of the open ones of that date."""
    (due,), (early,) = demo.query(
        "SELECT count(*) FILTER (WHERE committed_on < as_of) AS n"
        " FROM marts.action_items CROSS JOIN marts.runs"
        " WHERE opened_at IS NOT NULL AND (outcome = 'open' OR is_on_time IS NOT NULL)"
        " UNION ALL SELECT count(*) FROM marts.action_items CROSS JOIN marts.runs"
        " WHERE is_on_time AND committed_on >= as_of"
    ).rows()
    assert metrics.time_to_done(demo, Filters())["due_count"].to_list() == [due]
    assert early > 0
