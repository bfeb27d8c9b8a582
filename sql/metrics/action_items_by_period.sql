-- The flow of promises: made, done, declined, and how many were still open at the end of each period.
-- One row per period, also for one in which nothing happened.
-- Key: period_start.
-- Left out and counted: action items whose outcome nothing tells (unknown_count, over all periods), and those
-- without the date at which they were promised (undated_count).
WITH known AS (
    SELECT *
    FROM selected_action_items
    WHERE outcome IN ('open', 'done', 'declined') AND promised_at IS NOT NULL
),

left_out AS (
    SELECT
        count(*) FILTER (WHERE coalesce(outcome, 'unknown') NOT IN ('open', 'done', 'declined'))
            AS unknown_count,
        count(*) FILTER (WHERE outcome IN ('open', 'done', 'declined') AND promised_at IS NULL)
            AS undated_count
    FROM selected_action_items
),

promised AS (
    SELECT
        periods.period_start,
        count(*) AS promised_count
    FROM periods
    INNER JOIN known ON known.promised_at >= periods.period_start AND known.promised_at < periods.period_end
    GROUP BY periods.period_start
),

decided AS (
    SELECT
        periods.period_start,
        count(*) FILTER (WHERE known.outcome = 'done') AS done_count,
        count(*) FILTER (WHERE known.outcome = 'declined') AS declined_count
    FROM periods
    INNER JOIN known ON known.decided_at >= periods.period_start AND known.decided_at < periods.period_end
    GROUP BY periods.period_start
),

still_open AS (
    SELECT
        periods.period_start,
        count(*) AS open_count
    FROM periods
    INNER JOIN known
        ON
            known.promised_at < periods.period_end
            AND (
                known.outcome = 'open'
                OR known.decided_at >= periods.period_end
            )
    GROUP BY periods.period_start
)

SELECT
    periods.period_start, -- its first moment, UTC
    periods.period_end, -- the first moment after it
    periods.is_partial, -- whether the filters and the records cover fewer than all its days
    coalesce(promised.promised_count, 0) AS promised_count, -- promised in the period
    coalesce(decided.done_count, 0) AS done_count, -- done in the period
    coalesce(decided.declined_count, 0) AS declined_count, -- declined in the period
    coalesce(still_open.open_count, 0) AS open_count, -- open at its end
    left_out.unknown_count, -- left out: outcome unknown
    left_out.undated_count -- left out: no date of the promise
FROM periods
CROSS JOIN left_out
LEFT JOIN promised ON periods.period_start = promised.period_start
LEFT JOIN decided ON periods.period_start = decided.period_start
LEFT JOIN still_open ON periods.period_start = still_open.period_start
ORDER BY periods.period_start
