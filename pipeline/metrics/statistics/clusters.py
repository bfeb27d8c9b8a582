"""Shares of what comes in clusters: action items of one incident often end alike, so that they tell less."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.metrics.statistics.comparisons import (
    SIGNAL_LEVEL,
    Comparison,
    Scatter,
    compare_shares,
    normal_error,
)
from pipeline.metrics.statistics.intervals import LEVEL, Interval, share_interval

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
        """By how much the share varies more than that of as many that have nothing to do with each other."""
        return 1 + self.value * (share.sums.squared_sizes / share.n - 1) if share.n else 1.0


def correlation_within(groups: Sequence[ClusteredShare]) -> Correlation:
    """The correlation within clusters that the groups have in common, each about its own share.

    The design effect of each group is its variance between clusters over the binomial one (Rao and Scott,
    Biometrics 48, 1992), and at the correlation ρ it is 1 + ρ (Σ n_j² / n − 1) (Kish, Survey Sampling, 1965);
    ρ is where both agree over all groups, not below 0 and not above 1. Where all groups are at 0 or 1 nothing
    tells it: then 1, as if a cluster always went together. Without a cluster of several, 0 and no degrees.
    """
    if all(group.sums.squared_sizes == group.n for group in groups):
        return Correlation(0.0, 0)
    found = binomial = reach = 0.0
    degrees = 0
    for group in groups:
        sums = group.sums
        if sums.clusters < FEWEST_CLUSTERS:
            continue
        share = group.count / group.n
        squares = sums.squared_hits - 2 * share * sums.products + share**2 * sums.squared_sizes
        found += squares * sums.clusters / (sums.clusters - 1)
        binomial += group.n * share * (1 - share)
        reach += (sums.squared_sizes - group.n) * share * (1 - share)
        degrees += sums.clusters - 1
    return Correlation(min(1.0, max(0.0, (found - binomial) / reach)) if reach else 1.0, degrees)


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
    weights = 1 / before.n, 1 / after.n
    effects = known.design_effect(before), known.design_effect(after)
    factor = sum(effect * weight for effect, weight in zip(effects, weights, strict=True)) / sum(weights)
    return compare_shares(before.count, before.n, after.count, after.n, level, Scatter(factor, known.degrees))
