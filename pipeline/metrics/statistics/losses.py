"""What is to be expected of incidents to come: how many, and how much each will cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from pipeline.metrics.statistics.intervals import LEVEL
from pipeline.metrics.statistics.shrinkage import ShrunkenRate, shrunken_rates

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

    rate: ShrunkenRate
    impact: Expected | None
    loss: Expected | None


def expected_losses(
    counts: Sequence[int],
    exposures: Sequence[float],
    impacts: Sequence[Sequence[float]],
    level: float = LEVEL,
) -> list[ExpectedLoss]:
    """The loss that each group will bring per unit of exposure, from its counts and its known impacts.

    Rates as `shrunken_rates`. Impacts are log-normal with one spread for all groups and means of their
    logarithms that are normal around a common one, how far learnt from the groups (DerSimonian and Laird,
    Controlled Clinical Trials 7, 1986); the mean impact is exp(mean of the logarithms + variance / 2). The
    intervals are of seeded draws of rate and impact together, with the doubt about spread and common mean.
    Raises ValueError for an exposure that is not above 0.
    """
    import numpy as np

    rates = shrunken_rates(counts, exposures, level)
    if not rates:
        return []
    rng = np.random.default_rng(SEED)
    impact = _mean_impacts(rng, impacts)
    if impact is None:
        return [ExpectedLoss(rate, None, None) for rate in rates]
    tails = [(1 - level) / 2, (1 + level) / 2]
    found = []
    for rate, mean, drawn in zip(rates, impact.expected, impact.drawn(rng), strict=True):
        loss = _drawn_rates(rng, rate, level) * drawn
        own = Expected(float(mean), *map(float, np.quantile(drawn, tails)))
        product = Expected(rate.rate * float(mean), *map(float, np.quantile(loss, tails)))
        found.append(ExpectedLoss(rate, own, product))
    return found


def mean_losses(
    counts: Sequence[int], exposures: Sequence[float], impacts: Sequence[Sequence[float]]
) -> list[float | None]:
    """The means that `expected_losses` gives each group, without their intervals, in a tenth of the time."""
    import numpy as np

    rates = shrunken_rates(counts, exposures)
    impact = _mean_impacts(np.random.default_rng(SEED), impacts) if rates else None
    if impact is None:
        return [None] * len(rates)
    return [rate.rate * float(mean) for rate, mean in zip(rates, impact.expected, strict=True)]


class _MeanImpacts(NamedTuple):
    """What is known of each group's mean impact, groups × draws: logarithm's mean and spread, and half the
    variance of one impact's logarithm."""

    middles: Numbers
    spreads: Numbers
    half_variances: Numbers

    @property
    def expected(self) -> Numbers:
        """The mean of each group, exact for each draw of the variances: equal data have equal ones."""
        import numpy as np

        logs = self.middles + self.spreads**2 / 2 + self.half_variances
        return np.asarray(np.exp(logs).mean(axis=1), dtype=float)

    def drawn(self, rng: np.random.Generator) -> Numbers:
        """Draws of the mean of each group."""
        import numpy as np

        noise = rng.standard_normal(self.middles.shape)
        logs = self.middles + noise * self.spreads + self.half_variances
        return np.asarray(np.exp(logs), dtype=float)


def _mean_impacts(rng: np.random.Generator, impacts: Sequence[Sequence[float]]) -> _MeanImpacts | None:
    """Of each group's mean impact what its draws come from; None where so few are known that none can be."""
    import numpy as np

    logs = [np.log(np.maximum(np.asarray(values, dtype=float), SMALLEST)) for values in impacts]
    n = np.array([len(values) for values in logs], dtype=float)
    total = int(n.sum())
    if total < 2:
        return None
    means = np.array([values.mean() if len(values) else 0.0 for values in logs])
    groups = int((n > 0).sum())
    within = float(sum(((values - values.mean()) ** 2).sum() for values in logs if len(values)))
    degrees = total - groups
    if degrees < 1:  # every group has one: all the spread counts as that of single incidents
        within = float(np.concatenate(logs).var(ddof=1) * (total - 1))
        degrees = total - 1
    within = max(within, 1e-6)
    variance = within / degrees
    weights = n / variance
    common = float((weights * means).sum() / weights.sum())
    scatter = float((weights * (means - common) ** 2).sum())
    spare = float(weights.sum() - (weights**2).sum() / weights.sum())
    between = max(0.0, (scatter - (groups - 1)) / spare) if spare > 0 else 0.0
    # The variance is drawn, too; bounded, because the mean of a log-normal has no bound of its own.
    variances = np.minimum(within / rng.chisquare(degrees, DRAWS), variance * 4)
    precision = n[:, None] / variances[None, :]
    loose = 1 / (between + variances[None, :] / np.maximum(n[:, None], 1e-9))
    centre = (loose * means[:, None]).sum(axis=0) / loose.sum(axis=0)
    centres = centre + rng.standard_normal(DRAWS) / np.sqrt(loose.sum(axis=0))
    halves = variances[None, :] / 2
    if between > 0:
        own = precision + 1 / between
        middles = (precision * means[:, None] + centres[None, :] / between) / own
        return _MeanImpacts(middles, 1 / np.sqrt(own), halves)
    middles = np.broadcast_to(centres, (len(logs), DRAWS))
    return _MeanImpacts(middles, np.zeros_like(middles), halves)


def _drawn_rates(rng: np.random.Generator, rate: ShrunkenRate, level: float) -> Numbers:
    """Draws of the gamma distribution that has this mean and this lower end."""
    import numpy as np
    from scipy.special import gammaincinv

    tail = (1 - level) / 2
    low, high = 1e-3, 1e9
    for _ in range(80):
        shape = np.sqrt(low * high)
        if gammaincinv(shape, tail) / shape < rate.low / rate.rate:
            low = shape
        else:
            high = shape
    shape = np.sqrt(low * high)
    return np.asarray(rng.gamma(shape, rate.rate / shape, DRAWS), dtype=float)
