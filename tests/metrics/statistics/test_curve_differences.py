"""Log-rank: the statistic of an independent package, and the p-value of small groups by counting all ways."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from statsmodels.duration.survfunc import survdiff

from pipeline.metrics.statistics import log_rank

Group = tuple[list[float], list[bool]]


def exactly(expected: float) -> Any:
    """The same to 1e-9."""
    return pytest.approx(expected, rel=1e-9, abs=1e-9)


def drawn(seed: int, *sizes: int) -> list[Group]:
    """Groups of durations with ties and heavy censoring."""
    draw = np.random.default_rng(seed)
    step = draw.choice([1, 7, 30])
    return [
        (np.ceil(draw.exponential(30, n) / step).tolist(), (draw.random(n) < 0.4).tolist()) for n in sizes
    ]


def other_packages(groups: list[Group]) -> tuple[float, float]:
    """χ² and its large-sample p-value."""
    days, is_event = (np.concatenate(parts) for parts in zip(*groups, strict=True))
    labels = np.repeat(np.arange(len(groups)), [len(durations) for durations, _ in groups])
    statistic, p_value = survdiff(days, is_event.astype(int), labels)
    return float(statistic), float(p_value)


@pytest.mark.parametrize("sizes", [(20, 35), (3, 90), (9, 30, 60), (110, 340, 800)], ids=str)
@pytest.mark.parametrize("seed", range(4))
def test_the_statistic_equals_an_independent_package(seed: int, sizes: tuple[int, ...]) -> None:
    """χ² agrees to 1e-9 with ties and heavy censoring; of large groups the p-value too."""
    groups = drawn(seed, *sizes)
    expected, large_sample = other_packages(groups)
    statistic, degrees, p_value = log_rank(groups)
    assert (statistic, degrees) == (exactly(expected), len(sizes) - 1)
    assert p_value is not None
    if sum(sizes[:-1]) > 317:
        assert p_value == exactly(large_sample)
    else:
        assert 1 / 2000 <= p_value <= 1


@pytest.mark.parametrize("seed", range(5))
def test_the_p_value_of_two_small_groups_is_that_of_all_ways_to_deal(seed: int) -> None:
    """As often is χ², by an independent package, as large among all 495 ways to choose 4 of 12."""
    small, large = drawn(seed, 4, 8)
    everybody = [*zip(*small, strict=True), *zip(*large, strict=True)]
    found = []
    for chosen in combinations(range(12), 4):
        ours = [everybody[place] for place in chosen]
        rest = [each for place, each in enumerate(everybody) if place not in chosen]
        found.append(
            other_packages([([day for day, _ in each], [done for _, done in each]) for each in (ours, rest)])[
                0
            ]
        )
    # The first way is the one observed; no χ² at all where the four were never at risk.
    as_large = np.nan_to_num(np.array(found)) >= found[0] * (1 - 1e-9)
    share = float(as_large.mean())
    p_value = log_rank([small, large])[2]
    assert p_value == pytest.approx(share, abs=4 * (share * (1 - share) / 2000) ** 0.5)


@pytest.mark.parametrize("seed", [1, 5])
def test_the_p_value_of_several_small_groups_is_that_of_all_ways_to_deal(seed: int) -> None:
    """Likewise among the 1,680 ways to deal nine to three groups of three."""
    groups = drawn(seed, 3, 3, 3)
    everybody = [each for group in groups for each in zip(*group, strict=True)]
    found = []
    for first in combinations(range(9), 3):
        for second in combinations([place for place in range(9) if place not in first], 3):
            third = [place for place in range(9) if place not in first + second]
            dealt = [[everybody[place] for place in places] for places in (first, second, third)]
            found.append(
                log_rank([([day for day, _ in g], [done for _, done in g]) for g in dealt])[0] or 0.0
            )
    share = float((np.array(found) >= found[0] * (1 - 1e-6)).mean())
    assert log_rank(groups)[2] == pytest.approx(share, abs=4 * (share * (1 - share) / 2000) ** 0.5)


@pytest.mark.parametrize("sizes", [(5, 5), (4, 9), (3, 3, 3), (2, 6, 6)], ids=str)
def test_the_order_of_groups_and_members_changes_nothing(sizes: tuple[int, ...]) -> None:
    """The same answer, to the digit, whichever group is named first and whoever in it."""
    groups = drawn(8, *sizes)
    statistic, degrees, p_value = log_rank(groups)
    turned = log_rank([(days[::-1], is_event[::-1]) for days, is_event in reversed(groups)])
    assert turned == (exactly(statistic or 0.0), degrees, p_value)


def test_no_difference_is_seldom_a_signal_however_small_the_groups() -> None:
    """At most 5 % and what 400 simulations leave open, where the large-sample p-value says 30 % and 8 %."""
    for sizes in ((1, 1, 1, 1, 40), (3, 50)):
        p_values = [log_rank(drawn(seed, *sizes))[2] for seed in range(400)]
        assert np.mean([p_value is not None and p_value <= 0.05 for p_value in p_values]) <= 0.08


def test_members_of_clusters_tell_less() -> None:
    """The statistic stays, the p-value grows where clusters end alike; each its own cluster, it stays too."""
    draw = np.random.default_rng(6)
    groups: list[Group] = []
    for incidents, mean in ((12, 20.0), (20, 60.0)):
        days = np.repeat(np.ceil(draw.exponential(mean, incidents)), 3).tolist()
        groups.append((days, [day < 90 for day in days]))
    plain = log_rank(groups)
    together = log_rank(groups, [np.repeat(np.arange(12), 3), np.repeat(np.arange(20), 3)])
    assert plain[2] == exactly(1 / 2000)
    assert plain[:2] == together[:2]
    assert together[2] is not None
    assert 0.002 < together[2] < 0.2
    assert log_rank(groups, [np.arange(36), np.arange(60)]) == plain
    # Three items of each incident, all at one time, are worth what one is.
    singly = log_rank([(days[::3], is_event[::3]) for days, is_event in groups])
    assert singly[2] is not None
    assert abs(np.log(together[2] / singly[2])) < 1


def test_a_group_of_one_cluster_does_not_count() -> None:
    """One incident is no pattern, however many items it has."""
    one, many = ([1.0] * 8, [True] * 8), ([30.0, 40, 50] * 4, [True] * 12)
    assert log_rank([one, many], [[1] * 8, list(range(12))]) == (None, 0, None)
    assert log_rank([one, many])[2] == pytest.approx(1 / 2000)


def test_items_that_end_alike_make_no_signals() -> None:
    """At most 5 % and what 300 simulations leave open, where as many alone make 15 % and more."""
    draw = np.random.default_rng(7)
    seen = []
    for _ in range(300):
        groups, clusters = [], []
        for incidents in (5, 12):
            common = np.repeat(draw.exponential(30, incidents), 4)
            days = np.ceil(common * draw.exponential(1, len(common)))
            groups.append((days.tolist(), (days < 60).tolist()))
            clusters.append(np.repeat(np.arange(incidents), 4))
        p_value = log_rank(groups, clusters)[2]
        seen.append(p_value is not None and p_value <= 0.05)
    assert np.mean(seen) <= 0.08


def test_without_an_event_there_is_no_test() -> None:
    """Nothing at all, or nothing done."""
    for rows in (([], []), ([3.0, 8.0], [False, False])):
        assert log_rank([rows, rows]) == (None, 0, None)


def test_an_empty_group_does_not_count() -> None:
    """A group without members changes neither the statistic nor its degrees of freedom."""
    one, two = ([1.0, 4, 6, 9], [True] * 4), ([5.0, 12, 14, 30], [True, True, False, True])
    assert log_rank([one, ([], []), two]) == log_rank([one, two])


def test_a_duration_that_is_no_number_is_refused() -> None:
    """What is not known must be left out and counted by the caller."""
    with pytest.raises(ValueError, match="no number"):
        log_rank([([1.0, float("nan")], [True, True]), ([3.0], [True])])
