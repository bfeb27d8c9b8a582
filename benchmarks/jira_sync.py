"""Following a Jira: how long, how many calls and how much memory, against the `jira` package where it can be.

The Jira is a simulated Cloud in a process of its own (`crowded_jira`), which takes `LATENCY_SECONDS` for each
answer; every client runs in one of its own (`jira_clients`). No client can be faster than the bound: four
calls at once, and nothing else to do. The first round of each is not measured: it checks that both sides hold
the same issues, fields and histories, and lets the server write what it will send again.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.crowded_jira import crowded_jira
from benchmarks.jira_clients import Cost, cost_of
from pipeline.sources.rest import CALLS_AT_ONCE

LATENCY_SECONDS = 0.1
#: What the paced server answers in a second, and ours asks.
CALLS_PER_SECOND = 10


def told(folder: Path, issues: int, runs: int) -> Iterator[str]:
    """Lines for each measure, with that many issues; for the memory ten times as many, too."""
    yield from first_sync(folder, issues, runs)
    yield from paced_sync(folder, issues)
    yield from memory(folder, issues)


def first_sync(folder: Path, issues: int, runs: int) -> Iterator[str]:
    """A first sync against the package; then, on what it brought, a run with no change and a sweep."""
    ours, others = [], []
    with crowded_jira(issues, latency_seconds=LATENCY_SECONDS) as jira:
        held = folder / "held.duckdb"
        checked = cost_of("ours", jira.url, "--warehouse", held, "--contents")
        check_same(checked, cost_of("package", jira.url, "--contents"), issues)
        for run in range(runs):
            ours.append(cost_of("ours", jira.url, "--warehouse", folder / f"first-{run}.duckdb"))
            others.append(cost_of("package", jira.url))
        alone = [cost_of("bytes", jira.url) for _ in range(runs)]
        unchanged = cost_of("ours", jira.url, "--warehouse", held)
        sweep = cost_of("ours", jira.url, "--warehouse", held, "--sweep")
    yield f"first sync of {issues:,} issues with {checked.histories:,} entries of histories"
    yield f"  {times(ours)} against {times(others)} for the jira package"
    speedups = [other.seconds / own.seconds for own, other in zip(ours, others, strict=True)]
    yield f"  {ratio(speedups)}, goal ≥ 8"
    yield (
        f"  {ours[0].calls} calls against {others[0].calls}; {CALLS_AT_ONCE} at once of "
        f"{LATENCY_SECONDS * 1000:.0f} ms are {bound(ours[0]):.1f} s at least"
    )
    yield f"  {ratio([own.seconds / bound(own) for own in ours])} of that bound, goal ≤ 1.3"
    idle = [1 - own.waiting_seconds / own.seconds for own in ours]
    yield (
        f"  no call under way for {median(idle):.0%} of the time ({min(idle):.0%} to {max(idle):.0%}); "
        f"{median([own.cpu_seconds for own in ours]):.1f} s of processor time "
        f"against {median([other.cpu_seconds for other in others]):.1f} s"
    )
    yield (
        f"  the same issues asked for and thrown away: {times(alone)}, "
        f"{median([each.seconds / bound(each) for each in alone]):.2f} of its bound"
    )
    yield f"calls for {issues:,} issues"
    yield f"  first sync {ours[0].calls}, goal ≤ {allowed_calls(issues)}"
    yield f"  nothing changed {unchanged.calls}, goal ≤ 5 ({unchanged.seconds:.1f} s)"
    yield f"  sweep, nothing changed {sweep.calls} ({sweep.seconds:.1f} s)"


def paced_sync(folder: Path, issues: int) -> Iterator[str]:
    """A first sync against the package where the server refuses more than so many calls a second."""
    with crowded_jira(issues, latency_seconds=LATENCY_SECONDS, calls_per_second=CALLS_PER_SECOND) as jira:
        own = cost_of(
            "ours",
            jira.url,
            "--warehouse",
            folder / "paced.duckdb",
            "--pace",
            str(CALLS_PER_SECOND),
            "--contents",
        )
        other = cost_of("package", jira.url, "--at-once", "1", "--contents")
    check_same(own, other, issues)
    yield f"first sync of {issues:,} issues from a server that answers {CALLS_PER_SECOND} calls a second"
    yield f"  {own.seconds:.1f} s against {other.seconds:.1f} s for the jira package, one call at a time"
    yield f"  ratio {other.seconds / own.seconds:.1f}, goal ≥ 2.5; {own.refusals} calls refused, goal 0"
    yield f"  {own.seconds / (own.calls / CALLS_PER_SECOND):.2f} of the time that {own.calls} calls may take"


def memory(folder: Path, issues: int) -> Iterator[str]:
    """The most that a first sync holds, and one of ten times as many issues."""
    peaks = []
    for count in (issues, 10 * issues):
        with crowded_jira(count) as jira:
            peaks.append(cost_of("ours", jira.url, "--warehouse", folder / f"{count}.duckdb").peak_megabytes)
    yield f"memory of a first sync of {issues:,} and of {10 * issues:,} issues"
    yield f"  {peaks[0]:.0f} MB and {peaks[1]:.0f} MB, ratio {peaks[1] / peaks[0]:.2f}"


def check_same(own: Cost, other: Cost, issues: int) -> None:
    """Raises SystemExit unless both brought every issue, alike."""
    if own.issues != issues or (own.contents, own.histories) != (other.contents, other.histories):
        raise SystemExit(
            f"the two sides do not hold the same: {own.issues} issues and {own.histories} entries "
            f"against {other.issues} and {other.histories}"
        )


def bound(cost: Cost) -> float:
    """How long its calls take at least, in seconds."""
    return -(-cost.calls // CALLS_AT_ONCE) * LATENCY_SECONDS


def allowed_calls(issues: int) -> int:
    """Of a first sync: 130 for 10,000."""
    return 15 + -(-issues * 115 // 10_000)


def times(costs: list[Cost]) -> str:
    """Median and extremes in seconds."""
    seconds = [cost.seconds for cost in costs]
    return f"{median(seconds):.1f} s ({min(seconds):.1f} to {max(seconds):.1f})"


def ratio(ratios: list[float]) -> str:
    """Median and extremes."""
    return f"ratio {median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
