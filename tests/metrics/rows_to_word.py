"""Rows of metrics, as few as a sentence needs, for the tests of what is said of them."""

from __future__ import annotations

from typing import Any

import polars as pl

from pipeline.metrics import Comparison


def table(rows: list[dict[str, Any]] | dict[str, list[Any]], *columns: str) -> pl.DataFrame:
    """A frame of these rows; without any, of these columns."""
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String) if columns else None)


SIGNAL = Comparison(40, 20, 0.5, 0.3, 0.8, 1.6, 0.003)
MORE = Comparison(20, 40, 2.0, 1.3, 3.0, 1.6, 0.003)
NONE = Comparison(20, 22, 1.1, 0.7, 1.6, 1.6, 0.6)
BEGAN = Comparison(0, 7, None, 1.4, None, 2.0, 0.01)
MUTE = Comparison(1, 0, None, None, None, None)


def cause(category: str, impact: float, count: int = 1, **more: Any) -> dict[str, Any]:
    """A row of `recurring_causes` or `impact_shares`."""
    shares = {"share_low": 0.1, "share_high": 0.9, "impact_share": 0.5, "impact_share_low": None}
    return (
        {
            "category": category,
            "is_unknown": category == "unknown",
            "impact_minutes": impact,
            "incident_count": count,
            "n": count,
            "compared": 2,
            "verdict": "not distinguishable",
            "ratio": 1.0,
            "impact_share_high": None,
        }
        | shares
        | more
    )


def cell(cause_category: str, service: str, n: int = 1) -> dict[str, Any]:
    """A row of `causes_by_service`."""
    return {"cause_category": cause_category, "service": service, "n": n, "expected_count": 0.5}


def repeat(impact: float | None = 60.0, *, is_confirmed: bool = False, known: bool = True) -> dict[str, Any]:
    """A row of `repeats_while_open`."""
    return {"is_confirmed": is_confirmed, "impact_minutes": impact, "is_prevention_known": known}


def timeliness(n: int, in_time: int, **more: Any) -> dict[str, Any]:
    """A row of `postmortem_timeliness` for the step of writing."""
    counts = (
        "taken_count",
        "no_day_count",
        "not_told_count",
        "no_document_count",
        "no_end_count",
        "not_due_count",
        "not_agreed_count",
    )
    return (
        {
            "step": "written",
            "incident_count": 4,
            "n": n,
            "in_time_count": in_time,
            "overdue_count": n - in_time,
            "share_in_time": in_time / n if n else None,
            "share_low": 0.05,
            "share_high": 0.95,
            "median_days": 3.0,
        }
        | dict.fromkeys(counts, 0)
        | more
    )


def impact(of: int, **more: Any) -> dict[str, Any]:
    """A row of `impact_by_group`."""
    names = (
        "n",
        "users_known_count",
        "person_hours_known_count",
        "cost_known_count",
        "cost_stated_count",
        "affected_user_count",
        "person_hours",
        "cost",
    )
    values = dict.fromkeys(names, 0) | {"customer_impact_minutes": 60.0, "cost_currency": "EUR"}
    return {"incident_count": of} | values | more


def gaps(n: int, owner: int, when: int, issue: int, written: int = 0, silent: int = 0) -> pl.DataFrame:
    """A frame of `promise_gaps_by_team`."""
    return table(
        {
            "n": [n],
            "no_owner_count": [owner],
            "no_date_count": [when],
            "no_tracker_count": [issue],
            "postmortem_count": [written],
            "nothing_promised_count": [silent],
        }
    )


def closed(n: int, bulk: int, done: int = 0, silent: int = 0) -> pl.DataFrame:
    """A frame of `slippage_by_team`."""
    return table(
        {"closed_count": [n], "bulk_count": [bulk], "traceable_count": [done], "no_trace_count": [silent]}
    )


def pushed(*teams: tuple[str, int, int, int]) -> pl.DataFrame:
    """A frame of `slippage_by_team`: team, pushes, days, items with a due date."""
    return pl.DataFrame(
        list(teams),
        schema=["team", "push_count", "push_days", "with_due_date_count"],
        orient="row",
    )


