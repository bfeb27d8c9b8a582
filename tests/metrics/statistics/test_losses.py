"""What is to be expected of incidents to come, from how often they came and what each did."""

from __future__ import annotations

import math
from collections import Counter
from datetime import datetime, timedelta

import numpy as np
import pytest

from pipeline.demo.company import invent_company
from pipeline.metrics.statistics import (
    ExpectedLoss,
    Hindcast,
    expected_losses,
    expected_rates,
    hindcast,
    mean_losses,
)

DAYS = 365.0


def spread(*counts: int) -> list[list[int]]:
    """Each count evenly over four parts of the time, the first part getting what is left over."""
    return [[count - 3 * (count // 4), *[count // 4] * 3] for count in counts]


def test_much_data_speaks_for_itself() -> None:
    """With hundreds of incidents each, the loss is the count times the mean impact, per day."""
    rng = np.random.default_rng(3)
    often, seldom = (np.exp(rng.normal(middle, 1.0, n)) for middle, n in ((4.0, 900), (5.0, 400)))
    first, second = expected_losses(spread(900, 400), DAYS, [list(often), list(seldom)])
    for found, count, middle in ((first, 900, 4.0), (second, 400, 5.0)):
        assert found.loss is not None
        assert found.loss.mean == pytest.approx(count / DAYS * math.exp(middle + 0.5), rel=0.15)
        assert found.loss.low < found.loss.mean < found.loss.high


def test_means_alone_are_those_with_intervals() -> None:
    """What a ranking needs, without draws."""
    known = (spread(4, 1), DAYS, [[60.0, 45.0], [90.0]], 7)
    assert mean_losses(*known) == [each.loss and each.loss.mean for each in expected_losses(*known)]


def test_one_long_incident_makes_no_priority() -> None:
    """A group of one incident of ten days is drawn towards the others, to less than half of its own."""
    groups = [[5.0, 60.0, 700.0, 45.0]] * 5 + [[14400.0]]
    found = expected_losses(spread(4, 4, 4, 4, 4, 1), DAYS, groups)
    assert found[-1].impact is not None
    assert found[-1].impact.mean < 14400 / 2
    assert found[-1].impact.high > found[-1].impact.mean


def test_a_group_without_incidents_has_a_small_rate_and_the_common_impact() -> None:
    """Nothing seen is not nothing to come."""
    *_, none = expected_losses(spread(8, 8, 0), DAYS, [[60.0, 50.0, 70.0], [55.0, 65.0], []])
    assert none.loss is not None
    assert none.impact is not None
    assert 0 < none.rate.rate < 5 / DAYS
    assert none.impact.mean == pytest.approx(60.0, rel=0.1)


@pytest.mark.parametrize("impacts", [[[], []], [[60.0], []]])
def test_too_little_is_known_to_say(impacts: list[list[float]]) -> None:
    """Of fewer than two impacts no mean can be told; the rate still can."""
    found = expected_losses(spread(3, 1), DAYS, impacts)
    assert [(each.impact, each.loss) for each in found] == [(None, None)] * 2
    assert found[0].rate.rate > 0


def test_equal_impacts_and_no_groups_break_nothing() -> None:
    """Zero minutes, all alike, each group with one; and nothing at all."""
    found = expected_losses(spread(1, 1), DAYS, [[0.0], [0.0]])
    assert found[0].loss is not None
    assert found[0].loss == (0.0, 0.0, 0.0)
    assert expected_losses([], DAYS, []) == []
    assert hindcast([], DAYS, []) == Hindcast(0, 0.0, 0, None, None)


def test_what_had_one_event_is_not_expected_to_have_one_each_year() -> None:
    """Among many groups that had none, a group's single event counts for little: chance picked it."""
    alone, among = (expected_rates(spread(*[1] * 20), DAYS, empty)[0].rate * DAYS for empty in (0, 180))
    assert alone == pytest.approx(1.0, abs=0.1)
    assert among < 0.4


def test_a_burst_counts_for_less_than_what_lasted() -> None:
    """Eight events in one part of the year tell less of the next year than two in each."""
    others = spread(*[1] * 30)
    lasting = expected_rates([[2, 2, 2, 2]] * 4 + others, DAYS, 100)[0]
    burst = expected_rates([[8, 0, 0, 0], [0, 8, 0, 0], [0, 0, 8, 0], [0, 0, 0, 8], *others], DAYS, 100)[0]
    assert burst.weight < lasting.weight
    assert burst.rate < lasting.rate
    assert burst.dispersion > lasting.dispersion


@pytest.mark.parametrize(("stretches", "exposure"), [([[1, 2]], DAYS), ([[1, 2, 3]], 0.0)])
def test_rates_need_three_stretches_of_some_exposure(stretches: list[list[int]], exposure: float) -> None:
    """With fewer, none is apart from another."""
    with pytest.raises(ValueError, match=r"three stretches|above 0"):
        expected_rates(stretches, exposure)


@pytest.mark.parametrize("shape", [1.0, 2.0, None])
def test_rates_of_groups_that_had_events_hold(shape: float | None) -> None:
    """Groups differ much, a little or not at all: the next year brings what was expected of the groups
    with an event in the first one, and 9 of 10 lie in their intervals."""
    rng = np.random.default_rng(11)
    expected = came = covered = 0.0
    groups = 0
    for _ in range(40):
        rates = np.full(200, 0.4) if shape is None else rng.gamma(shape, 0.4 / shape, 200)
        parts = rng.poisson(rates[:, None] / 4, (200, 4))
        seen = parts.sum(axis=1) > 0
        found = expected_rates(parts[seen].tolist(), DAYS, int((~seen).sum()))
        held = hindcast(found, DAYS, rng.poisson(rates[seen]).tolist())
        expected, came, groups = expected + held.expected, came + held.came, groups + held.n
        covered += (held.covered or 0.0) * held.n
    assert expected / came == pytest.approx(1.0, abs=0.2)
    assert covered / groups == pytest.approx(0.90, abs=0.03)


def test_mean_impacts_of_groups_hold() -> None:
    """Log-normal impacts, six a group and fewer: the means add up; 8 of 10 intervals hold the truth, as
    heavy tails have it."""
    rng = np.random.default_rng(5)
    expected = truth = held = groups = 0.0
    for _ in range(15):
        middles = rng.normal(4.3, 0.5, 50)
        impacts = [np.exp(rng.normal(at, 1.18, rng.integers(1, 7))).tolist() for at in middles]
        means = np.exp(middles + 1.18**2 / 2)
        for found, mean in zip(expected_losses(spread(*[4] * 50), DAYS, impacts), means, strict=True):
            assert found.impact is not None
            expected, truth, groups = expected + found.impact.mean, truth + mean, groups + 1
            held += found.impact.low <= mean <= found.impact.high
    assert expected / truth == pytest.approx(1.0, abs=0.1)
    assert held / groups == pytest.approx(0.84, abs=0.08)


def _of_company(seed: int, year: int) -> tuple[list[ExpectedLoss], list[int], float]:
    """What a year of the invented company lets expect of each cause and service, and the quarter after it:
    incidents of each, and the minutes of all."""
    company = invent_company(seed=seed, incident_count=240, as_of=datetime(2026, 3, 15))
    known = [each for each in company.incidents if each.cause is not None]
    first = min(each.started_at for each in known) + timedelta(days=365 * year)
    parts: dict[tuple[str, str], list[int]] = {}
    impacts: dict[tuple[str, str], list[float]] = {}
    after: Counter[tuple[str, str]] = Counter()
    cost: Counter[tuple[str, str]] = Counter()
    before = [each for each in known if each.started_at < first + timedelta(days=365)]
    for each in known:
        pair = (each.cause.category if each.cause else "", each.service)
        day, minutes = (each.started_at - first).days, each.minutes("resolved_at")
        if 0 <= day < 365:
            parts.setdefault(pair, [0] * 4)[min(3, day * 4 // 365)] += 1
            impacts.setdefault(pair, []).extend([] if minutes is None else [minutes])
        elif 365 <= day < 456:
            after[pair] += 1
            cost[pair] += int(minutes or 0)
    pairs = len({each.cause.category for each in before if each.cause}) * len(
        {each.service for each in before}
    )
    found = expected_losses(list(parts.values()), DAYS, list(impacts.values()), pairs - len(parts))
    return found, [after[pair] for pair in parts], float(sum(cost[pair] for pair in parts))


def test_what_a_year_of_a_company_lets_expect_is_what_the_next_quarter_brings() -> None:
    """Its incidents come in clusters and are fixed: over seeds and years the sum is right to a quarter, and
    9 of 10 causes of services lie in their intervals."""
    expected = came = covered = loss = cost = 0.0
    groups = 0
    for seed in range(1, 6):
        for year in (0, 1):
            found, after, minutes = _of_company(seed, year)
            held = hindcast([each.rate for each in found], 91.0, after)
            expected, came, groups = expected + held.expected, came + held.came, groups + held.n
            covered += (held.covered or 0.0) * held.n
            loss += 91 * sum(each.loss.mean for each in found if each.loss is not None)
            cost += minutes
    assert 0.8 <= expected / came <= 1.25
    assert 0.8 <= loss / cost <= 1.4
    assert covered / groups == pytest.approx(0.90, abs=0.03)
