"""How long incidents take and how long it is quiet between them: whole rows, counted by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any, get_args

import pytest

from pipeline import metrics
from pipeline.metrics import Filters, GroupBy, Published, open_published
from pipeline.metrics import sentences as say
from tests.published_rows import incident, publish_rows

YEAR = Filters(date(2025, 3, 1), date(2026, 2, 28))
GROUPS: tuple[GroupBy, ...] = get_args(GroupBy)


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    """Four incidents of two services: with each duration, stated ones that differ, one without a day."""
    folder = tmp_path_factory.mktemp("measured")
    rows = [
        incident(
            "m1",
            datetime(2025, 1, 10),
            100,
            severity=1,
            service="shop",
            time_to_detect_minutes=5.0,
            time_to_acknowledge_minutes=2.0,
            time_to_mitigate_minutes=40.0,
            stated_time_to_detect_minutes=6.0,
            stated_time_to_acknowledge_minutes=3.0,
            stated_time_to_mitigate_minutes=41.0,
            stated_time_to_resolve_minutes=90.0,
        ),
        incident("m2", datetime(2025, 1, 20), 1000, severity=2, service="shop"),
        incident("m3", datetime(2025, 2, 1), None, severity=2, service="mail", time_to_detect_minutes=9.0),
        incident("m4", datetime(2025, 2, 1), 0.5, service="mail")
        | {"occurred_at": None, "started_at": None, "resolved_at": None},
    ]
    publish_rows(folder, "t1", {"incidents": rows})
    build = open_published(folder)
    yield build
    build.close()


QUARTERS = [date(2024 + n // 4, 3 * (n % 4) + 1, 1) for n in range(9)]


@pytest.fixture(scope="module")
def scattered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    """Two hundred incidents in two years, of teams, services and kinds that few state; some planned."""
    draw = Random(9)
    rows = [
        incident(
            f"x{n:03d}",
            datetime(2024, 1, 1) + timedelta(hours=draw.randrange(731 * 24)),
            60,
            team=draw.choice(["Red", "Blue", None]),
            service=draw.choice(["s1", "s2", None]),
            severity=draw.choice([1, 2, None]),
            cause_category=draw.choice(["defect", "network", None]),
            trigger_category=draw.choice(["rollout", None]),
            is_planned=draw.random() < 0.1,
        )
        for n in range(200)
    ]
    folder = tmp_path_factory.mktemp("scattered")
    publish_rows(folder, "g1", {"incidents": rows})
    build = open_published(folder)
    yield build
    build.close()


def test_times_of_every_group(published: Published) -> None:
    """One row per team with what was left out; groups add up to the whole."""
    frame = metrics.times_by_group(published, YEAR, group_by="team")
    estimated = ("median", "p90", "geometric_mean")
    ends = [name for name in frame.columns if name.endswith(("_low", "_high"))]
    assert frame.drop("geometric_mean_minutes", "period_start", "period_end", *ends).to_dicts() == [
        {
            "group_name": "Payments",
            "is_partial": False,
            "n": 3,
            "median_minutes": 60.0,
            "p90_minutes": pytest.approx(84.0),
            "mean_minutes": 60.0,
            "incident_count": 3,
            "planned_count": 0,
            "unresolved_count": 0,
            "no_times_count": 0,
            "coverage": 1.0,
            "ordered_minutes": [30.0, 60.0, 90.0],
        },
        {
            "group_name": "Search",
            "is_partial": False,
            "n": 1,
            "median_minutes": 120.0,
            "p90_minutes": 120.0,
            "mean_minutes": 120.0,
            "incident_count": 3,
            "planned_count": 1,
            "unresolved_count": 1,
            "no_times_count": 1,
            "coverage": 1 / 3,
            "ordered_minutes": [120.0],
        },
    ]
    assert frame["geometric_mean_minutes"].to_list() == pytest.approx([54.5136, 120.0], abs=1e-4)
    for row in frame.iter_rows(named=True):
        for name in estimated:
            assert row.get(f"{name}_low") is None or row[f"{name}_low"] <= row[f"{name}_minutes"]
            assert row.get(f"{name}_high") is None or row[f"{name}_high"] >= row[f"{name}_minutes"]


@pytest.mark.parametrize(
    ("group_by", "expected"),
    [
        ("all", [("all", 4)]),
        ("severity", [("1", 1), ("2", 1), ("3", 1), ("not stated", 1)]),
        ("cause", [("capacity", 1), ("configuration", 2), ("unknown", 1)]),
        ("service", [("checkout", 3), ("indexer", 1)]),
        ("quarter", [("2025-03-01", 2), ("2025-06-01", 1), ("2025-09-01", 1), ("2025-12-01", 0)]),
        ("year", [("2025-01-01", 4), ("2026-01-01", 0)]),
    ],
)
def test_what_is_not_stated_is_a_group(
    published: Published, group_by: GroupBy, expected: list[tuple[str, int]]
) -> None:
    """Each kind of group has all incidents; unknown comes last, and periods without incidents are there."""
    assert metrics.times_by_group(published, YEAR, group_by=group_by).select("group_name", "n").rows() == (
        expected
    )


@pytest.mark.parametrize("group_by", GROUPS)
def test_groups_add_up_to_the_whole(published: Published, group_by: GroupBy) -> None:
    """No incident of the span is counted twice or lost, however they are grouped."""
    whole, parts = (
        (
            metrics.times_by_group(published, YEAR, group_by=by),
            metrics.incidents_by_group(published, YEAR, by),
        )
        for by in ("all", group_by)
    )
    for left, right in zip(whole, parts, strict=True):
        for column in ("n", "planned_count"):
            assert left[column].sum() == right[column].sum()


def test_each_measure_has_its_duration(measured: Published) -> None:
    """Detect, acknowledge, mitigate and resolve; and only what documents state when that is asked."""
    asked = [
        ("detect", [5.0, 9.0]),
        ("acknowledge", [2.0]),
        ("mitigate", [40.0]),
        ("resolve", [0.5, 100, 1000]),
    ]
    stated = {"detect": 6.0, "acknowledge": 3.0, "mitigate": 41.0, "resolve": 90.0}
    for measure, minutes in asked:
        row = metrics.times_by_group(measured, Filters(), measure).row(0, named=True)  # type: ignore[arg-type]
        assert row["ordered_minutes"] == minutes
        assert row["n"] + row["unresolved_count"] + row["no_times_count"] == row["incident_count"] == 4
        row = metrics.times_by_group(measured, Filters(), measure, basis="stated").row(0, named=True)  # type: ignore[arg-type]
        assert row["ordered_minutes"] == [stated[measure]]
    # Of an incident without an end, the time to detect is known; it is missing for no want of an end.
    detect = metrics.times_by_group(measured, Filters(), "detect").row(0, named=True)
    resolve = metrics.times_by_group(measured, Filters(), "resolve").row(0, named=True)
    assert (detect["unresolved_count"], detect["no_times_count"]) == (0, 2)
    assert (resolve["unresolved_count"], resolve["no_times_count"]) == (1, 0)


def test_incidents_of_every_group(measured: Published) -> None:
    """Counts, shares and rates with exact intervals; an incident without a day is told apart."""
    frame = metrics.incidents_by_group(measured, Filters(date(2025, 1, 1), date(2025, 3, 1)), "service")
    assert frame.select("group_name", "observed_days", "n", "incident_share", "undated_count").rows() == [
        ("mail", 50.0, 1, 1 / 3, 0),
        ("shop", 50.0, 2, 2 / 3, 0),
    ]
    assert frame.select("rate_per_30_days", "low", "high", "rate_low", "rate_high").rows() == [
        pytest.approx((30 / 50, 0.051293, 4.743865, 0.030776, 2.846319), abs=1e-5),
        pytest.approx((60 / 50, 0.355362, 6.295794, 0.213217, 3.777476), abs=1e-5),
    ]
    whole = metrics.incidents_by_group(measured, Filters())
    assert whole.select("n", "undated_count", "coverage").rows() == [(3, 1, 0.75)]


def test_days_between_incidents(measured: Published) -> None:
    """Within a service from one to the next; the first follows none, and one without a day has no place."""
    frame = metrics.time_between_incidents(measured, Filters(), "service")
    columns = (
        "group_name",
        "n",
        "median_days",
        "longest_days",
        "incident_count",
        "undated_count",
        "first_count",
    )
    assert frame.select(columns).rows() == [
        ("mail", 0, None, None, 2, 1, 1),
        ("shop", 1, 10.0, 10.0, 2, 0, 1),
    ]
    months = metrics.time_between_incidents(measured, Filters(date(2025, 1, 1), date(2025, 2, 28)), "month")
    assert months.select("group_name", "n", "ordered_days", "first_count").rows() == [
        ("2025-01-01", 1, [10.0], 1),
        ("2025-02-01", 1, [12.0], 0),
    ]
    february = Filters(date(2025, 2, 1), date(2025, 2, 28))
    assert metrics.time_between_incidents(measured, february).select("n", "ordered_days").rows() == [
        (1, [12.0])
    ]


GAP_GROUPS: tuple[GroupBy, ...] = ("all", "team", "service", "severity", "cause", "trigger")


@pytest.mark.parametrize("group_by", GAP_GROUPS)
@pytest.mark.parametrize("chosen", [{}, {"teams": ("Red", "")}, {"services": ("s1",)}, {"severities": (2,)}])
def test_gaps_of_a_period_are_those_that_end_in_it(
    scattered: Published, group_by: GroupBy, chosen: dict[str, Any]
) -> None:
    """The gaps of the quarters are those of all time, each in one quarter: none is lost where one begins."""
    whole = metrics.time_between_incidents(scattered, Filters(**chosen), group_by)
    parts: dict[str, list[float]] = {name: [] for name in whole["group_name"]}
    for start, end in pairwise(QUARTERS):
        quarter = Filters(start, end - timedelta(days=1), **chosen)
        for name, gaps in (
            metrics.time_between_incidents(scattered, quarter, group_by)
            .select("group_name", "ordered_days")
            .rows()
        ):
            parts[name] += gaps
    assert sum(whole["n"]) > 20
    assert {name: sorted(gaps) for name, gaps in parts.items()} == dict(
        whole.select("group_name", "ordered_days").rows()
    )


def test_distribution_on_a_log_scale(measured: Published) -> None:
    """Ten steps make a tenfold; a round number opens its step, and less than a minute counts as one."""
    frame = metrics.duration_distribution(measured, Filters())
    filled = [row for row in frame.iter_rows() if row[2]]
    expected: list[Any] = [
        (1.0, 10**0.1, 1, 1 / 3, 1 / 3, 4, 0.75),
        (100.0, 10**2.1, 1, 1 / 3, 2 / 3, 4, 0.75),
        (1000.0, 10**3.1, 1, 1 / 3, 1.0, 4, 0.75),
    ]
    assert [pytest.approx(row) for row in expected] == filled
    assert len(frame) == 31


def test_nothing_measured_has_no_distribution(tmp_path: Path) -> None:
    """Without a duration there is no step, and no row."""
    publish_rows(tmp_path, "n1", {"incidents": [incident("n", datetime(2025, 1, 1), None)]})
    build = open_published(tmp_path)
    assert metrics.duration_distribution(build, Filters()).is_empty()
    build.close()


def test_an_end_that_is_not_known_is_not_told() -> None:
    """An interval with only one end says which."""
    assert say.interval_in_words(None, 52.0) == "at most 52\u00a0min"
    assert say.interval_in_words(36.0, None) == "at least 36\u00a0min"


def test_sentences_say_the_doubt_and_what_is_left_out(measured: Published, published: Published) -> None:
    """The median with n and its interval, or that there is none; never more than so few incidents tell."""
    row = metrics.times_by_group(measured, Filters()).row(0, named=True)
    assert say.times_in_words(row | {"median_low": None, "median_high": None}) == (
        "Median time to resolve was 1\u00a0h\u00a040\u00a0min (n = 3, too few for an interval); "
        "1 incident is unresolved, 75\u00a0% of the incidents have one."
    )
    assert say.times_in_words(row | {"median_low": 50.0, "median_high": 71.0, "coverage": 1.0}).startswith(
        "Median time to resolve was 1\u00a0h\u00a040\u00a0min "
        "(n = 3, 90 % interval 50\u00a0min – 1\u00a0h\u00a011\u00a0min)"
    )
    nothing = metrics.times_by_group(published, YEAR, "detect").row(0, named=True)
    assert say.times_in_words(nothing, "detect") == (
        "No incident has a time to detect; 6 incidents have no usable times."
    )
    bins = metrics.duration_distribution(measured, Filters())
    assert say.distribution_in_words(bins) == (
        "Of 3 times to resolve, half are below 2\u00a0h\u00a006\u00a0min and nine in ten below 21\u00a0h."
    )
    between = metrics.time_between_incidents(measured, Filters()).row(0, named=True)
    assert say.time_between_in_words(between | {"median_low": None, "median_high": None}) == (
        "From one incident to the next it took 11\u00a0days at the median (n = 2, too few for an interval)."
    )
    rate = metrics.incidents_by_group(measured, Filters(date(2025, 1, 1), date(2025, 3, 1))).row(
        0, named=True
    )
    assert say.incident_rate_in_words(rate) == (
        "3 incidents in 50 days: 1.8 in 30 days (90 % interval 0.49 – 4.7)."
    )
