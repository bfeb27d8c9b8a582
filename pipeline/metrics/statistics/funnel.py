"""Which of many groups lie further from the whole than chance puts groups of their size (funnel plots)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Counts = NDArray[np.int64]
    Numbers = NDArray[np.float64]


class FunnelLimits(NamedTuple):
    """Between which shares a group of one size lies: by chance alone (inner), and as groups differ (outer).

    A group is outside when its share is strictly beyond.
    """

    low_inner: float
    high_inner: float
    low_outer: float
    high_outer: float


def beta_binomial_chances(n: int, share: float, variance: float) -> Numbers:
    """The chance of each count from 0 to n, of this mean share and this variance of the count.

    Binomial where the variance is that of a binomial count, or less.
    """
    import numpy as np
    from scipy.special import gammaln, xlog1py, xlogy

    k = np.arange(n + 1)
    ways = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    # Of two members, how far they go together: 0 on their own, 1 always alike.
    together = (variance / (n * share * (1 - share)) - 1) / (n - 1) if n > 1 else 0.0
    chances: Numbers
    if together < 1e-9:
        chances = np.exp(ways + xlogy(k, share) + xlog1py(n - k, -share))
        return chances
    known = 1 / min(together, 0.99) - 1
    hits, misses = share * known, (1 - share) * known
    mixed = gammaln(hits + k) + gammaln(misses + n - k) - gammaln(known + n)
    chances = np.exp(ways + mixed + gammaln(known) - gammaln(hits) - gammaln(misses))
    return chances


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
