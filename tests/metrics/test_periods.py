"""Which days count as observed: those between the first incident on record and where the records end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import polars as pl
import pytest

from pipeline import metrics
from pipeline.metrics import Filters, Published, open_published
from tests.published_rows import AS_OF, action_item, incident, publish_rows


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    """Two sources: notes of two incidents a month that end in 2023, and a wiki that began in 2022, with one
    incident every half year, the last in 2025.
    """
    folder = tmp_path_factory.mktemp("ended")
    failing = {"source": "notes", "service": "checkout", "cause_category": "defect"}
    notes = [
        incident(f"n{month}-{place}", datetime(2021 + month // 12, month % 12 + 1, 3 + 14 * place), 60)
        | failing
        for month in range(30)
        for place in range(2)
    ]
    wiki = [
        incident(f"w{place}", datetime(2022, 3, 1) + timedelta(days=182 * place), 60) | {"source": "wiki"}
        for place in range(8)
    ]
    wiki[0] |= {"service": "search", "cause_category": "capacity", "severity": 1, "is_planned": False}
    done = {"kind": "prevent", "outcome": "done", "promised_at": datetime(2021, 1, 4)}
    items = [
        action_item("fix", "n0-0", done_at=datetime(2023, 6, 20), **done),
        action_item("more", "n1-0", kind="prevent", promised_at=datetime(2023, 6, 30)),
        action_item("theirs", "w0", kind="prevent", promised_at=datetime(2023, 6, 30)),
    ]
    publish_rows(folder, "b1", {"incidents": [*notes, *wiki], "action_items": items})
    build = open_published(folder)
    yield build
    build.close()


def test_silence_after_the_last_record_is_not_observed(ended: Published) -> None:
    """The notes end with June 2023, so no later day is exposure, and the rate did not fall."""
    filters = Filters(sources=("notes",))
    years = metrics.incidents_by_period(ended, filters, "year")
    assert years.select("period_start", "observed_days", "is_partial", "n").rows() == [
        (datetime(2021, 1, 1), 363.0, True, 24),
        (datetime(2022, 1, 1), 365.0, False, 24),
        (datetime(2023, 1, 1), 181.0, True, 12),
        (datetime(2024, 1, 1), 0.0, True, 0),
        (datetime(2025, 1, 1), 0.0, True, 0),
        (datetime(2026, 1, 1), 0.0, True, 0),
    ]
    changes = metrics.monthly_rate_changes(ended, filters)
    assert (len(changes), changes["is_change"].any()) == (30, False)
    before, after = (filters.spanning(date(year, 1, 1), date(year, 12, 31)) for year in (2022, 2023))
    change = metrics.compare(ended, before, after, "incidents")
    assert change.ratio == pytest.approx((12 / 181) / (24 / 365))


def test_a_usual_gap_is_no_end(ended: Published) -> None:
    """Half a year without an incident is no end where one came every half year: days count up to now; and
    the days before the source's own first incident do not.
    """
    row = metrics.incidents_by_group(ended, Filters(sources=("wiki",)), "all").row(0, named=True)
    days = (AS_OF - datetime(2022, 3, 1)).total_seconds() / 86400
    assert (row["n"], row["observed_days"]) == (8, pytest.approx(days))


def test_causes_before_and_after_the_middle_of_what_is_observed(ended: Published) -> None:
    """The halves divide the observed days, not the silence after them."""
    row = metrics.recurring_causes(ended, Filters(sources=("notes",))).row(0, named=True)
    assert (row["first_half_count"], row["second_half_count"]) == (30, 30)
    assert row["half_days"] == pytest.approx((datetime(2023, 7, 1) - datetime(2021, 1, 3)).days / 2)
    assert metrics.recurring_causes(ended, Filters()).select(pl.col("incident_count").sum()).item() == 68


def test_silence_after_the_records_end_is_no_fix_that_worked(ended: Published) -> None:
    """A fix eleven days before the notes end was watched for eleven days, not for years; with a source that
    went on beside them, until that one ends.
    """
    filters = Filters(sources=("notes",))
    columns = "n before_count after_count before_days after_days verdict"
    assert metrics.fix_effect(ended, filters).select(columns.split()).rows() == [
        (60, 59, 0, (datetime(2023, 6, 20) - datetime(2021, 1, 3)).days, 11.0, "too early to say")
    ]
    (row,) = metrics.fix_effect(ended, Filters(sources=("notes", "wiki"))).rows(named=True)
    assert row["before_days"] == (datetime(2023, 6, 20) - datetime(2021, 1, 3)).days
    assert row["after_days"] == pytest.approx((datetime(2025, 9, 1) - datetime(2023, 6, 20)).days)


def test_silence_after_the_records_end_lowers_no_rate(ended: Published) -> None:
    """Of 72 months the notes cover 30 and end: the rate is that of these, and of the last twelve none is
    told.
    """
    filters = Filters(sources=("notes",))
    (row,) = metrics.priorities(ended, filters, months=72).filter(kind="cause_and_service").rows(named=True)
    assert (row["incident_count"], row["watched_days"]) == (
        60,
        (datetime(2023, 7, 1) - datetime(2021, 1, 3)).days,
    )
    assert row["incidents_per_year"] == pytest.approx(60 / row["watched_days"] * 365.25, rel=0.02)
    recent = metrics.priorities(ended, filters).filter(kind="action_item")
    assert recent.select("priority_id", "watched_days", "loss_avoided", "not_rankable_reason").rows() == [
        ("more", 0.0, None, "no day of these months is on record")
    ]
    with pytest.raises(ValueError, match="the records cover 30 of the 91 days from 2023-06-01"):
        metrics.priorities_hindcast(ended, filters, date(2023, 6, 1), horizon_days=91)


def test_the_pairs_that_could_have_met_are_those_the_choices_let_through(ended: Published) -> None:
    """Causes and services of other severities or sources are none that could have met."""
    found = [
        metrics.priorities(ended, filters, months=72).filter(kind="cause_and_service")["pair_count"].to_list()
        for filters in (Filters(), Filters(sources=("notes",)), Filters(severities=(0,)))
    ]
    assert found == [[4, 4], [1], [1]]


def test_a_hindcast_holds_the_rates_against_what_came_of_the_same_causes(ended: Published) -> None:
    """Two a month came before and after the day it is made of; what other sources tell counts not."""
    filters = Filters(sources=("notes",))
    held = metrics.priorities_hindcast(ended, filters, date(2023, 3, 1), months=24, horizon_days=91)
    assert (held.n, held.came, held.covered) == (1, 6, 1.0)
    # 48 of the two years before, in the days of these months: shrinking a lone pair moves nothing.
    assert held.expected == pytest.approx(48 / 730 * 91, rel=0.01)
    assert held.ratio == pytest.approx(held.expected / 6)
    with pytest.raises(ValueError, match="91 days from 2026"):
        metrics.priorities_hindcast(ended, filters, AS_OF.date(), horizon_days=91)
