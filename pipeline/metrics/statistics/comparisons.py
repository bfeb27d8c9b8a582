"""Whether two periods or groups differ: the effect, its interval, what so much data could have shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, floor, inf, pi, sqrt
from statistics import NormalDist
from typing import Literal

from pipeline.metrics.statistics.intervals import SHORTEST_MINUTES, share_interval

#: Of the interval that decides on a signal, so that at most 5 % of comparisons without a change are one.
SIGNAL_LEVEL = 0.95
#: Chance of seeing the "smallest change that could have shown".
POWER = 0.80

Verdict = Literal["signal", "not distinguishable"]


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


def _detectable_distance(level: float) -> float:
    """In standard errors: how far a change must be to be a signal with 80 % power."""
    normal = NormalDist()
    return normal.inv_cdf(1 - (1 - level) / 2) + normal.inv_cdf(POWER)
