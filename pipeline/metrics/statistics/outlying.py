"""Which groups do other than the rest: each share against all the others', by chance and as groups differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pipeline.metrics.statistics.clusters import FEWEST_CLUSTERS, ClusteredShare, correlation_within
from pipeline.metrics.statistics.comparisons import ERROR, normal_error
from pipeline.metrics.statistics.forward_search import FAR_ERROR, UNLIKE, groups_together
from pipeline.metrics.statistics.funnel import FunnelLimits, beta_binomial_chances

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

Side = Literal["low", "high"]
#: "beyond chance": chance does not explain it, but groups ordinarily differ so much.
Standing = Literal["signal", "beyond chance", "not distinguishable"]
#: A group's strata: of each n, and how many of these are so.
Strata = Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class GroupPlace:
    """One group against the others: what these would have had in its place, and the limits that decide.

    `standing` is "signal" beyond the outer limits, "beyond chance" between them and the inner ones, and
    `side` where it then lies. `expected_share` is None, and nothing outside, where there is no other group.
    `p_value` is how often chance puts any of so many like groups as far out, None of a group of one cluster;
    `design_effect`, by how much the variance exceeds that of members on their own.
    """

    expected_share: float | None
    limits: FunnelLimits
    side: Side | None
    standing: Standing
    p_value: float | None
    design_effect: float

    @property
    def is_low_open(self) -> bool:
        """Whether even none would lie within the inner limits."""
        return self.limits.low_inner <= 0

    @property
    def is_high_open(self) -> bool:
        """Whether even all would lie within the inner limits."""
        return self.limits.high_inner >= 1


@dataclass(frozen=True, slots=True)
class OutlyingGroups:
    """All groups of one measure. `together` are the places of those that do not lie apart, and of these are
    `target_share`, `target_n` and `target_effect`, by how much the variance exceeds that of members on their
    own."""

    places: list[GroupPlace]
    together: list[int]
    target_share: float | None
    target_n: int
    target_effect: float
    degrees: int

    def funnel(self, sizes: Sequence[int]) -> list[FunnelLimits]:
        """The limits for groups of each size that have the mix of the target."""
        if self.target_share is None:
            return []
        share = (self.target_share * self.target_n + 0.5) / (self.target_n + 1)
        # Where nobody can be judged, the limits are those of one that could be.
        groups = max(1, sum(place.expected_share is not None for place in self.places))
        known = (self.target_n + 1) / self.target_effect
        return [
            _Held(0, ((n, share, known),), self.target_effect, self.degrees).limits(groups) for n in sizes
        ]


@dataclass(frozen=True, slots=True)
class _Held:
    """A group's count beside what it would be as one of the others.

    `mix` is of each stratum its n, the share expected in it, and of how many on their own that is known;
    `degrees` of freedom are those that the design effect is known with, 0 where there is none.
    """

    count: int
    mix: Sequence[tuple[int, float, float]]
    effect: float
    degrees: int

    @property
    def n(self) -> int:
        return sum(n for n, _, _ in self.mix)

    @property
    def expected_share(self) -> float:
        return sum(n * share for n, share, _ in self.mix) / self.n

    def tails(self, unlike: float) -> tuple[Numbers, Numbers]:
        """P(≤ k) and P(≥ k) of each k, where groups are so unlike (a standard deviation of log odds)."""
        import numpy as np

        own = sum(n * share * (1 - share) for n, share, _ in self.mix)
        known = sum(n * n * share * (1 - share) / of for n, share, of in self.mix)
        variance = self.effect * own + known + (own * unlike) ** 2
        chances = beta_binomial_chances(self.n, self.expected_share, variance)
        return np.cumsum(chances), np.cumsum(chances[::-1])[::-1]

    def distance(self, unlike: float) -> float:
        """How far out its count is, as a normal deviate."""
        from scipy.special import ndtri

        below, above = self.tails(unlike)
        tail = min(float(below[self.count]), float(above[self.count]))
        return max(0.0, -float(ndtri(min(1.0, max(tail, 1e-300)))))

    def limits(self, groups: int) -> FunnelLimits:
        """The outermost shares not beyond the limits of so many groups: by chance, and as groups differ."""
        import numpy as np

        ends: list[float] = []
        for unlike, error in ((0.0, ERROR), (UNLIKE, FAR_ERROR)):
            below, above = self.tails(unlike)
            part = normal_error(error / groups, self.degrees) / 2
            low, high = int(np.argmax(below >= part)), int(np.argmax(above[::-1] >= part))
            ends += [low / self.n, (self.n - high) / self.n]
        return FunnelLimits(*ends)


def outlying_groups(
    groups: Sequence[Strata], clustered: Sequence[ClusteredShare] = (), *, is_good_high: bool = True
) -> OutlyingGroups:
    """Each group's share against that of the others, had they its mix of strata.

    A group is held against all others without those that lie apart (`groups_together`), so that bad groups
    neither hide one another nor make the others look good. Expected is by indirect standardisation; a stratum
    counts as if the others had one hit and one miss more in it at the least, at their share overall.

    Limits are those of a beta-binomial distribution. The inner ones are of chance alone, beyond which any of
    so many groups lies in 5 of 100 cases: the others' share is itself known from so many only, and members of
    a cluster go together, by which the variance is larger (with Student's quantiles for the clusters that
    tell it). The outer ones, one of 1,000 cases, also allow for
    groups being unlike: by a set amount (`UNLIKE`), since the spread of a few groups, of which some are bad,
    tells little of how good ones differ. Funnel plots: Spiegelhalter, Statistics in Medicine 24, 2005, whose
    additive model of overdispersion this is.
    """
    import numpy as np
    from scipy.special import ndtr, stdtr

    known = [place for place, strata in enumerate(groups) if _size(strata)]
    own = [groups[place] for place in known]
    sums = [_sums([strata]) for strata in own]
    spread = [
        clustered[place] if clustered else ClusteredShare(hits, n)
        for place, (n, hits) in zip(known, sums, strict=True)
    ]
    within = correlation_within(spread)

    def effect(places: Sequence[int]) -> float:
        return within.design_effect(sum((spread[place] for place in places), ClusteredShare(0, 0)))

    def held_against(target: Sequence[int]) -> list[_Held | None]:
        return [_held(own, place, target, effect, within.degrees) for place in range(len(own))]

    together = groups_together(
        [float(np.arcsin((hits / n) ** 0.5)) for n, hits in sums],
        [n**0.5 for n, _ in sums],
        lambda target: [0.0 if held is None else held.distance(0.0) for held in held_against(target)],
        is_good_high=is_good_high,
    )
    nothing = GroupPlace(None, FunnelLimits(0.0, 1.0, 0.0, 1.0), None, "not distinguishable", None, 1.0)
    places = [nothing] * len(groups)
    for index, (place, held) in enumerate(zip(known, held_against(together), strict=True)):
        if held is not None:
            # One incident is no pattern, however many items it has.
            is_pattern = spread[index].sums.clusters >= FEWEST_CLUSTERS
            limits = held.limits(len(own)) if is_pattern else nothing.limits
            distance = held.distance(0.0)
            tail = float(stdtr(within.degrees, -distance) if within.degrees else ndtr(-distance))
            p_value = min(1.0, 2 * len(own) * tail)
            standing = _standing(held.count / held.n, limits)
            places[place] = GroupPlace(
                held.expected_share, limits, *standing, p_value if is_pattern else None, held.effect
            )
    n, hits = _sums([own[place] for place in together])
    return OutlyingGroups(
        places,
        [known[place] for place in together],
        hits / n if n else None,
        n,
        effect(together),
        within.degrees,
    )


def _standing(share: float, limits: FunnelLimits) -> tuple[Side | None, Standing]:
    slack = 1e-12
    for name, low, high in (
        ("signal", limits.low_outer, limits.high_outer),
        ("beyond chance", limits.low_inner, limits.high_inner),
    ):
        standing: Standing = "signal" if name == "signal" else "beyond chance"
        if share < low - slack:
            return "low", standing
        if share > high + slack:
            return "high", standing
    return None, "not distinguishable"


def _held(
    groups: Sequence[Strata],
    place: int,
    target: Sequence[int],
    effect: Callable[[Sequence[int]], float],
    degrees: int,
) -> _Held | None:
    places = [other for other in target if other != place]
    others = [groups[other] for other in places]
    n_others, hits_others = _sums(others)
    if n_others == 0:
        return None
    # Half a hit and half a miss more: that none of the others has it does not make it impossible.
    overall = (hits_others + 0.5) / (n_others + 1)
    weight = 1 / min(overall, 1 - overall)
    mix: list[tuple[int, float, float]] = []
    for name, (n, _) in groups[place].items():
        if n == 0:
            continue
        seen = [strata[name] for strata in others if name in strata]
        size = sum(each for each, _ in seen) + weight
        share = (sum(hits for _, hits in seen) + weight * overall) / size
        # What is known of the whole is the most that is known of a stratum.
        mix.append((n, share, min(size, n_others + 1) / effect(places)))
    return _Held(_sums([groups[place]])[1], mix, effect([place]), degrees)


def _size(strata: Strata) -> int:
    return sum(n for n, _ in strata.values())


def _sums(groups: Sequence[Strata]) -> tuple[int, int]:
    pairs = [pair for strata in groups for pair in strata.values()]
    return sum(n for n, _ in pairs), sum(hits for _, hits in pairs)
