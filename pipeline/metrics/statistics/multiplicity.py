"""Many comparisons at once: what is still a signal when so many were looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.metrics.statistics.clusters import (
    ClusteredShare,
    compare_clustered_shares,
    correlation_within,
)
from pipeline.metrics.statistics.comparisons import (
    ERROR,
    Comparison,
    Scatter,
    Verdict,
    compare_counts,
    compare_durations,
    share_p_value,
    share_tails,
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


def adjusted_where_reachable(
    p_values: Sequence[float], least: Sequence[float], error: float
) -> list[float | None]:
    """The p-values corrected for the number of those that could be a signal; None of the others.

    Of counts a p-value cannot be smaller than `least`, which depends on their total alone. What could not be
    small enough in any case is not asked, and makes no other answer harder to give (Tarone, Biometrics 46,
    1990, with Holm's correction among the others).
    """
    divisor = 1
    while sum(each <= error / divisor for each in least) > divisor:
        divisor += 1
    is_asked = [each <= error / divisor for each in least]
    left = iter(adjusted([each for each, is_one in zip(p_values, is_asked, strict=True) if is_one]))
    return [next(left) if is_one else None for is_one in is_asked]


@dataclass(frozen=True, slots=True)
class FallOrRise:
    """Whether one rate of several fell or rose. `comparison` is as if it had been the only one.

    `p_value` is of both directions together, corrected for the number of rates; None where there are so few
    events that neither a fall nor a rise could be a signal. `could_fall`: whether a fall could be one.
    """

    comparison: Comparison
    p_value: float | None
    could_fall: bool

    @property
    def verdict(self) -> Verdict:
        """A signal that is left after the correction."""
        is_signal = self.p_value is not None and self.p_value <= ERROR
        return "signal" if is_signal else "not distinguishable"


def falls_and_rises(changes: Sequence[tuple[int, int, float, float]]) -> list[FallOrRise]:
    """Of each (events before, after, days before, after), whether the rate fell or rose.

    The falls and the rises are two families, each at half of the error: a rate with too few events to show a
    fall may well show a rise, and makes no fall of another harder to see.
    """
    comparisons = [compare_counts(*change) for change in changes]
    tails: list[tuple[float, float]] = []
    least: list[tuple[float, float]] = []
    for before, after, before_days, after_days in changes:
        total, days = before + after, before_days + after_days
        is_counted = total > 0 and before_days > 0 and after_days > 0
        share = after_days / days if is_counted else 0.0
        tails.append(share_tails(after, total, share) if is_counted else (1.0, 1.0))
        least.append(((1 - share) ** total, share**total) if is_counted else (1.0, 1.0))
    fallen, risen = (
        adjusted_where_reachable([each[side] for each in tails], [each[side] for each in least], ERROR / 2)
        for side in (0, 1)
    )
    found = []
    for comparison, fall, rise in zip(comparisons, fallen, risen, strict=True):
        asked = [each for each in (fall, rise) if each is not None]
        p_value = min(1.0, 2 * min(asked)) if asked else None
        found.append(FallOrRise(comparison, p_value, fall is not None))
    return found


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


def shares_against_rest(groups: Sequence[ClusteredShare]) -> list[OneOfMany]:
    """Each group's share against that of all the others, corrected for their number.

    How alike the members of one cluster are is taken from all groups.
    """
    within = correlation_within(groups)

    def compare(index: int) -> Comparison:
        rest = sum((group for other, group in enumerate(groups) if other != index), ClusteredShare(0, 0))
        return compare_clustered_shares(rest, groups[index], within)

    return _each(len(groups), compare)


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
