"""Time until something is done, when much is still open: survival curves.

Durations are in any one unit (days); what is negative counts as 0: done before it was asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

from pipeline.metrics.statistics.intervals import LEVEL, share_interval

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pipeline.metrics.statistics.intervals import Values

    Numbers = NDArray[np.float64]
    Flags = Sequence[bool] | NDArray[np.bool_]
    Whole = Sequence[int] | NDArray[np.int_]

_SLACK = 1e-12  # a product of fractions that is one half is so only up to rounding


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A Kaplan–Meier curve: one place per distinct time at which something was done.

    `survival` is the share still open after that time, `low` and `high` its interval. `n` durations were
    given, and the longest was `followed_until` (None when n is 0), beyond which nothing is known unless
    `is_complete`: nobody was still open then.
    """

    times: Numbers
    at_risk: Numbers
    events: Numbers
    survival: Numbers
    low: Numbers
    high: Numbers
    variance: Numbers
    n: int
    followed_until: float | None
    is_complete: bool
    level: float


@dataclass(frozen=True, slots=True, eq=False)
class CumulativeIncidence:
    """One outcome's Aalen–Johansen curve: one place per distinct time with any outcome.

    `incidence` is the share that has come to this outcome by that time, `events` how many did just then;
    the rest as of `Curve`.
    """

    times: Numbers
    at_risk: Numbers
    events: Numbers
    incidence: Numbers
    low: Numbers
    high: Numbers
    variance: Numbers
    n: int
    followed_until: float | None
    is_complete: bool
    level: float


def kaplan_meier(durations: Values, is_event: Flags, level: float = LEVEL) -> Curve:
    """The share still open over time, with what is open now counted for as long as it was seen.

    Kaplan and Meier, J. American Statistical Association 53, 1958; Greenwood's variance; intervals on the
    log(−log) scale (Kalbfleisch and Prentice, The Statistical Analysis of Failure Time Data), which keeps
    them within 0 and 1. Where nobody is left the interval keeps its last upper end. Raises ValueError for
    lists of unlike length or a duration that is no number.
    """
    import numpy as np

    times, at_risk, events, longest = _life_table(durations, np.asarray(is_event, dtype=bool).astype(int), 1)
    done = events[0]
    survival = np.cumprod(1 - done / at_risk)
    hazard_variance = np.cumsum(divided(done, at_risk * (at_risk - done)))
    variance = survival**2 * hazard_variance
    low, high = _log_log_interval(survival, variance, level)
    is_complete = bool(len(times)) and bool(done[-1] == at_risk[-1])
    return Curve(
        times, at_risk, done, survival, low, high, variance, len(durations), longest, is_complete, level
    )


def aalen_johansen(durations: Values, causes: Whole, level: float = LEVEL) -> dict[int, CumulativeIncidence]:
    """The share that has come to each outcome over time, when one outcome rules out the others.

    `causes` is 0 for what is still open, else the number of the outcome (1 done, 2 declined); the answer
    has every number from 1 to the largest. Aalen and Johansen, Scand. J. Statistics 5, 1978; variance by the
    delta method (Marubini and Valsecchi, Analysing Survival Data, 1995, section 10.3); intervals on the
    log(−log) scale of what has not come to it, so that one outcome alone gives Kaplan–Meier's.
    """
    import numpy as np

    kinds = np.asarray(causes, dtype=int)
    count = max(1, int(kinds.max(initial=1)))
    times, at_risk, events, longest = _life_table(durations, kinds, count)
    every = events.sum(axis=0)
    before = np.concatenate([[1.0], np.cumprod(1 - every / at_risk)[:-1]]) if len(times) else np.empty(0)
    hazard = divided(every, at_risk * (at_risk - every))
    is_complete = bool(len(times)) and bool(every[-1] == at_risk[-1])
    found = {}
    for index in range(count):
        own = events[index]
        step = before * own / at_risk
        incidence = np.cumsum(step)
        cross = step / at_risk
        variance = (
            incidence**2 * np.cumsum(hazard)
            - 2 * incidence * np.cumsum(incidence * hazard)
            + np.cumsum(incidence**2 * hazard)
            + np.cumsum(before**2 * (at_risk - own) * own / at_risk**3)
            - 2 * (incidence * np.cumsum(cross) - np.cumsum(incidence * cross))
        )
        variance = np.maximum(variance, 0.0)
        low, high = _log_log_interval(1 - incidence, variance, level)
        # Before its first event a curve has no variance; what is at risk bounds what it may have missed.
        low = np.where(own.cumsum() == 0, ((1 - level) / 2) ** (1 / at_risk), low)
        found[index + 1] = CumulativeIncidence(
            times,
            at_risk,
            own,
            incidence,
            1 - high,
            1 - low,
            variance,
            len(durations),
            longest,
            is_complete,
            level,
        )
    return found


