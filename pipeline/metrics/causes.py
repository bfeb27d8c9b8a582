"""What keeps hurting us? Causes and services by what they cost, and repeats of what was not fixed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.metrics.definitions import rows_of_metric, with_interval
from pipeline.metrics.filters import Filters
from pipeline.metrics.statistics import share_interval

if TYPE_CHECKING:
    import polars as pl

    from pipeline.metrics.published import Published


def impact_by_cause(published: Published, filters: Filters) -> pl.DataFrame:
    """Incidents and impact in minutes per cause category, the costliest first; "unknown" is one of them.

    Columns as `sql/metrics/impact_by_cause.sql` describes them, with the exact 90 % interval of the share
    of incidents, `share_low` and `share_high`.
    """
    return _with_share_interval(rows_of_metric(published, "impact_by_cause", filters))


def impact_by_service(published: Published, filters: Filters) -> pl.DataFrame:
    """Incidents and impact in minutes per service, the costliest first; otherwise like `impact_by_cause`."""
    return _with_share_interval(rows_of_metric(published, "impact_by_service", filters))


def repeats_while_open(published: Published, filters: Filters) -> pl.DataFrame:
    """Incidents that resemble an earlier one whose prevention item was still open: one row per incident.

    Columns as `sql/metrics/repeats_while_open.sql` describes them. Association, not proof.
    """
    return rows_of_metric(published, "repeats_while_open", filters)


def _with_share_interval(frame: pl.DataFrame) -> pl.DataFrame:
    counts = frame["incident_count"].to_list()
    total = sum(counts)
    return with_interval(frame, "share_low", "share_high", [share_interval(count, total) for count in counts])
