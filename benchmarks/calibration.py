"""How often intervals hold the truth, no change passes for one, and a change is seen: by simulation, seeded.

`python -m benchmarks --only calibration` prints the tables; with `--write` they go into docs/statistics.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import log
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, bdtrc, ndtri, stdtr, stdtrit

from pipeline.metrics.statistics import (
    ERROR,
    Interval,
    compare_counts,
    compare_durations,
    compare_shares,
    count_interval,
    geometric_mean_interval,
    multinomial_intervals,
    quantile_interval,
    rate_ratio_interval,
    share_interval,
    shares_against_known,
    wilson_interval,
)
from pipeline.metrics.statistics.ranks import rank_test

PAGE = Path(__file__).resolve().parent.parent / "docs" / "statistics.md"
SIZES = (10, 20, 50, 100, 300, 1000)
#: Of the logarithms of durations: what published incident data has.
SPREAD = 1.25
SEED = 20

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Table:
    """A measured table: its name in the page, what stands in its head, and its rows."""

    name: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]

    def markdown(self) -> str:
        """The table for the page and the terminal."""
        lines = [self.head, ["---", *["--:"] * (len(self.head) - 1)], *self.rows]
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def log_normal(u: Numbers) -> Numbers:
    """Durations around 55 minutes."""
    return np.asarray(np.exp(4 + SPREAD * ndtri(u)))


def pareto(u: Numbers) -> Numbers:
    """Durations whose variance is infinite."""
    return np.asarray(20 * (1 - u) ** (-1 / 1.2))


def student_log(u: Numbers) -> Numbers:
    """Durations whose logarithms are themselves heavy-tailed, with Student's t of 3 degrees of freedom."""
    return np.asarray(np.exp(4 + 0.8 * np.clip(stdtrit(3, u), -12, 12)))


def rounded(minutes: int) -> Callable[[Numbers], Numbers]:
    """Log-normal durations, written down in steps of so many minutes."""
    return lambda u: to_step(log_normal(u), minutes)


def to_step(durations: Numbers, minutes: int) -> Numbers:
    """Rounded to the nearest step, but not to nothing."""
    return np.asarray(np.maximum(np.round(durations / minutes), 1) * minutes)


DURATIONS: dict[str, Callable[[Numbers], Numbers]] = {
    "log-normal": log_normal,
    "Pareto, index 1.2": pareto,
    "log-Student, 3 df": student_log,
    "rounded to 5 min": rounded(5),
    "rounded to 15 min": rounded(15),
}


def held(intervals: Sequence[Interval], truth: float) -> float:
    """The share of intervals that hold the truth; an end that is None bounds nothing."""
    low = np.array([-np.inf if low is None else low for low, _ in intervals])
    high = np.array([np.inf if high is None else high for _, high in intervals])
    # A rounded truth may be an end itself, up to the rounding of its computation.
    return float(np.mean((low <= truth + 1e-9) & (truth - 1e-9 <= high)))


def percent(share: float) -> str:
    """With one decimal."""
    return f"{100 * share:.1f}"


def coverage_of_durations(repetitions: int, sizes: Sequence[int] = SIZES) -> Table:
    """Of the 90 % intervals of median, p90 and geometric mean, for each kind of duration and n."""
    grid = (np.arange(400_000) + 0.5) / 400_000
    rows = []
    for figure in ("median", "p90", "geometric mean"):
        for kind, of in DURATIONS.items():
            draw = np.random.default_rng(SEED)
            cells = []
            for n in sizes:
                samples = np.sort(of(draw.random((repetitions, n))), axis=1)
                if figure == "geometric mean":
                    truth = float(np.exp(np.log(np.maximum(of(grid), 1.0)).mean()))
                    found = [geometric_mean_interval(sample) for sample in samples]
                else:
                    share = 0.5 if figure == "median" else 0.9
                    truth = float(of(np.array([share]))[0])
                    found = [quantile_interval(sample, share) for sample in samples]
                is_open = any(high is None for _, high in found)
                cells.append(percent(held(found, truth)) + (" ↑" if is_open else ""))
            rows.append([f"{figure}, {kind}", *cells])
    return Table("durations", ["90 % interval of the", *[f"n = {n:,}" for n in sizes]], rows)


def coverage_of_shares(sizes: Sequence[int] = SIZES) -> Table:
    """Of the intervals of a share, computed exactly: on average over true shares, and for the worst."""
    shares = np.linspace(0.02, 0.98, 193)
    rows = []
    for name, interval in (("Clopper–Pearson", share_interval), ("Wilson", wilson_interval)):
        cells = []
        for n in sizes:
            counts = np.arange(n + 1)
            ends = np.array([interval(int(k), n) for k in counts], dtype=float)
            covered = np.array(
                [
                    _binomial(counts[(ends[:, 0] <= share) & (share <= ends[:, 1])], n, share)
                    for share in shares
                ]
            )
            cells.append(f"{percent(float(covered.mean()))} ({percent(float(covered.min()))})")
        rows.append([name, *cells])
    return Table("shares", ["share: mean (worst)", *[f"n = {n:,}" for n in sizes]], rows)


