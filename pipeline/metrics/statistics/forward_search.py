"""Which of several groups lie apart, found from the inside out, so that bad ones cannot hide one another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import log
from typing import TYPE_CHECKING

from pipeline.metrics.statistics.comparisons import ERROR

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

#: How often any of the groups may be a signal, where they are no more unlike than usual.
FAR_ERROR = 0.001
#: How unlike groups ordinarily are: a standard deviation of log odds (or of log hazards) at which 95 of 100
#: have odds within twice and half of those of the others.
UNLIKE = log(2) / 1.96
#: Where the search begins, from the worst group to the best: a little beyond the middle, so that where half
#: of the groups do badly the other half is the measure.
START = 0.6
_ROUNDS = 4

#: Of each group how far it lies from those of a target, itself left out: a normal deviate, 0 or more.
Distances = Callable[[Sequence[int]], Sequence[float]]


def groups_together(
    values: Sequence[float], weights: Sequence[float], distances: Distances, *, is_good_high: bool = True
) -> list[int]:
    """The groups that do not lie apart from each other, by their places.

    Begins with the half nearest to the weighted middle of `values`, then adds the nearest one by one while
    chance puts any of so many as far out in 5 of 100 cases (forward search: Atkinson and Riani, Robust
    Diagnostic Regression Analysis, 2000). Judged are always all against those inside, so that it does not
    matter how far out the others are, or how many, up to half.
    """
    import numpy as np
    from scipy.special import ndtri

    size, half = len(values), (len(values) + 1) // 2
    if size < 3:
        return list(range(size))
    found, heavy = np.asarray(values, dtype=float), np.asarray(weights, dtype=float)
    order = np.argsort(found if is_good_high else -found, kind="stable")
    middle = found[order[int(np.searchsorted(np.cumsum(heavy[order]) / heavy.sum(), START))]]
    together = _nearest(np.abs(found - middle))[:half]
    for _ in range(_ROUNDS):
        nearest = _nearest(distances(together))[:half]
        if set(nearest) == set(together):
            break
        together = nearest
    most = -float(ndtri(ERROR / 2 / size))
    while len(together) < size:
        distance = distances(together)
        nearest = _nearest(distance)[: len(together) + 1]
        if distance[nearest[-1]] > most:
            break
        together = nearest
    return sorted(together)


def _nearest(distances: Sequence[float] | Numbers) -> list[int]:
    import numpy as np

    return [int(place) for place in np.argsort(distances, kind="stable")]
