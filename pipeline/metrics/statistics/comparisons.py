"""Whether two periods or groups differ: the effect, its interval, what so much data could have shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, copysign, exp, floor, inf, sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING, Literal

from pipeline.metrics.statistics.funnel import binomial_limits
from pipeline.metrics.statistics.intervals import SHORTEST_MINUTES, rate_ratio_interval
from pipeline.metrics.statistics.ranks import Differences, rank_test, spread_over_ties

if TYPE_CHECKING:
    from pipeline.metrics.statistics.intervals import Values

#: How often no change may look like one, at most.
ERROR = 0.05
#: Of the interval that decides on a signal.
SIGNAL_LEVEL = 1 - ERROR
#: Chance of seeing the "smallest change that could have shown".
POWER = 0.80
_ROUNDING = 1e-12

Verdict = Literal["signal", "not distinguishable"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two periods say about a change. `ratio` is after ÷ before, with its 95 % interval.

    `smallest_ratio` (≥ 1) is the change, up by this factor or down by its inverse, that this much data
    would have shown with 80 % power. None where there is too little data to say. `p_value` is that of the
    test whose inversion the interval is: below 5 % just when the interval leaves out 1.
    """

    n_before: int
    n_after: int
    ratio: float | None
    low: float | None
    high: float | None
    smallest_ratio: float | None
    p_value: float | None = None
    shares: tuple[float, float] | None = None
    """Before and after, where shares were compared."""

    @property
    def verdict(self) -> Verdict:
        """A signal when the interval leaves out "no change"."""
        low = 0.0 if self.low is None else self.low
        high = inf if self.high is None else self.high
        return "signal" if low > 1 or high < 1 else "not distinguishable"


def compare_counts(
    before: int,
    after: int,
    before_days: float,
    after_days: float,
    level: float = SIGNAL_LEVEL,
    scatter: Scatter | None = None,
) -> Comparison:
    """The ratio of two rates of incidents, exact for Poisson counts.

    Interval as `rate_ratio_interval`; the p-value is twice the smaller binomial tail. Incidents often come in
    clusters: with the months' `scatter` above 1, both are those of counts that are fewer by that factor
    (quasi-Poisson), and with Student's quantile in place of the normal one, as few months tell it roughly
    only (McCullagh and Nelder, Generalized Linear Models, sections 4.5 and 6.2). The smallest ratio is what
    that test finds with 80 % power among as many incidents as there were.
    """
    total = before + after
    if total == 0 or before_days <= 0 or after_days <= 0:
        return Comparison(before, after, None, None, None, None)
    factor, degrees = (scatter.factor, scatter.degrees) if scatter else (1.0, 0)
    error = normal_error(1 - level, degrees)
    low, high = rate_ratio_interval(before / factor, before_days, after / factor, after_days, 1 - error)
    expected_share = after_days / (before_days + after_days)
    ratio = None if before == 0 else (after / after_days) / (before / before_days)
    p_value = share_p_value(after / factor, total / factor, expected_share)
    return Comparison(
        before,
        after,
        ratio,
        low,
        high,
        _detectable_rate_ratio(max(1, round(total / factor)), expected_share, error),
        student_error(p_value, degrees),
    )


@dataclass(frozen=True, slots=True)
class Scatter:
    """By how much counts vary more than Poisson's, 1 or more, and the degrees of freedom it is known with."""

    factor: float
    degrees: int


def scatter_of(series: Sequence[Sequence[tuple[float, float]]]) -> Scatter | None:
    """The scatter of counts (count, exposure), each series about its own rate; None where none can be told.

    Pearson's χ² over its degrees of freedom. A series without an event or of one month tells nothing.
    """
    distance, degrees = 0.0, 0
    for counts in series:
        seen = [(count, exposure) for count, exposure in counts if exposure > 0]
        total, exposures = sum(count for count, _ in seen), sum(exposure for _, exposure in seen)
        if len(seen) < 2 or total == 0:
            continue
        for count, exposure in seen:
            expected = total * exposure / exposures
            distance += (count - expected) ** 2 / expected
        degrees += len(seen) - 1
    return Scatter(max(1.0, distance / degrees), degrees) if degrees else None


