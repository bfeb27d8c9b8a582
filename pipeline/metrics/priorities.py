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
#: What tells a cause of a service from others, however the service is spelt.
_PAIR = ("cause_category", "folded_service")
#: What is told of a priority by what is to be expected of its cause and service, each with its interval.
_FIGURES = tuple(
    name + end
    for name in ("incidents_per_year", "impact_per_incident", "loss_avoided")
    for end in ("", "_low", "_high")
)
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
    pairs = frame.filter(kind="cause_and_service")
    happened = int(pairs["incident_count"].sum())
    known = int(pairs[_COLUMNS[chosen]].list.len().sum())
    is_rankable = pl.col("not_rankable_reason").is_null()
    points = pl.when(pl.col("story_points") > 0).then("story_points")
    return (
        frame.join(_figures(pairs, chosen, share * horizon), on=_PAIR, how="left")
        .with_columns(
            pl.col("n").fill_null(0),
            *(pl.when(is_rankable).then(name).alias(name) for name in _FIGURES),
        )
        .with_columns(
            (pl.col(f"loss_avoided{end}") / points).alias(f"loss_per_point{end}")
            for end in ("", "_low", "_high")
        )
        .drop("folded_service")
        .with_columns(
            pl.lit(chosen).alias("measure"),
            (pl.col("n") / pl.col("incident_count")).fill_nan(None).alias("coverage"),
            pl.lit(known / happened if happened else None, pl.Float64).alias("measure_coverage"),
            pl.lit(build["cost_currency"], pl.String).alias("currency"),
            pl.lit(frame["not_rankable_reason"].count()).alias("not_rankable_count"),
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
    named = {"kind": pl.String, "priority_id": pl.String, "title": pl.String}
    ranks = [pl.DataFrame(schema={**named, "rank": pl.Int64, "under": pl.String})]
    for span in months:
        frame = _listed(published, filters, build["as_of"].date(), span)
        pairs = frame.filter(kind="cause_and_service")
        rankable = frame.filter(pl.col("not_rankable_reason").is_null()).select(*named, *_PAIR)
        for measure in measures:
            known = rankable.join(_means(pairs, measure), on=_PAIR)
            for rows in known.partition_by("kind"):
                own = rows["mean"].to_numpy()
                ordered = np.sort(own * others)
                for share in effectiveness:
                    above = len(own) - np.searchsorted(ordered, own * share, side="right")
                    above -= own * others > own * share  # none is above itself
                    under = pl.lit(f"by {measure}, {span} months, a fix avoiding {share * 100:.0f} %").alias(
                        "under"
                    )
                    ranks.append(rows.select(*named, pl.Series("rank", above + 1, pl.Int64), under))
    return (
        pl.concat(ranks)
        .group_by("kind", "priority_id")
        .agg(
            pl.col("title").last(),
            pl.len().cast(pl.Int64).alias("scenario_count"),
            (pl.col("rank") <= top).sum().cast(pl.Int64).alias("top_count"),
            (pl.col("rank") <= top).mean().alias("top_share"),
            pl.col("rank").min().alias("best_rank"),
            pl.col("rank").max().alias("worst_rank"),
            pl.col("under").get(pl.col("rank").arg_max()).alias("worst_under"),
        )
        .sort("kind", "top_share", "best_rank", "priority_id", descending=[False, True, False, False])
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
    rows = _watched(_listed(published, filters, until - timedelta(days=1), months))
    rates = [loss.rate for loss in _expected(rows, "minutes")]
    after = replace(filters, period_from=until, period_to=until + timedelta(days=days - 1))
    observed = rows_of_metric(published, "incidents_by_group", after)["observed_days"].sum()
    if observed < days - 1e-6:
        raise ValueError(
            f"the records cover {observed:g} of the {days} days from {until}; choose an earlier day"
        )
    came = {
        _pair(row): row["incident_count"]
        for row in _watched(_folded(rows_of_metric(published, "priorities", after)))
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
    return _folded(rows_of_metric(published, "priorities", _last(filters, last, months)))


def _folded(frame: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    return frame.with_columns(
        pl.col("service").str.strip_chars(" ").str.to_lowercase().alias("folded_service")
    )


def _last(filters: Filters, last: date, months: int) -> Filters:
    return replace(filters, period_from=last - timedelta(days=round(months * 365.25 / 12)), period_to=last)


def _pair(row: dict[str, Any]) -> tuple[str, str]:
    return row["cause_category"], row["folded_service"]


def _watched(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """The causes of services of which days are on record."""
    import polars as pl

    return frame.filter(pl.col("watched_days") > 0, kind="cause_and_service").rows(named=True)


def _means(pairs: pl.DataFrame, measure: LossMeasure) -> pl.DataFrame:
    """Of each cause and service the mean loss to expect of a day, which is all that a rank needs."""
    import polars as pl

    rows = _watched(pairs)
    means = mean_losses(*_history(rows, measure)) if rows else []
    schema = {**dict.fromkeys(_PAIR, pl.String), "mean": pl.Float64}
    found = [(*_pair(row), mean) for row, mean in zip(rows, means, strict=True)]
    return pl.DataFrame(found, schema=schema, orient="row").drop_nulls("mean")


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


def _figures(pairs: pl.DataFrame, measure: LossMeasure, reach: float) -> pl.DataFrame:
    """What is added to the rows of each cause and service; `reach` is days ahead × effectiveness."""
    import polars as pl

    rows = _watched(pairs)
    found = [
        (
            *_pair(row),
            *(365.25 * part for part in loss.rate[:3]),
            *(loss.impact or (None, None, None)),
            *((None, None, None) if loss.loss is None else (reach * part for part in loss.loss)),
        )
        for row, loss in zip(rows, _expected(rows, measure), strict=True)
    ]
    schema = {**dict.fromkeys(_PAIR, pl.String), **dict.fromkeys(_FIGURES, pl.Float64)}
    known = pl.col(_COLUMNS[measure]).list.len().cast(pl.Int64).alias("n")
    return pairs.select(*_PAIR, known).join(
        pl.DataFrame(found, schema=schema, orient="row"), on=_PAIR, how="left"
    )
