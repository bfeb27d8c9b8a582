"""Mann and Whitney's rank test, and all differences between two samples without listing them."""

from __future__ import annotations

from functools import lru_cache
from math import sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

#: So many differences are listed at once; above it, a bracket around the one wanted is narrowed first.
_LISTED = 200_000
#: So many additions the exact distribution may take; above it the normal approximation is close enough.
_EXACT_WORK = 20_000_000


class RankTest(NamedTuple):
    """Whether y tends to be above x. `excess` is U − nm/2, above 0 when it does.

    `reach` is how far U may lie from nm/2 and be no signal, in samples without equal values.
    """

    p_value: float
    excess: float
    reach: float


def rank_test(x: Numbers, y: Numbers, error: float) -> RankTest:
    """Mann and Whitney's two-sided test (Annals of Mathematical Statistics 18, 1947), equal values as half.

    Exact over all ways to divide the values into two samples while those can be counted; then the normal
    approximation with its corrections for ties and continuity (Lehmann, Nonparametrics, section 1.4).
    """
    import numpy as np

    n, m = len(x), len(y)
    everything = np.concatenate([x, y])
    _, place, ties = np.unique(everything, return_inverse=True, return_counts=True)
    # Twice the mean rank of each value, which is whole.
    doubled = 2 * np.cumsum(ties) - ties + 1
    excess = float(doubled[place[n:]].sum()) / 2 - m * (m + 1) / 2 - n * m / 2
    smaller, total = min(n, m), n + m
    if 2 * smaller**2 * total**2 <= _EXACT_WORK:
        distances, chances = _null_distances(smaller, tuple(ties.tolist()))
        beyond = float(chances[np.searchsorted(distances, abs(excess) - 1e-9)])
        own_distances, own_chances = _null_distances(smaller, (1,) * total)
        return RankTest(min(1.0, beyond), excess, float(own_distances[own_chances > error].max()))
    plain = n * m / 12 * (total + 1)
    cubes = float((ties.astype(float) ** 3 - ties).sum()) / (total * (total - 1))
    spread = sqrt(max(0.0, n * m / 12 * (total + 1 - cubes)))
    normal = NormalDist()
    p_value = 1.0
    if spread > 0:
        p_value = 2 * normal.cdf(-max(0.0, abs(excess) - 0.5) / spread)
    return RankTest(min(1.0, p_value), excess, -normal.inv_cdf(error / 2) * sqrt(plain) + 0.5)


@lru_cache(maxsize=256)
def _null_distances(size: int, ties: tuple[int, ...]) -> tuple[Numbers, Numbers]:
    """Each distance of U from its mean, rising, and the chance of at least that, of samples of this `size`.

    `ties` is how often each distinct value occurs among both. Counted by adding one value at a time.
    """
    import numpy as np

    total = sum(ties)
    doubled, done = [], 0
    for count in ties:
        doubled += [2 * done + count + 1] * count
        done += count
    largest = sum(doubled[-size:])
    ways = np.zeros((size + 1, largest + 1))
    ways[0, 0] = 1
    for added, rank in enumerate(doubled):
        for taken in range(min(size, added + 1), 0, -1):
            ways[taken, rank:] += ways[taken - 1, : largest + 1 - rank]
    sums = np.flatnonzero(ways[size]).astype(float).astype(float)
    chances = ways[size][ways[size] > 0] / ways[size].sum()
    distances, place = np.unique(np.abs(sums / 2 - size * (total + 1) / 2), return_inverse=True)
    each = np.bincount(place, weights=chances)
    return np.asarray(distances, dtype=float), np.asarray(np.cumsum(each[::-1])[::-1], dtype=float)


class Differences:
    """All y − x of two samples, in order, without listing them: a million of each have 10¹² differences."""

    def __init__(self, x: Numbers, y: Numbers) -> None:
        import numpy as np

        self._x, self._times_x = np.unique(x, return_counts=True)
        self._y, times_y = np.unique(y, return_counts=True)
        self._before_y = np.concatenate([[0], np.cumsum(times_y)])
        self._times_y = times_y
        self._pairs = len(x) * len(y)

    def nth(self, rank: int) -> float:
        """The rank-th smallest difference, from 1."""
        import numpy as np

        slack = 1e-9  # a rounded sum may leave out the outermost difference
        low, high = float(self._y[0] - self._x[-1]) - slack, float(self._y[-1] - self._x[0]) + slack
        low_place, high_place = self._place(low), self._place(high)
        low_count, high_count = 0, self._pairs
        step = 0
        while int((high_place - low_place).sum()) > _LISTED and high - low > 1e-12 * max(1.0, abs(high)):
            # Two of three steps guess from the counts, a little to either side; the third halves.
            part = (rank - low_count) / (high_count - low_count)
            nudge = 0.3 * _LISTED / (high_count - low_count)
            part = (0.5, part - nudge, part + nudge)[step % 3] if step else 0.5
            step += 1
            middle = low + min(max(part, 1e-3), 1 - 1e-3) * (high - low)
            place = self._place(middle)
            count = int((self._times_x * self._before_y[place]).sum())
            if count >= rank:
                high, high_place, high_count = middle, place, count
            else:
                low, low_place, low_count = middle, place, count
        sizes = high_place - low_place
        first = np.repeat(low_place - np.concatenate([[0], np.cumsum(sizes)[:-1]]), sizes)
        of_y = first + np.arange(len(first))
        of_x = np.repeat(np.arange(len(self._x)), sizes)
        differences = self._y[of_y] - self._x[of_x]
        order = np.argsort(differences, kind="stable")
        seen = low_count + np.cumsum((self._times_y[of_y] * self._times_x[of_x])[order])
        return float(differences[order[np.searchsorted(seen, rank)]])

    def next_above_zero(self) -> float:
        """The smallest difference above 0."""
        import numpy as np

        place = np.searchsorted(self._y, self._x, side="right")
        inside = place < len(self._y)
        return float((self._y[place[inside]] - self._x[inside]).min())

    def next_below_zero(self) -> float:
        """The largest difference below 0."""
        import numpy as np

        place = np.searchsorted(self._y, self._x, side="left")
        inside = place > 0
        return float((self._y[place[inside] - 1] - self._x[inside]).max())

    def _place(self, difference: float) -> NDArray[np.int64]:
        """For each distinct x, how many distinct y are at most this difference above it."""
        import numpy as np

        found: NDArray[np.int64] = np.searchsorted(self._y, self._x + difference, side="right")
        return found
