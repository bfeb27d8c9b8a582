-- How many incidents each period brought, for metrics that count by period.
-- One row per period, also for one without incidents.
-- Key: period_start.
-- Left out: planned work, counted in planned_count; incidents of which no time is known, which lie in no period.
WITH counted AS (
    SELECT
        periods.period_start,
        count(*) FILTER (WHERE NOT selected_incidents.is_left_out) AS n,
        count(*) FILTER (WHERE selected_incidents.is_left_out) AS planned_count,
        count(*) FILTER (WHERE NOT selected_incidents.is_left_out AND selected_incidents.severity = 1)
            AS most_severe_count
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
    periods.period_end, -- the first moment after it
    periods.observed_days, -- days of it that the filters and the records cover
    periods.is_partial, -- whether these are fewer than all its days
    coalesce(counted.n, 0) AS n, -- incidents
    coalesce(counted.most_severe_count, 0) AS most_severe_count, -- of these, of severity 1
    coalesce(counted.planned_count, 0) AS planned_count, -- planned work, left out
    dated.undated_count, -- left out of all periods: of which no time is known
    dated.coverage -- of all incidents selected, those that lie in a period
FROM periods
CROSS JOIN dated
LEFT JOIN counted ON periods.period_start = counted.period_start
