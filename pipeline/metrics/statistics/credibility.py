"""Rates to expect of groups, from how much of what set them apart has lasted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from pipeline.metrics.statistics.intervals import LEVEL

#: Sizes of the lasting difference that are weighed, evenly from none to all of what is seen.
_SIZES = 24


class ExpectedRate(NamedTuple):
    """A group's rate per unit of exposure, its interval, and the weight (0 to 1) of its own data in it.

    `variance` is that of the rate; `dispersion` how many times as much as Poisson's its counts scatter.
    """

    rate: float
    low: float
    high: float
    weight: float
    variance: float
    dispersion: float


def expected_rates(
    stretches: Sequence[Sequence[int]], exposure: float, empty: int = 0, level: float = LEVEL
) -> list[ExpectedRate]:
    """The rate to expect next of each group, from its counts in equal, consecutive stretches of time.

    `exposure` is that of all stretches together, the same for every group; `empty` says how many more
    groups could have had events and had none: left out, every group would seem to have at least one event
    as a rule. Counts that come in clusters differ between groups and do not last, so that the spread
    between groups is learnt from the covariance of stretches that do not touch each other (as reliability
    is, by test and retest), held to lie evenly anywhere up to all the excess over Poisson; the rest counts
    as noise. Rates then are as credibility says (Bühlmann, ASTIN Bulletin 4, 1967), which is the
    gamma–Poisson model with counts divided by their dispersion. Raises ValueError for fewer than three
    stretches or an exposure that is not above 0.
    """
    import numpy as np
    from scipy.special import gammaincinv

    if not stretches:
        return []
    if exposure <= 0:
        raise ValueError("an exposure must be above 0")
    parts = np.asarray(stretches, dtype=float)
    count = parts.shape[1]
    if count < 3:
        raise ValueError("at least three stretches are needed to see what lasts")
    far = [(one, other) for one in range(count) for other in range(one + 2, count)]
    n = len(parts) + empty
    k = parts.sum(axis=1)
    # Half an event more, as Jeffreys' prior of a Poisson mean has it, so that nothing seen is not never.
    mean = (float(k.sum()) + 0.5) / n
    middles = parts.sum(axis=0) / n
    products = count**2 * np.mean([(parts - middles)[:, a] * (parts - middles)[:, b] for a, b in far], axis=0)
    product_of_empty = count**2 * float(np.mean([middles[a] * middles[b] for a, b in far]))
    seen = float(k.sum()) / n
    excess = (k - seen) ** 2 - k
    beyond = (float(excess.sum()) + empty * seen**2) / n
    most = max(beyond, 0.0) + mean * np.sqrt(2 / n)
    shares = (np.arange(_SIZES) + 0.5) / _SIZES
    between = shares * most
    # Of each group what is apart, less the share held of its excess: both are swayed by the same groups.
    apart = products[:, None] - shares * (excess + most - beyond)[:, None]
    apart_of_empty = product_of_empty - shares * (seen**2 + most - beyond)
    middle = (apart.sum(axis=0) + empty * apart_of_empty) / n
    squares = ((apart - middle) ** 2).sum(axis=0) + empty * (apart_of_empty - middle) ** 2
    error = np.maximum(np.sqrt(squares) / n, count * mean / np.sqrt(len(far) * n))
    logs = -0.5 * (middle / error) ** 2
    chance = np.exp(logs - logs.max())
    chance /= chance.sum()
    scatter = float((k**2).sum()) / n - seen**2
    noise = np.maximum(scatter - between, mean)
    own = between / (between + noise)
    rates = (1 - own) * mean + own * k[:, None]
    # Of the gamma distribution given the counts, and of the common mean.
    variances = rates * (between / mean) * (1 - own) + (1 - own) ** 2 * noise / n
    rate = rates @ chance
    variance = variances @ chance + rates**2 @ chance - rate**2
    shape = rate**2 / variance
    tail = (1 - level) / 2
    low, high = (gammaincinv(shape, at) * rate / shape / exposure for at in (tail, 1 - tail))
    weight, dispersion = float(own @ chance), float(noise @ chance) / mean
    columns = (rate / exposure, low, high, variance / exposure**2)
    return [
        ExpectedRate(float(at), float(least), float(greatest), weight, float(spread), dispersion)
        for at, least, greatest, spread in zip(*columns, strict=True)
    ]
