"""What is followed in Jira, and why; and what Jira does not show of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pipeline.metrics.definitions import rows_of_metric
from pipeline.metrics.filters import Filters

if TYPE_CHECKING:
    import polars as pl

    from pipeline.metrics.published import Published

#: Which issues to list. "incomplete": whose history Jira did not give whole.
WhichIssues = Literal["all", "not_shown", "incomplete"]


def issues_by_reason(published: Published, filters: Filters) -> pl.DataFrame:
    """Why issues are followed: one row per reason.

    Columns as `sql/metrics/issues_by_reason.sql` describes them.
    """
    return rows_of_metric(published, "issues_by_reason", filters)


def absent_issues_by_project(published: Published, filters: Filters) -> pl.DataFrame:
    """What Jira does not show: one row per project and reason.

    Columns as `sql/metrics/absent_issues_by_project.sql` describes them.
    """
    return rows_of_metric(published, "absent_issues_by_project", filters)


def issues_matching(
    published: Published,
    filters: Filters,
    which: WhichIssues = "all",
    reason: str | None = None,
    project: str | None = None,
) -> pl.DataFrame:
    """The issues held, and the keys that led to none, those not shown first: one row per issue or key.

    Of one `reason` to follow them or of one `project` only, when named. Columns as
    `sql/metrics/issues_matching.sql` describes them.
    """
    import polars as pl

    frame = rows_of_metric(published, "issues_matching", filters)
    if which == "not_shown":
        frame = frame.filter(pl.col("is_absent"))
    if which == "incomplete":
        frame = frame.filter(~pl.col("is_history_complete"))
    if reason is not None:
        frame = frame.filter(pl.col("reasons").list.contains(reason))
    return frame if project is None else frame.filter(pl.col("project") == project)
