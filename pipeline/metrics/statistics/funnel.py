"""Which of many groups lie further from the whole than chance puts groups of their size (funnel plots)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from pipeline.metrics.statistics.intervals import LEVEL, Interval, count_interval

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Counts = NDArray[np.int64]
    Numbers = NDArray[np.float64]

#: Up to so many the limits are those of the exact mix; above, of the mix's mean, which are a little wider.
EXACT_MIX = 2000
#: Of the inner and the outer limits.
FUNNEL_LEVELS = (0.95, 0.999)

Side = Literal["low", "high"]


class FunnelLimits(NamedTuple):
    """Between which figures a group of one size lies by chance alone, at the inner and the outer level.

    They are the outermost figures that are not yet in a tail of (1 − level) / 2: a group is outside when
    its figure is strictly beyond.
    """

    low_inner: float
    high_inner: float
    low_outer: float
    high_outer: float


@dataclass(frozen=True, slots=True)
class FunnelPlace:
    """Where one group lies: `side` and `level` of the limits it is outside of, both None within them.

    `is_small`: a group of this size cannot lie outside the inner limits, whatever its share; of a rate, which
    has no largest value, cannot lie below them.
    """

    side: Side | None
    level: float | None
    is_small: bool


def funnel_limits(
    target: float, ns: Sequence[int], levels: tuple[float, float] = FUNNEL_LEVELS
) -> list[FunnelLimits]:
    """Exact binomial limits of a share around `target`, for each group size (Spiegelhalter, Statistics in
    Medicine 24, 2005). Without any, 0 and 1.
    """
    import numpy as np

    sizes = np.asarray(ns, dtype=np.int64)
    of = np.maximum(sizes, 1)
    ends = [ends for level in levels for ends in binomial_limits(sizes, target, (1 - level) / 2)]
    low_inner, high_inner, low_outer, high_outer = (
        np.where(sizes > 0, end / of, side) for end, side in zip(ends, (0, 1, 0, 1), strict=True)
    )
    return _as_limits(low_inner, high_inner, low_outer, high_outer)


def poisson_funnel_limits(
    rate: float, exposures: Sequence[float], levels: tuple[float, float] = FUNNEL_LEVELS
) -> list[FunnelLimits]:
    """Exact Poisson limits of a count per exposure around `rate`, for each exposure; above 0."""
    import numpy as np

    sizes = np.asarray(exposures, dtype=float)
    if (sizes <= 0).any():
        raise ValueError("an exposure must be above 0")
    ends = [ends for level in levels for ends in poisson_limits(rate * sizes, (1 - level) / 2)]
    return _as_limits(*(end / sizes for end in ends))


def funnel_place(
    figure: float,
    limits: FunnelLimits,
    levels: tuple[float, float] = FUNNEL_LEVELS,
    largest: float | None = 1.0,
) -> FunnelPlace:
    """Where a group's figure lies against its limits; `largest` is 1 for a share, None for a rate."""
    inner, outer = levels
    slack = 1e-12 * max(1.0, abs(figure))
    side: Side | None = None
    level: float | None = None
    for low, high, name in (
        (limits.low_inner, limits.high_inner, inner),
        (limits.low_outer, limits.high_outer, outer),
    ):
        if figure < low - slack:
            side, level = "low", name
        elif figure > high + slack:
            side, level = "high", name
    return FunnelPlace(
        side, level, limits.low_inner <= 0 and (largest is None or limits.high_inner >= largest)
    )


def mixed_funnel_limits(
    groups: Sequence[Sequence[tuple[int, float]]], levels: tuple[float, float] = FUNNEL_LEVELS
) -> list[FunnelLimits]:
    """Exact limits of a share for groups of unlike mix: each a list of (n, the whole's share) per stratum.

    A group's count is then a sum of binomials with unlike shares, whose distribution is their convolution.
    So a team with many low-priority items is held against what the whole does with such a mix.
    """
    import numpy as np

    found = []
    for strata in groups:
        n = sum(size for size, _ in strata)
        if n == 0:
            found.append(FunnelLimits(0.0, 1.0, 0.0, 1.0))
            continue
        chance = mixed_chances(strata)
        below, above = np.cumsum(chance), np.cumsum(chance[::-1])[::-1]
        ends: list[float] = []
        for level in levels:
            tail = (1 - level) / 2
            ends += [int(np.argmax(below >= tail)) / n, (n - int(np.argmax(above[::-1] >= tail))) / n]
        found.append(FunnelLimits(*ends))
    return found


