"""Survival curves: equal to an independent package's, and their edges."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.duration.survfunc import CumIncidenceRight, SurvfuncRight

from pipeline.metrics.statistics import (
    Curve,
    aalen_johansen,
    incidence_at,
    kaplan_meier,
    survival_median,
)


def exactly(expected: Any) -> Any:
    """The same to 1e-9."""
    return pytest.approx(expected, rel=1e-9, abs=1e-9)


SEEDS = range(12)


def drawn(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Durations with ties, outcomes (0 open, 1 done, 2 declined) with heavy censoring, and three groups."""
    draw = np.random.default_rng(seed)
    n = int(draw.integers(8, 300))
    days = np.ceil(draw.exponential(30, n) / draw.choice([1, 7, 30]))
    causes = draw.choice([0, 1, 2], n, p=[0.6, 0.3, 0.1])
    causes[:3] = 1, 2, 0
    return days, causes, draw.integers(0, 3, n)


@pytest.mark.parametrize("seed", SEEDS)
def test_kaplan_meier_equals_an_independent_package(seed: int) -> None:
    """Curve, variance and numbers at risk agree to 1e-9 with ties and heavy censoring."""
    days, causes, _ = drawn(seed)
    found, other = kaplan_meier(days, causes == 1), SurvfuncRight(days, (causes == 1).astype(int))
    assert found.times == pytest.approx(other.surv_times)
    assert found.at_risk == pytest.approx(other.n_risk)
    assert found.events == pytest.approx(other.n_events)
    assert found.survival == exactly(other.surv_prob)
    inner = found.survival > 1e-12
    assert np.sqrt(found.variance)[inner] == exactly(other.surv_prob_se[inner])


@pytest.mark.parametrize("seed", SEEDS)
def test_the_median_and_its_interval_equal_an_independent_package(seed: int) -> None:
    """Brookmeyer and Crowley's interval on the log(−log) scale; no end where the other has none."""
    days, causes, _ = drawn(seed)
    is_done = causes > 0
    curve, other = kaplan_meier(days, is_done), SurvfuncRight(days, is_done.astype(int))
    median, low, high = survival_median(curve)
    with np.errstate(divide="ignore", invalid="ignore"):
        expected_low, expected_high = other.quantile_ci(0.5, alpha=0.1)
    assert np.isclose(curve.survival, 0.5).sum() == 0, "choose a seed without an ambiguous median"
    assert (np.nan if median is None else median) == pytest.approx(other.quantile(0.5), nan_ok=True)
    if np.isnan(expected_low):  # it gives none where the curve steps over the interval at one time
        assert low == high == median
        return
    assert low == pytest.approx(expected_low)
    if expected_high == days.max() and curve.is_complete:  # nobody is left, and our upper end is then open
        assert high is None
        return
    assert (np.inf if high is None else high) == pytest.approx(expected_high)


@pytest.mark.parametrize("seed", SEEDS)
def test_aalen_johansen_equals_an_independent_package(seed: int) -> None:
    """Both outcomes' curves and their variances agree to 1e-9 with ties and heavy censoring."""
    days, causes, _ = drawn(seed)
    with np.errstate(divide="ignore", invalid="ignore"):  # where the last one is done, it divides by 0
        found, other = aalen_johansen(days, causes), CumIncidenceRight(days, causes)
    for cause in (1, 2):
        places = np.searchsorted(other.times, found[cause].times)
        assert found[cause].incidence == exactly(other.cinc[cause - 1][places])
        known = ~np.isnan(other.cinc_se[cause - 1][places])
        assert found[cause].variance[known] == exactly(other.cinc_se[cause - 1][places][known] ** 2)


@given(st.lists(st.tuples(st.integers(-5, 40), st.sampled_from([0, 0, 1, 2])), min_size=1, max_size=60))
@settings(max_examples=150, deadline=None)
def test_outcomes_and_what_is_open_add_up_to_one(rows: list[tuple[int, int]]) -> None:
    """At each time done, declined and open are everything, whatever the ties; each in its interval."""
    days, causes = [float(day) for day, _ in rows], [cause for _, cause in rows]
    both = aalen_johansen(days, causes)
    open_ = kaplan_meier(days, [cause > 0 for cause in causes])
    everything = open_.survival + sum(curve.incidence for curve in both.values())
    assert everything == pytest.approx(np.ones(len(open_.times)), abs=1e-12)
    for curve in both.values():
        assert (curve.low <= curve.incidence + 1e-12).all()
        assert (curve.incidence <= curve.high + 1e-12).all()
        assert ((curve.low >= 0) & (curve.high <= 1)).all()


def test_one_outcome_alone_is_kaplan_meier() -> None:
    """Without a second outcome the cumulative incidence and its interval are those of the survival curve."""
    days, causes, _ = drawn(3)
    alone, curve = aalen_johansen(days, causes == 1)[1], kaplan_meier(days, causes == 1)
    assert alone.incidence == pytest.approx(1 - curve.survival)
    inner = curve.survival > 1e-12
    assert alone.low[inner] == pytest.approx(1 - curve.high[inner])
    assert alone.high[inner] == pytest.approx(1 - curve.low[inner])


def test_what_was_done_before_it_was_asked_for_took_no_time() -> None:
    """A negative duration counts as 0, an event at once."""
    curve = kaplan_meier([-3, 0, 2, 5], [True, True, True, False])
    assert curve.times.tolist() == [0.0, 2.0]
    assert curve.survival.tolist() == [0.5, 0.25]
    assert survival_median(curve) == (0.0, None, None)


def test_all_on_one_day_is_done_and_bounded() -> None:
    """Ties of everything leave nothing open, with an interval that says so."""
    curve = kaplan_meier([4.0] * 6, [True] * 6)
    assert (curve.survival.tolist(), curve.low.tolist(), curve.high.tolist()) == ([0.0], [0.0], [1.0])
    assert incidence_at(curve, 400) == (1.0, 0.0, 1.0)


def test_nothing_is_said_beyond_what_was_followed() -> None:
    """After the longest open item the share done is not known; before the first event it is none."""
    curve = aalen_johansen([5, 9, 20], [1, 2, 0])[1]
    assert incidence_at(curve, 21) == (None, None, None)
    share, low, high = incidence_at(curve, 4)
    assert (share, low) == (0.0, 0.0)
    assert high == pytest.approx(1 - 0.05 ** (1 / 3))
    assert incidence_at(curve, 20)[0] == pytest.approx(1 / 3)


@pytest.mark.parametrize("rows", [([], []), ([3.0, 8.0], [False, False])], ids=["nothing", "all open"])
def test_without_an_event_there_is_no_median(rows: tuple[list[float], list[bool]]) -> None:
    """Nothing, or nothing done: an empty curve, no median."""
    curve: Curve = kaplan_meier(*rows)
    assert curve.times.tolist() == []
    assert survival_median(curve) == (None, None, None)
    assert len(aalen_johansen(rows[0], [0] * len(rows[0]))[1].times) == 0


def test_a_duration_that_is_no_number_is_refused() -> None:
    """What is not known must be left out and counted by the caller."""
    with pytest.raises(ValueError, match="no number"):
        kaplan_meier([1.0, float("nan")], [True, False])
