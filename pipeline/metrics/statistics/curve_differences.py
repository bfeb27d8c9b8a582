"""Whether it takes longer here than there until something is done, when much is still open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.metrics.statistics.clusters import FEWEST_CLUSTERS, design_effect_of
from pipeline.metrics.statistics.comparisons import student_error
from pipeline.metrics.statistics.survival import divided, valid_durations

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pipeline.metrics.statistics.clusters import Labels
    from pipeline.metrics.statistics.intervals import Values
    from pipeline.metrics.statistics.survival import Flags, Numbers

    Places = NDArray[np.signedinteger]

_TIMES_AT_ONCE = 50_000
#: So often the members are dealt out to the groups anew, which tells a p-value of 5 % to half a percentage
#: point; less often where many are dealt out, but so often at least.
DEALS, FEWEST_DEALS = 1999, 199
_COMPARED = 20_000_000
_SEED = 1
#: Of two equal χ², far more than rounding and what is added to a covariance to solve it make them differ.
_ROUNDING = 1e-6
_RIDGE = 1e-10


def log_rank(
    groups: Sequence[tuple[Values, Flags]], clusters: Sequence[Labels] | None = None
) -> tuple[float | None, int, float | None]:
    """Whether the curves of several groups differ: χ², its degrees of freedom, the p-value.

    Mantel, Cancer Chemotherapy Reports 50, 1966; Peto and Peto, J. Royal Statistical Society A 135, 1972. The
    χ² distribution holds for large groups only. Unless more than 317 are in the groups other than the
    largest, the p-value is therefore how often χ² is as large when the members are dealt out to the groups at
    random: 1,999 times, above 100 less often, at least 199 times (Phipson and Smyth, Statistical
    Applications in Genetics and Molecular Biology 9, 2010), always by the same seed. χ² is made anew each
    time, variance and all, so that groups that were followed for unlike times count too (Neuhaus, Annals of
    Statistics 21, 1993). Groups without any member at a time with an event have nothing to say and do not
    count. (None, 0, None) when fewer than two groups do.

    `clusters` names each member's cluster: then the p-value is that of χ² divided by the design effect of the
    members' parts in the difference (what was done less what was to be expected), with Student's quantile for
    as many clusters, as shares are compared (`design_effect_of`); a group of one cluster does not count.
    """
    import numpy as np
    from scipy.special import chdtrc

    labels = [np.asarray(each) for each in clusters] if clusters is not None else [None] * len(groups)
    counted = [
        (valid_durations(durations), np.asarray(is_event, dtype=bool), own)
        for (durations, is_event), own in zip(groups, labels, strict=True)
        if len(durations) and (own is None or len(np.unique(own)) >= FEWEST_CLUSTERS)
    ]
    taken = [(durations, is_event) for durations, is_event, _ in counted]
    if len(taken) < 2:
        return None, 0, None
    times = np.unique(np.concatenate([durations[is_event] for durations, is_event in taken]))
    if len(times) == 0:
        return None, 0, None
    ordered = [(np.sort(durations), np.sort(durations[is_event])) for durations, is_event in taken]
    difference = np.zeros(len(taken))
    covariance = np.zeros((len(taken), len(taken)))
    for start in range(0, len(times), _TIMES_AT_ONCE):
        block = times[start : start + _TIMES_AT_ONCE]
        risk = np.array([len(all_) - np.searchsorted(all_, block) for all_, _ in ordered], dtype=float)
        done = np.array(
            [np.searchsorted(own, block, side="right") - np.searchsorted(own, block) for _, own in ordered]
        )
        every_risk, every_done = risk.sum(axis=0), done.sum(axis=0).astype(float)
        parts = risk / every_risk
        # Hypergeometric variance; a time at which only one is left adds none.
        weight = divided(every_done * (every_risk - every_done), every_risk - 1)
        difference += (done - parts * every_done).sum(axis=1)
        covariance += np.diag((parts * weight).sum(axis=1)) - (parts * weight) @ parts.T
    scale = float(np.abs(covariance).max())
    degrees = int(np.linalg.matrix_rank(covariance, tol=1e-10 * max(scale, 1e-300))) if scale else 0
    if degrees == 0:
        return None, 0, None
    inverse = np.linalg.pinv(covariance, rcond=1e-10, hermitian=True)
    statistic = float(difference @ inverse @ difference)
    effect, student_degrees = 1.0, 0
    own_labels = [own for _, _, own in counted if own is not None]
    if own_labels:
        scores = _scores(*(np.concatenate(parts) for parts in zip(*taken, strict=True)))
        ends = np.cumsum([len(durations) for durations, _ in taken])[:-1]
        effect, student_degrees = design_effect_of(list(zip(np.split(scores, ends), own_labels, strict=True)))
    p_value = _dealt_p_value(taken, effect)
    if p_value is None:
        p_value = float(chdtrc(degrees, statistic / effect))
    return statistic, degrees, student_error(p_value, student_degrees)


def _scores(days: Numbers, is_event: NDArray[np.bool_]) -> Numbers:
    """Of each member, whether it was done, less the sum of all hazards until then (Nelson and Aalen)."""
    import numpy as np

    times, done = np.unique(days[is_event], return_counts=True)
    risk = len(days) - np.searchsorted(np.sort(days), times)
    hazard = np.concatenate([[0.0], np.cumsum(done / risk)])
    found: Numbers = is_event - hazard[np.searchsorted(times, days, side="right")]
    return found


def _dealt_p_value(groups: Sequence[tuple[Numbers, NDArray[np.bool_]]], effect: float) -> float | None:
    """How often χ² is as large as that observed ÷ `effect` when members are dealt out at random; None where
    too many would have to be.
    """
    import numpy as np

    # The largest group is what the others leave over.
    by_size = sorted(groups, key=lambda group: len(group[0]))
    sizes = [len(durations) for durations, _ in by_size]
    dealt = sum(sizes[:-1])
    deals = min(DEALS, _COMPARED // dealt**2)
    if deals < FEWEST_DEALS:
        return None
    days, is_event = (np.concatenate(parts) for parts in zip(*by_size, strict=True))
    order = np.lexsort((is_event, days))
    group_of = np.repeat(np.arange(len(sizes)), sizes)
    own_places = np.flatnonzero(group_of[order] < len(sizes) - 1)
    own_groups = group_of[order][own_places]
    draw = np.random.default_rng(_SEED)
    places = np.vstack([own_places, _dealt(draw, len(days), dealt, deals)])
    labels = np.repeat(group_of[None, :dealt], deals, axis=0)
    members = np.vstack([own_groups, draw.permuted(labels, axis=1) if len(sizes) > 2 else labels])
    found = _statistics(days[order], is_event[order], places, members, len(sizes) - 1)
    return float((found >= found[0] / effect * (1 - _ROUNDING)).mean())


def _dealt(draw: np.random.Generator, n: int, size: int, deals: int) -> Places:
    """Of each deal, which `size` of the places from 0 to n − 1, in their order.

    Floyd's way to a random sample (Bentley and Floyd, Communications of the ACM 30, 1987), all deals at once.
    """
    import numpy as np

    found = np.empty((size, deals), dtype=np.int32)
    for row, last in enumerate(range(n - size, n)):
        place = draw.integers(0, last + 1, deals)
        found[row] = np.where((found[:row] == place).any(axis=0), last, place)
    return np.sort(found.T, axis=1)


def _statistics(
    days: Numbers, is_event: NDArray[np.bool_], places: Places, members: Places, groups: int
) -> Numbers:
    """χ² of each deal: the places (deals × dealt, rising) among the sorted days, and which group has each.

    What a member adds to its group's difference and to the variance depends on its place alone; the
    covariance of two groups sums the squared weights up to the earlier of each two members.
    """
    import numpy as np

    times, counts = np.unique(days[is_event], return_counts=True)
    done = counts.astype(float)
    risk = (len(days) - np.searchsorted(days, times)).astype(float)
    weight = divided(done * (risk - done), risk - 1)
    until = np.searchsorted(times, days, side="right")

    def summed(steps: Numbers) -> Numbers:
        """Of each place, the sum over the times of an event up to its own."""
        return np.concatenate([[0.0], np.cumsum(steps)])[until]

    score, linear, square = _scores(days, is_event), summed(weight / risk), summed(weight / risk**2)
    own = members[:, :, None] == np.arange(groups)
    left = own[:, ::-1].cumsum(axis=1)[:, ::-1]  # of each group, at this place or later
    of_group = own.astype(float)
    difference = np.einsum("dp,dpg->dg", score[places], of_group)
    # Twice the members after it, and itself once: every pair by the earlier of both.
    pairs = np.matmul((of_group * square[places][:, :, None]).transpose(0, 2, 1), left - of_group / 2)
    covariance = -(pairs + pairs.transpose(0, 2, 1))
    covariance[:, range(groups), range(groups)] += np.einsum("dp,dpg->dg", linear[places], of_group)
    # Where a group is never at risk it has neither difference nor variance, and adds nothing.
    covariance[:, range(groups), range(groups)] += _RIDGE * max(float(weight.sum()), _RIDGE)
    solved = np.linalg.solve(covariance, difference[:, :, None])[:, :, 0]
    found: Numbers = (difference * solved).sum(axis=1)
    return found
