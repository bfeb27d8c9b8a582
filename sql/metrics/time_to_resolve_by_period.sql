-- How long incidents took to resolve, period by period: median and p90 first, the mean beside them.
-- One row per period, also for one without incidents.
-- Key: period_start.
-- Left out and counted: planned work; unresolved incidents (never "until now"); incidents whose times are not
-- stated or contradict each other.
-- Added: median_low, median_high, p90_low and p90_high, the distribution-free 90 % intervals; empty where n
-- cannot bound them. geometric_mean_minutes, the mean on the log scale.
WITH placed AS (
    SELECT
        periods.period_start,
        selected_incidents.is_left_out,
        selected_incidents.is_unresolved,
        CASE WHEN NOT selected_incidents.is_left_out THEN selected_incidents.time_to_resolve_minutes END AS minutes
    FROM periods
    INNER JOIN selected_incidents
        ON
            selected_incidents.occurred_at >= periods.period_start
            AND selected_incidents.occurred_at < periods.period_end
),

counted AS (
    SELECT
        period_start,
        count(*) FILTER (WHERE NOT is_left_out) AS incident_count,
        count(*) FILTER (WHERE is_left_out) AS planned_count,
        count(*) FILTER (WHERE NOT is_left_out AND is_unresolved) AS unresolved_count,
        count(minutes) AS n,
        quantile_cont(minutes, 0.5) AS median_minutes,
        quantile_cont(minutes, 0.9) AS p90_minutes,
        avg(minutes) AS mean_minutes,
        list(minutes ORDER BY minutes ASC) FILTER (WHERE minutes IS NOT NULL) AS ordered_minutes
    FROM placed
    GROUP BY period_start
)

SELECT
    periods.period_start, -- its first moment, UTC
    periods.period_end, -- the first moment after it
    periods.is_partial, -- whether the filters and the records cover fewer than all its days
    coalesce(counted.n, 0) AS n, -- incidents with a time to resolve
    counted.median_minutes, -- half took no longer
    counted.p90_minutes, -- nine in ten took no longer
    counted.mean_minutes, -- a few long incidents move it
    coalesce(counted.incident_count, 0) AS incident_count, -- incidents, with or without a time to resolve
    coalesce(counted.planned_count, 0) AS planned_count, -- planned work, left out
    coalesce(counted.unresolved_count, 0) AS unresolved_count, -- a beginning but no end is known: left out
    coalesce(counted.incident_count - counted.n - counted.unresolved_count, 0) AS no_times_count, -- times not stated, or contradicting each other: left out
    counted.n / nullif(counted.incident_count, 0) AS coverage, -- n as a share of incident_count
    coalesce(counted.ordered_minutes, []) AS ordered_minutes -- the n durations in minutes, ascending
FROM periods
LEFT JOIN counted ON periods.period_start = counted.period_start
ORDER BY periods.period_start
