-- How many incidents each month brought, and in which months the rate changed, if it did.
-- One row per month of which at least a day is observed, also for one without incidents.
-- Key: period_start.
-- Left out and counted: planned work. Of most series without a change none is found: at most one in twenty shows one.
-- Added: is_change, whether the rate changed with this month; ratio, of the new rate to the old, with ratio_low and
-- ratio_high, its 95 % interval, and p_value, how often chance alone gives so strong a change: these only where
-- is_change. level_rate, incidents in 30 days over all months between two changes, with level_low and level_high,
-- its exact 90 % interval.
WITH counted AS (
    SELECT
        periods.period_start,
        count(*) FILTER (WHERE NOT selected_incidents.is_left_out) AS n,
        count(*) FILTER (WHERE selected_incidents.is_left_out) AS planned_count
    FROM periods
    INNER JOIN selected_incidents
        ON
            selected_incidents.occurred_at >= periods.period_start
            AND selected_incidents.occurred_at < periods.period_end
    GROUP BY periods.period_start
),

dated AS (
    SELECT
        count(*) FILTER (WHERE occurred_at IS NULL) AS undated_count,
        count(occurred_at) / nullif(count(*), 0) AS coverage
    FROM selected_incidents
    WHERE NOT is_left_out
)

SELECT
    periods.period_start, -- its first moment, UTC
    periods.is_partial, -- whether the filters and the records cover fewer than all its days
    periods.observed_days, -- days that the filters and the records cover: the exposure
    coalesce(counted.n, 0) AS n, -- incidents
    coalesce(counted.planned_count, 0) AS planned_count, -- planned work, left out
    dated.undated_count, -- left out of all periods: of which no time is known
    dated.coverage -- of all incidents selected, those that lie in a period
FROM periods
CROSS JOIN dated
LEFT JOIN counted ON periods.period_start = counted.period_start
WHERE periods.observed_days > 0
ORDER BY periods.period_start
