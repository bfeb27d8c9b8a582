"""The statistics SQL cannot do: exact intervals, and whether two periods differ.

Only this module knows scipy, and imports it when first asked, because that costs a second. Every interval
of durations holds whatever their distribution is; the coverage of each is tested by simulation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import exp, floor, inf, log, pi, sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import polars as pl

#: Of every interval that is drawn or printed beside a figure.
LEVEL = 0.90
#: Of the interval that decides on a signal, so that at most 5 % of comparisons without a change are one.
SIGNAL_LEVEL = 0.95
#: Chance of seeing the "smallest change that could have shown".
POWER = 0.80
#: Durations are kept in minutes; what is shorter counts as one minute where logarithms are taken.
SHORTEST_MINUTES = 1.0
#: Below so many scores their mean has no interval.
FEWEST_SCORES = 5

Verdict = Literal["signal", "not distinguishable"]
Interval = tuple[float | None, float | None]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two periods say about a change. `ratio` is after ÷ before, with its 95 % interval.

    `smallest_ratio` (≥ 1) is the change, up by this factor or down by its inverse, that this much data
    would have shown with 80 % power. None where there is too little data to say.
    """

    n_before: int
    n_after: int
    ratio: float | None
    low: float | None
    high: float | None
    smallest_ratio: float | None

    @property
    def verdict(self) -> Verdict:
        """A signal when the interval leaves out "no change"."""
        low = 0.0 if self.low is None else self.low
        high = inf if self.high is None else self.high
        return "signal" if low > 1 or high < 1 else "not distinguishable"


def quantile_interval(ordered: Sequence[float], share: float, level: float = LEVEL) -> Interval:
    """A distribution-free interval for a quantile: two of the values themselves.

    The number of values below the true quantile is binomial, so the order statistics between whose ranks
    it falls with probability ≥ `level` enclose it (David and Nagaraja, Order Statistics, section 7.1).
    An end is None when so few values cannot bound it: below 5 for the median, above it 29 for the p90.
    """
    lower, upper = _quantile_ranks(len(ordered), share, level)
    return (
        None if lower is None else float(ordered[lower - 1]),
        None if upper is None else float(ordered[upper - 1]),
    )


@lru_cache(maxsize=4096)
def _quantile_ranks(n: int, share: float, level: float) -> tuple[int | None, int | None]:
    """The ranks, from 1, of the two values: the highest below and the lowest above that are safe."""
    tail = (1 - level) / 2
    from scipy.special import bdtr

    def at_most(k: int) -> float:
        return 0.0 if k < 0 else float(bdtr(k, n, share))

    lower = _first_rank(n, lambda rank: at_most(rank - 1) > tail) - 1
    upper = _first_rank(n, lambda rank: 1 - at_most(rank - 1) <= tail)
    return (lower if lower >= 1 else None, upper if upper <= n else None)


def _first_rank(n: int, holds: Callable[[int], bool]) -> int:
    """The first rank from 1 at which a condition that stays true becomes true; n + 1 if it never does."""
    low, high = 1, n + 1
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low


@lru_cache(maxsize=4096)
def share_interval(count: int, n: int, level: float = LEVEL) -> Interval:
    """The exact interval of a share (Clopper and Pearson, Biometrika 26, 1934). Empty when n is 0."""
    if n == 0:
        return None, None
    from scipy.special import betaincinv

    tail = (1 - level) / 2
    low = 0.0 if count == 0 else float(betaincinv(count, n - count + 1, tail))
    high = 1.0 if count == n else float(betaincinv(count + 1, n - count, 1 - tail))
    return low, high


@lru_cache(maxsize=4096)
def count_interval(count: int, level: float = LEVEL) -> Interval:
    """The exact interval of the mean of a Poisson count (Garwood, Biometrika 28, 1936)."""
    from scipy.special import gammaincinv

    tail = (1 - level) / 2
    low = 0.0 if count == 0 else float(gammaincinv(count, tail))
    return low, float(gammaincinv(count + 1, 1 - tail))


@lru_cache(maxsize=4096)
def mean_interval(mean: float | None, deviation: float | None, n: int, level: float = LEVEL) -> Interval:
    """Student's interval of a mean of scores between 0 and 1 (Biometrika 6, 1908), kept within them.

    Made for scores that are themselves shares of several things, whose means are close to normal. Empty
    below 5 scores, or when all are the same, which tells nothing of how far they scatter.
    """
    if mean is None or not deviation or n < FEWEST_SCORES:
        return None, None
    from scipy.special import stdtrit

    reach = float(stdtrit(n - 1, (1 + level) / 2)) * deviation / sqrt(n)
    return max(0.0, mean - reach), min(1.0, mean + reach)


