"""The statistics SQL cannot do: numbers in, numbers out. Knows no tables and no published file.

Only this package knows scipy, and imports it when first asked, because that costs a second.
"""

from pipeline.metrics.statistics.comparisons import (
    POWER,
    SIGNAL_LEVEL,
    Comparison,
    Verdict,
    compare_counts,
    compare_durations,
)
from pipeline.metrics.statistics.intervals import (
    LEVEL,
    Interval,
    count_interval,
    geometric_mean,
    mean_interval,
    quantile_interval,
    share_interval,
)

__all__ = [
    "LEVEL",
    "POWER",
    "SIGNAL_LEVEL",
    "Comparison",
    "Interval",
    "Verdict",
    "compare_counts",
    "compare_durations",
    "count_interval",
    "geometric_mean",
    "mean_interval",
    "quantile_interval",
    "share_interval",
]
