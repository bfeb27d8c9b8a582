"""The formula for the cost of an incident: arithmetic on what is known of it, checked, and as SQL.

`[cost] formula` in the settings holds it. A build makes it the function `incident_cost`, which
`sql/marts/incidents.sql` calls; this is the one place that writes it for an engine.
"""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlglot import exp

#: What a formula may speak of, in the order of the function's arguments; each as in `marts.incidents`.
COST_INPUTS = (
    "severity",
    "customer_impact_minutes",
    "affected_user_count",
    "participant_count",
    "person_hours",
    "time_to_detect_minutes",
    "time_to_acknowledge_minutes",
    "time_to_mitigate_minutes",
    "time_to_resolve_minutes",
)
#: A higher cost, or one below nothing, comes of a formula or an input gone wrong, and is none.
HIGHEST_COST = 1e15


def checked_formula(formula: str) -> str:
    """The formula as given. Raises ValueError, saying what a formula is, for anything but arithmetic."""
    _arithmetic(formula)
    return formula


def cost_macro(formula: str | None) -> str:
    """The statement that makes the formula DuckDB's function `incident_cost` of the `COST_INPUTS`.

    Any input that is missing, and any division by zero, gives null, and so does no formula.
    """
    inputs = ", ".join(COST_INPUTS)
    value = "CAST(NULL AS DOUBLE)" if formula is None else _arithmetic(formula)
    return (
        f"CREATE OR REPLACE TEMP MACRO incident_cost({inputs}) AS "
        f"CASE WHEN {value} >= 0 AND {value} <= {HIGHEST_COST:.0f} THEN {value} END"
    )


def _arithmetic(formula: str) -> str:
    import sqlglot
    from sqlglot.errors import SqlglotError

    try:
        if "--" in formula or "/*" in formula:  # SQL would pass over the rest
            raise ValueError
        trees = sqlglot.parse(formula, read="duckdb")
        if len(trees) != 1 or trees[0] is None:
            raise ValueError
        return _written(trees[0])
    except (SqlglotError, ValueError, RecursionError) as error:
        raise ValueError(
            f'arithmetic (+ - * / and brackets) on numbers and {", ".join(COST_INPUTS)}, not "{formula[:80]}"'
        ) from error


def _written(node: exp.Expr) -> str:
    """The node as SQL of our own writing, so that nothing but arithmetic reaches the engine."""
    from sqlglot import exp

    signs = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*"}
    match node:
        case exp.Add() | exp.Sub() | exp.Mul():
            return f"({_written(node.this)} {signs[type(node)]} {_written(node.expression)})"
        case exp.Div():
            return f"({_written(node.this)} / nullif({_written(node.expression)}, 0))"
        case exp.Neg():
            return f"(-{_written(node.this)})"
        case exp.Paren():
            return _written(node.this)
        case exp.Literal() if not node.is_string and isfinite(float(node.this)):
            return f"CAST({float(node.this)!r} AS DOUBLE)"
        case exp.Column() if node.name.lower() in COST_INPUTS and len(node.parts) == 1:
            return f"CAST({node.name.lower()} AS DOUBLE)"
    raise ValueError
