"""The formula for the cost of an incident: only arithmetic passes, and what is missing gives no cost."""

from __future__ import annotations

from collections.abc import Mapping

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cost_formula import COST_INPUTS, checked_formula, cost_macro

NUMBERS = st.integers(0, 1000).map(str) | st.sampled_from(["0.5", "2.25"])
FORMULAS = st.recursive(
    NUMBERS | st.sampled_from(COST_INPUTS),
    lambda inner: (
        st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), inner)
        | inner.map("(-{})".format)
        | inner.map("({})".format)
    ),
    max_leaves=8,
)
SHOWN = "120 * customer_impact_minutes + 0.02 * affected_user_count + 95 * person_hours"


def cost(formula: str | None, given_inputs: Mapping[str, float | None]) -> float | None:
    """What the build's function gives."""
    with duckdb.connect() as con:
        con.execute(cost_macro(formula))
        arguments = ", ".join("?" * len(COST_INPUTS))
        values = [given_inputs.get(name) for name in COST_INPUTS]
        (row,) = con.execute(f"SELECT CAST(incident_cost({arguments}) AS DOUBLE)", values).fetchall()
    value: float | None = row[0]
    return value


def test_the_formula_shown_in_the_settings() -> None:
    """Each figure counts with its rate."""
    inputs = {"customer_impact_minutes": 30.0, "affected_user_count": 5000.0, "person_hours": 4.0}
    assert cost(SHOWN, inputs) == pytest.approx(120 * 30 + 0.02 * 5000 + 95 * 4)


@pytest.mark.parametrize("missing", ["customer_impact_minutes", "affected_user_count", "person_hours"])
def test_a_missing_figure_gives_no_cost(missing: str) -> None:
    """Not a cost as if it had been nothing."""
    inputs: dict[str, float | None] = {
        "customer_impact_minutes": 30.0,
        "affected_user_count": 5000.0,
        "person_hours": 4.0,
    }
    assert cost(SHOWN, inputs | {missing: None}) is None


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (None, None),
        ("5000", 5000.0),
        ("1 / 2", 0.5),
        ("7 / severity", None),
        ("severity - 1", None),
        ("9e300 * 9e300", None),
        ("(2 + 3) * 4", 20.0),
        ("10 - 3 - 2", 5.0),
        ("-(1 - 3)", 2.0),
        ("SEVERITY * 2", 0.0),
    ],
)
def test_arithmetic(formula: str | None, expected: float | None) -> None:
    """Division is of numbers; by nothing, below nothing and beyond all numbers there is no cost."""
    assert cost(formula, {"severity": 0.0}) == expected


@pytest.mark.parametrize(
    "formula",
    [
        "",
        "sum(severity)",
        "severity; DROP TABLE marts.incidents",
        "(SELECT 1)",
        "incidents.severity",
        "'5'",
        "TRUE",
        "NULL",
        "cost * 2",
        "severity > 1",
        "CASE WHEN severity = 1 THEN 2 END",
        "1 +",
        "((((",
        "severity::INTEGER",
        "*",
        "1 % 2",
        "5 --severity",
        "5 /* severity */",
    ],
)
def test_anything_else_is_refused(formula: str) -> None:
    """With a line that says what a formula is."""
    with pytest.raises(ValueError, match=r"^arithmetic \(\+ - \* / and brackets\) on numbers and severity, "):
        checked_formula(formula)


@given(FORMULAS, st.lists(st.none() | st.integers(0, 100).map(float), min_size=9, max_size=9))
def test_every_arithmetic_formula_is_python_s(formula: str, values: list[float | None]) -> None:
    """The engine computes what Python does, and nothing where an input is missing or a divisor is 0."""
    inputs = dict(zip(COST_INPUTS, values, strict=True))
    try:
        expected: float | None = eval(formula, {"__builtins__": {}}, dict(inputs))
    except (TypeError, ZeroDivisionError):
        expected = None
    if expected is not None and not 0 <= expected <= 1e15:
        expected = None
    assert cost(checked_formula(formula), inputs) == (
        None if expected is None else pytest.approx(expected, rel=1e-9)
    )
