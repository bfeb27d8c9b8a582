"""Which groups do other than the rest: each share against all the others', with room for unlike groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from pipeline.metrics.statistics.comparisons import ERROR
from pipeline.metrics.statistics.funnel import FunnelLimits, binomial_limits, mixed_chances
from pipeline.metrics.statistics.multiplicity import adjusted

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

#: How often any of the groups may be outside the outer limits where none differs.
OUTER_ERROR = 0.001
#: The farthest part of the groups, whose distance is cut to the next one's when the spread is estimated.
WINSORISED = 0.2
_DRAWS = 4000

#: A group's strata: of each n, and how many of these are so.
Strata = Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class GroupPlace:
    """One group against the others: what these would have had in its place, and the limits that decide.

    `expected_share` is None, and nothing outside, where there is no other group. `p_value` is corrected for
    the number of groups (Holm). `is_low_open` and `is_high_open`: so few that even none, or all, would lie
    within the inner limits, were they not widened for unlike groups.
    """

    expected_share: float | None
    limits: FunnelLimits
    is_low_open: bool
    is_high_open: bool
    p_value: float | None


@dataclass(frozen=True, slots=True)
class OutlyingGroups:
    """All groups of one measure. `target_share` and `target_n` are of those that are not far out.

    `overdispersion` is by how much at least (95 %) their squared distances exceed chance's, 1 or more;
    `outer_tail` the chance of either tail beyond the outer limits, so small because there are many groups.
    """

    places: list[GroupPlace]
    target_share: float | None
    target_n: int
    overdispersion: float
    outer_tail: float

    def funnel(self, sizes: Sequence[int]) -> list[FunnelLimits]:
        """The limits for groups of each size that have the mix of the target."""
        import numpy as np

        if self.target_share is None or not sizes:
            return []
        ns = np.asarray(sizes, dtype=np.int64)
        widening = self.overdispersion * (1 + ns / self.target_n)
        ends: list[Numbers] = []
        for tail in (ERROR / 2, self.outer_tail):
            ends += [each / ns for each in binomial_limits(ns, self.target_share, _widened(tail, widening))]
        return [FunnelLimits(*map(float, row)) for row in zip(*ends, strict=True)]


@dataclass(frozen=True, slots=True)
class _Held:
    """A group's count beside the chances it would have as one of the others."""

    count: int
    expected_share: float
    chances: Numbers
    uncertainty: float

    @property
    def tails(self) -> tuple[Numbers, Numbers]:
        """P(≤ k) and P(≥ k) of each k."""
        import numpy as np

        return np.cumsum(self.chances), np.cumsum(self.chances[::-1])[::-1]

    def distance(self, mid: float = 0.0) -> float:
        """How far out, as a normal deviate; `mid`: the part of the count's own chance that is not counted."""
        from scipy.special import ndtri

        below, above = self.tails
        own = mid * float(self.chances[self.count])
        tail = min(float(below[self.count]), float(above[self.count])) - own
        return max(0.0, -float(ndtri(min(1.0, max(tail, 1e-300)))))

    def limits(self, tail: float, overdispersion: float) -> tuple[float, float]:
        import numpy as np

        below, above = self.tails
        n = len(self.chances) - 1
        part = _widened(tail, overdispersion * self.uncertainty)
        return int(np.argmax(below >= part)) / n, (n - int(np.argmax(above[::-1] >= part))) / n


