"""Shares of what comes in clusters: the variance of an independent package, no signals from few incidents."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.metrics.statistics import (
    ClusteredShare,
    Spread,
    clustered_share_interval,
    clustered_share_intervals,
    compare_clustered_shares,
    compare_shares,
    correlation_within,
    share_interval,
    shares_against_rest,
)

Clusters = list[tuple[int, int]]


def share_of(clusters: Clusters) -> ClusteredShare:
    """Of the (size, hits) of each cluster."""
    spread = Spread(
        len(clusters),
        sum(n * n for n, _ in clusters),
        sum(n * hits for n, hits in clusters),
        sum(hits * hits for _, hits in clusters),
    )
    return ClusteredShare(sum(hits for _, hits in clusters), sum(n for n, _ in clusters), spread)


def drawn(draw: np.random.Generator, clusters: int, share: float, correlation: float) -> ClusteredShare:
    """Clusters of one to five, whose members are that much alike."""
    sizes = draw.integers(1, 6, clusters)
    scale = (1 - correlation) / correlation if correlation else None
    shares = draw.beta(share * scale, (1 - share) * scale, clusters) if scale else np.full(clusters, share)
    return share_of(list(zip(sizes.tolist(), draw.binomial(sizes, shares).tolist(), strict=True)))


@pytest.mark.parametrize("seed", range(6))
def test_the_design_effect_is_the_variance_of_an_independent_package(seed: int) -> None:
    """It times the binomial variance is the variance of a mean that knows of clusters, to 1e-9."""
    draw = np.random.default_rng(seed)
    shares = draw.beta(1, 1, 40)
    sizes = draw.integers(1, 6, 40)
    clusters = list(zip(sizes.tolist(), draw.binomial(sizes, shares).tolist(), strict=True))
    hits = np.concatenate([[1.0] * k + [0.0] * (n - k) for n, k in clusters])
    labels = np.repeat(np.arange(40), sizes)
    model = sm.OLS(hits, np.ones(len(hits))).fit(cov_type="cluster", cov_kwds={"groups": labels})
    share = share_of(clusters)
    effect = correlation_within([share]).design_effect(share)
    part = share.count / share.n
    assert effect > 1
    assert effect * part * (1 - part) / share.n == pytest.approx(float(model.cov_params()[0, 0]), rel=1e-9)


@given(
    st.lists(st.integers(0, 1), min_size=2, max_size=40), st.lists(st.integers(0, 1), min_size=2, max_size=40)
)
@settings(max_examples=60, deadline=None)
def test_what_comes_one_by_one_is_judged_as_ever(first: list[int], second: list[int]) -> None:
    """Clusters of one change neither interval nor comparison."""
    before, after = (share_of([(1, hits) for hits in each]) for each in (first, second))
    assert before.sums == ClusteredShare(sum(first), len(first)).sums
    assert clustered_share_intervals([before]) == [share_interval(sum(first), len(first))]
    assert compare_clustered_shares(before, after) == compare_shares(
        sum(first), len(first), sum(second), len(second)
    )


def test_shares_of_two_sets_add_up() -> None:
    """Count, n and every sum over clusters."""
    one, other = [(3, 2), (1, 0)], [(2, 2)]
    assert share_of(one) + share_of(other) == share_of(one + other)
    assert share_of(one) + ClusteredShare(0, 0) == share_of(one)


@pytest.mark.parametrize("correlation", [0.0, 0.3, 1.0])
def test_the_correlation_is_found(correlation: float) -> None:
    """Of many incidents of two unlike groups, to a few hundredths; at one, exactly."""
    draw = np.random.default_rng(4)
    if correlation == 1:
        groups = [share_of([(3, 3)] * k + [(2, 0)] * 50) for k in (10, 40)]
    else:
        groups = [drawn(draw, 3000, share, correlation) for share in (0.2, 0.7)]
    assert correlation_within(groups).value == pytest.approx(correlation, abs=0.03)


def test_where_all_go_together_they_count_as_one_each() -> None:
    """Ten incidents, each all done or all open: the interval is that of ten, with Student's quantile."""
    together = share_of([(4, 4)] * 6 + [(4, 0)] * 4)
    within = correlation_within([together])
    assert (within.value, within.degrees) == (1.0, 9)
    low, high = clustered_share_interval(together, within)
    assert low is not None
    assert high is not None
    plain = share_interval(6, 10)
    assert plain[0] is not None
    assert plain[1] is not None
    assert low < plain[0] < plain[1] < high
    # Nothing tells how alike they are where all are done: then as if they had gone together.
    assert correlation_within([share_of([(4, 4)] * 6)]).value == 1


def test_one_incident_is_never_a_signal() -> None:
    """However many items it has, and whatever became of them."""
    one, many = share_of([(12, 0)]), share_of([(3, 3)] * 60)
    found = compare_clustered_shares(many, one)
    assert (found.n_before, found.n_after, found.ratio, found.p_value) == (180, 12, None, None)
    assert found.verdict == "not distinguishable"
    assert [each.p_value for each in shares_against_rest([one, many])] == [None, None]


def test_a_true_difference_is_still_seen() -> None:
    """Twenty incidents against sixty, 30 % against 80 %, alike by 0.3: the interval leaves out 1."""
    draw = np.random.default_rng(1)
    before, after = drawn(draw, 60, 0.8, 0.3), drawn(draw, 20, 0.3, 0.3)
    found = compare_clustered_shares(before, after)
    assert found.verdict == "signal"
    assert found.high is not None
    assert found.high < 1
    plain = compare_shares(before.count, before.n, after.count, after.n)
    assert plain.p_value is not None
    assert found.p_value is not None
    assert found.p_value > plain.p_value
    assert found.smallest_ratio is not None
    assert plain.smallest_ratio is not None
    assert found.smallest_ratio > plain.smallest_ratio


@pytest.mark.parametrize("clusters", [(5, 5), (4, 40), (30, 30)], ids=str)
def test_items_that_go_together_make_no_signals(clusters: tuple[int, int]) -> None:
    """Alike by 0.3: at most 5 % and what 300 simulations leave open; without regard to that, 10 %."""
    draw = np.random.default_rng(2)
    seen = []
    for _ in range(300):
        before, after = (drawn(draw, each, 0.6, 0.3) for each in clusters)
        found = compare_clustered_shares(before, after)
        assert (found.verdict == "signal") == (found.p_value is not None and found.p_value <= 0.05)
        seen.append(found.verdict == "signal")
    assert np.mean(seen) <= 0.08
