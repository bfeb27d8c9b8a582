"""The calibration of survival curves, of groups beside each other, and of change points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import exp, log

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc

from benchmarks.calibration import SEED, SIZES, Table, held, percent
from pipeline.metrics.statistics import (
    ERROR,
    ClusteredShare,
    Interval,
    aalen_johansen,
    change_points,
    counts_against_rest,
    durations_against_rest,
    incidence_at,
    kaplan_meier,
    log_rank,
    shares_against_rest,
    shrunken_rates,
    survival_median,
)

#: Done after 40 days on average, declined after 160; seen for so many days at least and at most, so that
#: about half are still open, or four of five.
DONE_RATE, DECLINED_RATE = 1 / 40, 1 / 160
LONG, SHORT, SHORTEST = (15.0, 75.0), (2.0, 17.0), (1.0, 11.0)
GROUP_SIZES = (
    (5, 5),
    (10, 10),
    (25, 25),
    (3, 50),
    (10, 100),
    (3, 3, 3, 3),
    (1, 1, 1, 1, 40),
    (3, 4, 5, 8, 12, 20, 30, 40),
)


def follow_through_tables(repetitions: int, sizes: Sequence[int] = SIZES) -> Iterator[Table]:
    """Survival curves' intervals with half of the items still open; false signals of log-rank."""
    rate = DONE_RATE + DECLINED_RATE
    share_done = DONE_RATE / rate * (1 - exp(-rate * 30))
    found: dict[str, list[str]] = {
        "share still open after 30 days": [],
        "median (Brookmeyer–Crowley)": [],
        "share done within 30 days": [],
        "share declined within 30 days": [],
    }
    draw = np.random.default_rng(SEED + 6)
    for n in sizes:
        intervals: list[list[Interval]] = [[], [], [], []]
        for _ in range(repetitions):
            days, causes = _followed(draw, n, LONG)
            curve = kaplan_meier(days, causes > 0)
            _, low, high = incidence_at(curve, 30)
            intervals[0].append((None if high is None else 1 - high, None if low is None else 1 - low))
            intervals[1].append(survival_median(curve)[1:])
            both = aalen_johansen(days, causes)
            for place, cause in ((2, 1), (3, 2)):
                known = incidence_at(both[cause], 30) if cause in both else (None, None, None)
                intervals[place].append(known[1:])
        # Days are whole: half are done by the first day on whose end at least half are.
        truths = (
            exp(-rate * 30),
            float(np.ceil(log(2) / rate)),
            share_done,
            share_done * DECLINED_RATE / DONE_RATE,
        )
        for cells, each, truth in zip(found.values(), intervals, truths, strict=True):
            cells.append(percent(held(each, truth)))
    head = [f"n = {n:,}" for n in sizes]
    yield Table(
        "survival", ["90 % interval of the", *head], [[name, *cells] for name, cells in found.items()]
    )
    yield _differences(repetitions)


def _differences(repetitions: int) -> Table:
    """How often log-rank calls no difference a signal; the last group followed as the others, or not."""
    rows = []
    for sizes in GROUP_SIZES:
        cells = []
        for others, last in ((LONG, LONG), (LONG, SHORT), (SHORT, LONG), (SHORTEST, SHORTEST)):
            draw = np.random.default_rng(SEED + 9)
            signals = np.zeros(2)
            for _ in range(repetitions):
                groups = [_followed(draw, n, others) for n in sizes[:-1]] + [_followed(draw, sizes[-1], last)]
                statistic, degrees, p_value = log_rank([(days, causes == 1) for days, causes in groups])
                if statistic is not None and p_value is not None:
                    signals += (chdtrc(degrees, statistic) <= ERROR, p_value <= ERROR)
            shown = signals if others == last == LONG else signals[1:]
            cells += [percent(each / repetitions) for each in shown]
        rows.append([" and ".join([", ".join(map(str, sizes[:-1])), str(sizes[-1])]), *cells])
    head = ("the last followed shorter", "the last followed longer", "all seldom done")
    return Table(
        "log-rank",
        ["no difference, groups of", "by χ²", "ours", *[f"ours, {name}" for name in head]],
        rows,
    )