def outlying_groups(groups: Sequence[Strata]) -> OutlyingGroups:
    """Each group's share against that of the others, had they its mix of strata.

    A group is held against all others without those that lie far out themselves, so that one bad group
    neither hides itself nor makes the others look good; the far ones are set aside one by one, at most half
    of all. Expected is by indirect standardisation; of a stratum that the others hardly have, mostly their
    share overall. Limits are exact, for the group's own mix, and widened for two things: the others' share is
    itself known from so many only, and the distances of all groups, the farthest winsorised, may spread more
    than chance has them, because groups are unlike or their items go together (Spiegelhalter, Statistics in
    Medicine 24, 2005).
    Outside the outer limits lies any group in at most 0.1 % of cases where none differs: p-values are
    corrected for the number of groups (Holm), and the limits drawn where that correction decides.
    """
    from scipy.special import ndtr

    target = [place for place, strata in enumerate(groups) if _size(strata)]
    most = (len(target) - 1) // 2
    for _ in range(most):
        p_values = {
            place: 2 * float(ndtr(-held.distance() / held.uncertainty**0.5))
            for place in target
            if (held := _held(groups, place, target)) is not None
        }
        farthest = min(p_values, key=p_values.__getitem__)
        if p_values[farthest] * len(target) > OUTER_ERROR:
            break
        target.remove(farthest)
    held_groups = [
        _held(groups, place, target) if _size(groups[place]) else None for place in range(len(groups))
    ]
    known = [held for held in held_groups if held is not None]
    spread = _overdispersion([held.distance(mid=0.5) / held.uncertainty**0.5 for held in known])
    p_values_known = adjusted(
        [min(1.0, 2 * float(ndtr(-held.distance() / (spread * held.uncertainty) ** 0.5))) for held in known]
    )
    outside = sum(p_value <= OUTER_ERROR for p_value in p_values_known)
    # Holm's correction ends at the group after those that are outside.
    outer_tail = OUTER_ERROR / 2 / max(1, len(known) - outside)
    left = iter(p_values_known)
    places = [
        GroupPlace(None, FunnelLimits(0.0, 1.0, 0.0, 1.0), True, True, None)
        if held is None
        else GroupPlace(
            held.expected_share,
            FunnelLimits(*held.limits(ERROR / 2, spread), *held.limits(outer_tail, spread)),
            held.limits(ERROR / 2, 1.0)[0] <= 0,
            held.limits(ERROR / 2, 1.0)[1] >= 1,
            next(left),
        )
        for held in held_groups
    ]
    n, hits = _sums([groups[place] for place in target])
    return OutlyingGroups(places, hits / n if n else None, n, spread, outer_tail)


def _held(groups: Sequence[Strata], place: int, target: Sequence[int]) -> _Held | None:
    others = [groups[other] for other in target if other != place]
    n_others, hits_others = _sums(others)
    if n_others == 0:
        return None
    # Half a hit and half a miss more: that none of the others has it does not make it impossible.
    overall = (hits_others + 0.5) / (n_others + 1)
    mix: list[tuple[int, float]] = []
    expected = chance_variance = target_variance = 0.0
    for name, (n, _) in groups[place].items():
        seen = [strata[name] for strata in others if name in strata]
        size = sum(each for each, _ in seen) + 1
        share = (sum(hits for _, hits in seen) + overall) / size
        mix.append((n, share))
        expected += n * share
        chance_variance += n * share * (1 - share)
        target_variance += n * n * share * (1 - share) / size
    n, hits = _sums([groups[place]])
    return _Held(hits, expected / n, mixed_chances(mix), 1 + target_variance / chance_variance)


def _size(strata: Strata) -> int:
    return sum(n for n, _ in strata.values())


def _sums(groups: Sequence[Strata]) -> tuple[int, int]:
    pairs = [pair for strata in groups for pair in strata.values()]
    return sum(n for n, _ in pairs), sum(hits for _, hits in pairs)


def _widened(tail: float, widening: float | Numbers) -> Numbers:
    """The tail of a normal distribution that many times as wide (in variance), cut where `tail` was."""
    import numpy as np
    from scipy.special import ndtr, ndtri

    found: Numbers = ndtr(ndtri(tail) * np.sqrt(widening))
    return found


def _overdispersion(distances: Sequence[float]) -> float:
    """By how much, at least, the winsorised distances' mean square exceeds that of as many normal deviates.

    "At least": 95 of 100 sets of normal deviates have no larger one than what it is divided by.
    """
    import numpy as np

    if len(distances) < 3:
        return 1.0
    found = float(_winsorised_square(np.asarray(distances)[None, :])[0])
    return max(1.0, found / _largest_by_chance(len(distances)))


@lru_cache(maxsize=256)
def _largest_by_chance(size: int) -> float:
    import numpy as np

    draws = np.abs(np.random.default_rng(1).normal(size=(_DRAWS, size)))
    return float(np.quantile(_winsorised_square(draws), 1 - ERROR))


def _winsorised_square(distances: Numbers) -> Numbers:
    """Of each row of distances from the target, to whichever side: mean square, the largest cut."""
    import numpy as np

    size = distances.shape[1]
    cut = min(max(1, round(WINSORISED * size)), size - 1)
    ordered = np.sort(distances, axis=1)
    found: Numbers = (np.minimum(ordered, ordered[:, size - cut - 1][:, None]) ** 2).mean(axis=1)
    return found
