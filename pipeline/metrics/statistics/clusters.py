"""What comes in clusters: action items of one incident often end alike, so that they tell less."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from pipeline.metrics.statistics.comparisons import (
    SIGNAL_LEVEL,
    Comparison,
    Scatter,
    compare_shares,
    normal_error,
)
from pipeline.metrics.statistics.intervals import LEVEL, Interval, share_interval

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pipeline.metrics.statistics.intervals import Values

    Labels = Sequence[int] | NDArray[np.int64]

#: Of how many clusters at least each of two shares is, for them to be compared.
FEWEST_CLUSTERS = 2


class Spread(NamedTuple):
    """Sums over the clusters j of a share, each of n_j with x_j hits; those of two groups add up."""

    clusters: int
    squared_sizes: int
    """Σ n_j²"""
    products: int
    """Σ n_j x_j"""
    squared_hits: int
    """Σ x_j²"""


@dataclass(frozen=True, slots=True)
class ClusteredShare:
    """`count` of `n`, and how both spread over the clusters. Without a `spread`, each is its own cluster."""

    count: int
    n: int
    spread: Spread | None = None

    @property
    def sums(self) -> Spread:
        """The spread, also of what comes one by one."""
        return self.spread or Spread(self.n, self.n, self.count, self.count)

    def __add__(self, other: ClusteredShare) -> ClusteredShare:
        """Both together, which have no cluster in common, or count it twice."""
        sums = Spread(*map(sum, zip(self.sums, other.sums, strict=True)))
        return ClusteredShare(self.count + other.count, self.n + other.n, sums)


@dataclass(frozen=True, slots=True)
class Correlation:
    """How alike the members of one cluster are, from 0 to 1, and the degrees of freedom it is known with."""

    value: float
    degrees: int

    def design_effect(self, share: ClusteredShare) -> float:
        """By how much the share varies more than that of as many that come one by one (Kish 1965)."""
        return _design_effect(self.value, share.n, share.sums.squared_sizes)


class _Group(NamedTuple):
    """Of a group with n in clusters: Σ n_j², the sums of squares between clusters and within all of it."""

    clusters: int
    n: int
    squared_sizes: int
    between: float
    total: float


def correlation_within(groups: Sequence[ClusteredShare]) -> Correlation:
    """The correlation within clusters that the groups have in common, each about its own share.

    The design effect of each group is its variance between clusters over the binomial one (Rao and Scott,
    Biometrics 48, 1992), and at the correlation ρ it is 1 + ρ (Σ n_j² / n − 1) (Kish, Survey Sampling, 1965);
    ρ is where both agree over all groups, not below 0 and not above 1. Where all groups are at 0 or 1 nothing
    tells it: then 1, as if a cluster always went together. Without a cluster of several, 0 and no degrees.
    """
    found = []
    for group in groups:
        sums, share = group.sums, group.count / group.n if group.n else 0.0
        between = sums.squared_hits - 2 * share * sums.products + share**2 * sums.squared_sizes
        found.append(
            _Group(sums.clusters, group.n, sums.squared_sizes, between, group.n * share * (1 - share))
        )
    return _common(found)


def design_effect_of(groups: Sequence[tuple[Values, Labels]]) -> tuple[float, int]:
    """Of a difference between groups of values that come in clusters, and its degrees of freedom.

    As for shares; the groups' design effects are weighted as Rao and Scott (Annals of Statistics 12, 1984) do
    for a test of several, each by the part of all that is not in it.
    """
    import numpy as np

    found = []
    for values, labels in groups:
        centred = np.asarray(values, dtype=float) - np.mean(values)
        _, place, sizes = np.unique(np.asarray(labels), return_inverse=True, return_counts=True)
        sums = np.bincount(place, weights=centred)
        found.append(
            _Group(len(sizes), len(centred), int(sizes @ sizes), float(sums @ sums), float(centred @ centred))
        )
    within = _common(found)
    return _mean_design_effect(within, [(each.n, each.squared_sizes) for each in found]), within.degrees


def _common(groups: Sequence[_Group]) -> Correlation:
    if all(group.squared_sizes == group.n for group in groups):
        return Correlation(0.0, 0)
    between = total = reach = 0.0
    degrees = 0
    for group in groups:
        if group.clusters >= FEWEST_CLUSTERS:
            between += group.between * group.clusters / (group.clusters - 1)
            total += group.total
            reach += group.total * (group.squared_sizes / group.n - 1)
            degrees += group.clusters - 1
    return Correlation(min(1.0, max(0.0, (between - total) / reach)) if reach else 1.0, degrees)


def _design_effect(correlation: float, n: int, squared_sizes: int) -> float:
    return 1 + correlation * (squared_sizes / n - 1) if n else 1.0


def _mean_design_effect(within: Correlation, groups: Sequence[tuple[int, int]]) -> float:
    """Over groups of n and Σ n_j²; just 1 where nothing goes together."""
    if within.value == 0:
        return 1.0
    whole = sum(n for n, _ in groups)
    weighted = sum((1 - n / whole) * _design_effect(within.value, n, squares) for n, squares in groups)
    return weighted / (len(groups) - 1)


def clustered_share_interval(share: ClusteredShare, within: Correlation, level: float = LEVEL) -> Interval:
    """The exact interval of a share of as many as the clusters are worth.

    Korn and Graubard, Survey Methodology 24, 1998, with Student's quantile in place of the normal one for the
    degrees of `within`. Of what comes one by one it is Clopper's and Pearson's.
    """
    factor = within.design_effect(share)
    return share_interval(share.count / factor, share.n / factor, 1 - normal_error(1 - level, within.degrees))


def clustered_share_intervals(groups: Sequence[ClusteredShare], level: float = LEVEL) -> list[Interval]:
    """Of each group, with the correlation that all have in common."""
    within = correlation_within(groups)
    return [clustered_share_interval(group, within, level) for group in groups]


def compare_clustered_shares(
    before: ClusteredShare,
    after: ClusteredShare,
    within: Correlation | None = None,
    level: float = SIGNAL_LEVEL,
) -> Comparison:
    """The ratio of two shares as `compare_shares` has it, of as many as the clusters are worth.

    `within`: the correlation within clusters, if known from more groups than these two. Nothing is said of a
    share of less than two clusters: one incident is no pattern.
    """
    if min(before.sums.clusters, after.sums.clusters) < FEWEST_CLUSTERS:
        return Comparison(before.n, after.n, None, None, None, None)
    known = within or correlation_within([before, after])
    factor = _mean_design_effect(known, [(each.n, each.sums.squared_sizes) for each in (before, after)])
    return compare_shares(before.count, before.n, after.count, after.n, level, Scatter(factor, known.degrees))
