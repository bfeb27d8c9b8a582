"""The read side: open what was published, choose, compute, with n, exclusions and intervals.

    from pathlib import Path
    from pipeline.metrics import Filters, open_published, times_by_group

    published = open_published(Path("data/published"))
    frame = times_by_group(published, Filters(teams=("Payments",)), "resolve", "quarter")

Each metric is a function here, named like its SQL file in `sql/metrics/`, and gives a Polars frame whose
columns that file describes; `metric_definition(name)` returns the description. Durations are in minutes,
times are UTC, shares lie between 0 and 1; intervals hold 90 % unless the name says otherwise.
"""

from pipeline.metrics.annotations import annotations
from pipeline.metrics.catalogue import (
    Choices,
    data_dictionary,
    filter_choices,
    restricted_count,
    run,
    sources,
)
from pipeline.metrics.causes import (
    causes_by_service,
    impact_shares,
    published_mix,
    recurring_causes,
    repeats_while_open,
    services_by_rate,
)
from pipeline.metrics.comparisons import (
    compare,
    compare_group_shares,
    compare_groups,
    monthly_rate_changes,
)
from pipeline.metrics.data_health import (
    completeness_by_team,
    coverage_by_figure,
    findings_by_rule,
    findings_matching,
    review_queue,
    reviewed_rows,
    skipped_documents,
)
from pipeline.metrics.decisions import CameBack, Decisions, NextWeek, Talk, decisions
from pipeline.metrics.definitions import Definition, metric_definition, metric_names
from pipeline.metrics.filters import (
    Basis,
    Compared,
    Filters,
    Grain,
    GroupBy,
    ItemGroup,
    Measure,
    Preset,
    ShareMeasure,
    compared_periods,
    preset_period,
)
from pipeline.metrics.follow_through import (
    Which,
    action_item_history,
    action_items_by_outcome,
    action_items_by_period,
    action_items_by_team,
    action_items_matching,
    on_time_interval,
    open_items_by_age,
)
from pipeline.metrics.impact import impact_by_group, postmortem_timeliness, reporting_delay
from pipeline.metrics.incidents import IncidentFile, incident, incidents_matching
from pipeline.metrics.issues import (
    WhichIssues,
    absent_issues_by_project,
    issues_by_reason,
    issues_matching,
)
from pipeline.metrics.macros import call_of, macro_call
from pipeline.metrics.postmortems import blaming_by_team, overdue_postmortems, reviews_of_small_incidents
from pipeline.metrics.priorities import (
    LossMeasure,
    loss_measure,
    priorities,
    priorities_hindcast,
    ranking_under,
)
from pipeline.metrics.published import Published, open_published
from pipeline.metrics.reliability import (
    incidents_by_group,
    incidents_by_period,
)
from pipeline.metrics.repeats import (
    fix_effect,
    incidents_in_chains,
    repeat_chains,
    repeats_by_chance,
    similar_incidents,
)
from pipeline.metrics.restatement import restated_figures, restated_values, restatement
from pipeline.metrics.slippage import (
    postmortems_without_action_items,
    promise_gaps_by_team,
    slippage_by_team,
    slippage_ledger,
)
from pipeline.metrics.statistics import Comparison
from pipeline.metrics.teams import (
    TEAM_MEASURES,
    Funnel,
    TeamMeasure,
    team_funnel,
    team_rates,
    team_scorecard,
)
from pipeline.metrics.time_to_done import done_curves, time_to_done
from pipeline.metrics.times import duration_distribution, time_between_incidents, times_by_group

__all__ = [
    "TEAM_MEASURES",
    "Basis",
    "CameBack",
    "Choices",
    "Compared",
    "Comparison",
    "Decisions",
    "Definition",
    "Filters",
    "Funnel",
    "Grain",
    "GroupBy",
    "IncidentFile",
    "ItemGroup",
    "LossMeasure",
    "Measure",
    "NextWeek",
    "Preset",
    "Published",
    "ShareMeasure",
    "Talk",
    "TeamMeasure",
    "Which",
    "WhichIssues",
    "absent_issues_by_project",
    "action_item_history",
    "action_items_by_outcome",
    "action_items_by_period",
    "action_items_by_team",
    "action_items_matching",
    "annotations",
    "blaming_by_team",
    "call_of",
    "causes_by_service",
    "compare",
    "compare_group_shares",
    "compare_groups",
    "compared_periods",
    "completeness_by_team",
    "coverage_by_figure",
    "data_dictionary",
    "decisions",
    "done_curves",
    "duration_distribution",
    "filter_choices",
    "findings_by_rule",
    "findings_matching",
    "fix_effect",
    "impact_by_group",
    "impact_shares",
    "incident",
    "incidents_by_group",
    "incidents_by_period",
    "incidents_in_chains",
    "incidents_matching",
    "issues_by_reason",
    "issues_matching",
    "loss_measure",
    "macro_call",
    "metric_definition",
    "metric_names",
    "monthly_rate_changes",
    "on_time_interval",
    "open_items_by_age",
    "open_published",
    "overdue_postmortems",
    "postmortem_timeliness",
    "postmortems_without_action_items",
    "preset_period",
    "priorities",
    "priorities_hindcast",
    "promise_gaps_by_team",
    "published_mix",
    "ranking_under",
    "recurring_causes",
    "repeat_chains",
    "repeats_by_chance",
    "repeats_while_open",
    "reporting_delay",
    "restated_figures",
    "restated_values",
    "restatement",
    "restricted_count",
    "review_queue",
    "reviewed_rows",
    "reviews_of_small_incidents",
    "run",
    "services_by_rate",
    "similar_incidents",
    "skipped_documents",
    "slippage_by_team",
    "slippage_ledger",
    "sources",
    "team_funnel",
    "team_rates",
    "team_scorecard",
    "time_between_incidents",
    "time_to_done",
    "times_by_group",
]
