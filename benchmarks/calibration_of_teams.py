"""The calibration of how teams are judged: bad ones that are found, and others that are called bad."""

from __future__ import annotations

from math import exp, log

import numpy as np

from benchmarks.calibration import SEED, Table, percent
from pipeline.metrics.statistics import ClusteredShare, Spread, outlying_groups

GOOD, BAD = 0.75, 0.15
#: What else makes teams and items vary: the standard deviation of log odds, and the intraclass correlation.
WORLDS = {
    "alike": (0.0, 0.0),
    "clustered": (0.0, 0.5),
    "unlike by 0.3, clustered a little": (0.3, 0.2),
    "unlike by 0.6, clustered a little": (0.6, 0.2),
}
SETS = ((0, 4), (0, 8), (0, 20), (1, 3), (1, 4), (2, 4), (1, 8), (2, 8), (3, 8), (4, 8), (3, 20))


def team_tables(repetitions: int) -> list[Table]:
    """Of so many bad teams, which are a signal (or beyond chance); in how many sets any other team is."""
    rows = []
    for bad, size in SETS:
        cells = []
        for unlike, together in WORLDS.values():
            draw = np.random.default_rng(SEED + 9)
            found, false = np.zeros(2), np.zeros(2)
            for _ in range(repetitions):
                teams = [_team(draw, place < bad, unlike, together) for place in range(size)]
                groups = [{"": (team.n, team.count)} for team in teams]
                places = outlying_groups(groups, teams).places
                apart = np.array(
                    [
                        [place.standing == "signal", place.standing != "not distinguishable"]
                        for place in places
                    ]
                )
                found += apart[:bad].sum(axis=0)
                false += apart[bad:].any(axis=0)
            told = [f"{_pair(found / repetitions / bad)}; "] if bad else []
            cells.append("".join([*told, _pair(false / repetitions)]))
        rows.append([f"{bad} of {size}" if bad else f"none of {size}", *cells])
    return [Table("teams apart", ["bad teams", *WORLDS], rows)]


def _pair(shares: np.ndarray[tuple[int], np.dtype[np.float64]]) -> str:
    return f"{percent(float(shares[0]))} ({percent(float(shares[1]))})"


def _team(draw: np.random.Generator, is_bad: bool, unlike: float, together: float) -> ClusteredShare:
    share = BAD * draw.uniform(0.5, 1.5) if is_bad else GOOD
    odds = log(share / (1 - share)) + (0.0 if is_bad else unlike * float(draw.normal()))
    share = 1 / (1 + exp(-odds))
    incidents: list[tuple[int, int]] = []
    most = int(draw.integers(15, 110))
    while sum(n for n, _ in incidents) < most:
        n = int(draw.integers(1, 6))
        own = share
        if together:
            known = 1 / together - 1
            own = float(draw.beta(share * known, (1 - share) * known))
        incidents.append((n, int(draw.binomial(n, own))))
    ns, hits = np.array(incidents).T
    spread = Spread(len(ns), int(ns @ ns), int(ns @ hits), int(hits @ hits))
    return ClusteredShare(int(hits.sum()), int(ns.sum()), spread)
