-- How many incidents there were, period by period.
-- One row per period, also for one without incidents.
-- Key: period_start.
-- Left out: planned work, counted in planned_count; incidents of which no time is known, which lie in no period.
-- Added: low and high, the exact 90 % Poisson interval of the number of incidents that such a period brings.
SELECT
    period_start, -- its first moment, UTC
    period_end, -- the first moment after it
    observed_days, -- days of it that the filters and the records cover
    is_partial, -- whether these are fewer than all its days
    n, -- incidents
    most_severe_count, -- of these, of severity 1
    planned_count, -- planned work, left out
    undated_count, -- left out of all periods: of which no time is known
    coverage -- of all incidents selected, those that lie in a period
FROM counted_periods
ORDER BY period_start
