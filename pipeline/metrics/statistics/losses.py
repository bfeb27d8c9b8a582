"""What is to be expected of incidents to come: how many, and how much each will cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from pipeline.metrics.statistics.credibility import ExpectedRate, expected_rates
from pipeline.metrics.statistics.intervals import LEVEL

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

#: How often the future is drawn, always from the same seed, so that a figure stays what it was.
DRAWS = 4000
SEED = 20240229
#: Impacts below one (minute, user, unit of cost) count as one where logarithms are taken.
SMALLEST = 1.0


class Expected(NamedTuple):
    """A mean and its interval."""

    mean: float
    low: float
    high: float


class ExpectedLoss(NamedTuple):
    """Of one group: events per unit of exposure, impact of one event, and their product per unit of exposure.

    `impact` and `loss` are None where no impact is known of any group, or of one event alone.
    """

    rate: ExpectedRate
    impact: Expected | None
    loss: Expected | None


class Hindcast(NamedTuple):
    """What was expected of groups beside what then came, in events.

    `ratio` is expected ÷ came, None when none came; `covered` the share of groups whose count lay within
    the interval in which `LEVEL` of counts were expected to lie, an end that splits a count counted in part.
    """

    n: int
    expected: float
    came: int
    ratio: float | None
    covered: float | None


def expected_losses(
    stretches: Sequence[Sequence[int]],
    exposure: float,
    impacts: Sequence[Sequence[float]],
    empty: int = 0,
    level: float = LEVEL,
) -> list[ExpectedLoss]:
    """The loss that each group will bring per unit of exposure, from its counts and its known impacts.

    Rates as `expected_rates`. A group's mean impact is the mean of its known impacts drawn towards the mean
    of all (Bühlmann, ASTIN Bulletin 4, 1967); the more, the fewer they are and the more impacts scatter.
    No distribution of impacts is assumed for the mean; how far groups differ is learnt from logarithms
    (DerSimonian and Laird, Controlled Clinical Trials 7, 1986), which a single huge impact does not sway.
    The intervals are of seeded draws of rate and impact together, each from a gamma distribution. Where
    impacts have heavy tails the largest is still to come, and no interval knows it. Raises ValueError as
    `expected_rates`.
    """
    import numpy as np

    rates = expected_rates(stretches, exposure, empty, level)
    means = _mean_impacts(impacts)
    if means is None:
        return [ExpectedLoss(rate, None, None) for rate in rates]
    rng = np.random.default_rng(SEED)
    tails = [(1 - level) / 2, (1 + level) / 2]
    found = []
    for rate, (mean, variance) in zip(rates, means, strict=True):
        drawn = _drawn(rng, mean, variance)
        loss = _drawn(rng, rate.rate, rate.variance) * drawn
        impact = Expected(mean, *map(float, np.quantile(drawn, tails)))
        found.append(
            ExpectedLoss(rate, impact, Expected(rate.rate * mean, *map(float, np.quantile(loss, tails))))
        )
    return found


def mean_losses(
    stretches: Sequence[Sequence[int]], exposure: float, impacts: Sequence[Sequence[float]], empty: int = 0
) -> list[float | None]:
    """The means that `expected_losses` gives each group, without their intervals, in a tenth of the time."""
    rates = expected_rates(stretches, exposure, empty)
    means = _mean_impacts(impacts)
    if means is None:
        return [None] * len(rates)
    return [rate.rate * mean for rate, (mean, _) in zip(rates, means, strict=True)]


def hindcast(
    rates: Sequence[ExpectedRate], exposure: float, came: Sequence[int], level: float = LEVEL
) -> Hindcast:
    """Whether rates held: `came` are the groups' counts in the `exposure` that followed what they rest on.

    Counts are expected to be negative binomial: the gamma distribution of the rate, and the dispersion.
    """
    import numpy as np
    from scipy.special import betainc

    if not rates:
        return Hindcast(0, 0.0, 0, None, None)
    k = np.asarray(came, dtype=float)
    mean = np.array([rate.rate for rate in rates]) * exposure
    spread = np.array([rate.variance for rate in rates]) * exposure**2
    variance = np.maximum(np.array([rate.dispersion for rate in rates]) * mean + spread, mean * 1.0001)
    success = mean / variance
    size = mean * success / (1 - success)
    upto = betainc(size, k + 1, success)
    below = np.where(k > 0, betainc(size, np.maximum(k, 1), success), 0.0)
    tail = (1 - level) / 2
    inside = np.clip(np.minimum(upto, 1 - tail) - np.maximum(below, tail), 0, None)
    covered = inside / np.maximum(upto - below, 1e-12)
    total = int(k.sum())
    expected = float(mean.sum())
    return Hindcast(len(rates), expected, total, expected / total if total else None, float(covered.mean()))


def _mean_impacts(impacts: Sequence[Sequence[float]]) -> list[tuple[float, float]] | None:
    """Each group's mean impact and its variance; None where so few are known that none can be told."""
    import numpy as np

    known = [np.asarray(values, dtype=float) for values in impacts if len(values)]
    total = sum(map(len, known))
    if total < 2:
        return None
    everything = np.concatenate(known)
    middle, scatter = float(everything.mean()), float(everything.var(ddof=1))
    between = middle**2 * np.expm1(_spread_of_logs(known))
    found = []
    for values in impacts:
        n = len(values)
        own = n * between / (n * between + scatter) if n and between > 0 else 0.0
        mean = own * sum(values) / max(n, 1) + (1 - own) * middle
        found.append((float(mean), float(between * (1 - own) + (1 - own) ** 2 * scatter / total)))
    return found


def _spread_of_logs(known: Sequence[Numbers]) -> float:
    """The variance between groups of the logarithm of impacts, 0 where they do not differ beyond chance."""
    import numpy as np

    logs = [np.log(np.maximum(values, SMALLEST)) for values in known]
    n = np.array([len(values) for values in logs], dtype=float)
    total = int(n.sum())
    means = np.array([values.mean() for values in logs])
    degrees = total - len(logs)
    within = float(sum(((values - values.mean()) ** 2).sum() for values in logs))
    if degrees < 1:  # every group has one: all the spread counts as that of single incidents
        within, degrees = float(np.concatenate(logs).var(ddof=1) * (total - 1)), total - 1
    weights = n / max(within / degrees, 1e-6)
    common = (weights * means).sum() / weights.sum()
    excess = float((weights * (means - common) ** 2).sum()) - (len(logs) - 1)
    spare = float(weights.sum() - (weights**2).sum() / weights.sum())
    return min(max(0.0, excess / spare), 4.0) if spare > 0 else 0.0


def _drawn(rng: np.random.Generator, mean: float, variance: float) -> Numbers:
    """Draws of the gamma distribution that has this mean and variance."""
    import numpy as np

    if mean <= 0 or variance <= 0:
        return np.full(DRAWS, float(mean))
    return np.asarray(rng.gamma(mean**2 / variance, variance / mean, DRAWS), dtype=float)
