"""Change points: found where a rate changed, seldom where it did not."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.metrics.statistics import change_points

DAYS = [31.0, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] * 3


def test_a_halved_rate_is_found_in_its_month() -> None:
    """One change, its month, ratio and interval."""
    counts = [20, 18, 22, 19, 21, 20, 23, 17, 20, 19, 21, 20, *[10, 9, 11, 8, 10, 12, 9, 10, 11, 9, 10, 10]]
    (found,) = change_points(counts, [30.0] * 24)
    assert found.index == 12
    assert found.ratio == pytest.approx(119 / 240)
    assert found.p_value < 0.0025
    assert found.low is not None
    assert found.high is not None
    assert found.low < 119 / 240 < found.high < 0.7


def test_two_changes_are_both_found() -> None:
    """A rate that rises and falls again has two changes, in order."""
    counts = [8, 9, 7, 10, 8, 9, 8, 8, 24, 26, 25, 22, 27, 24, 25, 24, 9, 8, 7, 9, 8, 10, 8, 7]
    assert [point.index for point in change_points(counts, [30.0] * 24)] == [8, 16]


def test_exposure_explains_counts() -> None:
    """Half the incidents in half the days is no change."""
    assert change_points([20] * 12 + [10] * 12, [30.0] * 12 + [15.0] * 12) == []


@pytest.mark.parametrize(
    "counts", [[], [4], [0] * 24, [9, 1, 9, 1, 9]], ids=["none", "one", "zeros", "short"]
)
def test_too_little_has_no_change(counts: list[int]) -> None:
    """Nothing to split, nothing found."""
    assert change_points(counts, [30.0] * len(counts)) == []


def test_a_single_high_month_is_no_new_rate() -> None:
    """A rate has to hold for three months; one month far out, before and after alike, is none."""
    assert change_points([9] * 12 + [40] + [9] * 11, [30.0] * 24) == []


def test_no_change_is_seldom_found() -> None:
    """In at most 5 % of series of one rate a change is seen, of Poisson counts and of counts in clusters."""
    draw = np.random.default_rng(5)
    plain = draw.poisson(np.array(DAYS) * 0.4, (30, 36))
    clustered = draw.negative_binomial(4, 0.25, (30, 36))
    for series in (plain, clustered):
        alarms = sum(bool(change_points(row.tolist(), DAYS)) for row in series)
        assert alarms / len(series) <= 0.05 + 2 * (0.05 * 0.95 / 30) ** 0.5


def test_a_list_that_does_not_fit_is_refused() -> None:
    """Every month needs its exposure, above 0."""
    with pytest.raises(ValueError, match="exposures"):
        change_points([1, 2], [1.0])
    with pytest.raises(ValueError, match="above 0"):
        change_points([1, 2], [1.0, 0.0])
