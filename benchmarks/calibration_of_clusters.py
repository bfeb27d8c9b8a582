"""The calibration of what is said of action items, which come several to an incident and often end alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.calibration import SEED, Table, held, percent
from pipeline.metrics.statistics import (
    ERROR,
    ClusteredShare,
    Spread,
    clustered_share_intervals,
    compare_clustered_shares,
    compare_shares,
    log_rank,
    share_interval,
)

#: How alike the items of one incident end: not at all, a little, and as much as a third of always.
CORRELATIONS = (0.0, 0.1, 0.3)
PAIRS = ((3, 3), (10, 10), (30, 30), (3, 60), (20, 200))
SHARE = 0.6
Whole = NDArray[np.int64]


def drawn(
    draw: np.random.Generator, incidents: int, correlation: float, share: float = SHARE
) -> tuple[Whole, Whole]:
    """Of each incident, its one to five items, and how many of them are so; beta-binomial."""
    sizes = draw.integers(1, 6, incidents)
    if correlation == 0:
        return sizes, draw.binomial(sizes, share)
    scale = (1 - correlation) / correlation
    return sizes, draw.binomial(sizes, draw.beta(share * scale, (1 - share) * scale, incidents))


def share_of(sizes: Whole, hits: Whole) -> ClusteredShare:
    """The share over all incidents."""
    spread = Spread(len(sizes), int(sizes @ sizes), int(sizes @ hits), int(hits @ hits))
    return ClusteredShare(int(hits.sum()), int(sizes.sum()), spread)


def cluster_tables(repetitions: int, pairs: Sequence[tuple[int, int]] = PAIRS) -> Iterator[Table]:
    """False signals of shares and of times, and intervals of shares, with and without regard to incidents."""
    head = [f"{first} and {second}" for first, second in pairs]
    rows = []
    for correlation in CORRELATIONS:
        draw = np.random.default_rng(SEED + 10)
        plain, ours = [], []
        for pair in pairs:
            signals = np.zeros(2)
            for _ in range(repetitions):
                before, after = (share_of(*drawn(draw, incidents, correlation)) for incidents in pair)
                one_by_one = compare_shares(before.count, before.n, after.count, after.n)
                by_incident = compare_clustered_shares(before, after)
                signals += [each.verdict == "signal" for each in (one_by_one, by_incident)]
            plain.append(percent(signals[0] / repetitions))
            ours.append(percent(signals[1] / repetitions))
        rows += [
            [f"shares, correlation {correlation}: as if each item were alone", *plain],
            [f"shares, correlation {correlation}: ours", *ours],
        ]
    for correlation in CORRELATIONS:
        draw = np.random.default_rng(SEED + 11)
        plain, ours = [], []
        for pair in pairs:
            signals = np.zeros(2)
            for _ in range(repetitions // 2):
                groups = [_times(draw, incidents, correlation) for incidents in pair]
                times = [(days, is_done) for days, is_done, _ in groups]
                for place, clusters in enumerate((None, [labels for _, _, labels in groups])):
                    p_value = log_rank(times, clusters)[2]
                    signals[place] += p_value is not None and p_value <= ERROR
            plain.append(percent(signals[0] / (repetitions // 2)))
            ours.append(percent(signals[1] / (repetitions // 2)))
        rows += [
            [f"time to done, correlation {correlation}: as if each item were alone", *plain],
            [f"time to done, correlation {correlation}: ours", *ours],
        ]
    yield Table("clusters", ["no change, incidents", *head], rows)
    yield _intervals(repetitions)


def _times(
    draw: np.random.Generator, incidents: int, correlation: float
) -> tuple[NDArray[np.float64], NDArray[np.bool_], Whole]:
    """Days, whether done, and the incident, of one to five items each, seen for 15 to 75 days.

    The days' normal scores are what correlates.
    """
    from scipy.special import log_ndtr

    sizes = draw.integers(1, 6, incidents)
    common = np.repeat(draw.normal(size=incidents), sizes)
    score = correlation**0.5 * common + (1 - correlation) ** 0.5 * draw.normal(size=len(common))
    until = -40 * log_ndtr(-score)  # exponential with mean 40
    seen = np.repeat(draw.uniform(15, 75, incidents), sizes)
    return np.ceil(np.minimum(until, seen)), until <= seen, np.repeat(np.arange(incidents), sizes)


def _intervals(repetitions: int) -> Table:
    sizes = (3, 10, 30, 100)
    rows = []
    for correlation in CORRELATIONS:
        draw = np.random.default_rng(SEED + 12)
        cells = []
        for incidents in sizes:
            shares = [share_of(*drawn(draw, incidents, correlation)) for _ in range(repetitions)]
            plain = held([share_interval(each.count, each.n) for each in shares], SHARE)
            ours = held([clustered_share_intervals([each])[0] for each in shares], SHARE)
            cells.append(f"{percent(plain)} → {percent(ours)}")
        rows.append([f"correlation {correlation}", *cells])
    head = [f"{incidents} incidents" for incidents in sizes]
    return Table("clustered intervals", ["90 % interval of a share: exact → ours", *head], rows)
