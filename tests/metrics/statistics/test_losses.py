"""What is to be expected of incidents to come, from how often they came and what each did."""

from __future__ import annotations

import math

import numpy as np
import pytest

from pipeline.metrics.statistics import expected_losses, mean_losses

DAYS = 365.0


def test_much_data_speaks_for_itself() -> None:
    """With hundreds of incidents each, the loss is the count times the mean of a log-normal, per day."""
    rng = np.random.default_rng(3)
    often, seldom = (np.exp(rng.normal(middle, 1.0, n)) for middle, n in ((4.0, 900), (5.0, 400)))
    first, second = expected_losses([900, 400], [DAYS, DAYS], [list(often), list(seldom)])
    for found, count, middle in ((first, 900, 4.0), (second, 400, 5.0)):
        assert found.loss is not None
        assert found.loss.mean == pytest.approx(count / DAYS * math.exp(middle + 0.5), rel=0.15)
        assert found.loss.low < found.loss.mean < found.loss.high


def test_one_long_incident_makes_no_priority() -> None:
    """A group of one incident of ten days is drawn towards the others, to less than half of its own."""
    groups = [[5.0, 60.0, 700.0, 45.0]] * 5 + [[14400.0]]
    found = expected_losses([4, 4, 4, 4, 4, 1], [DAYS] * 6, groups)
    assert found[-1].impact is not None
    assert found[-1].impact.mean < 14400 / 2
    assert found[-1].impact.high > found[-1].impact.mean


def test_a_group_without_incidents_has_a_small_rate_and_the_common_impact() -> None:
    """Nothing seen is not nothing to come."""
    *_, none = expected_losses([6, 5, 0], [DAYS] * 3, [[60.0, 50.0, 70.0], [55.0, 65.0], []])
    assert none.loss is not None
    assert none.impact is not None
    assert 0 < none.rate.rate < 5 / DAYS
    assert 30 < none.impact.mean < 120


@pytest.mark.parametrize("impacts", [[[], []], [[60.0], []]])
def test_too_little_is_known_to_say(impacts: list[list[float]]) -> None:
    """Of fewer than two impacts no mean can be told; the rate still can."""
    found = expected_losses([3, 1], [DAYS, DAYS], impacts)
    assert [(each.impact, each.loss) for each in found] == [(None, None)] * 2
    assert found[0].rate.rate > 0


def test_equal_impacts_and_no_groups_break_nothing() -> None:
    """Zero minutes, all alike, each group with one; and nothing at all."""
    found = expected_losses([1, 1], [DAYS, DAYS], [[0.0], [0.0]])
    assert found[0].impact is not None
    assert found[0].impact.mean == pytest.approx(1.0, abs=0.05)
    assert expected_losses([], [], []) == []


def test_a_mean_is_that_of_its_draws_and_groups_of_equal_data_have_equal_ones() -> None:
    """Both ways give one mean, near those the draws have; no two groups differ by the draws alone."""
    impacts = [[60.0, 90.0, 45.0], [600.0, 300.0, 800.0], [], []]
    counts = [3, 3, 1, 1]
    means = mean_losses(counts, [DAYS] * 4, impacts)
    full = expected_losses(counts, [DAYS] * 4, impacts)
    assert means == [found.loss.mean for found in full if found.loss is not None]
    assert means[2] == means[3]
    for found in full:
        assert found.loss is not None
        assert found.loss.low < found.loss.mean < found.loss.high
    assert mean_losses([1], [DAYS], [[60.0]]) == [None]
