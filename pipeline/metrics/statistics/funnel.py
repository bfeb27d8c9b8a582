"""Which of many groups lie further from the whole than chance puts groups of their size (funnel plots)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

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
    """Between which shares a group of one size lies by chance alone, at the inner and the outer level.

    They are the outermost shares that are not yet in a tail of (1 − level) / 2: a group is outside when
    its share is strictly beyond.
    """

    low_inner: float
    high_inner: float
    low_outer: float
    high_outer: float


@dataclass(frozen=True, slots=True)
class FunnelPlace:
    """Where one group lies: `side` and `level` of the limits it is outside of, both None within them."""

    side: Side | None
    level: float | None


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


def funnel_place(
    share: float, limits: FunnelLimits, levels: tuple[float, float] = FUNNEL_LEVELS
) -> FunnelPlace:
    """Where a group's share lies against its limits, which are of these levels."""
    inner, outer = levels
    slack = 1e-12
    side: Side | None = None
    level: float | None = None
    for low, high, name in (
        (limits.low_inner, limits.high_inner, inner),
        (limits.low_outer, limits.high_outer, outer),
    ):
        if share < low - slack:
            side, level = "low", name
        elif share > high + slack:
            side, level = "high", name
    return FunnelPlace(side, level)


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
