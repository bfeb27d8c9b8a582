"""Many comparisons at once: what is still a signal when so many were looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.metrics.statistics.comparisons import (
    ERROR,
    Comparison,
    Scatter,
    Verdict,
    compare_counts,
    compare_durations,
    compare_shares,
    share_p_value,
)

if TYPE_CHECKING:
    from pipeline.metrics.statistics.intervals import Values


@dataclass(frozen=True, slots=True)
class OneOfMany:
    """One of `compared` comparisons. `p_value` is corrected for their number (Holm); None: none was possible.

    `comparison` itself, its interval too, is as if it had been the only one.
    """

    comparison: Comparison
    p_value: float | None
    compared: int

    @property
    def verdict(self) -> Verdict:
        """A signal that is left after the correction."""
        is_signal = self.p_value is not None and self.p_value <= ERROR
        return "signal" if is_signal else "not distinguishable"


def adjusted(p_values: Sequence[float]) -> list[float]:
    """The p-values corrected for their number, in the same order (Holm, Scand. J. Statistics 6, 1979).

    When nothing differs anywhere, one below 5 % occurs in at most 5 % of such families.
    """
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    found = [0.0] * len(p_values)
    largest = 0.0
    for place, index in enumerate(order):
        largest = max(largest, min(1.0, p_values[index] * (len(order) - place)))
        found[index] = largest
    return found


def corrected(comparisons: Sequence[Comparison]) -> list[OneOfMany]:
    """Each comparison with its verdict among all of them; those without a p-value are not counted."""
    known = [each.p_value for each in comparisons if each.p_value is not None]
    left = iter(adjusted(known))
    return [OneOfMany(each, None if each.p_value is None else next(left), len(known)) for each in comparisons]


def durations_against_rest(groups: Sequence[Values]) -> list[OneOfMany]:
    """Each group's durations (after) against those of all the others (before), corrected for their number."""

    def compare(index: int) -> Comparison:
        rest = [value for other, group in enumerate(groups) if other != index for value in group]
        return compare_durations(rest, groups[index])

    return _each(len(groups), compare)


def counts_against_rest(
    counts: Sequence[int], exposures: Sequence[float], scatters: Sequence[Scatter | None] | None = None
) -> list[OneOfMany]:
    """Each group's rate against that of all the others, corrected for their number.

    `scatters`: by how much each comparison's counts vary more than Poisson's.
    """
    total, exposure = sum(counts), sum(exposures)
    return _each(
        len(counts),
        lambda index: compare_counts(
            total - counts[index],
            counts[index],
            exposure - exposures[index],
            exposures[index],
            scatter=scatters[index] if scatters else None,
        ),
    )


def shares_against_rest(counts: Sequence[int], ns: Sequence[int]) -> list[OneOfMany]:
    """Each group's share against that of all the others, corrected for their number."""
    total, n = sum(counts), sum(ns)
    return _each(
        len(counts),
        lambda index: compare_shares(total - counts[index], n - ns[index], counts[index], ns[index]),
    )


def shares_against_known(counts: Sequence[int], n: int, known: Sequence[float]) -> list[float]:
    """The p-values of categories' shares in n, each against one that is known; corrected for their number.

    Exact for each, as twice the smaller binomial tail, and Holm's correction holds however they hang
    together: of a mix that is the known one, at most 5 % have a p-value of 5 % or less. All 1 when n is 0.
    """
    return adjusted([share_p_value(count, n, share) for count, share in zip(counts, known, strict=True)])


def _each(groups: int, compare: Callable[[int], Comparison]) -> list[OneOfMany]:
    # Of two groups each is the other's rest: one comparison, told twice.
    found = corrected([compare(index) for index in range(groups)])
    if groups != 2:
        return found
    return [OneOfMany(each.comparison, each.comparison.p_value, 1) for each in found]
