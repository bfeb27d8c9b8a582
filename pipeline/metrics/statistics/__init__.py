"""The statistics SQL cannot do: numbers in, numbers out. Knows no tables and no published file.

Only this package knows scipy, and imports it when first asked, because that costs a second.
"""

from pipeline.metrics.statistics.change_points import ChangePoint, change_points
from pipeline.metrics.statistics.comparisons import (
    ERROR,
    POWER,
    SIGNAL_LEVEL,
    Comparison,
    Scatter,
    Verdict,
    compare_counts,
    compare_durations,
    compare_shares,
    scatter_of,
    smallest_fall,
)
from pipeline.metrics.statistics.credibility import ExpectedRate, expected_rates
from pipeline.metrics.statistics.curve_differences import log_rank
from pipeline.metrics.statistics.funnel import (
    FUNNEL_LEVELS,
    FunnelLimits,
    FunnelPlace,
    funnel_limits,
    funnel_place,
)
from pipeline.metrics.statistics.intervals import (
    LEVEL,
    Interval,
    count_interval,
    geometric_mean,
    geometric_mean_interval,
    mean_interval,
    multinomial_intervals,
    quantile_interval,
    rate_ratio_interval,
    share_interval,
    total_share_intervals,
    wilson_interval,
)
from pipeline.metrics.statistics.losses import (
    Expected,
    ExpectedLoss,
    Hindcast,
    expected_losses,
    hindcast,
    mean_losses,
)
from pipeline.metrics.statistics.multiplicity import (
    OneOfMany,
    adjusted,
    corrected,
    counts_against_rest,
    durations_against_rest,
    shares_against_known,
    shares_against_rest,
)
from pipeline.metrics.statistics.outlying import GroupPlace, OutlyingGroups, outlying_groups
from pipeline.metrics.statistics.shrinkage import ShrunkenRate, shrunken_rates
from pipeline.metrics.statistics.survival import (
    CumulativeIncidence,
    Curve,
    aalen_johansen,
    incidence_at,
    kaplan_meier,
    survival_median,
)

__all__ = [
    "ERROR",
    "FUNNEL_LEVELS",
    "LEVEL",
    "POWER",
    "SIGNAL_LEVEL",
    "ChangePoint",
    "Comparison",
    "CumulativeIncidence",
    "Curve",
    "Expected",
    "ExpectedLoss",
    "ExpectedRate",
    "FunnelLimits",
    "FunnelPlace",
    "GroupPlace",
    "Hindcast",
    "Interval",
    "OneOfMany",
    "OutlyingGroups",
    "Scatter",
    "ShrunkenRate",
    "Verdict",
    "aalen_johansen",
    "adjusted",
    "change_points",
    "compare_counts",
    "compare_durations",
    "compare_shares",
    "corrected",
    "count_interval",
    "counts_against_rest",
    "durations_against_rest",
    "expected_losses",
    "expected_rates",
    "funnel_limits",
    "funnel_place",
    "geometric_mean",
    "geometric_mean_interval",
    "hindcast",
    "incidence_at",
    "kaplan_meier",
    "log_rank",
    "mean_interval",
    "mean_losses",
    "multinomial_intervals",
    "outlying_groups",
    "quantile_interval",
    "rate_ratio_interval",
    "scatter_of",
    "share_interval",
    "shares_against_known",
    "shares_against_rest",
    "shrunken_rates",
    "smallest_fall",
    "survival_median",
    "total_share_intervals",
    "wilson_interval",
]
