-- How many incidents each month brought, and in which months the rate changed, if it did.
-- One row per month of which at least a day is observed, also for one without incidents.
-- Key: period_start.
-- Left out and counted: planned work. Of most series without a change none is found: at most one in twenty shows one.
-- Added: is_change, whether the rate changed with this month; ratio, of the new rate to the old, with ratio_low and
-- ratio_high, its 95 % interval, and p_value, how often chance alone gives so strong a change: these only where
-- is_change. level_rate, incidents in 30 days over all months between two changes, with level_low and level_high,
-- its exact 90 % interval.
SELECT
    period_start, -- its first moment, UTC
    period_end, -- the first moment after it, UTC
    is_partial, -- whether the filters and the records cover fewer than all its days
    observed_days, -- days that the filters and the records cover: the exposure
    n, -- incidents
    planned_count, -- planned work, left out
    undated_count, -- left out of all periods: of which no time is known
    coverage -- of all incidents selected, those that lie in a period
FROM counted_periods
WHERE observed_days > 0
ORDER BY period_start
