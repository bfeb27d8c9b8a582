"""Periods by name, and the periods they are compared with."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.metrics import Filters, Preset, compared_periods, preset_period

AS_OF = datetime(2026, 3, 15, 12)


@pytest.mark.parametrize(
    ("preset", "expected"),
    [
        ("last_quarter", (date(2025, 10, 1), date(2025, 12, 31))),
        ("last_12_months", (date(2025, 3, 1), date(2026, 2, 28))),
        ("this_year", (date(2026, 1, 1), date(2026, 3, 15))),
        ("all", (None, None)),
    ],
)
def test_presets_hold_complete_periods(preset: Preset, expected: tuple[date | None, date | None]) -> None:
    """Quarter and months are whole ones; the year runs up to now."""
    assert preset_period(preset, AS_OF) == expected


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(2025, 3, 1), date(2026, 2, 28), (date(2024, 3, 1), date(2025, 2, 28))),
        (date(2025, 10, 1), date(2025, 12, 31), (date(2025, 7, 1), date(2025, 9, 30))),
        (date(2025, 5, 5), date(2025, 5, 14), (date(2025, 4, 25), date(2025, 5, 4))),
    ],
)
def test_compared_with_the_period_before(first: date, last: date, expected: tuple[date, date]) -> None:
    """Whole months are compared with as many whole months, other days with as many days."""
    before, after = compared_periods(Filters(first, last, teams=("Search",)), AS_OF)
    assert (before.period_from, before.period_to) == expected
    assert (after.period_from, after.period_to) == (first, last)
    assert before.teams == after.teams == ("Search",)


def test_all_is_judged_by_its_last_year() -> None:
    """Without a first day, the last 12 complete months are compared with the 12 before."""
    before, after = compared_periods(Filters(), AS_OF)
    assert (after.period_from, after.period_to) == (date(2025, 3, 1), date(2026, 2, 28))
    assert (before.period_from, before.period_to) == (date(2024, 3, 1), date(2025, 2, 28))


@pytest.mark.parametrize(
    ("last_day", "expected"),
    [
        (date(2022, 12, 27), (date(2022, 1, 1), date(2022, 12, 31))),
        (date(2024, 2, 29), (date(2023, 3, 1), date(2024, 2, 29))),
        (date(2025, 2, 28), (date(2024, 3, 1), date(2025, 2, 28))),
        (date(2025, 3, 1), (date(2025, 3, 1), date(2026, 2, 28))),
        (None, (date(2025, 3, 1), date(2026, 2, 28))),
    ],
)
def test_all_is_judged_by_the_last_year_on_record(last_day: date | None, expected: tuple[date, date]) -> None:
    """Where the records end earlier, the 12 months up to that month are judged, not an empty year."""
    _, after = compared_periods(Filters(), AS_OF, last_day)
    assert (after.period_from, after.period_to) == expected


@given(st.dates(date(2020, 1, 1), date(2026, 3, 1)), st.integers(0, 400))
def test_compared_periods_touch_and_are_equally_long(first: date, length: int) -> None:
    """The period before ends the day before, and lasts as long to within the length of months."""
    last = min(date.fromordinal(first.toordinal() + length), AS_OF.date())
    before, after = compared_periods(Filters(first, last), AS_OF)
    assert before.period_from is not None
    assert before.period_to is not None
    assert after.period_from == first
    assert (first - before.period_to).days == 1
    assert abs((before.period_to - before.period_from).days - (last - first).days) <= 3 * 12
