"""Which postmortems are missing, which reviews were out of proportion, and which wording blames people?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.metrics.definitions import rows_of_metric, with_interval
from pipeline.metrics.filters import Filters
from pipeline.metrics.statistics import share_interval

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


def blaming_by_team(published: Published, filters: Filters) -> pl.DataFrame:
    """How many postmortems are worded so that they blame people: one row per team.

    Columns as `sql/metrics/blaming_by_team.sql` describes them; the phrases one by one are the findings of
    the rule `blaming_wording`.
    """
    frame = rows_of_metric(published, "blaming_by_team", filters)
    shares = [share_interval(k, n) for k, n in frame.select("blaming_count", "n").iter_rows()]
    return with_interval(frame, "blaming_low", "blaming_high", shares)
