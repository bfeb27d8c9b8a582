-- Which figures leave which incidents out, so that what a missing value costs can be counted.
-- One row per incident and figure that cannot use it; planned work, which no figure uses, is not in it.
-- Key: incident_id, figure.
--
-- Teams leave nothing out when the settings name none. Follow-through cannot use an incident one of whose action items is of unknown state.
WITH incidents AS (
    SELECT
        incident_id,
        occurred_at,
        time_to_resolve_minutes,
        time_to_detect_minutes,
        cause_category,
        service,
        severity,
        team,
        CAST(CASE WHEN severity IS NULL THEN 3 ELSE 6 - severity END AS DOUBLE) AS weight,
        coalesce(customer_impact_minutes, time_to_resolve_minutes) AS minutes
    FROM marts.incidents
    WHERE NOT is_planned
),

unknown_outcomes AS (
    SELECT DISTINCT incident_id
    FROM marts.action_items
    WHERE incident_id IS NOT NULL AND outcome = 'unknown'
),

left_out AS (
    SELECT
        incident_id,
        'incidents_by_period' AS figure
    FROM incidents
    WHERE occurred_at IS NULL
    UNION ALL
    SELECT
        incident_id,
        'time_to_resolve' AS figure
    FROM incidents
    WHERE time_to_resolve_minutes IS NULL
    UNION ALL
    SELECT
        incident_id,
        'time_to_detect' AS figure
    FROM incidents
    WHERE time_to_detect_minutes IS NULL
    UNION ALL
    SELECT
        incident_id,
        'impact_by_cause' AS figure
    FROM incidents
    WHERE cause_category IS NULL
    UNION ALL
    SELECT
        incident_id,
        'impact_by_service' AS figure
    FROM incidents
    WHERE service IS NULL
    UNION ALL
    SELECT
        incident_id,
        'severity' AS figure
    FROM incidents
    WHERE severity IS NULL
    UNION ALL
    SELECT
        incident_id,
        'teams' AS figure
    FROM incidents
    CROSS JOIN (SELECT count(*) AS team_count FROM staging.stg_settings__teams) AS configured
    WHERE incidents.team IS NULL AND configured.team_count > 0
    UNION ALL
    SELECT
        incident_id,
        'follow_through' AS figure
    FROM unknown_outcomes
)

SELECT
    left_out.incident_id, -- the incident
    left_out.figure, -- incidents_by_period, time_to_resolve, time_to_detect, impact_by_cause, impact_by_service, severity, teams or follow_through
    incidents.weight, -- how much it counts for: 6 less its severity, so 5 for the worst; 3 when none is stated
    incidents.minutes -- stated customer impact, else the time to resolve; null when neither is known
FROM left_out
INNER JOIN incidents ON left_out.incident_id = incidents.incident_id
