"""What incidents cost and whether their postmortems come in time: whole rows, counted by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipeline import metrics
from pipeline.metrics import Filters, Published, open_published
from pipeline.metrics import sentences as say
from tests.published_rows import AS_OF, incident, publish_rows


def ended(name: str, days_ago: float, written: float | None, **more: Any) -> dict[str, Any]:
    """An incident that ended so many days ago, with a postmortem so many days after that; None: none."""
    end = AS_OF - timedelta(days=days_ago)
    return {
        **incident(name, end - timedelta(hours=1), 60),
        "ended_at": end,
        "has_postmortem": written is not None,
        "postmortem_at": None if written is None else end + timedelta(days=written),
        "written_within_days": 7,
        "reviewed_within_days": 14,
        **more,
    }


@pytest.fixture(scope="module")
def costly(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    """Two teams whose incidents state one thing or the other."""
    folder = tmp_path_factory.mktemp("costly")
    shop, mail = {"team": "Shop"}, {"team": "Mail"}
    rows = [
        ended("in time", 100, 2, **shop, customer_impact_minutes=30.0, affected_user_count=100, cost=500.0)
        | {"cost_basis": "stated", "reviewed_at": AS_OF - timedelta(days=80)},
        ended("before the end", 100, -1, **shop, customer_impact_minutes=90.0, person_hours=4.0, cost=380.0)
        | {"cost_basis": "formula"},
        ended("late", 100, 9, **shop, reviewed_at=AS_OF - timedelta(days=90)),
        ended("overdue", 100, None, **shop, reviewers=["Cleo"]),
        ended("not due", 3, None, **mail),
        ended("no day", 100, 1, **mail) | {"postmortem_at": None},
        ended("no end", 100, 1, **mail) | {"ended_at": None},
        ended("not agreed", 100, 4, **mail, written_within_days=None, reviewed_within_days=None),
        ended("planned", 100, 4, **mail, is_planned=True, customer_impact_minutes=1000.0),
    ]
    publish_rows(folder, "c1", {"incidents": rows})
    build = open_published(folder)
    yield build
    build.close()


def test_impact_of_every_group(costly: Published) -> None:
    """Totals of what is stated with how many state it; of what nobody states there is no total, not 0."""
    frame = metrics.impact_by_group(costly, Filters(), "team")
    assert frame.select(
        "group_name", "incident_count", "planned_count", "n", "customer_impact_minutes", "coverage"
    ).rows() == [("Mail", 4, 1, 0, None, 0.0), ("Shop", 4, 0, 2, 120.0, 0.5)]
    assert frame.select(
        "users_known_count", "affected_user_count", "person_hours_known_count", "person_hours"
    ).rows() == [(0, None, 0, None), (1, 100, 1, 4.0)]
    assert frame.select(
        "cost_known_count", "cost_stated_count", "cost", "cost_coverage", "cost_currency"
    ).rows() == [(0, 0, None, 0.0, None), (2, 1, 880.0, 0.5, None)]


def test_postmortems_in_time(costly: Published) -> None:
    """In time, late and overdue make n; what is not due, not agreed or not known is told apart."""
    frame = metrics.postmortem_timeliness(costly, Filters(), "team")
    judged = ("group_name", "step", "n", "in_time_count", "late_count", "overdue_count", "share_in_time")
    assert frame.select(judged).rows() == [
        ("Mail", "written", 0, 0, 0, 0, None),
        ("Mail", "reviewed", 1, 0, 0, 1, 0.0),
        ("Shop", "written", 4, 2, 1, 1, 0.5),
        ("Shop", "reviewed", 3, 1, 1, 1, pytest.approx(1 / 3)),
    ]
    apart = (
        "incident_count",
        "never_count",
        "no_document_count",
        "not_due_count",
        "not_agreed_count",
        "no_end_count",
        "no_day_count",
        "planned_count",
    )
    assert frame.select(apart).rows() == [
        (4, 1, 1, 1, 1, 1, 1, 1),
        (4, 3, 1, 1, 1, 1, 0, 1),
        (4, 1, 1, 0, 0, 0, 0, 0),
        (4, 1, 1, 0, 0, 0, 1, 0),
    ]
    assert frame.select("taken_count", "median_days").rows() == [(1, 4.0), (0, None), (3, 2.0), (2, 15.0)]
    written = frame.row(2, named=True)
    assert (written["share_low"], written["share_high"]) == pytest.approx((0.0976, 0.9024), abs=1e-4)


def test_every_incident_has_one_verdict(costly: Published) -> None:
    """What is judged and what is left out add up to all incidents."""
    for row in metrics.postmortem_timeliness(costly, Filters(), "month").iter_rows(named=True):
        apart = ("n", "not_due_count", "not_agreed_count", "no_end_count", "no_day_count")
        assert sum(row[name] for name in (*apart, "not_told_count")) == row["incident_count"]
        assert row["in_time_count"] + row["late_count"] + row["overdue_count"] == row["n"]


def test_what_a_source_never_tells_is_no_failure(tmp_path: Path) -> None:
    """A source without the day of any review is not judged by it; who reviewed did so on no known day."""
    rows = [
        ended("a", 100, 1, source="telling", team="Mail", reviewed_at=AS_OF - timedelta(days=98)),
        ended("b", 90, 1, source="telling", team="Mail"),
        ended("c", 80, 1, source="silent", team="Mail"),
        ended("d", 70, 1, source="silent", team="Mail", reviewers=["Cleo"]),
    ]
    publish_rows(tmp_path, "t1", {"incidents": rows})
    build = open_published(tmp_path)
    row = metrics.postmortem_timeliness(build, Filters()).row(1, named=True)
    assert (row["n"], row["in_time_count"], row["no_day_count"], row["not_told_count"]) == (2, 1, 1, 1)
    assert "1 more nobody knows when; 1 incident of sources that tell no day of it left out" in (
        say.timeliness_in_words(row)
    )
    rate = (
        metrics.team_rates(build, Filters())
        .filter(pl.col("measure") == "reviewed_in_time")
        .row(0, named=True)
    )
    assert (rate["n"], rate["hit_count"], rate["left_out_count"], rate["coverage"]) == (2, 1, 2, 0.5)
    build.close()


def test_sentences_say_how_much_is_known(costly: Published) -> None:
    """Every figure with how many incidents state it; every share with its interval."""
    mail, shop = metrics.impact_by_group(costly, Filters(), "team").iter_rows(named=True)
    assert say.impact_in_words(mail) == "None of 4 incidents states an impact."
    assert say.impact_in_words(shop | {"cost_currency": "EUR"}) == (
        "Of 4 incidents: customers felt 2\u00a0h\u00a000\u00a0min (2 of 4 say); "
        "100 users affected (1 of 4); "
        "4 hours of people's time (1 of 4); a cost of 880 EUR (2 of 4, 1 by formula). "
        "What is not stated adds nothing."
    )
    rows = list(metrics.postmortem_timeliness(costly, Filters(), "team").iter_rows(named=True))
    assert [say.timeliness_in_words(row) for row in (rows[0], rows[2])] == [
        "No postmortem is due to be written yet; 4\u00a0days after the end at the median (n = 1); "
        "of 1 more nobody knows when; 1 incident has no postmortem at all.",
        "2 of 4 postmortems were written in time: 50\u00a0% (90\u00a0% interval 9–91\u00a0%), "
        "1 overdue; 2\u00a0days after the end at the median (n = 3); 1 incident has no postmortem at all.",
    ]
    assert [say.timeliness_title(row) for row in (rows[0], rows[2], rows[3])] == [
        "No postmortem is due to be written yet",
        "2 of 4 postmortems were written in time",
        "1 of 3 postmortems was reviewed in time; of 1 incident more it cannot be told",
    ]
    assert say.timeliness_details(rows[2]).replace("\u00a0", " ") == (
        "All of these: 50 % (90 % interval 9–91 %); 2 days after the end at the median (n = 3); "
        "1 incident has no postmortem at all."
    )


def test_what_may_not_be_written_down_yet(tmp_path: Path) -> None:
    """Delays of incidents long past say from which day on some are missing, if the period reaches there."""
    days = [*range(1, 20), 30]
    rows = [ended(f"{day} days", 400 - day, day - 1 / 24) for day in days]
    rows += [ended("new", 3, 1), ended("planned", 300, 200, is_planned=True), ended("none", 300, None)]
    publish_rows(tmp_path, "c1", {"incidents": rows})
    build = open_published(tmp_path)
    frame = metrics.reporting_delay(build, Filters())
    counts = frame.select("incident_count", "n", "may_lack", "median_days").rows()
    assert counts == [(21, 20, True, pytest.approx(10.5))]
    assert frame["p90_days"].item() == pytest.approx(18.1)
    assert frame["p90_low"].item() < 18.1
    assert frame["p90_high"].item() is None  # 20 cannot bound it
    last_day = (AS_OF - timedelta(days=18.1)).date()
    assert say.reporting_delay_in_words(frame) == (
        "One postmortem in ten came more than 18 days after its incident (n = 20): of incidents since "
        f"{say.day_in_words(last_day)} some may not be written down yet."
    )
    ended_before = metrics.reporting_delay(build, Filters(period_to=last_day - timedelta(days=1)))
    assert say.reporting_delay_in_words(ended_before) == ""
    build.close()
