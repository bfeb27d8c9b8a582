"""The intervals: against published values, and against the coverage they promise."""

from __future__ import annotations

from math import exp

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.metrics.statistics import (
    compare_counts,
    compare_durations,
    count_interval,
    mean_interval,
    quantile_interval,
    share_interval,
    total_share_intervals,
)

NORMAL_SPREAD = 1.25


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    [
        # Clopper and Pearson for 95 %: 1 of 10, 0 of 10 and 10 of 10 as tables give them.
        (1, 10, 0.0025286, 0.4450161),
        (0, 10, 0.0, 0.3084971),
        (10, 10, 0.6915029, 1.0),
    ],
)
def test_share_interval_equals_the_tables(count: int, n: int, low: float, high: float) -> None:
    """The exact interval of a share is that of Clopper and Pearson."""
    assert share_interval(count, n, 0.95) == pytest.approx((low, high), abs=1e-6)


@pytest.mark.parametrize(
    ("count", "low", "high"), [(0, 0.0, 3.688879), (1, 0.025318, 5.571643), (10, 4.795389, 18.390356)]
)
def test_count_interval_equals_the_tables(count: int, low: float, high: float) -> None:
    """The exact interval of a Poisson count is Garwood's."""
    assert count_interval(count, 0.95) == pytest.approx((low, high), abs=1e-5)


def test_nothing_counted_has_no_share() -> None:
    """Zero of zero says nothing."""
    assert share_interval(0, 0) == (None, None)


@pytest.mark.parametrize(
    ("n", "share", "expected"),
    [
        (4, 0.5, (None, None)),
        (5, 0.5, (1.3529, 4.6471)),
        (10, 0.5, (2.9710, 8.0290)),
        (20, 0.5, (6.8993, 14.1007)),
        (28, 0.9, (22.9402, None)),
    ],
)
def test_quantile_interval_ranks(n: int, share: float, expected: tuple[float | None, float | None]) -> None:
    """The ends of the median are Hettmansperger and Sheather's; missing where n cannot bound them."""
    assert quantile_interval(range(1, n + 1), share) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize(("n", "share"), [(10, 0.5), (40, 0.5), (40, 0.9), (200, 0.9)])
@pytest.mark.parametrize("kind", ["log-normal", "heavy", "tied"])
def test_quantile_intervals_cover(n: int, share: float, kind: str) -> None:
    """A 90 % interval of a quantile holds the truth about that often, whatever the distribution."""
    draw = np.random.default_rng(7)
    uniform = draw.random((1500, n))
    from scipy.special import ndtri

    def of(u: np.ndarray) -> np.ndarray:
        values = (1 - u) ** -1.2 if kind == "heavy" else np.exp(4 + NORMAL_SPREAD * ndtri(u))
        return np.asarray(np.ceil(values / 30) * 30 if kind == "tied" else values)

    truth = float(of(np.array([share]))[0])
    held = 0
    for sample in np.sort(of(uniform), axis=1):
        low, high = quantile_interval(sample.tolist(), share)
        held += (low is None or low <= truth) and (high is None or truth <= high)
    at_most = 1 if kind == "tied" or n < 29 or share > 0.5 else 0.93  # an end that is open never misses
    assert 0.875 <= held / len(uniform) <= at_most


def test_share_and_count_intervals_cover() -> None:
    """Exact 90 % intervals of shares and counts hold the truth at least that often."""
    draw = np.random.default_rng(11)
    shares = [share_interval(int(k), 25) for k in draw.binomial(25, 0.3, 3000)]
    counts = [count_interval(int(k)) for k in draw.poisson(6.5, 3000)]
    assert (
        np.mean([low <= 0.3 <= high for low, high in shares if low is not None and high is not None]) >= 0.9
    )
    assert (
        np.mean([low <= 6.5 <= high for low, high in counts if low is not None and high is not None]) >= 0.9
    )


