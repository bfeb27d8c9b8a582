"""Rates of many groups, the small ones drawn towards the whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pipeline.metrics.statistics.intervals import LEVEL, count_interval

#: How much of its own rate a group of middling exposure keeps: each of these was held equally likely.
_OWN_PARTS = 24
#: Means of the whole that are weighed.
_MEANS = 15


class ShrunkenRate(NamedTuple):
    """A group's rate per unit of exposure, its interval, and the weight (0 to 1) of its own data in it."""

    rate: float
    low: float
    high: float
    weight: float


def shrunken_rates(
    counts: Sequence[int], exposures: Sequence[float], level: float = LEVEL
) -> list[ShrunkenRate]:
    """Gamma–Poisson rates: how far the groups really differ is itself learnt from them.

    Counts are Poisson, and the groups' true rates a gamma distribution whose mean and spread the counts of
    all tell (Christiansen and Morris, J. American Statistical Association 92, 1997, with their uniform
    shrinkage prior, integrated numerically, so that the intervals carry the doubt about mean and spread and
    nothing breaks when all groups are equal). A group alone keeps its rate, with the exact interval. Raises
    ValueError for an exposure that is not above 0.
    """
    import numpy as np
    from scipy.special import gammaincinv, gammaln, logsumexp

    k = np.asarray(counts, dtype=float)
    e = np.asarray(exposures, dtype=float)
    if len(k) == 0:
        return []
    if (e <= 0).any():
        raise ValueError("an exposure must be above 0")
    if len(k) == 1:
        # One group is the whole, and there is nothing to draw it to.
        low, high = count_interval(int(k[0]), level)
        return [ShrunkenRate(float(k[0] / e[0]), (low or 0.0) / e[0], (high or 0.0) / e[0], 1.0)]
    middling = float(np.median(e))
    own = (np.arange(_OWN_PARTS) + 0.5) / _OWN_PARTS
    # Of a group with this exposure the own part is e / (e + b), hence b: the prior's weight in exposure.
    prior_exposure = middling * (1 - own) / own
    centre = np.log((k.sum() + 0.5) / e.sum())
    steps = np.linspace(-3.5, 3.5, _MEANS)
    shape = np.exp(centre) * prior_exposure
    spread = np.sqrt(1 / (k.sum() + 0.5) + np.minimum(1 / (shape * len(k)), 1.0))
    mean = np.exp(centre + spread[:, None] * steps[None, :])  # own parts × means
    b = np.broadcast_to(prior_exposure[:, None], mean.shape)
    a = mean * b
    a3, b3 = a[..., None], b[..., None]
    likelihood = (gammaln(a3 + k) - gammaln(a3) + a3 * np.log(b3 / (b3 + e)) + k * np.log(e / (b3 + e))).sum(
        axis=-1
    )
    # Jeffreys' prior of a Poisson mean, and the width of each step on the log scale.
    weights = likelihood + 0.5 * np.log(mean) + np.log(spread)[:, None]
    weights = np.exp(weights - logsumexp(weights)).ravel()
    kept = weights > weights.max() * 1e-6
    weights = weights[kept] / weights[kept].sum()
    shapes = a.ravel()[kept][:, None] + k
    scales = b.ravel()[kept][:, None] + e
    rate = weights @ (shapes / scales)
    variance = weights @ (shapes * (1 + shapes) / scales**2) - rate**2
    # The mixture by the gamma distribution with its mean and variance, as Christiansen and Morris do.
    tail, shape = (1 - level) / 2, rate**2 / variance
    low, high = (gammaincinv(shape, chance) * rate / shape for chance in (tail, 1 - tail))
    columns = (rate, low, np.maximum(high, rate), weights @ (e / scales))
    return [ShrunkenRate(*map(float, row)) for row in zip(*columns, strict=True)]