def _followed(
    draw: np.random.Generator, n: int, seen_for: tuple[float, float]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Whole days until done (1), declined (2), or still open (0) when seen last."""
    rate = DONE_RATE + DECLINED_RATE
    until = draw.exponential(1 / rate, n)
    kinds = np.where(draw.random(n) < DONE_RATE / rate, 1, 2)
    seen = draw.uniform(*seen_for, n)
    return np.ceil(np.minimum(until, seen)), np.where(until <= seen, kinds, 0)


def group_tables(repetitions: int) -> Iterator[Table]:
    """Shrunken rates and comparisons with the rest, over many groups."""
    draw = np.random.default_rng(SEED + 7)
    rows = []
    for groups in (5, 20, 60):
        cells = []
        for spread in (0.0, 0.3, 1.0):
            shrunken, error, raw_error = 0, 0.0, 0.0
            for _ in range(repetitions):
                exposures = np.exp(draw.normal(0, 1, groups)) * 4
                shape = 1 / spread**2 if spread else np.inf
                rates = draw.gamma(shape, 2 / shape, groups) if spread else np.full(groups, 2.0)
                counts = draw.poisson(rates * exposures)
                found = shrunken_rates(counts.tolist(), exposures.tolist())
                for each, rate, raw in zip(found, rates, counts / exposures, strict=True):
                    shrunken += each.low <= rate <= each.high
                    error += (each.rate - rate) ** 2
                    raw_error += (raw - rate) ** 2
            cells.append(f"{percent(shrunken / repetitions / groups)} ({error / raw_error:.2f})")
        rows.append([f"{groups} groups", *cells])
    yield Table(
        "shrinkage",
        ["coverage (error against the raw rate's)", "all the same", "rates ± 30 %", "rates ± 100 %"],
        rows,
    )
    families = {"durations": 0, "counts": 0, "shares": 0}
    for _ in range(repetitions):
        durations = [np.exp(draw.normal(4, 1.25, int(n))).tolist() for n in draw.integers(4, 40, 12)]
        families["durations"] += any(each.verdict == "signal" for each in durations_against_rest(durations))
        exposures = draw.uniform(1, 30, 12)
        counts = draw.poisson(exposures).tolist()
        families["counts"] += any(
            each.verdict == "signal" for each in counts_against_rest(counts, exposures.tolist())
        )
        ns = draw.integers(4, 60, 12)
        shares = draw.binomial(ns, 0.6)
        families["shares"] += any(
            each.verdict == "signal"
            for each in shares_against_rest(
                [ClusteredShare(*row) for row in zip(shares.tolist(), ns.tolist(), strict=True)]
            )
        )
    families_row = [percent(count / repetitions) for count in families.values()]
    yield Table(
        "families",
        ["nothing differs", "durations", "counts", "shares"],
        [["a signal anywhere among 12 groups, each against the rest (Holm)", *families_row]],
    )


def change_tables(repetitions: int) -> Iterator[Table]:
    """Change points in 36 months: seen where there is none, and where the rate was cut in the middle."""
    draw = np.random.default_rng(SEED + 8)
    days = [31.0, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] * 3
    share = np.array(days) / np.mean(days)
    rows = []
    for name, cut in (("no change", 1.0), ("cut by 30 %", 0.7), ("cut by half", 0.5)):
        cells = []
        for mean in (3, 10, 30):
            for is_clustered in (False, True):
                expected = mean * share * np.where(np.arange(36) < 18, 1.0, cut)
                seen = 0
                covered: list[bool] = []
                times = repetitions if cut == 1 else repetitions // 4
                for _ in range(times):
                    rates = expected * draw.gamma(4, 1 / 4, 36) if is_clustered else expected
                    found = change_points(draw.poisson(rates).tolist(), days)
                    near = [point for point in found if abs(point.index - 18) <= 3]
                    seen += bool(found if cut == 1 else near)
                    covered += [held([(point.low, point.high)], cut) == 1 for point in near]
                told = percent(seen / times)
                cells.append(
                    told if cut == 1 or not covered else f"{told} ({percent(float(np.mean(covered)))})"
                )
        rows.append([name, *cells])
    head = [f"{mean} a month{kind}" for mean in (3, 10, 30) for kind in ("", ", clustered")]
    yield Table("change points", ["found within 3 months (its interval holds)", *head], rows)
