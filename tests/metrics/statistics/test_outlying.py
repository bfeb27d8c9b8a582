"""Groups held against the others: limits by another package, bad ones found, none where all are alike."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import betabinom

from pipeline.metrics.statistics import ClusteredShare, OutlyingGroups, Spread, outlying_groups
from pipeline.metrics.statistics.clusters import correlation_within
from pipeline.metrics.statistics.comparisons import normal_error
from pipeline.metrics.statistics.forward_search import UNLIKE


def _groups(counts: list[tuple[int, int]]) -> list[dict[str, tuple[int, int]]]:
    return [{"all": pair} for pair in counts]


def _share(incidents: list[tuple[int, int]]) -> ClusteredShare:
    """Of incidents with so many items each, of which so many are so."""
    ns, hits = [n for n, _ in incidents], [hit for _, hit in incidents]
    products = sum(n * hit for n, hit in incidents)
    spread = Spread(len(ns), sum(n * n for n in ns), products, sum(hit * hit for hit in hits))
    return ClusteredShare(sum(hits), sum(ns), spread)


def _standings(found: OutlyingGroups) -> str:
    """A letter for each group: s(ignal), b(eyond chance), n(ot distinguishable)."""
    return "".join(place.standing[0] for place in found.places)


def test_limits_are_those_of_chance_and_of_unlike_groups() -> None:
    """Between the limits lies all but the tails of a beta-binomial of the variance of all there is."""
    others = {"high": (400, 100), "low": (600, 510)}
    spread = [_share([(5, 3)] * 7), _share([(4, 4)] * 140 + [(4, 2)] * 25 + [(4, 0)] * 85)]
    found = outlying_groups([{"high": (18, 5), "low": (17, 16)}, others], spread)
    within = correlation_within(spread)
    overall = 610.5 / 1001
    weight = 1 / (1 - overall)
    strata = [
        (n, (hits + weight * overall) / (size + weight), (size + weight) / within.design_effect(spread[1]))
        for n, hits, size in ((18, 100, 400), (17, 510, 600))
    ]
    mean = sum(n * share for n, share, _ in strata) / 35
    own = sum(n * share * (1 - share) for n, share, _ in strata)
    known = sum(n * n * share * (1 - share) / size for n, share, size in strata)
    place = found.places[0]
    assert place.design_effect == within.design_effect(spread[0]) > 3
    assert place.expected_share == pytest.approx(mean)
    for low, high, unlike, error in (
        (place.limits.low_inner, place.limits.high_inner, 0.0, 0.05),
        (place.limits.low_outer, place.limits.high_outer, UNLIKE, 0.001),
    ):
        variance = place.design_effect * own + known + (own * unlike) ** 2
        size = 34 / (variance / (35 * mean * (1 - mean)) - 1) - 1
        law = betabinom(35, mean * size, (1 - mean) * size)
        # For two groups, and two tails.
        tail = normal_error(error / 2, within.degrees) / 2
        least, most = round(low * 35), round(high * 35)
        assert law.cdf(least - 1) < tail <= law.cdf(least)
        assert law.sf(most) < tail <= law.sf(most - 1)


def test_one_bad_group_neither_hides_nor_flatters() -> None:
    """The bad group is far out, and the others are not said to be good because of it."""
    found = outlying_groups(_groups([(80, 70), *[(60, 4)] * 7]), is_good_high=False)
    assert _standings(found) == "snnnnnnn"
    assert found.target_share == pytest.approx(4 / 60)
    assert found.places[0].side == "high"
    assert found.places[0].limits.high_outer < 70 / 80


@pytest.mark.parametrize(
    ("counts", "standings"),
    [
        ((78, 75, 77, 74, 76, 75, 77, 6), "nnnnnnns"),
        ((78, 75, 77, 74, 76, 75, 25, 6), "nnnnnnss"),
        ((78, 75, 77, 74, 76, 20, 25, 6), "nnnnnsss"),
        ((78, 75, 77, 74, 15, 20, 25, 6), "nnnnssss"),
        ((78, 75, 25, 6), "nnss"),
        ((78, 75, 6), "nns"),
        ((78, 75, 77, 74, 76, 75, 77, 55), "nnnnnnnb"),
    ],
)
def test_bad_groups_do_not_hide_one_another(counts: tuple[int, ...], standings: str) -> None:
    """Of groups of 100 each, up to half are found; a small real difference is told as that."""
    assert _standings(outlying_groups(_groups([(100, count) for count in counts]))) == standings


def test_a_bad_group_in_a_half_that_is_good_is_never_called_the_measure() -> None:
    """Where half do badly, the other half is the measure, whichever side good is on."""
    counts = [(100, count) for count in (90, 88, 12, 10)]
    assert _standings(outlying_groups(_groups(counts), is_good_high=True)) == "nnss"
    assert _standings(outlying_groups(_groups(counts), is_good_high=False)) == "ssnn"


def test_members_that_go_together_widen_the_limits() -> None:
    """The same counts, once on their own and once in incidents all alike: then less is beyond chance."""
    groups = _groups([(60, 30)] * 7 + [(60, 48)])
    alone = outlying_groups(groups, [_share([(1, 1)] * 30 + [(1, 0)] * 30)] * 8)
    together = outlying_groups(groups, [_share([(6, 6), (6, 0)] * 5)] * 8)
    assert (alone.target_effect, _standings(alone)) == (1, "nnnnnnnb")
    assert (together.target_effect, _standings(together)) == (6, "nnnnnnnn")
    assert together.funnel([60])[0].low_inner < alone.funnel([60])[0].low_inner


def test_without_another_group_nothing_is_told() -> None:
    """One group, an empty one beside it, or none: no expectation, and limits from 0 to 1."""
    found = outlying_groups(_groups([(20, 20), (0, 0)]))
    assert [(place.expected_share, place.p_value, tuple(place.limits)) for place in found.places] == [
        (None, None, (0.0, 1.0, 0.0, 1.0))
    ] * 2
    nothing = outlying_groups([])
    assert (nothing.places, nothing.target_share, nothing.funnel([1, 2])) == ([], None, [])


@given(st.lists(st.tuples(st.integers(1, 40), st.floats(0, 1)), min_size=1, max_size=12), st.booleans())
@settings(max_examples=60, deadline=None)
def test_every_standing_is_that_of_its_limits(drawn: list[tuple[int, float]], is_good_high: bool) -> None:
    """Outer limits lie around the inner ones, and what lies beyond either is told as that."""
    groups = _groups([(n, round(n * share)) for n, share in drawn])
    found = outlying_groups(groups, is_good_high=is_good_high)
    for place, group in zip(found.places, groups, strict=True):
        low_inner, high_inner, low_outer, high_outer = place.limits
        assert 0 <= low_outer <= low_inner <= high_inner <= high_outer <= 1
        n, hits = group["all"]
        is_outer, is_inner = not low_outer <= hits / n <= high_outer, not low_inner <= hits / n <= high_inner
        assert place.standing[0] == ("s" if is_outer else "b" if is_inner else "n")


@pytest.mark.parametrize("cluster", [1, 3])
def test_groups_that_are_alike_are_seldom_apart(cluster: int) -> None:
    """Of sets of eight alike groups about 5 in 100 have one beyond chance and hardly any a signal, also
    when items of one incident go together, three at a time and half of the incidents as one.
    """
    draw = np.random.default_rng(7)
    apart = {"signal": 0, "beyond chance": 0}
    for _ in range(200):
        clusters = []
        for _ in range(8):
            incidents = int(draw.integers(20, 90)) // cluster
            together = draw.random(incidents) < 0.5
            each = np.where(
                together, cluster * (draw.random(incidents) < 0.2), draw.binomial(cluster, 0.2, incidents)
            )
            clusters.append(_share([(cluster, int(count)) for count in each]))
        found = outlying_groups(
            _groups([(each.n, each.count) for each in clusters]), clusters, is_good_high=False
        )
        for standing in apart:
            apart[standing] += any(place.standing == standing for place in found.places)
    assert apart["beyond chance"] / 200 <= 0.075
    assert apart["signal"] / 200 <= 0.005


def test_one_incident_is_no_pattern() -> None:
    """Nine items of one incident, all late, are told of nobody; of nine incidents they are."""
    groups = _groups([(60, 48), (60, 50), (9, 0)])
    spread = [_share([(1, 1)] * 48 + [(1, 0)] * 12), _share([(1, 1)] * 50 + [(1, 0)] * 10)]
    one = outlying_groups(groups, [*spread, _share([(9, 0)])])
    assert (_standings(one), one.places[2].p_value, one.places[2].is_low_open) == ("nnn", None, True)
    assert _standings(outlying_groups(groups, [*spread, _share([(1, 0)] * 9)])) == "nns"


def test_where_nobody_can_be_judged_there_is_a_funnel_all_the_same() -> None:
    """One group alone is not judged, and the limits are those of a single one."""
    found = outlying_groups(_groups([(5, 2)]))
    assert [place.expected_share for place in found.places] == [None]
    assert len(found.funnel([2, 40])) == 2