def compare_counts(
    before: int, after: int, before_days: float, after_days: float, level: float = SIGNAL_LEVEL
) -> Comparison:
    """The ratio of two rates of incidents, exact.

    Given their sum, the later count is binomial, so the exact interval of that share gives the ratio's
    (Przyborowski and Wilenski, Biometrika 31, 1940).
    """
    total = before + after
    if total == 0 or before_days <= 0 or after_days <= 0:
        return Comparison(before, after, None, None, None, None)
    exposure = before_days / after_days
    low, high = share_interval(after, total, level)

    def ratio_of(share: float) -> float | None:
        return None if share >= 1 else exposure * share / (1 - share)

    assert low is not None
    assert high is not None
    expected_after = total * after_days / (before_days + after_days)
    spread = sqrt(1 / expected_after + 1 / (total - expected_after))
    return Comparison(
        before,
        after,
        ratio_of(after / total),
        ratio_of(low),
        ratio_of(high),
        exp(_detectable_distance(level) * spread),
    )


def compare_durations(
    before: Sequence[float], after: Sequence[float], level: float = SIGNAL_LEVEL
) -> Comparison:
    """The typical ratio of two samples of durations in minutes, and its distribution-free interval.

    Hodges and Lehmann's shift on the log scale: the median of all ratios of one later to one earlier
    duration; the interval is two of these ratios, ranked by the normal approximation of Mann and
    Whitney's U (Hollander, Wolfe and Chicken, Nonparametric Statistical Methods, section 4.2–4.3).
    The smallest ratio takes the samples' own spread of logarithms and the test's efficiency of 3/π
    against a normal. Too few durations: no interval, hence no signal.
    """
    import numpy as np

    x = np.sort(np.log(np.maximum(np.asarray(before, dtype=float), SHORTEST_MINUTES)))
    y = np.sort(np.log(np.maximum(np.asarray(after, dtype=float), SHORTEST_MINUTES)))
    n, m = len(x), len(y)
    if n == 0 or m == 0:
        return Comparison(n, m, None, None, None, None)
    pairs = n * m

    def nth_difference(rank: int) -> float:
        """The rank-th smallest y − x, by halving: a million pairs need no million differences.

        It is given as a difference that occurs, so that equal durations differ by 0 and not by a rounding.
        """
        # A little above the largest, which rounding may else leave out.
        low, high = y[0] - x[-1], y[-1] - x[0] + 1e-9
        for _ in range(64):
            middle = (low + high) / 2
            if int(np.searchsorted(y, x + middle, side="right").sum()) >= rank:
                high = middle
            else:
                low = middle
        nearest = np.searchsorted(y, x + high, side="right") - 1
        return float((y[nearest] - x)[nearest >= 0].max())

    centre = (nth_difference((pairs + 1) // 2) + nth_difference(pairs // 2 + 1)) / 2
    z = NormalDist().inv_cdf(1 - (1 - level) / 2)
    outside = floor(pairs / 2 - z * sqrt(pairs * (n + m + 1) / 12))
    low = exp(nth_difference(outside)) if outside >= 1 else None
    high = exp(nth_difference(pairs + 1 - outside)) if outside >= 1 else None
    smallest = None
    if n > 1 and m > 1:
        spread = sqrt(((n - 1) * float(x.var(ddof=1)) + (m - 1) * float(y.var(ddof=1))) / (n + m - 2))
        efficiency = 3 / pi
        smallest = exp(_detectable_distance(level) * spread * sqrt((1 / n + 1 / m) / efficiency))
    return Comparison(n, m, exp(centre), low, high, smallest)


def with_interval(frame: pl.DataFrame, low: str, high: str, intervals: Sequence[Interval]) -> pl.DataFrame:
    """The frame with each row's interval beside it, in the columns `low` and `high`."""
    import polars as pl

    return frame.with_columns(
        pl.Series(low, [interval[0] for interval in intervals], dtype=pl.Float64),
        pl.Series(high, [interval[1] for interval in intervals], dtype=pl.Float64),
    )


def geometric_mean(minutes: Sequence[float]) -> float | None:
    """The mean on the log scale; None of nothing."""
    if not minutes:
        return None
    return exp(sum(log(max(value, SHORTEST_MINUTES)) for value in minutes) / len(minutes))


def _detectable_distance(level: float) -> float:
    """In standard errors: how far a change must be to be a signal with 80 % power."""
    normal = NormalDist()
    return normal.inv_cdf(1 - (1 - level) / 2) + normal.inv_cdf(POWER)
