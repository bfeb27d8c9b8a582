-- How long it took to detect, acknowledge, mitigate or resolve incidents, group by group: median and p90 first, the
-- mean beside them.
-- One row per group: a period (also one without incidents), team, service, severity or cause, or all as one.
-- Key: group_name.
-- Left out and counted: planned work; unresolved incidents (never "until now"); incidents whose times are not
-- stated or contradict each other. An incident counts in the first service it names.
-- Added: median_low and median_high, p90_low and p90_high, the distribution-free 90 % intervals;
-- geometric_mean_minutes, the mean on the log scale, with geometric_mean_low and geometric_mean_high, its 90 %
-- interval. An end is empty where n cannot bound it.
WITH counted AS (
    SELECT
        group_name,
        count(*) FILTER (WHERE NOT is_left_out) AS incident_count,
        count(*) FILTER (WHERE is_left_out) AS planned_count,
        count(*) FILTER (WHERE NOT is_left_out AND has_no_end AND minutes IS NULL) AS unresolved_count,
        count(minutes) FILTER (WHERE NOT is_left_out) AS n,
        quantile_cont(minutes, 0.5) FILTER (WHERE NOT is_left_out) AS median_minutes,
        quantile_cont(minutes, 0.9) FILTER (WHERE NOT is_left_out) AS p90_minutes,
        avg(minutes) FILTER (WHERE NOT is_left_out) AS mean_minutes,
        list(minutes ORDER BY minutes ASC) FILTER (WHERE NOT is_left_out AND minutes IS NOT NULL) AS ordered_minutes
    FROM grouped_incidents
    GROUP BY group_name
)

SELECT
    incident_groups.group_name, -- the period's first day, or the team, service, severity or cause; 'not stated' and 'unknown' are groups of their own
    incident_groups.period_start, -- the period's first moment, UTC; empty for other groups
    incident_groups.period_end, -- the first moment after it
    incident_groups.is_partial, -- whether the filters and the records cover fewer than all its days
    coalesce(counted.n, 0) AS n, -- incidents with such a duration
    counted.median_minutes, -- half took no longer
    counted.p90_minutes, -- nine in ten took no longer
    counted.mean_minutes, -- a few long incidents move it
    coalesce(counted.incident_count, 0) AS incident_count, -- incidents, with or without such a duration
    coalesce(counted.planned_count, 0) AS planned_count, -- planned work, left out
    coalesce(counted.unresolved_count, 0) AS unresolved_count, -- a beginning but no end is known: left out
    coalesce(counted.incident_count - counted.n - counted.unresolved_count, 0) AS no_times_count, -- times not stated, or contradicting each other: left out
    counted.n / nullif(counted.incident_count, 0) AS coverage, -- n as a share of incident_count
    coalesce(counted.ordered_minutes, []) AS ordered_minutes -- the n durations in minutes, ascending
FROM incident_groups
LEFT JOIN counted ON incident_groups.group_name = counted.group_name
ORDER BY incident_groups.period_start, incident_groups.is_unnamed, lower(incident_groups.group_name), incident_groups.group_name
