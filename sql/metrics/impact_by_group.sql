-- What incidents cost, group by group: minutes that customers felt, users affected, hours of people, money.
-- One row per group: a period (also one without incidents), team, service, severity or cause, or all as one.
-- Key: group_name.
-- Each total is of the incidents of which that figure is known, and an empty one of none; what is not stated adds
-- nothing and is counted by the coverage beside it. A cost is as stated, else by the formula of the settings.
-- Left out and counted: planned work. An incident counts in the first service it names.
-- Added: median_impact_low and median_impact_high, the distribution-free 90 % interval of the median; empty where
-- n cannot bound it.
WITH felt AS (
    SELECT
        *,
        CASE WHEN NOT is_left_out THEN customer_impact_minutes END AS felt_minutes
    FROM grouped_incidents
),

counted AS (
    SELECT
        group_name,
        count(*) FILTER (WHERE NOT is_left_out) AS incident_count,
        count(*) FILTER (WHERE is_left_out) AS planned_count,
        count(felt_minutes) AS n,
        sum(felt_minutes) AS customer_impact_minutes,
        quantile_cont(felt_minutes, 0.5) AS median_impact_minutes,
        list(felt_minutes ORDER BY felt_minutes ASC) FILTER (WHERE felt_minutes IS NOT NULL) AS ordered_minutes,
        count(affected_user_count) FILTER (WHERE NOT is_left_out) AS users_known_count,
        sum(affected_user_count) FILTER (WHERE NOT is_left_out) AS affected_user_count,
        count(person_hours) FILTER (WHERE NOT is_left_out) AS person_hours_known_count,
        sum(person_hours) FILTER (WHERE NOT is_left_out) AS person_hours,
        count(cost) FILTER (WHERE NOT is_left_out) AS cost_known_count,
        count(cost) FILTER (WHERE NOT is_left_out AND cost_basis = 'stated') AS cost_stated_count,
        sum(cost) FILTER (WHERE NOT is_left_out) AS cost
    FROM felt
    GROUP BY group_name
)

SELECT
    incident_groups.group_name, -- the period's first day, or the team, service, severity or cause; 'not stated' and 'unknown' are groups of their own
    incident_groups.period_start, -- the period's first moment, UTC; empty for other groups
    incident_groups.period_end, -- the first moment after it
    incident_groups.is_partial, -- whether the filters and the records cover fewer than all its days
    coalesce(counted.incident_count, 0) AS incident_count, -- incidents
    coalesce(counted.planned_count, 0) AS planned_count, -- planned work, left out
    coalesce(counted.n, 0) AS n, -- incidents that state a customer impact in time
    counted.customer_impact_minutes, -- theirs, added up
    counted.median_impact_minutes, -- half of them no longer
    counted.n / nullif(counted.incident_count, 0) AS coverage, -- n as a share of incident_count
    coalesce(counted.users_known_count, 0) AS users_known_count, -- incidents that state how many were affected
    CAST(counted.affected_user_count AS BIGINT) AS affected_user_count, -- theirs, added up; who was hit twice counts twice
    counted.users_known_count / nullif(counted.incident_count, 0) AS users_coverage, -- as a share of incident_count
    coalesce(counted.person_hours_known_count, 0) AS person_hours_known_count, -- incidents that say who took part, and how long it took
    counted.person_hours, -- theirs, added up
    counted.person_hours_known_count / nullif(counted.incident_count, 0) AS person_hours_coverage, -- as a share of incident_count
    coalesce(counted.cost_known_count, 0) AS cost_known_count, -- incidents of which a cost is known
    coalesce(counted.cost_stated_count, 0) AS cost_stated_count, -- of these, as stated; the others by the formula
    counted.cost, -- theirs, added up, as if all were in the currency of the settings
    counted.cost_known_count / nullif(counted.incident_count, 0) AS cost_coverage, -- as a share of incident_count
    runs.cost_currency, -- as the settings say
    coalesce(counted.ordered_minutes, []) AS ordered_minutes -- the n customer impacts in minutes, ascending
FROM incident_groups
CROSS JOIN marts.runs
LEFT JOIN counted ON incident_groups.group_name = counted.group_name
ORDER BY incident_groups.period_start, incident_groups.is_unnamed, lower(incident_groups.group_name), incident_groups.group_name