def _binomial(counts: NDArray[np.int64], n: int, share: float) -> float:
    """The chance of a run of counts."""
    if len(counts) == 0:
        return 0.0
    below = 0.0 if counts[0] == 0 else float(bdtr(counts[0] - 1, n, share))
    above = 0.0 if counts[-1] == n else float(bdtrc(counts[-1], n, share))
    return 1 - below - above


def coverage_of_counts(repetitions: int) -> Table:
    """Of the intervals of a count, of a ratio of two rates, and of six shares together."""
    means = (3, 10, 30, 100, 300)
    draw = np.random.default_rng(SEED)
    counts, ratios, mixes = [], [], []
    truth = [0.4, 0.25, 0.15, 0.1, 0.07, 0.03]
    for mean in means:
        counts.append(held([count_interval(int(k)) for k in draw.poisson(mean, repetitions)], mean))
        pairs = zip(draw.poisson(mean, repetitions), draw.poisson(1.5 * mean, repetitions), strict=True)
        ratios.append(held([rate_ratio_interval(int(a), 90, int(b), 90) for a, b in pairs], 1.5))
        together = 0
        for row in draw.multinomial(mean * 5, truth, repetitions // 2):
            found = multinomial_intervals(row.tolist())
            together += all(held([each], share) == 1 for each, share in zip(found, truth, strict=True))
        mixes.append(together / (repetitions // 2))
    rows = [
        ["count (Garwood)", *map(percent, counts)],
        ["ratio of two rates", *map(percent, ratios)],
        ["six shares together (Goodman), n = 5 × mean", *map(percent, mixes)],
    ]
    return Table("counts", ["90 % interval of a", *[f"mean {mean}" for mean in means]], rows)


def false_signals(repetitions: int, sizes: Sequence[int] = (6, 10, 20, 50, 100, 300, 1000)) -> Table:
    """How often two samples of the same are called a signal."""
    rows = []
    for kind, of in DURATIONS.items():
        draw = np.random.default_rng(SEED + 1)
        cells = []
        for n in sizes:
            found = [
                rank_test(x, y, ERROR).p_value <= ERROR
                for x, y in (of(draw.random((2, n))) for _ in range(repetitions))
            ]
            cells.append(percent(float(np.mean(found))))
        rows.append([f"durations, {kind}", *cells])
    draw = np.random.default_rng(SEED + 2)
    pairs = [draw.poisson(n, (repetitions, 2)).tolist() for n in sizes]
    rows.append(
        [
            "counts, of mean n",
            *[
                percent(float(np.mean([_is_signal(compare_counts(a, b, 90, 90).p_value) for a, b in each])))
                for each in pairs
            ],
        ]
    )
    for share in (0.1, 0.6):
        cells = []
        for n in sizes:
            each = draw.binomial(n, share, (repetitions, 2)).tolist()
            cells.append(
                percent(float(np.mean([_is_signal(compare_shares(a, n, b, n).p_value) for a, b in each])))
            )
        rows.append([f"shares of {share:.0%}".replace("%", " %"), *cells])
    return Table("false signals", ["no change in", *[f"n = {n:,}" for n in sizes]], rows)


#: What Google published of its triggers and of its root causes; the rest has no name.
PUBLISHED = {
    "triggers": [0.37, 0.31, 0.09, 0.06, 0.05, 0.05, 0.05, 0.02],
    "root causes": [0.41, 0.20, 0.17, 0.07, 0.03],
}


def false_signals_of_mixes(
    repetitions: int, sizes: Sequence[int] = (1, 2, 3, 5, 10, 20, 100, 300, 1000)
) -> Table:
    """How often a mix drawn from the published one has a share that is called a signal."""
    rows = []
    for name, shares in PUBLISHED.items():
        draw = np.random.default_rng(SEED + 9)
        cells = []
        for n in sizes:
            mixes = draw.multinomial(n, [*shares, 1 - sum(shares)], repetitions)[:, : len(shares)].tolist()
            found = [min(shares_against_known(mix, n, shares)) <= ERROR for mix in mixes]
            cells.append(percent(float(np.mean(found))))
        rows.append([name, *cells])
    return Table("mixes", ["a signal anywhere in a mix of", *[f"n = {n:,}" for n in sizes]], rows)


def _is_signal(p_value: float | None) -> bool:
    return p_value is not None and p_value <= ERROR


def power(repetitions: int, sizes: Sequence[int] = (100, 1000, 2000)) -> Table:
    """How often a cut of log-normal durations is a signal: of ours, of logarithms' and of minutes' means."""
    rows = []
    for cut in (0.1, 0.5):
        seen_by: tuple[list[str], ...] = ([], [], [])
        for n in sizes:
            draw = np.random.default_rng(SEED + 3)
            seen = np.zeros(3)
            for _ in range(repetitions):
                x, y = (np.exp(draw.normal(4 + shift, SPREAD, n)) for shift in (0.0, log(1 - cut)))
                seen += (
                    rank_test(x, y, ERROR).p_value <= ERROR,
                    _t_test(np.log(x), np.log(y)) <= ERROR,
                    _t_test(x, y) <= ERROR,
                )
            for cells, count in zip(seen_by, seen, strict=True):
                cells.append(percent(count / repetitions))
        name = f"{cut:.0%} shorter".replace("%", " %")
        rows += [
            [f"{name}: Student's t of the logarithms", *seen_by[1]],
            [f"{name}: ours (Mann–Whitney)", *seen_by[0]],
            [f"{name}: Student's t of the minutes", *seen_by[2]],
        ]
    return Table("power", ["seen as a signal", *[f"n = {n:,} each" for n in sizes]], rows)


def _t_test(x: Numbers, y: Numbers) -> float:
    n, m = len(x), len(y)
    pooled = ((n - 1) * x.var(ddof=1) + (m - 1) * y.var(ddof=1)) / (n + m - 2)
    statistic = (y.mean() - x.mean()) / np.sqrt(pooled * (1 / n + 1 / m))
    return 2 * float(stdtr(n + m - 2, -abs(statistic)))


def smallest_changes(repetitions: int, sizes: Sequence[int] = (20, 50, 100, 300)) -> Table:
    """How often a change just as large as the smallest said to show is seen: 80 % is what was said."""
    rows = []
    for kind, of in DURATIONS.items():
        cells = []
        for n in sizes:
            draw = np.random.default_rng(SEED + 4)
            said = [
                compare_durations(*of(draw.random((2, n)))).smallest_ratio for _ in range(repetitions // 10)
            ]
            factor = float(np.exp(np.mean([log(each) for each in said if each is not None])))
            seen = 0
            for _ in range(repetitions):
                u = draw.random((2, n))
                x, y = of(u)
                if kind.startswith("rounded"):
                    y = to_step(log_normal(u[1]) * factor, int(kind.split()[2]))
                else:
                    y = y * factor
                seen += rank_test(x, y, ERROR).p_value <= ERROR
            cells.append(f"{percent(seen / repetitions)} (× {factor:.2f})")
        rows.append([f"durations, {kind}", *cells])
    draw = np.random.default_rng(SEED + 5)
    counts, shares = [], []
    for n in sizes:
        counts.append(_seen_of_counts(draw, n, repetitions))
        shares.append(_seen_of_shares(draw, n, repetitions))
    rows += [["counts, 2n together", *counts], ["shares, 40 % together", *shares]]
    return Table("smallest changes", ["seen (the ratio)", *[f"n = {n:,}" for n in sizes]], rows)


def _seen_of_counts(draw: np.random.Generator, n: int, repetitions: int) -> str:
    factor = compare_counts(n, n, 90, 90).smallest_ratio
    assert factor is not None
    before, after = (draw.poisson(2 * n * part / (1 + factor), repetitions).tolist() for part in (1, factor))
    seen = [compare_counts(a, b, 90, 90).p_value for a, b in zip(before, after, strict=True)]
    return f"{percent(float(np.mean([_is_signal(each) for each in seen])))} (× {factor:.2f})"


def _seen_of_shares(draw: np.random.Generator, n: int, repetitions: int) -> str:
    count = round(0.4 * n)
    factor = compare_shares(count, n, count, n).smallest_ratio
    assert factor is not None
    before, after = (
        draw.binomial(n, 2 * count / n * part / (1 + factor), repetitions).tolist() for part in (1, factor)
    )
    seen = [compare_shares(a, n, b, n).p_value for a, b in zip(before, after, strict=True)]
    return f"{percent(float(np.mean([_is_signal(each) for each in seen])))} (× {factor:.2f})"


def tables(scale: float = 1.0) -> Iterator[Table]:
    """Every table, one after the other; `scale` shrinks the number of simulations."""
    from benchmarks.calibration_of_clusters import cluster_tables
    from benchmarks.calibration_of_series import change_tables, follow_through_tables, group_tables
    from benchmarks.calibration_of_teams import team_tables

    def times(repetitions: int) -> int:
        return max(40, round(repetitions * scale))

    yield coverage_of_durations(times(3000))
    yield coverage_of_shares()
    yield coverage_of_counts(times(3000))
    yield from follow_through_tables(times(1000))
    yield from group_tables(times(100))
    yield from team_tables(times(200))
    yield false_signals(times(1000))
    yield false_signals_of_mixes(times(4000))
    yield from cluster_tables(times(500))
    yield power(times(2000))
    yield smallest_changes(times(400))
    yield from change_tables(times(100))


def write(table: Table) -> None:
    """Put a table into the page, between its own marks."""
    text = PAGE.read_text(encoding="utf-8")
    begin, end = f"<!-- measured: {table.name} -->", "<!-- end -->"
    before, found, rest = text.partition(begin)
    if not found or end not in rest:
        raise SystemExit(f"{PAGE.name} has no place for the table {table.name!r}")
    after = rest[rest.index(end) :]
    PAGE.write_text(f"{before}{begin}\n\n{table.markdown()}\n\n{after}", encoding="utf-8")
