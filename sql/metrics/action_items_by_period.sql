-- The flow of promises: made, done, declined, taken up again, and how many were open at the end of each period, as it
-- was then.
-- One row per period, also for one in which nothing happened.
-- Key: period_start.
-- Told from the history (marts.action_item_states), not from what is so today: an item that was reopened counts as done
-- in between, and a period that ended last year shows what was open then. Open at the end is open at the end before, and
-- promised and reopened, without done, declined and lost: so only what was open is decided. What is called declined after
-- it was done is no second decision, nor is one that is told of an item no longer shown.
-- Left out and counted: action items of which nothing ever told the outcome (unknown_count, over all periods), and those
-- decided or promised at a time nobody knows (undated_count).
WITH states AS (
    SELECT
        states.action_item_id,
        states.spell_number,
        states.outcome,
        states.from_at,
        states.until_at,
        bool_and(states.from_at IS NOT NULL) OVER (PARTITION BY states.action_item_id) AS is_dated,
        bool_or(states.outcome IN ('open', 'done', 'declined')) OVER (PARTITION BY states.action_item_id) AS is_known
    FROM marts.action_item_states AS states
    INNER JOIN selected_action_items ON states.action_item_id = selected_action_items.action_item_id
),

left_out AS (
    SELECT
        count(DISTINCT action_item_id) FILTER (WHERE NOT is_known) AS unknown_count,
        count(DISTINCT action_item_id) FILTER (WHERE is_known AND NOT is_dated) AS undated_count,
        count(DISTINCT action_item_id) FILTER (WHERE is_known AND is_dated)
        / nullif(count(DISTINCT action_item_id), 0) AS coverage
    FROM states
),

-- An item counts from the first spell of which it is known what it was.
counted AS (
    SELECT *
    FROM states
    WHERE is_dated
    QUALIFY bool_or(outcome <> 'unknown') OVER (
        PARTITION BY action_item_id
        ORDER BY spell_number ASC
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    )
),

known AS (
    SELECT
        outcome,
        from_at,
        until_at,
        lag(outcome) OVER (PARTITION BY action_item_id ORDER BY spell_number ASC) AS previous_outcome
    FROM counted
),

begun AS (
    SELECT
        periods.period_start,
        count(*) FILTER (WHERE known.previous_outcome IS NULL) AS promised_count,
        count(*) FILTER (WHERE known.outcome = 'done' AND coalesce(known.previous_outcome, 'open') = 'open')
            AS done_count,
        count(*) FILTER (WHERE known.outcome = 'declined' AND coalesce(known.previous_outcome, 'open') = 'open')
            AS declined_count,
        count(*) FILTER (WHERE known.outcome = 'open' AND known.previous_outcome IS NOT NULL) AS reopened_count,
        count(*) FILTER (WHERE known.outcome = 'unknown' AND known.previous_outcome = 'open') AS lost_count
    FROM periods
    INNER JOIN known ON known.from_at >= periods.period_start AND known.from_at < periods.period_end
    GROUP BY periods.period_start
),

still_open AS (
    SELECT
        periods.period_start,
        count(*) AS open_count
    FROM periods
    CROSS JOIN marts.runs
    INNER JOIN known
        ON
            known.outcome = 'open'
            AND known.from_at < least(periods.period_end, runs.as_of)
            AND (known.until_at IS NULL OR known.until_at >= least(periods.period_end, runs.as_of))
    GROUP BY periods.period_start
)

SELECT
    periods.period_start, -- its first moment, UTC
    periods.period_end, -- the first moment after it
    (periods.period_start < periods.observed_from OR periods.period_end > runs.as_of) AS is_partial, -- whether it was not over, or the records begin within it
    coalesce(begun.promised_count, 0) AS promised_count, -- that began to count in the period
    coalesce(begun.done_count, 0) AS done_count, -- times an open one was done in the period
    coalesce(begun.declined_count, 0) AS declined_count, -- times an open one was declined in the period
    coalesce(begun.reopened_count, 0) AS reopened_count, -- times one was taken up again in the period, or shown again
    coalesce(begun.lost_count, 0) AS lost_count, -- open ones that Jira showed no more from then on
    coalesce(still_open.open_count, 0) AS open_count, -- open at its end
    left_out.unknown_count, -- left out: outcome never known
    left_out.undated_count, -- left out: promised or decided, nobody knows when
    left_out.coverage -- of all action items, whenever made, the share that is not left out; empty when there are none
FROM periods
CROSS JOIN left_out
CROSS JOIN marts.runs
LEFT JOIN begun ON periods.period_start = begun.period_start
LEFT JOIN still_open ON periods.period_start = still_open.period_start
ORDER BY periods.period_start