def mixed_chances(strata: Sequence[tuple[int, float]]) -> Numbers:
    """The chance of each count from 0 to n in a group of these (n, share).

    Exact up to 2,000; above, as if all had the mean share, which spreads a little more.
    """
    import numpy as np

    n = sum(size for size, _ in strata)
    if n > EXACT_MIX:
        return _binomial_chances(n, sum(size * share for size, share in strata) / n)
    chance: Numbers = np.ones(1)
    for size, share in strata:
        chance = np.convolve(chance, _binomial_chances(size, share))
    return chance


def expected_count(strata: Sequence[tuple[float, float]]) -> float:
    """What the whole's rates would give a group of this mix: Σ n × rate over (n or exposure, rate)."""
    return float(sum(size * rate for size, rate in strata))


def standardised_ratio(observed: int, expected: float, level: float = LEVEL) -> tuple[float | None, Interval]:
    """Observed ÷ expected events (indirect standardisation), and its exact Poisson interval.

    Breslow and Day, Statistical Methods in Cancer Research II, 1987, section 2.3. Empty when nothing was
    expected. For a rare outcome or a rate; for shares that are not small `mixed_funnel_limits` is exact.
    """
    if expected <= 0:
        return None, (None, None)
    low, high = count_interval(observed, level)
    assert low is not None
    assert high is not None
    return observed / expected, (low / expected, high / expected)


def binomial_limits(ns: Counts, share: float, tail: float | Numbers) -> tuple[Counts, Counts]:
    """The smallest and the largest count of each n in no tail: P(≤ low) and P(≥ high) are ≥ `tail`."""
    import numpy as np

    low = _smallest_with(tail, ns, share)
    return low, np.asarray(ns - _smallest_with(tail, ns, 1 - share), dtype=np.int64)


def _smallest_with(chance: float | Numbers, ns: Counts, share: float) -> Counts:
    """The smallest count whose binomial distribution function is at least `chance`."""
    import numpy as np
    from scipy.special import bdtr

    if share <= 0:
        return np.zeros_like(ns)
    return _first_count(lambda counts: bdtr(counts, ns, min(share, 1.0)) >= chance, ns)


def poisson_limits(expected: Numbers, tail: float) -> tuple[Counts, Counts]:
    """The smallest and the largest count that are in no tail of a Poisson distribution of each mean."""
    import numpy as np
    from scipy.special import pdtr, pdtrc

    largest = np.ceil(expected + 12 * np.sqrt(expected) + 60).astype(np.int64)
    low = _first_count(lambda counts: pdtr(counts, expected) >= tail, largest)
    # After the upper limit no more than the tail is left.
    return low, _first_count(lambda counts: pdtrc(counts, expected) <= tail, largest)


def _first_count(holds: Callable[[Counts], NDArray[np.bool_]], largest: Counts) -> Counts:
    """Elementwise the first count from 0 at which a condition that stays true becomes true."""
    import numpy as np

    low, high = np.full_like(largest, -1), largest.copy()
    while (high - low > 1).any():
        middle = (low + high) // 2
        is_open = high - low > 1
        held = holds(np.maximum(middle, 0))
        low, high = np.where(is_open & ~held, middle, low), np.where(is_open & held, middle, high)
    return high


def _binomial_chances(n: int, share: float) -> Numbers:
    import numpy as np
    from scipy.special import gammaln, xlog1py, xlogy

    k = np.arange(n + 1)
    ways = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    chances: Numbers = np.exp(ways + xlogy(k, share) + xlog1py(n - k, -share))
    return chances


def _as_limits(*ends: Numbers) -> list[FunnelLimits]:
    return [FunnelLimits(*map(float, row)) for row in zip(*ends, strict=True)]
