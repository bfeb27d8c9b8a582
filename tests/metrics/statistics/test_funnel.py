"""Funnel limits, standardisation and shrinkage: equal to an independent package's, and their edges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from pipeline.metrics.statistics import (
    FUNNEL_LEVELS,
    expected_count,
    funnel_limits,
    funnel_place,
    mixed_funnel_limits,
    poisson_funnel_limits,
    shrunken_rates,
    standardised_ratio,
)

NS = [1, 2, 3, 5, 8, 13, 40, 117, 500, 12_345]
CHANCES = [(1 - level) / 2 for level in FUNNEL_LEVELS]


@pytest.mark.parametrize("target", [0.02, 0.31, 0.5, 0.87, 0.995])
def test_binomial_limits_equal_an_independent_package(target: float) -> None:
    """The limits are the binomial quantiles at 95 % and 99.9 %, over n."""
    for n, limits in zip(NS, funnel_limits(target, NS), strict=True):
        law = stats.binom(n, target)
        expected = [end / n for tail in CHANCES for end in (law.ppf(tail), law.isf(tail))]
        assert limits == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("rate", [0.01, 0.4, 3.7, 250.0])
def test_poisson_limits_equal_an_independent_package(rate: float) -> None:
    """The limits are the Poisson quantiles at 95 % and 99.9 %, over the exposure."""
    exposures = [0.5, 1.0, 12.0, 90.0, 1000.0]
    for exposure, limits in zip(exposures, poisson_funnel_limits(rate, exposures), strict=True):
        law = stats.poisson(rate * exposure)
        expected = [end / exposure for tail in CHANCES for end in (law.ppf(tail), law.isf(tail))]
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


def test_a_group_too_small_to_be_outside_says_so() -> None:
    """With 3 of 3 or 0 of 3 around one half nothing can be said; of none at all neither."""
    none, three, many = funnel_limits(0.5, [0, 3, 60])
    assert funnel_place(1.0, three).side is None
    assert [funnel_place(0.5, limits).is_small for limits in (none, three, many)] == [True, True, False]
    assert none == (0, 1, 0, 1)


@given(st.lists(st.tuples(st.integers(0, 30), st.floats(0.05, 0.95)), min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_limits_of_a_mix_follow_its_exact_distribution(strata: list[tuple[int, float]]) -> None:
    """They are the outermost shares that are in no tail of the sum of the strata's binomials."""
    n = sum(size for size, _ in strata)
    limits = mixed_funnel_limits([strata])[0]
    if n == 0:
        assert limits == (0, 1, 0, 1)
        return
    chances = [share for size, share in strata for _ in range(size)]
    law = np.ones(1)
    for share in chances:
        law = np.convolve(law, [1 - share, share])
    for tail, low, high in zip(CHANCES, limits[::2], limits[1::2], strict=True):
        assert law[: round(low * n) + 1].sum() >= tail * (1 - 1e-9)
        assert law[: round(low * n)].sum() <= tail * (1 + 1e-9)
        assert law[round(high * n) :].sum() >= tail * (1 - 1e-9)
        assert law[round(high * n) + 1 :].sum() <= tail * (1 + 1e-9)


def test_a_mix_of_one_kind_has_the_plain_limits() -> None:
    """One stratum, or two with the same share, are the binomial itself."""
    assert mixed_funnel_limits([[(40, 0.7)], [(15, 0.7), (25, 0.7)]]) == funnel_limits(0.7, [40, 40])


def test_indirect_standardisation_equals_a_published_example() -> None:
    """Observed ÷ expected with the exact interval: 9 against 3.2 expected, 95 %."""
    expected = expected_count([(100, 0.01), (20, 0.06), (10, 0.1)])
    assert expected == pytest.approx(3.2)
    ratio, (low, high) = standardised_ratio(9, expected, 0.95)
    # Garwood's 95 % interval of 9 is 4.1154 to 17.0848.
    assert [ratio, low, high] == pytest.approx([2.8125, 4.11537 / 3.2, 17.08480 / 3.2], abs=1e-5)
    assert standardised_ratio(2, 0) == (None, (None, None))


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
