-- The selected incidents, each with the group it counts in: its period, team, service, severity, cause or trigger.
-- One row per incident that lies in a group; of periods, an incident of which no time is known lies in none.
-- Key: incident_id.
-- An incident of several services counts once, in the first it names, so that groups add up to the whole.
SELECT
    selected_incidents.*,
    CASE filters.group_by
        WHEN 'team' THEN coalesce(selected_incidents.team, 'not stated')
        WHEN 'service' THEN coalesce(selected_incidents.service, 'not stated')
        WHEN 'severity' THEN coalesce(CAST(selected_incidents.severity AS VARCHAR), 'not stated')
        WHEN 'cause' THEN coalesce(selected_incidents.cause_category, 'unknown')
        WHEN 'trigger' THEN coalesce(selected_incidents.trigger_category, 'unknown')
        WHEN 'all' THEN 'all'
        ELSE CAST(CAST(periods.period_start AS DATE) AS VARCHAR)
    END AS group_name, -- as incident_groups names it
    CASE filters.group_by
        WHEN 'team' THEN selected_incidents.team IS NULL
        WHEN 'service' THEN selected_incidents.service IS NULL
        WHEN 'severity' THEN selected_incidents.severity IS NULL
        WHEN 'cause' THEN selected_incidents.cause_category IS NULL
        WHEN 'trigger' THEN selected_incidents.trigger_category IS NULL
        ELSE FALSE
    END AS is_unnamed, -- its document states no such thing
    CASE
        WHEN filters.measure = 'detect' AND filters.basis = 'stated'
            THEN selected_incidents.stated_time_to_detect_minutes
        WHEN filters.measure = 'acknowledge' AND filters.basis = 'stated'
            THEN selected_incidents.stated_time_to_acknowledge_minutes
        WHEN filters.measure = 'mitigate' AND filters.basis = 'stated'
            THEN selected_incidents.stated_time_to_mitigate_minutes
        WHEN filters.measure = 'resolve' AND filters.basis = 'stated'
            THEN selected_incidents.stated_time_to_resolve_minutes
        WHEN filters.measure = 'detect' THEN selected_incidents.time_to_detect_minutes
        WHEN filters.measure = 'acknowledge' THEN selected_incidents.time_to_acknowledge_minutes
        WHEN filters.measure = 'mitigate' THEN selected_incidents.time_to_mitigate_minutes
        WHEN filters.measure = 'resolve' THEN selected_incidents.time_to_resolve_minutes
    END AS minutes, -- the duration that the measure asks for, as used or as stated
    filters.measure IN ('mitigate', 'resolve') AND selected_incidents.is_unresolved AS has_no_end -- so that the measure has none
FROM selected_incidents
CROSS JOIN filters
LEFT JOIN periods
    ON
        filters.group_by IN ('month', 'quarter', 'year')
        AND selected_incidents.occurred_at >= periods.period_start
        AND selected_incidents.occurred_at < periods.period_end
WHERE filters.group_by NOT IN ('month', 'quarter', 'year') OR periods.period_start IS NOT NULL
