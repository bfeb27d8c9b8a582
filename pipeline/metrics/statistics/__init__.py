"""The statistics SQL cannot do: numbers in, numbers out. Knows no tables and no published file.

Only this package knows scipy, and imports it when first asked, because that costs a second.
"""

from pipeline.metrics.statistics.change_points import ChangePoint, change_points
from pipeline.metrics.statistics.comparisons import (
    POWER,
    SIGNAL_LEVEL,
    Comparison,
    Verdict,
    compare_counts,
    compare_durations,
    compare_shares,
)
from pipeline.metrics.statistics.funnel import (
    FUNNEL_LEVELS,
    FunnelLimits,
    FunnelPlace,
    expected_count,
    funnel_limits,
    funnel_place,
    mixed_funnel_limits,
    poisson_funnel_limits,
    standardised_ratio,
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
    wilson_interval,
)
from pipeline.metrics.statistics.multiplicity import (
    OneOfMany,
    adjusted,
    corrected,
    counts_against_rest,
    durations_against_rest,
    shares_against_rest,
)
from pipeline.metrics.statistics.shrinkage import ShrunkenRate, shrunken_rates
from pipeline.metrics.statistics.survival import (
    CumulativeIncidence,
    Curve,
    aalen_johansen,
    incidence_at,
    kaplan_meier,
    log_rank,
    survival_median,
)

__all__ = [
    "FUNNEL_LEVELS",
    "LEVEL",
    "POWER",
    "SIGNAL_LEVEL",
    "ChangePoint",
    "Comparison",
    "CumulativeIncidence",
    "Curve",
    "FunnelLimits",
    "FunnelPlace",
    "Interval",
    "OneOfMany",
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
    "expected_count",
    "funnel_limits",
    "funnel_place",
    "geometric_mean",
    "geometric_mean_interval",
    "incidence_at",
    "kaplan_meier",
    "log_rank",
    "mean_interval",
    "mixed_funnel_limits",
    "multinomial_intervals",
    "poisson_funnel_limits",
    "quantile_interval",
    "rate_ratio_interval",
    "share_interval",
    "shares_against_rest",
    "shrunken_rates",
    "standardised_ratio",
    "survival_median",
    "wilson_interval",
]
