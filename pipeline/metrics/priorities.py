"""Where should the next week go? Open promises, and causes of services, by the loss they would avoid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal

from pipeline.metrics.catalogue import run
from pipeline.metrics.definitions import rows_of_metric
from pipeline.metrics.filters import Filters
from pipeline.metrics.statistics import ExpectedLoss, expected_losses, mean_losses

if TYPE_CHECKING:
    import polars as pl

    from pipeline.metrics.published import Published

LossMeasure = Literal["minutes", "users", "cost"]
_COLUMNS: dict[LossMeasure, str] = {"minutes": "impact_minutes", "users": "user_counts", "cost": "costs"}
#: How much history a ranking rests on, unless asked otherwise.
MONTHS = 12


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
    chosen = measure or loss_measure(published)
    frame = _listed(published, filters, build["as_of"].date(), months)
    rows = frame.rows(named=True)
    losses = _losses(rows, chosen)
    reach = share * horizon
    added = [_figures(row, losses.get(_pair(row)), chosen, reach) for row in rows]
    nothing = _figures({"story_points": None, _COLUMNS[chosen]: ()}, None, chosen, reach)
    schema = dict.fromkeys(nothing, pl.Float64)
    refused = sum(row["not_rankable_reason"] is not None for row in rows)
    return (
        pl.concat([frame, pl.DataFrame(added, schema=schema).cast({"n": pl.Int64})], how="horizontal")
        .with_columns(
            pl.lit(chosen).alias("measure"),
            (pl.col("n") / pl.col("incident_count")).fill_nan(None).alias("coverage"),
            pl.lit(refused).alias("not_rankable_count"),
            pl.lit(float(share)).alias("effectiveness"),
            pl.lit(horizon).alias("horizon_days"),
            priority_rank=pl.col("loss_avoided").rank("ordinal", descending=True).over("kind").cast(pl.Int64),
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
                for row, own in known:
                    key = (kind, row["priority_id"])
                    titles[key] = row["title"]
                    for share in effectiveness:
                        above = sum(loss * others > own * share for other, loss in known if other is not row)
                        said = f"{measure}, {span} months, effectiveness {share:g}"
                        ranks.setdefault(key, []).append((above + 1, said))
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


def _listed(published: Published, filters: Filters, as_of: date, months: int) -> pl.DataFrame:
    first = as_of - timedelta(days=round(months * 365.25 / 12))
    recent = replace(filters, period_from=first, period_to=as_of)
    return rows_of_metric(published, "priorities", recent)


def loss_measure(published: Published) -> LossMeasure:
    """What a ranking measures unless asked: cost where the settings have a formula, else minutes."""
    (count,) = published.query("SELECT count(formula_cost) FROM marts.incidents").row(0)
    return "cost" if count else "minutes"


def _pair(row: dict[str, Any]) -> tuple[str, str]:
    return (row["cause_category"] or "", (row["service"] or "").strip().lower())


def _losses(rows: Sequence[dict[str, Any]], measure: LossMeasure) -> dict[tuple[str, str], ExpectedLoss]:
    """Of each cause and service, the loss to expect of a day."""
    pairs = _watched_pairs(rows)
    return dict(zip(map(_pair, pairs), expected_losses(*_history(pairs, measure)), strict=True))


def _means(rows: Sequence[dict[str, Any]], measure: LossMeasure) -> dict[tuple[str, str], float | None]:
    """The means of the same, which is all that a rank needs."""
    pairs = _watched_pairs(rows)
    return dict(zip(map(_pair, pairs), mean_losses(*_history(pairs, measure)), strict=True))


def _watched_pairs(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in rows if row["kind"] == "cause_and_service" and (row["watched_days"] or 0) > 0]


def _history(
    pairs: Sequence[dict[str, Any]], measure: LossMeasure
) -> tuple[list[int], list[float], list[list[float]]]:
    """Counts, days and losses of each pair."""
    return (
        [row["incident_count"] for row in pairs],
        [row["watched_days"] for row in pairs],
        [row[_COLUMNS[measure]] for row in pairs],
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