def normal_error(error: float, degrees: int) -> float:
    """The error at which a normal deviate is as large as Student's is at `error`."""
    if not degrees:
        return error
    from scipy.special import ndtr, stdtrit

    return 2 * float(ndtr(float(stdtrit(degrees, error / 2))))


def student_error(error: float, degrees: int) -> float:
    """The error at which Student's deviate is as large as a normal one is at `error`."""
    if not degrees:
        return error
    from scipy.special import ndtri, stdtr

    return 2 * float(stdtr(degrees, float(ndtri(max(error, 1e-300) / 2))))


def share_p_value(count: float, n: float, share: float) -> float:
    """Twice the smaller binomial tail."""
    return min(1.0, 2 * min(share_tails(count, n, share)))


def share_tails(count: float, n: float, share: float) -> tuple[float, float]:
    """The chances of no more and of no fewer, by the beta distribution, so that counts need not be whole."""
    from scipy.special import betainc

    below = 1.0 if count >= n else float(betainc(n - count, count + 1, 1 - share))
    above = 1.0 if count <= 0 else float(betainc(count, n - count + 1, share))
    return below, above


def smallest_fall(before: int, after: int, before_days: float, after_days: float) -> float | None:
    """The smallest fall of a rate, as a share of it, that `compare_counts` finds with 80 % power.

    Among as many events as there were. None where not even a fall to nothing would be found.
    """
    total = before + after
    if total == 0 or before_days <= 0 or after_days <= 0:
        return None
    _, fall = _detectable_rate_ratios(total, after_days / (before_days + after_days), ERROR)
    return None if fall is None else 1 - 1 / fall


def _detectable_rate_ratio(total: int, expected_share: float, error: float) -> float | None:
    """The ratio ≥ 1 that, and whose inverse, the exact test finds with 80 % power; None when none is."""
    rise, fall = _detectable_rate_ratios(total, expected_share, error)
    return None if rise is None or fall is None else max(rise, fall)


@lru_cache(maxsize=4096)
def _detectable_rate_ratios(
    total: int, expected_share: float, error: float
) -> tuple[float | None, float | None]:
    """The ratio ≥ 1 that the exact test finds with 80 % power, and that whose inverse it finds."""
    import numpy as np
    from scipy.special import bdtr, bdtrc

    low, high = (int(ends[0]) for ends in binomial_limits(np.array([total]), expected_share, error / 2))

    def power(ratio: float) -> float:
        odds = ratio * expected_share / (1 - expected_share)
        share = odds / (1 + odds)
        below = 0.0 if low == 0 else float(bdtr(low - 1, total, share))
        above = 0.0 if high == total else float(bdtrc(high, total, share))
        return below + above

    rise = _first_ratio(lambda ratio: power(ratio) >= POWER)
    fall = _first_ratio(lambda ratio: power(1 / ratio) >= POWER)
    return rise, fall


