"""Rates before and after, of several together: what is a signal, what could be one, and how often none is."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.metrics.statistics import falls_and_rises
from pipeline.metrics.statistics.multiplicity import adjusted_where_reachable


def test_a_rate_with_too_few_events_to_fall_may_rise() -> None:
    """Two events before and four after in a fifth of the days; by hand, twice the binomial tail."""
    (found,) = falls_and_rises([(2, 4, 916.0, 179.0)])
    share = 179 / 1095
    tail = 15 * share**4 * (1 - share) ** 2 + 6 * share**5 * (1 - share) + share**6
    assert found.p_value == pytest.approx(2 * tail)
    assert (found.verdict, found.could_fall) == ("signal", False)


def test_only_what_could_be_a_signal_is_counted_among_the_compared() -> None:
    """Ten rates of which nothing could be said leave the others' p-values as they are."""
    fell, rose = (12, 1, 400.0, 404.0), (1, 9, 400.0, 404.0)
    mute = [(1, 0, 400.0, 404.0), (0, 0, 400.0, 404.0), (3, 0, 0.0, 404.0), (3, 0, 404.0, 0.0)] * 3
    found = falls_and_rises([fell, *mute, rose])
    assert [each.p_value for each in found[1:-1]] == [None] * 12
    both = falls_and_rises([fell, rose])
    assert (found[0], found[-1]) == tuple(both)
    (alone,) = falls_and_rises([fell])
    assert alone.p_value == pytest.approx(alone.comparison.p_value)
    assert alone.p_value is not None
    assert both[0].p_value == pytest.approx(2 * alone.p_value)
    assert [each.comparison.ratio and each.comparison.ratio < 1 for each in both] == [True, False]


def test_the_least_possible_p_values_say_which_are_compared() -> None:
    """Of four, the two that could pass the limit for two are compared, the others are not: Tarone's way."""
    least = [0.001, 0.02, 0.03, 0.04]
    assert adjusted_where_reachable([0.001, 0.02, 0.03, 0.04], least, 0.05) == [0.002, 0.02, None, None]
    assert adjusted_where_reachable([], [], 0.05) == []


def test_where_no_rate_changes_a_signal_anywhere_is_rare() -> None:
    """Twelve rates of 1 to 15 events each, closed at random days: at most one family in twenty."""
    draw = np.random.default_rng(5)
    seen = 0
    for _ in range(1500):
        totals, shares = draw.integers(1, 16, 12), draw.uniform(0.03, 0.97, 12)
        after = draw.binomial(totals, shares)
        changes = [
            (int(n - k), int(k), 900 * (1 - share), 900 * share)
            for n, k, share in zip(totals, after, shares, strict=True)
        ]
        seen += any(each.verdict == "signal" for each in falls_and_rises(changes))
    assert 15 <= seen <= 75
