"""Intervals around one figure: a quantile, a share, a count, a mean.

Every interval of durations holds whatever their distribution is; the coverage is tested by simulation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from math import exp, log, sqrt

#: Of every interval that is drawn or printed beside a figure.
LEVEL = 0.90
#: Durations are kept in minutes; what is shorter counts as one minute where logarithms are taken.
SHORTEST_MINUTES = 1.0
#: Below so many scores their mean has no interval.
FEWEST_SCORES = 5

Interval = tuple[float | None, float | None]


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


def geometric_mean(minutes: Sequence[float]) -> float | None:
    """The mean on the log scale; None of nothing."""
    if not minutes:
        return None
    return exp(sum(log(max(value, SHORTEST_MINUTES)) for value in minutes) / len(minutes))