def compare_durations(before: Values, after: Values, level: float = SIGNAL_LEVEL) -> Comparison:
    """The typical ratio of two samples of durations in minutes, whatever their distribution.

    Hodges and Lehmann's shift on the log scale: the median of all ratios of one later to one earlier
    duration; the interval's ends are two of these ratios, ranked by Mann and Whitney's test (Hollander,
    Wolfe and Chicken, Nonparametric Statistical Methods, sections 4.1–4.3). The test counts equal durations
    as half and is exact for small samples; for the ratios, durations that were rounded to the same value are
    spread evenly about it. The smallest ratio is how far out in the samples' own ratios 80 % power needs a
    change to be. Too few durations, or all equal: no interval, hence no signal.
    """
    import numpy as np

    x, y = (np.maximum(np.asarray(each, dtype=float), SHORTEST_MINUTES) for each in (before, after))
    n, m = len(x), len(y)
    if n == 0 or m == 0:
        return Comparison(n, m, None, None, None, None)
    test = rank_test(x, y, 1 - level)
    differences, pairs = Differences(*map(np.log, spread_over_ties(x, y))), n * m
    centre = differences.nth((pairs + 1) // 2)
    if pairs % 2 == 0:
        centre = (centre + differences.nth(pairs // 2 + 1)) / 2
    if test.reach is None:
        return Comparison(n, m, exp(centre), None, None, None, test.p_value)
    low, high = differences.inner(ceil(pairs / 2 - test.reach))
    # The test knows which of the durations are equal, the ranked ratios only up to rounding: it decides.
    is_signal = test.p_value <= 1 - level
    if is_signal and test.excess > 0:
        low = differences.next_above_zero() if low is None or low <= _ROUNDING else low
    elif low is not None:
        low = 0.0 if low > -_ROUNDING else low
    if is_signal and test.excess < 0:
        high = differences.next_below_zero() if high is None or high >= -_ROUNDING else high
    elif high is not None:
        high = 0.0 if high < _ROUNDING else high
    normal = NormalDist()
    distance = normal.inv_cdf((1 + level) / 2) + normal.inv_cdf(POWER)
    least, most = differences.inner(floor(pairs / 2 - distance * sqrt(pairs * (n + m + 1) / 12)))
    return Comparison(
        n,
        m,
        exp(centre),
        None if low is None else exp(low),
        None if high is None else exp(high),
        None if least is None or most is None else exp((most - least) / 2),
        test.p_value,
    )


def compare_shares(
    count_before: int,
    n_before: int,
    count_after: int,
    n_after: int,
    level: float = SIGNAL_LEVEL,
    scatter: Scatter | None = None,
) -> Comparison:
    """The ratio of two shares: of the later period to the earlier.

    Score interval of a ratio (Koopman, Biometrics 40, 1984; Miettinen and Nurminen, Statistics in Medicine
    4, 1985). Whether it is a signal is decided by the exact test of Fisher, twice the smaller tail, so the
    interval is widened to hold 1 where that test sees nothing. Smallest ratio by Fleiss' formula (Statistical
    Methods for Rates and Proportions, chapter 4), for a total as it was. With a `scatter` above 1, as the
    design effect of what comes in clusters is, interval and smallest ratio are those of fewer by that factor,
    the test's normal deviate is divided by its root, and Student's quantile is taken as in `compare_counts`.
    """
    total = count_before + count_after
    if n_before == 0 or n_after == 0 or total == 0:
        return Comparison(n_before, n_after, None, None, None, None)
    factor, degrees = (scatter.factor, scatter.degrees) if scatter else (1.0, 0)
    given = _TwoShares(*(each / factor for each in (count_before, n_before, count_after, n_after)))
    exact = _exact_share_p_value(count_before, n_before, count_after, n_after)
    p_value = max(_widened_error(exact, factor), 2 * NormalDist().cdf(-abs(given.score(1.0))))
    p_value = student_error(p_value, degrees)
    within = 1 - normal_error(1 - level, degrees)
    low, high = given.ratio_interval(within)
    if p_value > 1 - level:
        low, high = min(low, 1.0), None if high is None else max(high, 1.0)
    shares = count_before / n_before, count_after / n_after
    ratio = None if count_before == 0 else shares[1] / shares[0]
    return Comparison(n_before, n_after, ratio, low, high, given.smallest_ratio(within), p_value, shares)


def _widened_error(error: float, factor: float) -> float:
    """Of a normal deviate divided by the root of the factor, how often one is as far out."""
    if factor == 1:
        return error
    from scipy.special import ndtr, ndtri

    return 2 * float(ndtr(float(ndtri(max(error, 1e-300) / 2)) / sqrt(factor)))


def _exact_share_p_value(k1: int, n1: int, k2: int, n2: int) -> float:
    """Twice the smaller tail of the hypergeometric distribution, its margins as they were."""
    import numpy as np
    from scipy.special import gammaln

    k = k1 + k2
    j = np.arange(max(0, k - n1), min(n2, k) + 1)
    ways = -gammaln(j + 1) - gammaln(n2 - j + 1) - gammaln(k - j + 1) - gammaln(n1 - k + j + 1)
    chances = np.exp(ways - ways.max())
    chances /= chances.sum()
    place = k2 - int(j[0])
    return min(1.0, 2 * min(float(chances[: place + 1].sum()), float(chances[place:].sum())))


@dataclass(frozen=True, slots=True)
class _TwoShares:
    k1: float
    n1: float
    k2: float
    n2: float

    def score(self, ratio: float) -> float:
        """How many standard errors the shares are from this ratio, in the likeliest case that has it."""
        n, k = self.n1 + self.n2, self.k1 + self.k2
        b = self.n1 + self.k2 + ratio * (self.n2 + self.k1)
        first = 2 * k / (b + sqrt(max(0.0, b * b - 4 * n * ratio * k)))
        first = min(first, 1.0, 1 / ratio if ratio > 0 else 1.0)
        second = min(1.0, ratio * first)
        variance = second * (1 - second) / self.n2 + ratio**2 * first * (1 - first) / self.n1
        distance = self.k2 / self.n2 - ratio * self.k1 / self.n1
        if variance <= 0:
            return 0.0 if abs(distance) < 1e-15 else copysign(inf, distance)
        return distance / sqrt(variance * n / (n - 1))

    def ratio_interval(self, level: float) -> tuple[float, float | None]:
        """The ratios at most z standard errors away."""
        z = NormalDist().inv_cdf((1 + level) / 2)
        low = 0.0 if self.k2 == 0 else self._crossing(z)
        high = None if self.k1 == 0 else self._crossing(-z)
        return low, high

    def _crossing(self, z: float) -> float:
        """Where the score, which falls as the ratio grows, is z."""
        low, high = -40.0, 40.0
        for _ in range(100):
            middle = (low + high) / 2
            low, high = (middle, high) if self.score(exp(middle)) > z else (low, middle)
        return exp(high)

    def smallest_ratio(self, level: float) -> float | None:
        """The ratio ≥ 1 whose rise and whose fall show; only the fall where a rise would be beyond all."""
        normal = NormalDist()
        z_signal, z_power = normal.inv_cdf((1 + level) / 2), normal.inv_cdf(POWER)
        n, k = self.n1 + self.n2, self.k1 + self.k2
        per = 1 / self.n1 + 1 / self.n2
        noise = z_signal * sqrt(k / n * (1 - k / n) * per) + per / 2

        def shows(ratio: float) -> bool:
            first = min(1.0, k / (self.n1 + self.n2 * ratio))
            second = min(1.0, ratio * first)
            spread = sqrt(first * (1 - first) / self.n1 + second * (1 - second) / self.n2)
            return abs(second - first) >= noise + z_power * spread

        # Beyond these ratios one of the two shares would be more than all.
        rise_limit = self.n1 / (k - self.n2) if k > self.n2 else 1e4
        fall_limit = self.n2 / (k - self.n1) if k > self.n1 else 1e4
        rise = _first_ratio(shows, rise_limit * (1 - 1e-9))
        fall = _first_ratio(lambda ratio: shows(1 / ratio), fall_limit * (1 - 1e-9))
        return fall if rise is None else rise if fall is None else max(rise, fall)


def _first_ratio(shows: Callable[[float], bool], largest: float = 1e4) -> float | None:
    """The smallest ratio above 1 that would show; None when the largest would not."""
    if not shows(largest):
        return None
    low, high = 1.0, largest
    for _ in range(60):
        middle = (low * high) ** 0.5
        low, high = (low, middle) if shows(middle) else (middle, high)
    return high