@pytest.mark.parametrize("n", [5, 12, 60])
@pytest.mark.parametrize("chances", [[0.8] * 10, [0.99] * 5 + [0.3] * 5], ids=["even", "uneven"])
def test_mean_intervals_cover(n: int, chances: list[float]) -> None:
    """The 90 % interval of a mean of scores, shares of ten things each, holds the truth about that often."""
    draw = np.random.default_rng(23)
    scores = draw.binomial(1, chances, (2000, n, 10)).mean(axis=2)
    found = [mean_interval(float(row.mean()), float(row.std(ddof=1)), n) for row in scores]
    held = [low <= np.mean(chances) <= high for low, high in found if low is not None and high is not None]
    assert np.mean(held) >= 0.87


@pytest.mark.parametrize(
    ("mean", "deviation", "n", "expected"),
    [
        (None, None, 0, (None, None)),
        (0.8, 0.1, 4, (None, None)),
        (0.8, 0.0, 9, (None, None)),
        (0.8, None, 9, (None, None)),
        (0.5, 0.1, 10, (0.442032, 0.557968)),
        (0.98, 0.1, 5, (0.884660, 1.0)),
    ],
)
def test_mean_interval_equals_the_tables(
    mean: float | None, deviation: float | None, n: int, expected: tuple[float | None, float | None]
) -> None:
    """Student's t as tables give it: 1.833 for 9 and 2.132 for 4 degrees of freedom; too few, nothing."""
    assert mean_interval(mean, deviation, n) == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("n", [6, 15, 60])
def test_no_change_is_seldom_a_signal(n: int) -> None:
    """Without a change, durations give a false signal in about 5 % of comparisons at most."""
    draw = np.random.default_rng(n)
    samples = draw.lognormal(4, NORMAL_SPREAD, (1200, 2, n))
    signals = sum(compare_durations(a, b).verdict == "signal" for a, b in samples)
    assert signals / len(samples) <= 0.06


def test_power_is_as_promised() -> None:
    """A change by the smallest ratio that could have shown is a signal in about 80 % of samples."""
    draw = np.random.default_rng(3)
    n = 60
    before = draw.lognormal(4, NORMAL_SPREAD, (600, n))
    promised = exp(2.8016 * NORMAL_SPREAD * (2 / n / (3 / np.pi)) ** 0.5)
    after = draw.lognormal(4, NORMAL_SPREAD, (600, n)) * promised
    found = [compare_durations(a, b) for a, b in zip(before, after, strict=True)]
    assert 0.75 <= np.mean([change.verdict == "signal" for change in found]) <= 0.86
    assert np.median([change.smallest_ratio or 0 for change in found]) == pytest.approx(promised, rel=0.05)


def test_hodges_lehmann_equals_all_pairs() -> None:
    """The ratio is the median of all pairwise ratios."""
    before, after = [10.0, 20.0, 45.0, 80.0], [12.0, 33.0, 7.0]
    change = compare_durations(before, after)
    assert change.ratio == pytest.approx(np.exp(np.median([np.log(b / a) for a in before for b in after])))
    assert (change.n_before, change.n_after) == (4, 3)
    assert (change.low, change.high, change.verdict) == (None, None, "not distinguishable")


@settings(max_examples=60, deadline=None)
@example(before=[2.0], after=[1.0625])
@given(
    st.lists(st.floats(0, 1e6), min_size=1, max_size=40), st.lists(st.floats(0, 1e6), min_size=1, max_size=40)
)
def test_comparing_either_way_round_agrees(before: list[float], after: list[float]) -> None:
    """Swapping the periods inverts the ratio and keeps the verdict."""
    there, back = compare_durations(before, after), compare_durations(after, before)
    assert there.verdict == back.verdict
    assert there.ratio is not None
    assert back.ratio is not None
    assert there.ratio * back.ratio == pytest.approx(1, rel=1e-6)