def survival_median(curve: Curve) -> tuple[float | None, float | None, float | None]:
    """The time by which half is done, and its interval (Brookmeyer and Crowley, Biometrics 38, 1982).

    The interval are the times at which the curve's own interval holds one half. None where too little is
    done to say: the median itself when more than half is open at the longest time, the lower end when so few
    were given (below 5) that all of them may well lie beyond it.
    """

    def first(ends: Numbers) -> float | None:
        import numpy as np

        below = np.flatnonzero(ends <= 0.5 + _SLACK)
        return float(curve.times[below[0]]) if len(below) else None

    may_all_be_later = ((1 - curve.level) / 2) ** (1 / max(1, curve.n)) <= 0.5
    return first(curve.survival), None if may_all_be_later else first(curve.low), first(curve.high)


def incidence_at(
    curve: CumulativeIncidence | Curve, day: float
) -> tuple[float | None, float | None, float | None]:
    """The share that has come to the outcome by a time and its interval; of a survival curve, the share done.

    All None beyond the longest time seen while something was still open then: nobody knows.
    """
    import numpy as np

    if curve.followed_until is None:
        return None, None, None
    place = int(np.searchsorted(curve.times, day, side="right")) - 1
    if day > curve.followed_until and not curve.is_complete:
        return None, None, None
    if place < 0:
        # Before the first outcome the curve has no variance; what an exact interval of 0 of n says, holds.
        return 0.0, *share_interval(0, curve.n, curve.level)
    if isinstance(curve, Curve):
        ends = curve.survival, curve.high, curve.low
        share, low, high = (1 - float(end[place]) for end in ends)
        return share, low, high
    return float(curve.incidence[place]), float(curve.low[place]), float(curve.high[place])


def valid_durations(durations: Values) -> Numbers:
    """As numbers, none below 0. Raises ValueError for a duration that is no number."""
    import numpy as np

    given = np.asarray(durations, dtype=float)
    if np.isnan(given).any():
        raise ValueError("a duration is no number: leave out what is not known, and count it")
    floored: Numbers = np.maximum(given, 0.0)
    return floored


def _life_table(
    durations: Values, causes: NDArray[np.int_], count: int
) -> tuple[Numbers, Numbers, Numbers, float | None]:
    """Distinct times with an event, how many at risk, events per cause (causes × times), longest time."""
    import numpy as np

    given = valid_durations(durations)
    if len(given) != len(causes):
        raise ValueError(f"{len(given)} durations, but {len(causes)} outcomes")
    order = np.argsort(given, kind="stable")
    ordered, kinds = given[order], causes[order]
    times, first = np.unique(ordered, return_index=True)
    at_risk = (len(ordered) - first).astype(float)
    place = np.repeat(np.arange(len(times)), np.diff(np.append(first, len(ordered))))
    events = np.array(
        [np.bincount(place[kinds == kind + 1], minlength=len(times)) for kind in range(count)], dtype=float
    ).reshape(count, len(times))
    kept = events.sum(axis=0) > 0
    longest = float(ordered[-1]) if len(ordered) else None
    return times[kept], at_risk[kept], events[:, kept], longest


def divided(above: Numbers, below: Numbers) -> Numbers:
    """above / below, and 0 where nothing is below: the last one's variance, which its estimate of 0 hides."""
    import numpy as np

    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)


def _log_log_interval(share: Numbers, variance: Numbers, level: float) -> tuple[Numbers, Numbers]:
    """The interval of a falling share on the log(−log) scale; at 0 it is from 0 to the last upper end."""
    import numpy as np

    z = NormalDist().inv_cdf((1 + level) / 2)
    inner = (share > _SLACK) & (share < 1)
    safe = np.where(inner, share, 0.5)
    reach = z * np.sqrt(variance) / np.abs(safe * np.log(safe))
    low = np.where(inner, safe ** np.exp(reach), share)
    high = np.where(inner, safe ** np.exp(-reach), share)
    gone = share <= _SLACK
    if gone.any():
        first = int(np.argmax(gone))
        low[gone], high[gone] = 0.0, float(high[first - 1]) if first else 1.0
    return low, high
