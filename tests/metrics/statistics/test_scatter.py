"""Counts that come in clusters: how much they scatter, and that no change then seldom looks like one."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t

from pipeline.metrics.statistics import Scatter, compare_counts, scatter_of

YEAR = 365.0


def test_scatter_is_pearsons_over_its_degrees_of_freedom() -> None:
    """Each series about its own rate; those of one month or without an event tell nothing."""
    found = scatter_of([[(2, 30), (10, 30)], [(4, 30), (8, 60), (0, 0)], [(5, 30)], [(0, 30), (0, 30)]])
    assert found == Scatter((16 / 6 * 2) / 2, 2)
    assert scatter_of([[(3, 30), (3, 30), (3, 30)]]) == Scatter(1.0, 2)
    assert scatter_of([[(5, 30)], []]) is None


def test_scattered_counts_have_to_differ_by_more() -> None:
    """The interval widens with the scatter, more so where it is known from few months."""
    plain = compare_counts(60, 120, YEAR, YEAR)
    wide = compare_counts(60, 120, YEAR, YEAR, scatter=Scatter(6.0, 22))
    wider = compare_counts(60, 120, YEAR, YEAR, scatter=Scatter(6.0, 4))
    assert plain.verdict == "signal"
    assert wider.verdict == wide.verdict == "not distinguishable"
    lows = [each.low for each in (wider, wide, plain)]
    assert all(low is not None for low in lows)
    assert sorted(lows, key=lambda low: low or 0.0) == lows
    assert plain.smallest_ratio is not None
    assert wide.smallest_ratio is not None
    assert plain.smallest_ratio < wide.smallest_ratio


@pytest.mark.parametrize("degrees", [2, 8, 30])
@pytest.mark.parametrize(("before", "after"), [(10, 30), (3, 9), (0, 12), (40, 12)])
def test_interval_and_p_value_agree(before: int, after: int, degrees: int) -> None:
    """The interval at the level of the p-value ends at "no change", also where counts scatter."""
    scatter = Scatter(1.7, degrees)
    p_value = compare_counts(before, after, 100, 120, scatter=scatter).p_value
    assert p_value is not None
    one = compare_counts(before, after, 100, 120, 1 - p_value, scatter)
    assert pytest.approx(one.low if after / 120 > before / 100 else one.high, rel=1e-6) == 1


def test_without_scatter_a_students_deviate_replaces_the_normal_one() -> None:
    """p = 5 % of a normal deviate is that of as large a deviate of Student's."""
    plain = compare_counts(20, 37, YEAR, YEAR).p_value
    few = compare_counts(20, 37, YEAR, YEAR, scatter=Scatter(1.0, 6)).p_value
    assert plain is not None
    assert few is not None
    normal = float(-t(1e9).ppf(plain / 2))
    assert few == pytest.approx(2 * float(t(6).sf(normal)), rel=1e-5)


@pytest.mark.parametrize("mean", [3, 10, 30])
@pytest.mark.parametrize("spread", [0.0, 0.5])
def test_no_change_seldom_looks_like_one(mean: int, spread: float) -> None:
    """Two years without a change, months of one rate or of rates with half the mean as standard deviation."""
    draw = np.random.default_rng(11)
    signals = 0
    for _ in range(500):
        rates = draw.gamma(1 / spread**2, mean * spread**2, 24) if spread else np.full(24, mean)
        counts = draw.poisson(rates).tolist()
        years = [[(count, 30.0) for count in counts[:12]], [(count, 30.0) for count in counts[12:]]]
        before, after = (sum(count for count, _ in year) for year in years)
        signals += compare_counts(before, after, 360, 360, scatter=scatter_of(years)).verdict == "signal"
    assert signals / 500 <= 0.06
