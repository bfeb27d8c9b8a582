"""Each metric over eight incidents and seven promises: whole rows, counted by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import polars as pl
import pytest

from pipeline import metrics
from pipeline.metrics import Filters, Grain, Published, metric_definition, metric_names
from tests.published_rows import AS_OF

YEAR = Filters(date(2025, 3, 1), date(2026, 2, 28))


def rows_of(frame: pl.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    """These columns of every row."""
    return frame.select(columns).rows()


@pytest.mark.parametrize("name", metric_names())
def test_columns_are_described(published: Published, name: str) -> None:
    """Every column of a metric is described: by the SQL's remarks, or by name in the header's notes."""
    definition = metric_definition(name)
    columns = getattr(metrics, name)(published, YEAR).columns
    undescribed = [c for c in columns if c not in definition.columns and c not in definition.notes]
    assert undescribed == []
    assert [c for c in definition.columns if c not in columns] == []
    assert definition.purpose.endswith(".")
    assert definition.grain.startswith("One row per")
    assert set(definition.key.split(", ")) <= set(columns)


@pytest.mark.parametrize("name", metric_names())
def test_key_is_unique(published: Published, name: str) -> None:
    """The key that a metric declares tells its rows apart."""
    frame = getattr(metrics, name)(published, Filters())
    assert frame.select(metric_definition(name).key.split(", ")).n_unique() == len(frame)


@pytest.mark.parametrize("name", metric_names())
def test_nothing_published_of_a_kind_is_no_failure(empty: Published, name: str) -> None:
    """An empty build gives an empty frame, or periods that count nothing, with the same columns."""
    frame = getattr(metrics, name)(empty, YEAR)
    assert frame.is_empty() or sum(frame.get_column("n" if "n" in frame.columns else "open_count")) == 0


def test_incidents_by_period(published: Published) -> None:
    """Planned work is set apart; a quarter without incidents is there; quarters begin with the period."""
    frame = metrics.incidents_by_period(published, YEAR, grain="quarter")
    assert rows_of(frame, "period_start", "observed_days", "is_partial", "n", "planned_count") == [
        (datetime(2025, 3, 1), 92.0, False, 2, 0),
        (datetime(2025, 6, 1), 92.0, False, 1, 0),
        (datetime(2025, 9, 1), 91.0, False, 1, 0),
        (datetime(2025, 12, 1), 90.0, False, 2, 1),
    ]
    assert frame["low"][0] == pytest.approx(0.3554, abs=1e-4)
    assert frame["high"][0] == pytest.approx(6.2958, abs=1e-4)


def test_last_period_ends_with_the_data(published: Published) -> None:
    """A month that is not over is partial, and its observed days say how far it goes."""
    frame = metrics.incidents_by_period(published, Filters(date(2026, 2, 1), date(2026, 12, 31)), "month")
    assert rows_of(frame, "period_start", "observed_days", "is_partial", "n") == [
        (datetime(2026, 2, 1), 28.0, False, 1),
        (datetime(2026, 3, 1), 14.5, True, 0),
    ]


def test_days_before_the_first_record_are_not_observed(published: Published) -> None:
    """Nobody knows what came before the first incident on record, so no rate counts those days."""
    frame = metrics.incidents_by_period(published, Filters(date(2024, 1, 1), date(2024, 12, 31)), "quarter")
    assert rows_of(frame, "period_start", "observed_days", "is_partial", "n") == [
        (datetime(2024, 1, 1), 0.0, True, 0),
        (datetime(2024, 4, 1), 30.0, True, 1),
        (datetime(2024, 7, 1), 92.0, False, 0),
        (datetime(2024, 10, 1), 92.0, False, 0),
    ]


def test_times_to_resolve(published: Published) -> None:
    """Durations of resolved incidents only; what was left out is counted by reason."""
    frame = metrics.times_by_group(published, YEAR, "resolve")
    left = [name for name in frame.columns if not name.startswith(("period_", "geometric_", "group_"))]
    assert frame.select(left).to_dicts() == [
        {
            "is_partial": False,
            "n": 4,
            "median_minutes": 75.0,
            "p90_minutes": pytest.approx(111.0),
            "mean_minutes": 75.0,
            "incident_count": 6,
            "planned_count": 1,
            "unresolved_count": 1,
            "no_times_count": 1,
            "coverage": 4 / 6,
            "ordered_minutes": [30.0, 60.0, 90.0, 120.0],
            "median_low": None,
            "median_high": None,
            "p90_low": 89.83532219570407,
            "p90_high": None,
        }
    ]


def test_changes_against_the_period_before(published: Published) -> None:
    """Six incidents after one, and four durations after one: too few for a signal."""
    periods = metrics.compared_periods(YEAR, AS_OF)
    counts = metrics.compare(published, *periods, "incidents")
    assert (counts.n_before, counts.n_after, counts.verdict) == (1, 6, "not distinguishable")
    times = metrics.compare(published, *periods, "resolve")
    assert (times.n_before, times.n_after, times.verdict) == (1, 4, "not distinguishable")


def test_impact_shares_of_causes(published: Published) -> None:
    """Stated customer impact goes before the time to resolve, and unknown is a cause of its own."""
    frame = metrics.impact_shares(published, YEAR)
    assert rows_of(
        frame, "category", "incident_count", "n", "stated_impact_count", "impact_minutes", "coverage"
    ) == [
        ("capacity", 1, 1, 0, 120.0, 1.0),
        ("configuration", 2, 2, 0, 90.0, 1.0),
        ("unknown", 3, 1, 1, 15.0, 1 / 3),
    ]
    assert frame["share_low"][1] == pytest.approx(0.0628, abs=1e-4)


def test_impact_shares_of_services(published: Published) -> None:
    """Each service with its incidents and their impact."""
    frame = metrics.impact_shares(published, YEAR, "service")
    assert rows_of(frame, "category", "incident_count", "n", "impact_minutes") == [
        ("indexer", 3, 1, 120.0),
        ("checkout", 3, 3, 105.0),
    ]


def test_repeats_while_open(published: Published) -> None:
    """The later incident beside the earlier one whose prevention was open."""
    frame = metrics.repeats_while_open(published, YEAR)
    assert rows_of(frame, "incident_id", "earlier_incident_id", "gap_days", "impact_minutes") == [
        ("i2", "i1", 21, 60.0)
    ]


def test_action_items_by_team(published: Published) -> None:
    """Due, on time and late by team; without a date, an outcome or a time of decision: left out, counted."""
    frame = metrics.action_items_by_team(published, YEAR)
    assert frame.drop("on_time_low", "on_time_high", "on_time_spread").to_dicts() == [
        {
            "team": "Payments",
            "n": 3,
            "on_time_count": 1,
            "on_time_share": 1 / 3,
            "open_count": 2,
            "overdue_count": 1,
            "lost_overdue_count": 0,
            "ignored_count": 1,
            "push_count": 2,
            "action_item_count": 4,
            "no_commitment_count": 1,
            "undated_decision_count": 0,
            "due_undated_count": 0,
            "unknown_outcome_count": 0,
            "due_unknown_count": 0,
            "coverage": 0.75,
            "on_time_expected": pytest.approx(0.8),
            "on_time_flag": "too_few",
        },
        {
            "team": "Search",
            "n": 1,
            "on_time_count": 1,
            "on_time_share": 1.0,
            "open_count": 0,
            "overdue_count": 0,
            "lost_overdue_count": 0,
            "ignored_count": 0,
            "push_count": 0,
            "action_item_count": 3,
            "no_commitment_count": 0,
            "undated_decision_count": 1,
            "due_undated_count": 1,
            "unknown_outcome_count": 1,
            "due_unknown_count": 1,
            "coverage": pytest.approx(1 / 3),
            "on_time_expected": pytest.approx(6 / 17),
            "on_time_flag": "too_few",
        },
    ]
    # Three items of two incidents, beside one of one: how alike those of one are, nothing tells.
    assert frame["on_time_low"].to_list() == pytest.approx([0.0, 0.0], abs=1e-6)
    assert metrics.on_time_interval(frame) == pytest.approx((0.0, 1.0), abs=1e-3)


def test_what_no_period_can_place_is_not_left_out_of_each(published: Published) -> None:
    """Left out of what came due is what has its committed date in the period, or none, and no other."""
    frame = metrics.action_items_by_team(published, Filters(date(2024, 1, 1), date(2024, 12, 31)))
    left_out = ("undated_decision_count", "due_undated_count", "unknown_outcome_count", "due_unknown_count")
    assert rows_of(frame, "team", "n", *left_out) == [("Payments", 0, 0, 0, 0, 0), ("Search", 0, 1, 0, 1, 1)]


def test_action_items_by_period(published: Published) -> None:
    """Promised and decided in each period, and open at its end; one done nobody knows when is left out."""
    frame = metrics.action_items_by_period(published, YEAR, grain="quarter")
    assert rows_of(frame, "promised_count", "done_count", "declined_count", "open_count") == [
        (4, 1, 0, 3),
        (0, 1, 0, 2),
        (1, 0, 1, 2),
        (0, 0, 0, 2),
    ]
    assert frame["unknown_count"].to_list() == [1, 1, 1, 1]
    assert frame["undated_count"].to_list() == [1, 1, 1, 1]
    assert frame["coverage"].to_list() == pytest.approx([5 / 7] * 4)


def test_late_action_items(published: Published) -> None:
    """Late is late, whatever the period."""
    day = Filters(date(2026, 1, 1), date(2026, 1, 2))
    frame = metrics.action_items_matching(published, day, "late")
    assert rows_of(
        frame, "action_item_id", "team", "overdue_days", "due_date_push_count", "state", "incident_id"
    ) == [("a3", "Payments", 287, 2, "ignored", "i2")]


def test_lists_of_action_items_agree_with_the_counts(published: Published) -> None:
    """Every count by team is the length of the list that stands behind it."""
    counted = metrics.action_items_by_team(published, YEAR)
    lists: dict[str, metrics.Which] = {
        "n": "due",
        "open_count": "open",
        "overdue_count": "late",
        "ignored_count": "ignored",
        "unknown_outcome_count": "unknown",
        "action_item_count": "all",
    }
    for team in ("Payments", "Search"):
        chosen = replace(YEAR, teams=(team,))
        row = counted.row(by_predicate=pl.col("team") == team, named=True)
        assert {name: row[name] for name in lists} == {
            name: len(metrics.action_items_matching(published, chosen, which))
            for name, which in lists.items()
        }


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), ["i7", "i6", "i5", "i4", "i3", "i2", "i1", "i0"]),
        (Filters(teams=("Search",)), ["i7", "i6", "i5", "i4"]),
        (Filters(services=("checkout",)), ["i3", "i2", "i1", "i0"]),
        (Filters(severities=(1,)), ["i1"]),
        (Filters(severities=(0,)), ["i7", "i4"]),
        (Filters(severities=(0, 1), teams=("Payments",)), ["i1"]),
        (Filters(date(2025, 5, 1), date(2025, 7, 5)), ["i3", "i2"]),
        (Filters(teams=("Nobody",)), []),
        (Filters(causes=("configuration", "capacity")), ["i4", "i2", "i1"]),
        (Filters(causes=("",), teams=("Payments",)), ["i3", "i0"]),
        (Filters(sources=("handbook",), causes=("capacity",)), ["i4"]),
        (Filters(sources=("wiki",)), []),
    ],
)
def test_filters(published: Published, filters: Filters, expected: list[str]) -> None:
    """Each filter lets through what it says; both ends of the period count."""
    assert metrics.incidents_matching(published, filters)["incident_id"].to_list() == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ALL clear", ["i1"]),
        ("pay-3", ["i2"]),
        ("outage indexer", ["i7"]),
        ("outage checkout", []),
        ("100%'; --", []),
        ("  ", ["i7", "i6", "i5", "i4", "i3", "i2", "i1", "i0"]),
    ],
)
def test_search(published: Published, text: str, expected: list[str]) -> None:
    """Every word must stand somewhere in the incident, its evidence or its promises, in any case."""
    assert metrics.incidents_matching(published, Filters(), text)["incident_id"].to_list() == expected


def test_one_incident(published: Published) -> None:
    """An incident comes with its events, promises, evidence, findings and links."""
    found = metrics.incident(published, "i1")
    assert found is not None
    assert found.facts["title"] == "Incident i1"
    assert rows_of(found.events, "ordinal", "kind") == [(1, "started"), (2, "resolved")]
    assert found.action_items["action_item_id"].to_list() == ["a1", "a2"]
    assert rows_of(found.evidence, "field", "value", "is_chosen") == [
        ("resolved_at", "2025-04-10 10:30:00", True),
        ("resolved_at", "2025-04-10 11:30:00", False),
    ]
    assert found.findings["rule"].to_list() == ["no_detection", "owner_missing"]
    assert rows_of(found.links, "url", "kind", "label", "line") == [
        ("https://graphs.example/d/1", "graph", "<b>errors</b>", 7)
    ]
    assert metrics.incident(published, "nobody") is None


def test_choices(published: Published) -> None:
    """Filters offer the values that occur, "not stated" last."""
    assert metrics.filter_choices(published) == metrics.Choices(
        first_day=date(2024, 6, 1),
        last_day=date(2026, 2, 10),
        teams=("Payments", "Search"),
        services=("checkout", "indexer"),
        severities=(1, 2, 3, 0),
        causes=("capacity", "configuration", ""),
        sources=("handbook", "wiki"),
    )


def test_every_published_column_has_a_meaning(published: Published) -> None:
    """The dictionary tells every table and column of the build."""
    frame = metrics.data_dictionary(published)
    assert {"incidents", "action_items", "evidence", "runs"} <= set(frame["table_name"])
    assert frame.filter(pl.col("column_meaning").is_null() | pl.col("table_meaning").is_null()).is_empty()


def test_unknown_metric_is_a_key_error() -> None:
    """No file of that name, nor one beside the folder, is a metric."""
    for name in ("no_such_metric", "../warehouse", ""):
        with pytest.raises(KeyError):
            metric_definition(name)


@pytest.mark.parametrize("grain", ["month", "quarter", "year", "span"])
def test_periods_add_up_to_the_span(published: Published, grain: Grain) -> None:
    """Whatever the grain, no incident is counted twice or lost."""
    frame = metrics.incidents_by_period(published, Filters(), grain)
    assert (sum(frame["n"]), sum(frame["planned_count"])) == (7, 1)
