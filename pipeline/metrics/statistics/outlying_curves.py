"""Which groups take longer than the rest, or less long: curves held against the others', as shares are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.metrics.statistics.comparisons import ERROR
from pipeline.metrics.statistics.curve_differences import log_rank
from pipeline.metrics.statistics.forward_search import FAR_ERROR, UNLIKE, groups_together
from pipeline.metrics.statistics.outlying import Standing

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pipeline.metrics.statistics.intervals import Values
    from pipeline.metrics.statistics.survival import Flags

    Curves = Sequence[tuple[Values, Flags]]


@dataclass(frozen=True, slots=True)
class CurvePlace:
    """One group against the others: `is_sooner`, and how far. None where there is nothing to compare.

    `p_value` is that of the log-rank test, corrected for the number of groups.
    """

    standing: Standing | None
    is_sooner: bool | None
    p_value: float | None


def outlying_curves(groups: Curves, clusters: Sequence[Sequence[int]] | None = None) -> list[CurvePlace]:
    """Each group's times until something is done against those of the others that do not lie apart.

    As `outlying_groups` judges shares: beyond chance is what the log-rank test tells at 95 % for all groups
    together; a signal lies beyond 99.9 % also where groups are as unlike as usual, hazards within twice and
    half of each other's. Sooner is good. `clusters` as for `log_rank`: what is beyond chance takes them into
    account, how far a group lies does not.
    """
    import numpy as np
    from scipy.special import ndtri

    known = [place for place, (durations, _) in enumerate(groups) if len(durations)]
    own = [groups[place] for place in known]
    events = [float(np.sum(is_event)) for _, is_event in own]
    days = [float(np.sum(durations)) for durations, _ in own]

    def distances(target: Sequence[int]) -> list[float]:
        return [abs(_distance(own[place], _rest(own, place, target))) for place in range(len(own))]

    rates = [(done + 0.5) / (each + 1) for done, each in zip(events, days, strict=True)]
    together = groups_together(
        [float(np.log(rate)) for rate in rates], [(done + 1) ** 0.5 for done in events], distances
    )
    places = [CurvePlace(None, None, None)] * len(groups)
    for index, place in enumerate(known):
        rest = _rest(own, index, together)
        p_value = log_rank([own[index], rest], _labels(known, place, together, clusters))[2]
        if p_value is None:
            continue
        p_value = min(1.0, p_value * len(own))
        is_far = abs(_distance(own[index], rest, UNLIKE)) > -ndtri(FAR_ERROR / 2 / len(own))
        standing: Standing = "not distinguishable"
        if p_value <= ERROR:
            standing = "signal" if is_far else "beyond chance"
        distance = _distance(own[index], rest)
        places[place] = CurvePlace(standing, None if not distance else distance > 0, p_value)
    return places


def _rest(groups: Curves, place: int, target: Sequence[int]) -> tuple[Values, Flags]:
    import numpy as np

    others = [groups[other] for other in target if other != place]
    if not others:
        return [], []
    return (
        np.concatenate([np.asarray(durations, dtype=float) for durations, _ in others]),
        np.concatenate([np.asarray(is_event, dtype=bool) for _, is_event in others]),
    )


def _labels(
    known: Sequence[int], place: int, target: Sequence[int], clusters: Sequence[Sequence[int]] | None
) -> list[Sequence[int]] | None:
    """The clusters of a group's members, and of those of the rest."""
    if clusters is None:
        return None
    others = [known[other] for other in target if known[other] != place]
    return [clusters[place], [label for other in others for label in clusters[other]]]


def _distance(own: tuple[Values, Flags], rest: tuple[Values, Flags], unlike: float = 0.0) -> float:
    """How far a group's number of events lies from what the others' hazards give it, as a normal deviate.

    Above 0 where it has more. The number has a negative binomial distribution: Poisson's, with what is not
    known of the hazards and by how much groups are unlike (a standard deviation of log hazards) added.
    """
    import numpy as np
    from scipy.special import betainc, ndtri

    if not len(own[0]) or not len(rest[0]):
        return 0.0
    days, others = (np.sort(np.asarray(each, dtype=float)) for each in (own[0], rest[0]))
    times, done = np.unique(others[_flags_in_order(rest)], return_counts=True)
    at_risk = len(others) - np.searchsorted(others, times)
    own_at_risk = len(days) - np.searchsorted(days, times)
    expected = float((own_at_risk * done / at_risk).sum())
    # Nothing more can be said of what happened after the others were all seen for the last time.
    count = int((days[_flags_in_order(own)] <= others[-1]).sum())
    if not expected:
        return 0.0
    spread = float((own_at_risk**2 * done / at_risk**2).sum()) / expected**2 + unlike**2
    shape, part = 1 / spread, 1 / (1 + spread * expected)
    below = float(betainc(shape, count + 1, part))
    above = float(betainc(count, shape, 1 - part)) if count else 1.0
    deviate = max(0.0, -float(ndtri(min(1.0, max(min(below, above), 1e-300)))))
    return deviate if above < below else -deviate


def _flags_in_order(group: tuple[Values, Flags]) -> NDArray[np.bool_]:
    import numpy as np

    order = np.argsort(np.asarray(group[0], dtype=float), kind="stable")
    return np.asarray(group[1], dtype=bool)[order]
