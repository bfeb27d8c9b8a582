"""Where should the next week go? Open promises, and causes of services, by the loss they would avoid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Literal

from pipeline.metrics.catalogue import run
from pipeline.metrics.definitions import rows_of_metric
from pipeline.metrics.filters import Filters
from pipeline.metrics.statistics import ExpectedLoss, Hindcast, expected_losses, hindcast, mean_losses

if TYPE_CHECKING:
    import polars as pl

    from pipeline.metrics.published import Published

LossMeasure = Literal["minutes", "users", "cost"]
_COLUMNS: dict[LossMeasure, str] = {"minutes": "impact_minutes", "users": "user_counts", "cost": "costs"}
#: How much history a ranking rests on, unless asked otherwise.
MONTHS = 12
#: Cost is the measure unless asked otherwise where it is known of this share of incidents, and of so many.
KNOWN_SHARE = 0.5
KNOWN_COUNT = 20


def priorities(
    published: Published,
    filters: Filters,
    *,
    measure: LossMeasure | None = None,
    effectiveness: float | None = None,
    months: int = MONTHS,
    horizon_days: int | None = None,
) -> pl.DataFrame:
    """Open prevention items, and causes of services, by expected loss avoided: one row each, the best first.

    Columns as `sql/metrics/priorities.sql` describes them. What is not given comes from the settings; the
    filters' period is replaced by the last `months`. Raises ValueError for an effectiveness outside 0 to 1.
    """
    import polars as pl

    build = run(published)
    share = build["effectiveness"] if effectiveness is None else effectiveness
    if not 0 <= share <= 1:
        raise ValueError(f"effectiveness should be a share from 0 to 1, not {share}")
    horizon = build["horizon_days"] if horizon_days is None else horizon_days
    chosen = measure or loss_measure(published, filters, months)
    frame = _listed(published, filters, build["as_of"].date(), months)
    rows = frame.rows(named=True)
    losses = _losses(rows, chosen)
    reach = share * horizon
    added = [_figures(row, losses.get(_pair(row)), chosen, reach) for row in rows]
    nothing = _figures({"story_points": None, _COLUMNS[chosen]: ()}, None, chosen, reach)
    schema = dict.fromkeys(nothing, pl.Float64)
    refused = sum(row["not_rankable_reason"] is not None for row in rows)
    pairs = frame.filter(pl.col("kind") == "cause_and_service")
    happened = int(pairs["incident_count"].sum())
    known = int(pairs[_COLUMNS[chosen]].list.len().sum())
    return (
        pl.concat([frame, pl.DataFrame(added, schema=schema).cast({"n": pl.Int64})], how="horizontal")
        .with_columns(
            pl.lit(chosen).alias("measure"),
            (pl.col("n") / pl.col("incident_count")).fill_nan(None).alias("coverage"),
            pl.lit(known / happened if happened else None, pl.Float64).alias("measure_coverage"),
            pl.lit(build["cost_currency"], pl.String).alias("currency"),
            pl.lit(refused).alias("not_rankable_count"),
            pl.lit(float(share)).alias("effectiveness"),
            pl.lit(horizon).alias("horizon_days"),
            priority_rank=pl.col("loss_avoided").rank("min", descending=True).over("kind").cast(pl.Int64),
            per_point_rank=pl.col("loss_per_point").rank("min", descending=True).over("kind").cast(pl.Int64),
        )
        .sort("kind", "priority_rank", "priority_id", nulls_last=True)
    )


def ranking_under(
    published: Published,
    filters: Filters,
    *,
    top: int = 5,
    measures: Sequence[LossMeasure] = ("minutes", "users", "cost"),
    months: Sequence[int] = (6, 12, 24),
    effectiveness: Sequence[float] = (0.25, 0.5, 0.75),
) -> pl.DataFrame:
    """How often each priority stays among the `top` of its kind when the assumptions are others.

    One row per priority that can be ranked, by how often it stays: kind, priority_id, title, scenario_count
    (every measure of which something is known, with every number of months, with every effectiveness of its
    own while that of the others is what the settings say: one shared by all moves no rank), top_count,
    top_share, best_rank, worst_rank, worst_under (the assumptions of the worst rank, in words).
    """
    import numpy as np
    import polars as pl

    build = run(published)
    others = build["effectiveness"]
    ranks: dict[tuple[str, str], list[tuple[int, str]]] = {}
    titles: dict[tuple[str, str], str] = {}
    for span in months:
        rows = _listed(published, filters, build["as_of"].date(), span).rows(named=True)
        for measure in measures:
            means = _means(rows, measure)
            for kind in ("action_item", "cause_and_service"):
                known = [
                    (row, mean)
                    for row in rows
                    if row["kind"] == kind
                    and (mean := means.get(_pair(row))) is not None
                    and row["not_rankable_reason"] is None
                ]
                titles |= {(kind, row["priority_id"]): row["title"] for row, _ in known}
                own = np.array([loss for _, loss in known])
                ordered = np.sort(own * others)
                for share in effectiveness:
                    above = len(own) - np.searchsorted(ordered, own * share, side="right")
                    above -= own * others > own * share  # none is above itself
                    said = f"{measure}, {span} months, effectiveness {share:g}"
                    for (row, _), count in zip(known, above.tolist(), strict=True):
                        ranks.setdefault((kind, row["priority_id"]), []).append((count + 1, said))
    found = []
    for (kind, priority_id), seen in ranks.items():
        worst, under = max(seen, key=lambda each: each[0])
        stays = sum(rank <= top for rank, _ in seen)
        found.append(
            {
                "kind": kind,
                "priority_id": priority_id,
                "title": titles[kind, priority_id],
                "scenario_count": len(seen),
                "top_count": stays,
                "top_share": stays / len(seen),
                "best_rank": min(rank for rank, _ in seen),
                "worst_rank": worst,
                "worst_under": under,
            }
        )
    schema = {
        "kind": pl.String,
        "priority_id": pl.String,
        "title": pl.String,
        "scenario_count": pl.Int64,
        "top_count": pl.Int64,
        "top_share": pl.Float64,
        "best_rank": pl.Int64,
        "worst_rank": pl.Int64,
        "worst_under": pl.String,
    }
    return pl.DataFrame(found, schema=schema).sort(
        "kind", "top_share", "best_rank", "priority_id", descending=[False, True, False, False]
    )


def priorities_hindcast(
    published: Published,
    filters: Filters,
    until: date,
    *,
    months: int = MONTHS,
    horizon_days: int | None = None,
) -> Hindcast:
    """Whether the rates of `priorities` would have held: made from the `months` before the day `until`,
    beside what came of the same causes and services in as many days from it as a ranking looks ahead.

    Incidents are those known today. Raises ValueError where the days ahead do not lie before the moment the
    tables speak of, or not before the records end.
    """
    build = run(published)
    days = build["horizon_days"] if horizon_days is None else horizon_days
    if datetime.combine(until, time()) + timedelta(days=days) > build["as_of"]:
        raise ValueError(f"{days} days from {until} are not over by {build['as_of'].date()}")
    rows = _pairs(_listed(published, filters, until - timedelta(days=1), months).rows(named=True))
    rates = [loss.rate for loss in _expected(rows, "minutes")]
    after = replace(filters, period_from=until, period_to=until + timedelta(days=days - 1))
    observed = rows_of_metric(published, "incidents_by_group", after)["observed_days"].sum()
    if observed < days - 1e-6:
        raise ValueError(
            f"the records cover {observed:g} of the {days} days from {until}; choose an earlier day"
        )
    came = {
        _pair(row): row["incident_count"]
        for row in _pairs(rows_of_metric(published, "priorities", after).rows(named=True))
    }
    kept = [
        (rate, came.get(_pair(row), 0))
        for row, rate in zip(rows, rates, strict=True)
        if row["incident_count"]
    ]
    return hindcast([rate for rate, _ in kept], days, [count for _, count in kept])


def loss_measure(published: Published, filters: Filters, months: int) -> LossMeasure:
    """What a ranking measures unless asked: cost where the settings have a formula for it and it is known of
    enough incidents of the last `months`, else minutes."""
    recent = _last(filters, run(published)["as_of"].date(), months)
    known = rows_of_metric(published, "impact_by_group", recent, group_by="all").row(0, named=True)
    (count,) = published.query("SELECT count(formula_cost) FROM marts.incidents").row(0)
    enough = (
        known["cost_known_count"] >= KNOWN_COUNT
        and known["cost_known_count"] >= KNOWN_SHARE * known["incident_count"]
    )
    return "cost" if count and enough else "minutes"


def _listed(published: Published, filters: Filters, last: date, months: int) -> pl.DataFrame:
    return rows_of_metric(published, "priorities", _last(filters, last, months))


def _last(filters: Filters, last: date, months: int) -> Filters:
    return replace(filters, period_from=last - timedelta(days=round(months * 365.25 / 12)), period_to=last)


def _pair(row: dict[str, Any]) -> tuple[str, str]:
    return (row["cause_category"] or "", (row["service"] or "").strip().lower())


def _pairs(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in rows if row["kind"] == "cause_and_service" and (row["watched_days"] or 0) > 0]


def _losses(rows: Sequence[dict[str, Any]], measure: LossMeasure) -> dict[tuple[str, str], ExpectedLoss]:
    """Of each cause and service, the loss to expect of a day."""
    pairs = _pairs(rows)
    return {_pair(row): loss for row, loss in zip(pairs, _expected(pairs, measure), strict=True)}


def _means(rows: Sequence[dict[str, Any]], measure: LossMeasure) -> dict[tuple[str, str], float | None]:
    """The means of the same, which is all that a rank needs."""
    pairs = _pairs(rows)
    means = mean_losses(*_history(pairs, measure)) if pairs else []
    return dict(zip(map(_pair, pairs), means, strict=True))


def _expected(pairs: Sequence[dict[str, Any]], measure: LossMeasure) -> list[ExpectedLoss]:
    return expected_losses(*_history(pairs, measure)) if pairs else []


def _history(
    pairs: Sequence[dict[str, Any]], measure: LossMeasure
) -> tuple[list[list[int]], float, list[list[float]], int]:
    """Counts in each part of the days, the days, the losses of each pair, and how many pairs had nothing."""
    return (
        [row["part_counts"] for row in pairs],
        pairs[0]["watched_days"],
        [row[_COLUMNS[measure]] for row in pairs],
        max(0, pairs[0]["pair_count"] - len(pairs)),
    )


def _figures(
    row: dict[str, Any], loss: ExpectedLoss | None, measure: LossMeasure, reach: float
) -> dict[str, float | None]:
    """The columns that are added to a row; `reach` is days ahead × effectiveness."""
    known = loss if row.get("not_rankable_reason") is None else None
    rate = None if known is None else [365.25 * part for part in known.rate[:3]]
    impact = None if known is None or known.impact is None else list(known.impact)
    avoided = None if known is None or known.loss is None else [reach * part for part in known.loss]
    points = row["story_points"] or 0
    per_point = [part / points for part in avoided] if avoided is not None and points > 0 else None
    figures: dict[str, float | None] = {"n": len(row[_COLUMNS[measure]])}
    for name, parts in (
        ("incidents_per_year", rate),
        ("impact_per_incident", impact),
        ("loss_avoided", avoided),
        ("loss_per_point", per_point),
    ):
        for place, ending in enumerate(("", "_low", "_high")):
            figures[name + ending] = None if parts is None else parts[place]
    return figures
