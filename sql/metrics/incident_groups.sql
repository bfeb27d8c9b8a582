-- The groups that a metric counts into, with the days observed of each.
-- One row per group: each period of the span, also one without incidents, or each team, service, severity or cause
-- that a selected incident has; 'all' is one group.
-- Key: group_name.
-- Groups that are no periods are all observed for the whole span.
WITH span AS (
    SELECT
        count(*) AS period_count,
        coalesce(sum(observed_days), 0) AS observed_days,
        coalesce(bool_or(is_partial), FALSE) AS is_partial
    FROM periods
),

named AS (
    SELECT DISTINCT
        group_name,
        is_unnamed
    FROM grouped_incidents
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