def done(n: int, median: float | None, low: float | None = None, high: float | None = None) -> dict[str, Any]:
    """A row of `time_to_done`."""
    return {"n": n, "group_name": "all", "median_days": median, "median_low": low, "median_high": high}


def late(*states: str) -> pl.DataFrame:
    """Rows of `action_items_matching`."""
    return pl.DataFrame(
        {"state": list(states), "overdue_days": [12 - n for n in range(len(states))]},
        schema={"state": pl.String, "overdue_days": pl.Int64},
    )


def reviews(*over_long: bool | None) -> pl.DataFrame:
    """A frame of `reviews_of_small_incidents`, the longest of ten days."""
    return pl.DataFrame(
        {"is_over_long": list(over_long), "review_days": [10.0 - n for n in range(len(over_long))]},
        schema={"is_over_long": pl.Boolean, "review_days": pl.Float64},
    )


def blaming(n: int, found: int) -> pl.DataFrame:
    """A frame of `blaming_by_team`."""
    return table({"n": [n], "blaming_count": [found]})


def skipped(*unread: bool) -> pl.DataFrame:
    """A frame of `skipped_documents`."""
    return pl.DataFrame({"is_unread": list(unread)}, schema={"is_unread": pl.Boolean})


def pair(service: str, loss: float | None = 60.0, open_count: int = 0, **more: Any) -> dict[str, Any]:
    """A row of `priorities` for a cause of a service."""
    return {
        "kind": "cause_and_service",
        "cause_category": "defect",
        "service": service,
        "loss_avoided": loss,
        "loss_avoided_low": 30.0,
        "loss_avoided_high": 90.0,
        "open_item_count": open_count,
    } | more


def ranked(*rows: dict[str, Any]) -> pl.DataFrame:
    """A frame of `priorities`."""
    columns = list(pair(""))
    return (
        pl.DataFrame(list(rows), schema=columns)
        if rows
        else pl.DataFrame(
            schema=dict.fromkeys(columns, pl.String)
            | {"loss_avoided": pl.Float64, "open_item_count": pl.Int64}
        )
    )


def effort(*items: tuple[str, str | None, float] | None) -> pl.DataFrame:
    """A frame of `priorities` of promises, the most for its effort first; None: one without an estimate."""
    rows = [(f"p{place}", *(item or ("No estimate", None, None)), place) for place, item in enumerate(items)]
    return pl.DataFrame(
        rows,
        schema={
            "priority_id": pl.String,
            "title": pl.String,
            "jira_key": pl.String,
            "loss_per_point": pl.Float64,
            "per_point_rank": pl.Int64,
        },
        orient="row",
    ).with_columns(
        kind=pl.lit("action_item"),
        measure=pl.lit("minutes"),
        currency=pl.lit(None, pl.String),
        loss_per_point_low=pl.lit(10.0),
        loss_per_point_high=pl.lit(90.0),
    )


def placed(*shares: tuple[float, int]) -> pl.DataFrame:
    """A frame of `ranking_under`: the share of the sets in which each is among the first, and how many."""
    return pl.DataFrame(
        [("cause_and_service", share, count, 27) for share, count in shares],
        schema={
            "kind": pl.String,
            "top_share": pl.Float64,
            "top_count": pl.Int64,
            "scenario_count": pl.Int64,
        },
        orient="row",
    )


CLEAR: dict[str, Any] = {"loss_avoided_low": 100.0, "loss_avoided_high": 200.0}


def due(n: int, on_time: int, overdue: int = 0, lost: int = 0, unknown: int = 0, promised: int = 0) -> Any:
    """A row of `action_items_by_team` for each of two teams, the second without anything."""
    names = ("n", "on_time_count", "overdue_count", "lost_overdue_count", "unknown_outcome_count")
    counts = dict(zip(names, (n, on_time, overdue, lost, unknown), strict=True))
    counts["action_item_count"] = promised or n + unknown
    return pl.DataFrame([counts, dict.fromkeys(counts, 0)])


def rate(service: str, n: int, own: float, drawn: float, low: float, high: float) -> dict[str, Any]:
    """A row of `services_by_rate`."""
    return {
        "service": service,
        "n": n,
        "own_rate_per_30_days": own,
        "rate_per_30_days": drawn,
        "low": low,
        "high": high,
    }
