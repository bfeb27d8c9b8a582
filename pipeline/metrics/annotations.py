"""What else happened? Releases, changes of policy and the like, that charts over time mark."""

# Types stand in quotes: the import from __future__ that defers them would take the name of the metric.

from typing import TYPE_CHECKING

from pipeline.metrics.definitions import rows_of_metric

if TYPE_CHECKING:
    import polars as pl

    from pipeline.metrics.filters import Filters
    from pipeline.metrics.published import Published


def annotations(published: "Published", filters: "Filters") -> "pl.DataFrame":
    """What happened in the period, of all or of a service that the filters let through: one row each.

    Columns as `sql/metrics/annotations.sql` describes them, the earliest first.
    """
    return rows_of_metric(published, "annotations", filters)
