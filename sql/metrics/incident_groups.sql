-- The groups that a metric counts into, with the days observed of each.
-- One row per group: each period of the span, also one without incidents, or each team, service, severity or cause
-- on record that the filters allow, also one without incidents in the period; 'all' is one group.
-- Key: group_name.
-- Groups that are no periods are all observed for the whole span. On record are those of any incident that the filters
-- let through at any time, planned work too; and where teams alone are chosen, every team of marts.teams.
WITH span AS (
    SELECT
        count(*) AS period_count,
        coalesce(sum(observed_days), 0) AS observed_days,
        coalesce(bool_or(is_partial), FALSE) AS is_partial
    FROM periods
),

named AS (
    SELECT DISTINCT
        CASE filters.group_by
            WHEN 'team' THEN coalesce(recorded_incidents.team, 'not stated')
            WHEN 'service' THEN coalesce(recorded_incidents.service, 'not stated')
            WHEN 'severity' THEN coalesce(CAST(recorded_incidents.severity AS VARCHAR), 'not stated')
            WHEN 'cause' THEN coalesce(recorded_incidents.cause_category, 'unknown')
            WHEN 'trigger' THEN coalesce(recorded_incidents.trigger_category, 'unknown')
        END AS group_name,
        CASE filters.group_by
            WHEN 'team' THEN recorded_incidents.team IS NULL
            WHEN 'service' THEN recorded_incidents.service IS NULL
            WHEN 'severity' THEN recorded_incidents.severity IS NULL
            WHEN 'cause' THEN recorded_incidents.cause_category IS NULL
            WHEN 'trigger' THEN recorded_incidents.trigger_category IS NULL
        END AS is_unnamed
    FROM recorded_incidents
    CROSS JOIN filters
    WHERE filters.group_by IN ('team', 'service', 'severity', 'cause', 'trigger')
    UNION
    SELECT
        teams.team AS group_name,
        FALSE AS is_unnamed
    FROM marts.teams
    CROSS JOIN filters
    WHERE
        filters.group_by = 'team'
        AND filters.services IS NULL
        AND filters.severities IS NULL
        AND filters.causes IS NULL
        AND filters.sources IS NULL
        AND (filters.teams IS NULL OR list_contains(filters.teams, teams.team))
    UNION
    SELECT
        'all' AS group_name,
        FALSE AS is_unnamed
    FROM filters
    WHERE group_by = 'all'
)

SELECT
    CAST(CAST(periods.period_start AS DATE) AS VARCHAR) AS group_name, -- its first day
    periods.period_start, -- its first moment, UTC
    periods.period_end, -- the first moment after it
    periods.is_partial, -- whether the filters and the records cover fewer than all its days
    periods.observed_days, -- its days that filters and records cover
    FALSE AS is_unnamed -- a period has a name
FROM periods
CROSS JOIN filters
WHERE filters.group_by IN ('month', 'quarter', 'year')
UNION ALL
SELECT
    named.group_name, -- of the team, service, severity or cause
    CAST(NULL AS TIMESTAMP) AS period_start, -- it is no period
    CAST(NULL AS TIMESTAMP) AS period_end, -- it is no period
    span.is_partial, -- of the span
    span.observed_days, -- of the span
    named.is_unnamed -- 'not stated' or 'unknown'
FROM named
CROSS JOIN span
CROSS JOIN filters
WHERE filters.group_by NOT IN ('month', 'quarter', 'year')
