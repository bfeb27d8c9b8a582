"""How far can the figures be trusted? What each can use, what to mend first, and what was not read at all."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from pipeline.metrics.definitions import rows_of_metric, with_interval
from pipeline.metrics.filters import Filters
from pipeline.metrics.statistics import mean_interval

if TYPE_CHECKING:
    import polars as pl

    from pipeline.metrics.published import Published


def coverage_by_figure(published: Published, filters: Filters) -> pl.DataFrame:
    """What share of the incidents each figure can use, and why not the others: one row per figure.

    Columns as `sql/metrics/coverage_by_figure.sql` describes them.
    """
    return rows_of_metric(published, "coverage_by_figure", filters)


def findings_by_rule(published: Published, filters: Filters) -> pl.DataFrame:
    """The findings of each rule together, what costs the figures most first: one row per rule.

    Columns as `sql/metrics/findings_by_rule.sql` describes them.
    """
    return rows_of_metric(published, "findings_by_rule", filters)


def findings_matching(
    published: Published, filters: Filters, rule: str | None = None, figure: str | None = None
) -> pl.DataFrame:
    """The findings one by one, what costs the figures most first: one row per finding.

    Of one `rule` only, or only those because of which `figure` leaves an incident out, when named. Columns
    as `sql/metrics/findings_matching.sql` describes them.
    """
    import polars as pl

    frame = rows_of_metric(published, "findings_matching", filters)
    if rule is not None:
        frame = frame.filter(pl.col("rule") == rule)
    if figure is not None:
        frame = frame.filter(pl.col("lost_figures").list.contains(figure))
    return frame


def skipped_documents(published: Published, filters: Filters) -> pl.DataFrame:
    """The documents that were not read as postmortems, and why: one row per document.

    Columns as `sql/metrics/skipped_documents.sql` describes them.
    """
    return rows_of_metric(published, "skipped_documents", filters)


def completeness_by_team(published: Published, filters: Filters) -> pl.DataFrame:
    """How complete the documents are on average: one row per team.

    Columns as `sql/metrics/completeness_by_team.sql` describes them, with the 90 % interval of
    `mean_completeness`, `mean_low` and `mean_high`; null where there are too few.
    """
    frame = rows_of_metric(published, "completeness_by_team", filters)
    return with_interval(
        frame,
        "mean_low",
        "mean_high",
        [
            mean_interval(row["mean_completeness"], row["deviation"], row["n"])
            for row in frame.iter_rows(named=True)
        ],
    )


def review_queue(published: Published, filters: Filters) -> pl.DataFrame:
    """What most needs a person's eye, by what hangs on it: one row per incident and field.

    Columns as `sql/metrics/review_queue.sql` describes them.
    """
    return rows_of_metric(published, "review_queue", filters)


def reviewed_rows(queue: Iterable[Mapping[str, Any]], *, who: str, when: date) -> str:
    """Rows of the review queue as CSV for `reviewed.csv`, each value as read, to correct or confirm."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("document", "incident", "field", "value", "who", "when"))
    for row in queue:
        place = f"{row['source']}/{row['path']}"
        value = _as_written(row["value"])
        writer.writerow((place, row["incident_ordinal"], row["field"], value, who, when.isoformat()))
    return out.getvalue()


def _as_written(value: str | None) -> str:
    """A value as `reviewed.csv` writes it: lists by semicolons."""
    if value is not None and value.startswith("["):
        try:
            return "; ".join(json.loads(value))
        except (ValueError, TypeError):
            return value
    return value or ""
