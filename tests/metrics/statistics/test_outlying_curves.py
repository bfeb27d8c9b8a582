"""Curves held against the others: late ones found, small differences as that, none where all are alike."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.metrics.statistics import log_rank, outlying_curves

Curve = tuple[list[float], list[bool]]


def _curve(draw: np.random.Generator, mean: float, size: int = 60) -> Curve:
    """Times until things are done, of which a part is still open."""
    until, seen = draw.exponential(mean, size), draw.uniform(10, 120, size)
    return np.minimum(until, seen).tolist(), (until <= seen).tolist()


@pytest.mark.parametrize(
    ("means", "told"),
    [
        ((30, 30, 30, 30, 30, 30, 30, 900), "nnnnnnnL"),
        ((30, 30, 30, 30, 30, 900, 700, 900), "nnnnnLLL"),
        ((30, 30, 30, 30, 900, 700, 900, 800), "nnnnLLLL"),
        ((30, 30, 900), "nnL"),
        ((30, 30, 30, 30, 30, 30, 30, 62), "nnnnnnnl"),
        ((30, 30, 30, 30, 30, 30, 30, 2), "nnnnnnnS"),
    ],
)
def test_late_groups_do_not_hide_one_another(means: tuple[float, ...], told: str) -> None:
    """S and L are signals, sooner and later; l is later by more than chance; n is nothing."""
    draw = np.random.default_rng(3)
    places = outlying_curves([_curve(draw, mean) for mean in means])
    letters = {"signal": "SL", "beyond chance": "sl", "not distinguishable": "nn"}
    assert "".join(letters[place.standing][not place.is_sooner] for place in places if place.standing) == told


def test_the_p_value_is_that_of_the_log_rank_test_for_all_groups() -> None:
    """Of two groups each is held against the other; the p-value is that of as many tests as groups."""
    draw = np.random.default_rng(5)
    groups = [_curve(draw, 30), _curve(draw, 60)]
    p_value = log_rank(groups)[2]
    assert p_value is not None
    assert [place.p_value for place in outlying_curves(groups)] == pytest.approx([2 * p_value] * 2)


def test_without_another_group_nothing_is_told() -> None:
    """No group, one, an empty one beside it, and two in which nothing was ever done."""
    curve: Curve = ([3.0, 5.0], [True, False])
    never: Curve = ([3.0, 5.0], [False, False])
    assert outlying_curves([]) == []
    for groups in ([curve], [curve, ([], [])], [never, never]):
        assert {place.standing for place in outlying_curves(groups)} == {None}


def test_like_groups_are_seldom_apart() -> None:
    """Of sets of six alike groups about 5 in 100 have one beyond chance, and none a signal."""
    draw = np.random.default_rng(11)
    apart = {"signal": 0, "beyond chance": 0}
    for _ in range(60):
        places = outlying_curves([_curve(draw, 40, int(draw.integers(10, 40))) for _ in range(6)])
        for standing in apart:
            apart[standing] += any(place.standing == standing for place in places)
    assert apart["beyond chance"] <= 6
    assert apart["signal"] == 0
