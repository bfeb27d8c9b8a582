"""Intervals and comparisons equal an independent package's, to 1e-9."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import (
    confint_proportions_2indep,
    multinomial_proportions_confint,
    proportion_confint,
)

from pipeline.metrics.statistics import (
    adjusted,
    compare_counts,
    compare_durations,
    compare_shares,
    count_interval,
    geometric_mean_interval,
    multinomial_intervals,
    rate_ratio_interval,
    share_interval,
    wilson_interval,
)

SEEDS = range(10)


def exactly(expected: Any) -> Any:
    """The same to 1e-9."""
    return pytest.approx(expected, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("level", [0.9, 0.95])
def test_share_intervals_equal_an_independent_package(level: float) -> None:
    """Clopper–Pearson and Wilson of every count of several n."""
    for n in (1, 2, 7, 30, 211):
        for count in range(n + 1):
            exact = proportion_confint(count, n, alpha=1 - level, method="beta")
            score = proportion_confint(count, n, alpha=1 - level, method="wilson")
            assert share_interval(count, n, level) == exactly(exact)
            assert wilson_interval(count, n, level) == exactly(score)


@pytest.mark.parametrize("count", [0, 1, 2, 9, 40, 1234])
def test_count_intervals_equal_an_independent_package(count: int) -> None:
    """Garwood's interval is that of the chi-square quantiles."""
    low = 0.0 if count == 0 else stats.chi2.ppf(0.05, 2 * count) / 2
    assert count_interval(count) == exactly((low, stats.chi2.ppf(0.95, 2 * count + 2) / 2))


@pytest.mark.parametrize("seed", SEEDS)
def test_multinomial_intervals_equal_an_independent_package(seed: int) -> None:
    """Goodman's simultaneous intervals."""
    draw = np.random.default_rng(seed)
    counts = [int(k) for k in draw.multinomial(int(draw.integers(20, 900)), draw.dirichlet(np.ones(6)))]
    expected = multinomial_proportions_confint(counts, alpha=0.1, method="goodman")
    for found, (low, high), count in zip(multinomial_intervals(counts), expected, counts, strict=True):
        assert found == exactly((0.0 if count == 0 else low, high))


@pytest.mark.parametrize("seed", SEEDS)
def test_rate_ratios_equal_an_independent_package(seed: int) -> None:
    """The p-value is the binomial test's, and the interval's ends are the ratios it just rejects."""
    draw = np.random.default_rng(seed)
    before, after = int(draw.poisson(8)) + 1, int(draw.poisson(15)) + 1
    earlier, later = float(draw.integers(30, 365)), float(draw.integers(30, 365))
    low, high = rate_ratio_interval(before, earlier, after, later, 0.95)
    assert low is not None
    assert high is not None
    for ratio, side in ((low, "greater"), (high, "less")):
        share = ratio * later / (earlier + ratio * later)
        tail = stats.binomtest(after, before + after, share, alternative=side).pvalue
        assert tail == pytest.approx(0.025, rel=1e-8)
    tails = [
        stats.binomtest(after, before + after, later / (earlier + later), alternative=side).pvalue
        for side in ("less", "greater")
    ]
    assert compare_counts(before, after, earlier, later).p_value == exactly(min(1.0, 2 * min(tails)))


@pytest.mark.parametrize("seed", SEEDS)
def test_ratios_of_shares_equal_an_independent_package(seed: int) -> None:
    """Miettinen and Nurminen's interval where Fisher's test sees a difference; never one that it does not."""
    draw = np.random.default_rng(seed)
    n1, n2 = (int(n) for n in draw.integers(5, 200, 2))
    k1, k2 = int(draw.integers(1, n1)), int(draw.integers(1, n2))
    found = compare_shares(k1, n1, k2, n2)
    low, high = confint_proportions_2indep(k2, n2, k1, n1, compare="ratio", method="score", correction=True)
    tails = [
        stats.fisher_exact([[k2, n2 - k2], [k1, n1 - k1]], alternative=side).pvalue
        for side in ("less", "greater")
    ]
    fisher = min(1.0, 2 * min(tails))
    if fisher > 0.05:
        low, high = min(low, 1.0), max(high, 1.0)
    assert found.p_value is not None
    assert found.p_value >= fisher * (1 - 1e-9)
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-6)
    assert found.verdict == ("signal" if found.p_value <= 0.05 else "not distinguishable")


@pytest.mark.parametrize("seed", SEEDS)
def test_rank_tests_equal_an_independent_package(seed: int) -> None:
    """Mann and Whitney's p-value: exact for small samples, with corrections for ties in large ones."""
    draw = np.random.default_rng(seed)
    small = np.exp(draw.normal(4, 1, 9)), np.exp(draw.normal(4.8, 1, 12))
    exact = stats.mannwhitneyu(*small, alternative="two-sided", method="exact").pvalue
    assert compare_durations(*small).p_value == exactly(exact)
    one, two = (np.ceil(np.exp(draw.normal(4, 1, n)) / 30) * 30 for n in (260, 340))
    close = stats.mannwhitneyu(one, two, alternative="two-sided", method="asymptotic").pvalue
    assert compare_durations(one, two).p_value == exactly(close)


@pytest.mark.parametrize("seed", SEEDS[:3])
def test_small_samples_with_ties_are_tested_over_all_their_divisions(seed: int) -> None:
    """The exact p-value equals that of listing every way to divide the values."""
    draw = np.random.default_rng(seed)
    x, y = draw.integers(1, 5, 5) * 15.0, draw.integers(2, 6, 6) * 15.0

    def distance(a: np.ndarray, b: np.ndarray, axis: int) -> np.ndarray:
        both = np.concatenate([np.broadcast_to(a, (*b.shape[:-1], a.shape[-1])), b], axis=axis)
        ranks = stats.rankdata(both, axis=axis)
        return np.asarray(np.abs(ranks[..., : a.shape[-1]].sum(axis=axis) - 5 * 12 / 2))

    listed = stats.permutation_test(
        (x, y), distance, vectorized=True, n_resamples=np.inf, alternative="greater"
    )
    assert compare_durations(x.tolist(), y.tolist()).p_value == exactly(listed.pvalue)


@pytest.mark.parametrize("seed", SEEDS)
def test_geometric_means_equal_an_independent_package(seed: int) -> None:
    """Student's interval of the logarithms."""
    values = np.exp(np.random.default_rng(seed).normal(4, 1.25, 5 + 9 * seed))
    logs = np.log(values)
    expected = np.exp(stats.t.interval(0.9, len(logs) - 1, logs.mean(), stats.sem(logs)))
    assert geometric_mean_interval(values) == exactly(tuple(expected))


@pytest.mark.parametrize("seed", SEEDS)
def test_corrected_p_values_equal_an_independent_package(seed: int) -> None:
    """Holm's, ties among them too."""
    p_values = np.round(np.random.default_rng(seed).random(9) ** 3, 2).tolist()
    assert adjusted(p_values) == exactly(multipletests(p_values, method="holm")[1].tolist())
