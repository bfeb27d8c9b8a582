"""Groups held against the others: limits by enumeration, the far ones found, and none where all are alike."""

from __future__ import annotations

from itertools import product
from math import comb

import numpy as np
import pytest
from scipy.stats import norm

from pipeline.metrics.statistics import outlying_groups


def _groups(counts: list[tuple[int, int]]) -> list[dict[str, tuple[int, int]]]:
    return [{"all": pair} for pair in counts]


def test_limits_are_those_of_the_sum_over_strata() -> None:
    """Between the limits lies all but the tails of the exact chances, enumerated stratum by stratum."""
    others = {"high": (400, 100), "low": (600, 510)}
    found = outlying_groups([{"high": (18, 5), "low": (17, 16)}, others])
    overall = 610.5 / 1001
    strata = [(18, (100 + overall) / 401, 401), (17, (510 + overall) / 601, 601)]
    chances = np.zeros(36)
    for counts in product(*(range(n + 1) for n, _, _ in strata)):
        chances[sum(counts)] += np.prod(
            [
                comb(n, count) * share**count * (1 - share) ** (n - count)
                for count, (n, share, _) in zip(counts, strata, strict=True)
            ]
        )
    own = sum(n * share * (1 - share) for n, share, _ in strata)
    widening = 1 + sum(n * n * share * (1 - share) / size for n, share, size in strata) / own
    place = found.places[0]
    assert place.expected_share == pytest.approx(sum(n * share for n, share, _ in strata) / 35)
    assert found.overdispersion == 1
    for low, high, tail in (
        (place.limits.low_inner, place.limits.high_inner, 0.025),
        (place.limits.low_outer, place.limits.high_outer, 0.0005 / 2),
    ):
        least, most = round(low * 35), round(high * 35)
        tail = norm.cdf(norm.ppf(tail) * widening**0.5)
        assert chances[:least].sum() < tail <= chances[: least + 1].sum()
        assert chances[most + 1 :].sum() < tail <= chances[most:].sum()


def test_one_bad_group_neither_hides_nor_flatters() -> None:
    """The bad group is far out, and the others are not said to be good because of it."""
    found = outlying_groups(_groups([(80, 70), *[(60, 4)] * 7]))
    assert [place.p_value is not None and place.p_value < 0.001 for place in found.places] == [True] + [
        False
    ] * 7
    assert found.target_share == pytest.approx(4 / 60)
    assert found.places[0].limits.high_outer < 70 / 80
    assert all(place.limits.low_inner <= 4 / 60 <= place.limits.high_inner for place in found.places[1:])


def test_unlike_groups_widen_the_limits() -> None:
    """Where all groups spread more than chance has them, so do the limits; and the funnel's with them."""
    alike = outlying_groups(_groups([(100, k) for k in (48, 49, 50, 50, 50, 51, 52, 50)]))
    unlike = outlying_groups(_groups([(100, k) for k in (10, 25, 35, 45, 55, 65, 75, 90)]))
    assert alike.overdispersion == 1
    assert unlike.overdispersion > 3
    assert unlike.places[3].limits.low_outer < alike.places[3].limits.low_outer
    assert unlike.funnel([100])[0].low_outer < alike.funnel([100])[0].low_outer
    assert all(place.p_value is None or place.p_value > 0.001 for place in unlike.places)


def test_without_another_group_nothing_is_told() -> None:
    """One group, an empty one beside it, or none: no expectation, and limits from 0 to 1."""
    found = outlying_groups(_groups([(20, 20), (0, 0)]))
    assert [(place.expected_share, place.p_value, tuple(place.limits)) for place in found.places] == [
        (None, None, (0.0, 1.0, 0.0, 1.0))
    ] * 2
    nothing = outlying_groups([])
    assert (nothing.places, nothing.target_share, nothing.funnel([1, 2])) == ([], None, [])


@pytest.mark.parametrize("cluster", [1, 3])
def test_groups_that_are_alike_are_seldom_far_out(cluster: int) -> None:
    """Of sets of eight alike groups few have one beyond the outer limits, also when items of one incident go
    together, three at a time and half of the incidents as one.
    """
    draw = np.random.default_rng(7)
    far = 0
    for _ in range(200):
        counts = []
        for _ in range(8):
            incidents = int(draw.integers(20, 90)) // cluster
            together = draw.random(incidents) < 0.5
            each = np.where(
                together, cluster * (draw.random(incidents) < 0.2), draw.binomial(cluster, 0.2, incidents)
            )
            counts.append((incidents * cluster, int(each.sum())))
        found = outlying_groups(_groups(counts))
        far += any(place.p_value is not None and place.p_value <= 0.001 for place in found.places)
    assert far / 200 <= (0.01 if cluster == 1 else 0.04)
