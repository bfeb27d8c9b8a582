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
_LISTED = 20_000
#: Of larger samples every so-manieth value, so that this many are left, shows where to begin.
_THINNED = 1_000
#: So many additions the exact distribution may take; above it the normal approximation is close enough.
_EXACT_WORK = 20_000_000


class RankTest(NamedTuple):
    """Whether y tends to be above x. `excess` is U − nm/2, above 0 when it does.

    `reach` is how far U may lie from nm/2 and be no signal; None when all values are equal.
    """

    p_value: float
    excess: float
    reach: float | None


def rank_test(x: Numbers, y: Numbers, error: float) -> RankTest:
    """Mann and Whitney's two-sided test (Annals of Mathematical Statistics 18, 1947), equal values as half.

    Exact over all ways to divide the values into two samples while those can be counted; then the normal
    approximation with its corrections for ties and continuity (Lehmann, Nonparametrics, section 1.4).
    """
    import numpy as np

    n, m = len(x), len(y)
    everything = np.concatenate([x, y])
    _, place, ties = np.unique(everything, return_inverse=True, return_counts=True)
    if len(ties) == 1:
        return RankTest(1.0, 0.0, None)
    # Twice the mean rank of each value, which is whole.
    doubled = 2 * np.cumsum(ties) - ties + 1
    excess = float(doubled[place[n:]].sum()) / 2 - m * (m + 1) / 2 - n * m / 2
    smaller, total = min(n, m), n + m
    if 2 * smaller**2 * total**2 <= _EXACT_WORK:
        distances, chances = _null_distances(smaller, tuple(ties.tolist()))
        beyond = float(chances[np.searchsorted(distances, abs(excess) - 1e-9)])
        return RankTest(min(1.0, beyond), excess, float(distances[chances > error].max()))
    cubes = float((ties.astype(float) ** 3 - ties).sum()) / (total * (total - 1))
    spread = sqrt(max(0.0, n * m / 12 * (total + 1 - cubes)))
    normal = NormalDist()
    p_value = min(1.0, 2 * normal.cdf(-max(0.0, abs(excess) - 0.5) / spread))
    return RankTest(p_value, excess, -normal.inv_cdf(error / 2) * spread + 0.5)


def spread_over_ties(x: Numbers, y: Numbers) -> tuple[Numbers, Numbers]:
    """Both samples sorted, with equal values spread evenly over the stretch that is nearest to them.

    Times are written down rounded: an hour means 55 to 65 minutes. A value alone stays as it is. Mann and
    Whitney's U of what comes out is just that which counts equal values as half.
    """
    import numpy as np

    values = np.unique(np.concatenate([x, y]))
    between = (values[1:] + values[:-1]) / 2
    low = np.concatenate([2 * values[:1] - between[:1], between]) if len(between) else values
    high = np.concatenate([between, 2 * values[-1:] - between[-1:]]) if len(between) else values
    # The outermost stretches are as wide to the outside as to the inside, but never below half the value.
    low[:1] = np.maximum(low[:1], values[:1] / 2)

    def spread(sample: Numbers) -> Numbers:
        ordered = np.sort(sample)
        own, first, times = np.unique(ordered, return_index=True, return_counts=True)
        place = np.searchsorted(values, own)
        part = (np.arange(len(ordered)) - np.repeat(first, times) + 0.5) / np.repeat(times, times)
        # Below the value and above it half of them each, so that the value itself stays their middle.
        centre, below, above = (np.repeat(each[place], times) for each in (values, low, high))
        outer = np.where(part <= 0.5, below, above)
        spread_out: Numbers = centre + np.abs(2 * part - 1) * (outer - centre)
        return spread_out

    return spread(x), spread(y)


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
    """All y − x of two sorted samples, in order, without listing them: a million of each have 10¹²."""

    def __init__(self, x: Numbers, y: Numbers) -> None:
        self._x, self._y = x, y
        self._pairs = len(x) * len(y)
        self._listed: tuple[int, Numbers] = (0, x[:0])

    def nth(self, rank: int) -> float:
        """The rank-th smallest difference, from 1."""
        before, differences = self._listed
        if not before < rank <= before + len(differences):
            before, differences = self._listed = self._list_around(rank)
        return float(differences[rank - before - 1])

    def inner(self, rank: int) -> tuple[float | None, float | None]:
        """The rank-th smallest and the rank-th largest; None below 1."""
        if rank < 1:
            return None, None
        return self.nth(rank), self.nth(self._pairs + 1 - rank)

    def _list_around(self, rank: int) -> tuple[int, Numbers]:
        """Some differences in order, that of this rank among them, and how many come before them."""
        import numpy as np

        slack = 1e-9  # a rounded sum may leave out the outermost difference
        low, high = float(self._y[0] - self._x[-1]) - slack, float(self._y[-1] - self._x[0]) + slack
        low_place, high_place = self._place(low), self._place(high)
        low_count, high_count = 0, self._pairs
        enough = max(_LISTED, len(self._x))
        guesses = self._guesses(rank) if self._pairs > enough else []
        step = 0
        while high_count - low_count > enough and high - low > 1e-13 * max(1.0, abs(high)):
            if guesses:
                middle = guesses.pop()
            else:
                # Two of three steps guess from the counts, a little to either side; the third halves.
                part = (rank - low_count) / (high_count - low_count)
                nudge = 0.4 * enough / (high_count - low_count)
                part = (part - nudge, part + nudge, 0.5)[step % 3]
                middle = low + min(max(part, 1e-3), 1 - 1e-3) * (high - low)
                step += 1
            if not low < middle < high:
                continue
            place = self._place(middle)
            count = int(place.sum())
            if count >= rank:
                high, high_place, high_count = middle, place, count
            else:
                low, low_place, low_count = middle, place, count
        if high_count - low_count > enough:  # so many are the same
            return low_count, np.broadcast_to(np.float64(high), (high_count - low_count,))
        sizes = high_place - low_place
        of_x = np.repeat(np.arange(len(self._x)), sizes)
        of_y = np.arange(len(of_x)) + np.repeat(low_place - np.cumsum(sizes) + sizes, sizes)
        return low_count, np.sort(self._y[of_y] - self._x[of_x])

    def _guesses(self, rank: int) -> list[float]:
        """Differences somewhat below and above the one wanted, from a few values of each sample."""
        thinned = []
        for sample in (self._x, self._y):
            every = -(-len(sample) // _THINNED)
            thinned.append(sample[every // 2 :: every])
        few = Differences(*thinned)
        if few._pairs == self._pairs:
            return []
        near, margin = round(rank / self._pairs * few._pairs), few._pairs // _THINNED + 1
        return [few.nth(min(max(1, near + away), few._pairs)) for away in (-margin, margin)]

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
