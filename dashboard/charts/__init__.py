"""A metric's frame → its chart. No Streamlit, no SQL; named like the metric.

Every interval is drawn, every n can be read, and what is not known is shown as unknown.
"""

from dashboard.charts.causes import (
    causes_by_impact,
    causes_by_number,
    causes_by_service,
    causes_over_time,
    impact_by_cause,
    impact_by_service,
    services_by_rate,
)
from dashboard.charts.data_health import completeness_by_team, coverage_by_figure
from dashboard.charts.drawing import ADDRESS, Annotation, Figure, Look
from dashboard.charts.follow_through import (
    action_items_by_period,
    action_items_by_team,
    open_action_items_by_period,
    open_items_by_age,
)
from dashboard.charts.incident import incident_timeline
from dashboard.charts.postmortems import postmortems_reviewed, postmortems_written
from dashboard.charts.priorities import priorities
from dashboard.charts.published_mix import published_mix
from dashboard.charts.reliability import incidents_by_period, monthly_rate_changes
from dashboard.charts.repeats import fix_effect, incidents_in_chains
from dashboard.charts.survival import done_curves, done_curves_by_group, time_to_done
from dashboard.charts.teams import team_funnel
from dashboard.charts.times import duration_distribution, time_between_incidents, times_by_group

__all__ = [
    "ADDRESS",
    "Annotation",
    "Figure",
    "Look",
    "action_items_by_period",
    "action_items_by_team",
    "causes_by_impact",
    "causes_by_number",
    "causes_by_service",
    "causes_over_time",
    "completeness_by_team",
    "coverage_by_figure",
    "done_curves",
    "done_curves_by_group",
    "duration_distribution",
    "fix_effect",
    "impact_by_cause",
    "impact_by_service",
    "incident_timeline",
    "incidents_by_period",
    "incidents_in_chains",
    "monthly_rate_changes",
    "open_action_items_by_period",
    "open_items_by_age",
    "postmortems_reviewed",
    "postmortems_written",
    "priorities",
    "published_mix",
    "services_by_rate",
    "team_funnel",
    "time_between_incidents",
    "time_to_done",
    "times_by_group",
]
