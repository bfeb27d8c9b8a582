"""Funnel limits, mixes and shrinkage: equal to an independent package's, and their edges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from pipeline.metrics.statistics import (
    FUNNEL_LEVELS,
    funnel_limits,
    funnel_place,
    shrunken_rates,
)
from pipeline.metrics.statistics.funnel import mixed_chances

NS = [1, 2, 3, 5, 8, 13, 40, 117, 500, 12_345]
CHANCES = [(1 - level) / 2 for level in FUNNEL_LEVELS]


@pytest.mark.parametrize("target", [0.02, 0.31, 0.5, 0.87, 0.995])
def test_binomial_limits_equal_an_independent_package(target: float) -> None:
    """The limits are the binomial quantiles at 95 % and 99.9 %, over n."""
    for n, limits in zip(NS, funnel_limits(target, NS), strict=True):
        law = stats.binom(n, target)
        expected = [end / n for tail in CHANCES for end in (law.ppf(tail), law.isf(tail))]
        assert limits == pytest.approx(expected, abs=1e-12)


def test_a_group_is_outside_just_when_its_tail_is_small() -> None:
    """Every count of 40 is placed as its exact binomial tail says."""
    limits = funnel_limits(0.7, [40])[0]
    for count in range(41):
        place = funnel_place(count / 40, limits)
        below, above = stats.binom.cdf(count, 40, 0.7), stats.binom.sf(count - 1, 40, 0.7)
        outside = [
            level for level, tail in zip(FUNNEL_LEVELS, CHANCES, strict=True) if min(below, above) < tail
        ]
        assert (place.side, place.level) == (
            None if not outside else "low" if below < above else "high",
            max(outside, default=None),
        )


def test_a_group_too_small_is_never_outside() -> None:
    """With 3 of 3 or 0 of 3 around one half nothing can be said; of none at all neither."""
    none, three = funnel_limits(0.5, [0, 3])
    assert [funnel_place(share, three).side for share in (0.0, 1.0)] == [None, None]
    assert none == (0, 1, 0, 1)


@given(st.lists(st.tuples(st.integers(0, 30), st.floats(0.05, 0.95)), min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_the_chances_of_a_mix_are_those_of_the_sum_of_its_strata(strata: list[tuple[int, float]]) -> None:
    """Each item on its own, one after another, gives the same distribution as the strata do."""
    law = np.ones(1)
    for share in (share for size, share in strata for _ in range(size)):
        law = np.convolve(law, [1 - share, share])
    assert mixed_chances(strata) == pytest.approx(law, abs=1e-12)


def test_a_large_mix_is_taken_as_if_all_had_its_mean_share() -> None:
    """Above 2,000 it is a binomial with the mean share, which spreads no less."""
    found = mixed_chances([(2_000, 0.2), (1_000, 0.8)])
    assert found == pytest.approx(stats.binom(3_000, 0.4).pmf(np.arange(3_001)), abs=1e-12)


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


def test_nothing_shrunken_is_nothing() -> None:
    """No groups, no rates; an exposure of nothing is refused."""
    assert shrunken_rates([], []) == []
    with pytest.raises(ValueError, match="exposure"):
        shrunken_rates([1], [0])
