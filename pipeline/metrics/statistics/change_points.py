"""When a monthly rate changed, if it did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.metrics.statistics.comparisons import SIGNAL_LEVEL
from pipeline.metrics.statistics.intervals import rate_ratio_interval

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]
    Windows = tuple[NDArray[np.int64], NDArray[np.int64]]

#: A rate that held for fewer months is not called a new one.
SHORTEST_SEGMENT = 3
#: Series without a change that the observed one is held against.
SIMULATIONS = 500
#: Of the false alarms allowed, the part that goes to the search for one lasting change; it sees far more.
_FOR_GOOD = 0.8
_AT_ONCE = 100
_PLAINLY_CHANCE = 20


@dataclass(frozen=True, slots=True)
class ChangePoint:
    """`index` is the first month of the new rate; `ratio` the new ÷ the old one, with its 95 % interval.

    `ratio` and `high` are None when nothing was counted before. The interval is that of the two segments'
    rates as if the month had been known beforehand; where the months scatter more than Poisson counts, of
    counts that are fewer by that factor. `p_value`: how often a series
    without a change shows as strong a change at any month.
    """

    index: int
    ratio: float | None
    low: float | None
    high: float | None
    p_value: float


def change_points(
    counts: Sequence[int],
    exposures: Sequence[float],
    level: float = SIGNAL_LEVEL,
    shortest: int = SHORTEST_SEGMENT,
    seed: int = 1,
) -> list[ChangePoint]:
    """The months at which the rate changed, in order; none in most series, where there was no change.

    Binary segmentation (Scott and Knott, Biometrics 30, 1974) with the likelihood ratio of Poisson counts of
    unlike exposure: the series is divided where its sides differ most, or else the stretch that differs most
    from the rest is taken out (circular binary segmentation: Olshen, Venkatraman, Lucito and Wigler,
    Biostatistics 5, 2004), and each piece is searched again. It counts when at most 4 % (a stretch: 1 %) of
    series without a change (same total, divided over the months by their exposure) have as strong a one
    anywhere, and no more orders of the same months do, which keeps counts that scatter more than Poisson's
    from passing for a change. So a series without a change shows one in at most 5 %. Each month found is then
    weighed again between its neighbours, and dropped if it no longer stands. Raises ValueError for lists of
    unlike length or an exposure that is not above 0.
    """
    import numpy as np

    k, e = np.asarray(counts, dtype=float), np.asarray(exposures, dtype=float)
    if len(k) != len(e):
        raise ValueError(f"{len(k)} counts, but {len(e)} exposures")
    if (e <= 0).any():
        raise ValueError("an exposure must be above 0")
    found: list[int] = []
    waiting = [(0, len(k))]
    while waiting:
        start, end = waiting.pop()
        ends = _change(k[start:end], e[start:end], shortest, 1 - level, seed)
        if ends is None:
            continue
        inner = sorted({start, end, start + ends[0], start + ends[1]})
        found += inner[1:-1]
        waiting += list(pairwise(inner))
    return _weighed_again(sorted(found), k, e, level, shortest, seed)


def _weighed_again(
    found: list[int], k: Numbers, e: Numbers, level: float, shortest: int, seed: int
) -> list[ChangePoint]:
    """The changes between their neighbours; the weakest that no longer stands is dropped, and all again."""
    while True:
        bounds = [0, *found, len(k)]
        weighed = []
        for place in range(1, len(bounds) - 1):
            start, end = bounds[place - 1], bounds[place + 1]
            (_, split), p_value = _strongest(k[start:end], e[start:end], _splits(end - start, shortest), seed)
            weighed.append((p_value, place, start + split))
        if not weighed or max(weighed)[0] <= 1 - level:
            break
        del found[max(weighed)[1] - 1]
    points = []
    for p_value, place, index in weighed:
        before, after = slice(bounds[place - 1], index), slice(index, bounds[place + 1])
        counted = int(k[before].sum()), int(k[after].sum())
        seen = float(e[before].sum()), float(e[after].sum())
        scatter = _scatter([(k[side], e[side]) for side in (before, after)])
        low, high = rate_ratio_interval(counted[0] / scatter, seen[0], counted[1] / scatter, seen[1], level)
        ratio = None if counted[0] == 0 else counted[1] / seen[1] / (counted[0] / seen[0])
        points.append(ChangePoint(index, ratio, low, high, p_value))
    return points


def _change(k: Numbers, e: Numbers, shortest: int, error: float, seed: int) -> tuple[int, int] | None:
    """Where one segment changes: once for good, or else for a stretch within it; None when it does not."""
    for windows, part in (
        (_splits(len(k), shortest), _FOR_GOOD),
        (_windows(len(k), shortest), 1 - _FOR_GOOD),
    ):
        ends, p_value = _strongest(k, e, windows, seed)
        if p_value <= error * part:
            return ends
    return None


def _scatter(sides: Sequence[tuple[Numbers, Numbers]]) -> float:
    """How much more than Poisson counts the months scatter about their side's rate, at least 1.

    Pearson's χ² over its degrees of freedom (McCullagh and Nelder, Generalized Linear Models, section 6.2).
    """
    distance, degrees = 0.0, -len(sides)
    for k, e in sides:
        expected = k.sum() * e / e.sum()
        if k.sum() > 0:
            distance += float(((k - expected) ** 2 / expected).sum())
        degrees += len(k)
    return max(1.0, distance / degrees)


def _windows(months: int, shortest: int) -> Windows:
    """First and last + 1 of every stretch that may have a rate of its own, both sides of it long enough."""
    import numpy as np

    start, end = np.triu_indices(months + 1, shortest)
    fits = ((start == 0) | (start >= shortest)) & ((end == months) | (months - end >= shortest))
    fits &= end - start < months
    return start[fits], end[fits]


def _splits(months: int, shortest: int) -> Windows:
    """The stretches that begin with the first month."""
    import numpy as np

    end = np.arange(shortest, months - shortest + 1)
    return np.zeros_like(end), end


def _strongest(k: Numbers, e: Numbers, windows: Windows, seed: int) -> tuple[tuple[int, int], float]:
    """The stretch that differs most from the rest, and how often chance has one that does (1: too short)."""
    import numpy as np

    if len(windows[0]) == 0 or k.sum() == 0:
        return (0, 0), 1.0
    strengths = _strengths(k[None, :], e[None, :], windows)[0]
    place, observed = int(strengths.argmax()), float(strengths.max()) - 1e-9
    draw = np.random.default_rng(seed)

    def divided(size: int) -> Numbers:
        drawn = draw.multinomial(int(k.sum()), e / e.sum(), size=size).astype(float)
        return _strengths(drawn, e[None, :], windows)

    def reordered(size: int) -> Numbers:
        orders = draw.permuted(np.tile(np.arange(len(k)), (size, 1)), axis=1)
        return _strengths(k[orders], e[orders], windows)

    p_value = 0.0
    for simulated in (divided, reordered):
        reached = simulations = 0
        # Stopped as soon as it is plainly no change (Besag and Clifford, Biometrika 78, 1991).
        while simulations < SIMULATIONS and reached < _PLAINLY_CHANCE:
            reached += int((simulated(_AT_ONCE).max(axis=1) >= observed).sum())
            simulations += _AT_ONCE
        p_value = max(p_value, (reached + 1) / (simulations + 1))
        if p_value > 0.5 or reached >= _PLAINLY_CHANCE:
            break
    return (int(windows[0][place]), int(windows[1][place])), p_value


def _strengths(k: Numbers, e: Numbers, windows: Windows) -> Numbers:
    """The log likelihood ratio of two rates to one, for each series (row) and each stretch."""
    import numpy as np
    from scipy.special import xlogy

    start, end = windows
    sum_k, sum_e = (np.pad(np.cumsum(each, axis=1), ((0, 0), (1, 0))) for each in (k, e))
    inside_k, inside_e = sum_k[:, end] - sum_k[:, start], sum_e[:, end] - sum_e[:, start]
    total_k, total_e = sum_k[:, -1:], sum_e[:, -1:]
    outside_k, outside_e = total_k - inside_k, total_e - inside_e
    mean = total_k / total_e
    found: Numbers = xlogy(inside_k, inside_k / (inside_e * mean)) + xlogy(
        outside_k, outside_k / (outside_e * mean)
    )
    return found
