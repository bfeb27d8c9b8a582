"""Intervals around one figure: a quantile, a share of a number or a sum, a count, a rate, a mean.

How often each holds the truth was measured by simulation: docs/statistics.md.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from math import exp, sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Values = Sequence[float] | NDArray[np.float64]

#: Of every interval that is drawn or printed beside a figure.
LEVEL = 0.90
#: Durations are kept in minutes; what is shorter counts as one minute where logarithms are taken.
SHORTEST_MINUTES = 1.0
#: Below so many scores their mean has no interval.
FEWEST_SCORES = 5

Interval = tuple[float | None, float | None]


def quantile_interval(ordered: Values, share: float, level: float = LEVEL) -> Interval:
    """A distribution-free interval for a quantile of sorted values: near exact, not merely safe.

    The number of values below the true quantile is binomial, so each order statistic lies below it with a
    known chance. Where none has the chance wanted, the end lies between the two neighbours that have a
    little more and a little less (Hettmansperger and Sheather, Statistics & Probability Letters 4, 1986, for
    the median; Nyblom, Statistics & Probability Letters 14, 1992, for any quantile). An end is None when so
    few values cannot bound it: below 5 for the median, above it below 29 for the p90.
    """
    lower, upper = _quantile_ranks(len(ordered), share, level)
    return _between(ordered, lower), _between(ordered, upper)


#: A rank from 1 and how far the end lies from its value towards the next one's, from 0 to 1.
_Place = tuple[int, float]


def _between(ordered: Values, place: _Place | None) -> float | None:
    if place is None:
        return None
    rank, part = place
    own = float(ordered[rank - 1])
    return own if part == 0 else own + part * (float(ordered[rank]) - own)


@lru_cache(maxsize=4096)
def _quantile_ranks(n: int, share: float, level: float) -> tuple[_Place | None, _Place | None]:
    """Where the lower and the upper end lie among n sorted values."""
    tail = (1 - level) / 2
    from scipy.special import bdtr

    def is_below(rank: int) -> float:
        """The chance that the value of this rank lies below the quantile; rank 0 always, n + 1 never."""
        return 1.0 if rank <= 0 else 0.0 if rank > n else 1 - float(bdtr(rank - 1, n, share))

    def place(chance: float) -> _Place | None:
        """The place that lies below the quantile with just this chance."""
        above = _first_rank(n, lambda rank: is_below(rank) < chance)
        rank = above - 1
        if rank < 1 or rank > n:
            return None
        if is_below(rank) == chance:
            return rank, 0.0
        if rank == n:
            return None
        # Nyblom's weight: exact where the density is even between the two neighbours.
        more, less = is_below(rank) - chance, chance - is_below(rank + 1)
        return rank, 1 / (1 + rank * (1 - share) * less / ((n - rank) * share * more))

    return place(1 - tail), place(tail)


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
def share_interval(count: float, n: float, level: float = LEVEL) -> Interval:
    """The exact interval of a share (Clopper and Pearson, Biometrika 26, 1934). Empty when n is 0."""
    if n == 0:
        return None, None
    from scipy.special import betaincinv

    tail = (1 - level) / 2
    low = 0.0 if count == 0 else float(betaincinv(count, n - count + 1, tail))
    high = 1.0 if count == n else float(betaincinv(count + 1, n - count, 1 - tail))
    return low, high


@lru_cache(maxsize=4096)
def wilson_interval(count: int, n: int, level: float = LEVEL) -> Interval:
    """The score interval of a share (Wilson, J. American Statistical Association 22, 1927).

    It covers `level` on average over shares, and for some less; the exact one for every share at least that.
    """
    if n == 0:
        return None, None
    z = NormalDist().inv_cdf((1 + level) / 2)
    share = count / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    reach = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    low = 0.0 if count == 0 else centre - reach
    high = 1.0 if count == n else centre + reach
    return low, high


def multinomial_intervals(counts: Sequence[int], level: float = LEVEL) -> list[Interval]:
    """Intervals of all categories' shares that hold together with probability `level`.

    Goodman, Technometrics 7, 1965: score intervals, each at the share of the error that falls to it. A
    category that was asked for and never seen counts as one. Empty when nothing was counted.
    """
    total = sum(counts)
    if total == 0:
        return [(None, None)] * len(counts)
    each = 1 - (1 - level) / len(counts)
    return [wilson_interval(int(count), int(total), each) for count in counts]


@lru_cache(maxsize=4096)
def count_interval(count: int, level: float = LEVEL) -> Interval:
    """The exact interval of the mean of a Poisson count (Garwood, Biometrika 28, 1936)."""
    from scipy.special import gammaincinv

    tail = (1 - level) / 2
    low = 0.0 if count == 0 else float(gammaincinv(count, tail))
    return low, float(gammaincinv(count + 1, 1 - tail))


def rate_ratio_interval(
    before: float, before_exposure: float, after: float, after_exposure: float, level: float = LEVEL
) -> Interval:
    """The exact interval of the later rate ÷ the earlier; the upper end None when nothing was before.

    Given their sum, the later count is binomial, so the exact interval of that share gives the ratio's
    (Przyborowski and Wilenski, Biometrika 31, 1940). Empty without any count or any exposure. Counts
    that scatter more than Poisson's are given divided by how much more.
    """
    total = before + after
    if total == 0 or before_exposure <= 0 or after_exposure <= 0:
        return None, None
    exposure = before_exposure / after_exposure
    low, high = share_interval(after, total, level)
    assert low is not None
    assert high is not None
    return exposure * low / (1 - low), None if high >= 1 else exposure * high / (1 - high)


def total_share_intervals(groups: Sequence[Values], level: float = LEVEL) -> list[Interval]:
    """For each group of losses, the interval of its share in the sum of all, with other incidents as likely.

    A ratio estimator's standard error (Cochran, Sampling Techniques, chapter 6) on the logit scale, with
    Student's quantile at Satterthwaite's degrees of freedom (Biometrics Bulletin 2, 1946), because one long
    incident may carry most of a sum. In simulations of six groups with 4 to 40 % of n = 30 to 1,000
    incidents and log-normal losses (log-SD 0.8, 1.25, 1.75), 90 % intervals covered 88 to 96 %; those of a
    percentile bootstrap over incidents covered 73 to 90 %. Empty where a group has nothing, or everything.
    """
    import numpy as np

    values = [np.asarray(group, dtype=float) for group in groups]
    n = sum(len(group) for group in values)
    sums, squares, fourths = (np.array([(group**power).sum() for group in values]) for power in (1, 2, 4))
    total = sums.sum()
    if n < 2 or total <= 0:
        return [(None, None)] * len(values)
    from scipy.special import expit, logit, stdtrit

    found: list[Interval] = []
    for share, square, fourth in zip(sums / total, squares, fourths, strict=True):
        if not 0 < share < 1:
            found.append((None, None))
            continue
        spread = square * (1 - share) ** 2 + (squares.sum() - square) * share**2
        degrees = spread**2 / (fourth * (1 - share) ** 4 + (fourths.sum() - fourth) * share**4)
        error = sqrt(spread * n / (n - 1)) / total / (share * (1 - share))
        reach = float(stdtrit(max(1.0, degrees), (1 + level) / 2)) * error
        found.append((float(expit(logit(share) - reach)), float(expit(logit(share) + reach))))
    return found


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


def geometric_mean(minutes: Values) -> float | None:
    """The mean on the log scale; None of nothing."""
    if not len(minutes):
        return None
    return exp(float(_logarithms(minutes).mean()))


def geometric_mean_interval(minutes: Values, level: float = LEVEL) -> Interval:
    """Student's interval of the mean logarithm, back in minutes. Empty below 2 values or when all are equal.

    Exact for log-normal durations; below about 50 durations whose logarithms are themselves skewed it
    covers less than it says (docs/statistics.md has the figures), where the median's interval does not.
    """
    if len(minutes) < 2:
        return None, None
    logs = _logarithms(minutes)
    deviation = float(logs.std(ddof=1))
    if deviation < 1e-12:
        return None, None
    from scipy.special import stdtrit

    centre = float(logs.mean())
    reach = float(stdtrit(len(logs) - 1, (1 + level) / 2)) * deviation / sqrt(len(logs))
    return exp(centre - reach), exp(centre + reach)


def _logarithms(minutes: Values) -> NDArray[np.float64]:
    import numpy as np

    logs: NDArray[np.float64] = np.log(np.maximum(np.asarray(minutes, dtype=float), SHORTEST_MINUTES))
    return logs
