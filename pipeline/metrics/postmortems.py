"""Which postmortems are missing, and which reviews were out of proportion? One by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.metrics.definitions import rows_of_metric
from pipeline.metrics.filters import Filters

if TYPE_CHECKING:
    import polars as pl

    from pipeline.metrics.published import Published


def overdue_postmortems(published: Published, filters: Filters) -> pl.DataFrame:
    """Incidents whose postmortem is not written or not reviewed in time: one row per incident.

    Columns as `sql/metrics/overdue_postmortems.sql` describes them.
    """
    return rows_of_metric(published, "overdue_postmortems", filters)


def reviews_of_small_incidents(published: Published, filters: Filters) -> pl.DataFrame:
    """How long small incidents waited for their review: one row per incident of which that is known.

    Columns as `sql/metrics/reviews_of_small_incidents.sql` describes them.
    """
    return rows_of_metric(published, "reviews_of_small_incidents", filters)