def test_equal_durations_are_no_signal_either_way() -> None:
    """Rounded durations in which the exact test sees no difference have "no change" in their interval."""
    before, after = [0.0, 0.0, 0.0, 3.0], [3.0, 3.0, 3.0, 3.0]
    there, back = compare_durations(before, after), compare_durations(after, before)
    assert there.p_value == back.p_value == pytest.approx(10 / 70)
    assert there.low is not None
    assert back.high is not None
    assert there.low <= 1 <= back.high


def test_rounding_hides_no_change_in_large_samples() -> None:
    """Durations rounded to 15 minutes show about the ratio and the interval of the unrounded ones."""
    draw = np.random.default_rng(3)
    before, after = (np.exp(draw.normal(4, NORMAL_SPREAD, 1500)) for _ in range(2))
    after *= 0.8
    plain = compare_durations(before, after)
    rounded = compare_durations(np.ceil(before / 15) * 15, np.ceil(after / 15) * 15)
    assert rounded.verdict == plain.verdict == "signal"
    for name in ("ratio", "low", "high", "smallest_ratio"):
        assert getattr(rounded, name) == pytest.approx(getattr(plain, name), abs=0.06)


def test_durations_all_the_same_tell_nothing_of_their_spread() -> None:
    """No interval, no smallest change, no signal."""
    change = compare_durations([60.0] * 12, [60.0] * 9)
    assert (change.ratio, change.low, change.high, change.smallest_ratio) == (1.0, None, None, None)


def test_counts_are_compared_per_day() -> None:
    """Twice the incidents in twice the days is no change; far more in the same days is a signal."""
    same = compare_counts(20, 40, 100, 200)
    assert same.ratio == pytest.approx(1.0)
    assert same.verdict == "not distinguishable"
    more = compare_counts(10, 40, 90, 90)
    assert more.ratio == pytest.approx(4.0)
    assert more.verdict == "signal"
    assert more.low is not None
    assert more.low > 1


def test_none_before_has_no_upper_end() -> None:
    """From none to many is a signal without a ratio."""
    change = compare_counts(0, 12, 90, 90)
    assert (change.ratio, change.high, change.verdict) == (None, None, "signal")


def test_nothing_at_all_is_no_signal() -> None:
    """Empty periods cannot be compared."""
    assert compare_counts(0, 0, 90, 90).verdict == "not distinguishable"
    assert compare_durations([], [5.0]).ratio is None


def test_shares_of_a_sum_hold_the_truth_as_often_as_they_say() -> None:
    """For groups that differ in number and in size; log-normal losses, 60 incidents, 400 times."""
    rng = np.random.default_rng(7)
    mix, size = np.array([0.5, 0.3, 0.2]), np.array([1.0, 2.0, 5.0])
    truth = mix * size / (mix * size).sum()
    held, seen = 0, 0
    for _ in range(400):
        group = rng.choice(3, size=60, p=mix)
        losses = size[group] * rng.lognormal(0, NORMAL_SPREAD, 60)
        found = total_share_intervals([losses[group == each] for each in range(3)])
        for share, (low, high) in zip(truth, found, strict=True):
            assert low is not None
            assert high is not None
            held += low <= share <= high
            seen += 1
    assert 0.88 <= held / seen <= 0.96


def test_shares_of_a_sum_where_there_is_nothing_to_share() -> None:
    """A group with nothing or with everything has no interval, nor has one incident; one of two is unsure."""
    assert total_share_intervals([]) == []
    assert total_share_intervals([[], [5.0, 3.0]]) == [(None, None)] * 2
    assert total_share_intervals([[5.0], []]) == [(None, None)] * 2
    assert total_share_intervals([[0.0], [0.0]]) == [(None, None)] * 2
    (low, high), other = total_share_intervals([[30.0], [60.0]])
    assert low is not None
    assert high is not None
    assert 0 < low < 0.01 < 1 / 3 < 0.99 < high < 1
    assert other == pytest.approx((1 - high, 1 - low))
