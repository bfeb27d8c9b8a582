"""The chances behind funnels, and shrinkage: equal to an independent package's, and their edges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from pipeline.metrics.statistics import shrunken_rates
from pipeline.metrics.statistics.funnel import beta_binomial_chances


@given(st.integers(1, 300), st.floats(0.01, 0.99), st.floats(0.5, 20))
@settings(max_examples=60, deadline=None)
def test_chances_of_counts_equal_an_independent_package(n: int, share: float, times: float) -> None:
    """Binomial where the variance is that or less, else beta-binomial with this mean and variance."""
    variance = times * n * share * (1 - share)
    found = beta_binomial_chances(n, share, variance)
    together = min((times - 1) / (n - 1), 0.99) if n > 1 and times > 1 else 0.0
    law = stats.binom(n, share)
    if together > 1e-9:
        known = 1 / together - 1
        law = stats.betabinom(n, share * known, (1 - share) * known)
    assert found == pytest.approx(law.pmf(np.arange(n + 1)), abs=1e-9)


def test_small_groups_are_drawn_to_the_whole_and_large_ones_are_not() -> None:
    """Same raw rate, different exposure: the small group's weight is small and its rate near the whole's."""
    counts, exposures = [4, 400, 90, 110, 30, 170, 60, 140], [1.0, 100, 100, 100, 100, 100, 100, 100]
    small, large, *_ = shrunken_rates(counts, exposures)
    assert small.weight < 0.7 < 0.95 < large.weight
    assert small.rate < 3 < 3.7 < large.rate < 4.05
    assert small.high - small.low > 3 * (large.high - large.low)


@pytest.mark.parametrize(
    ("counts", "exposures"),
    [([5, 5, 5, 5], [1, 1, 1, 1]), ([0, 0, 0], [10, 20, 30]), ([7], [2.0]), ([0, 1], [1e-3, 1e3])],
    ids=["all the same", "none", "one group", "tiny and huge"],
)
def test_shrinkage_stands_up_to_little_data(counts: list[int], exposures: list[float]) -> None:
    """Every rate is finite and lies in its interval, however little the groups tell."""
    found = shrunken_rates(counts, exposures)
    assert len(found) == len(counts)
    for rate, low, high, weight in found:
        assert 0 <= low <= rate <= high < np.inf
        assert 0 <= weight <= 1


def test_a_group_alone_is_drawn_to_nothing() -> None:
    """It keeps its own rate, with the exact interval of a count."""
    low, high = stats.chi2.ppf(0.05, 14) / 2, stats.chi2.ppf(0.95, 16) / 2
    (found,) = shrunken_rates([7], [2.0])
    assert tuple(found) == pytest.approx((3.5, low / 2, high / 2, 1.0))


def test_nothing_shrunken_is_nothing() -> None:
    """No groups, no rates; an exposure of nothing is refused."""
    assert shrunken_rates([], []) == []
    with pytest.raises(ValueError, match="exposure"):
        shrunken_rates([1], [0])
