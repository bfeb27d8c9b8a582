-- The weeks, months, quarters or years that the filters' period spans, for metrics by period to count into.
-- One row per period, also for one without incidents; a single row when the grain is 'span'.
-- Key: period_start.
-- With a first day, quarters are three months counted from its month, so that none is cut short; without one
-- they are the calendar's, from the first incident on. None reaches beyond the moment the tables speak of.
-- Weeks begin on Mondays. Days before the first incident on record are not observed, nor are days after the records end.
WITH RECURSIVE bounds AS (
    SELECT
        filters.grain,
        filters.period_from IS NULL AS is_open,
        coalesce(filters.period_from, records.first_at) AS first_at,
        greatest(coalesce(filters.period_from, records.first_at), date_trunc('day', records.first_at))
            AS records_from,
        least(coalesce(filters.period_to, runs.as_of), runs.as_of) AS last_at,
        least(coalesce(filters.period_to, runs.as_of), records.trusted_to) AS records_to
    FROM filters
    CROSS JOIN marts.runs
    CROSS JOIN records
),

steps AS (
    SELECT
        grain,
        first_at,
        records_from,
        records_to,
        last_at,
        CASE grain
            WHEN 'week' THEN date_trunc('week', first_at)
            WHEN 'month' THEN date_trunc('month', first_at)
            WHEN 'quarter'
                THEN CASE WHEN is_open THEN date_trunc('quarter', first_at) ELSE date_trunc('month', first_at) END
            WHEN 'year' THEN date_trunc('year', first_at)
            ELSE first_at
        END AS start_at
    FROM bounds
    WHERE first_at < last_at
    UNION ALL
    SELECT
        grain,
        first_at,
        records_from,
        records_to,
        last_at,
        CASE grain
            WHEN 'week' THEN start_at + INTERVAL '7' DAY
            WHEN 'month' THEN start_at + INTERVAL '1' MONTH
            WHEN 'quarter' THEN start_at + INTERVAL '3' MONTH
            WHEN 'year' THEN start_at + INTERVAL '1' YEAR
            ELSE last_at
        END AS start_at
    FROM steps
    WHERE start_at < last_at
),

spans AS (
    SELECT
        records_from,
        records_to,
        start_at,
        greatest(start_at, records_from) AS observed_from,
        lead(start_at) OVER (ORDER BY start_at) AS end_at
    FROM steps
),

observed AS (
    SELECT
        *,
        greatest(least(end_at, records_to), observed_from) AS observed_until
    FROM spans
    WHERE end_at IS NOT NULL
)

SELECT
    CAST(start_at AS TIMESTAMP) AS period_start, -- its first moment, UTC
    CAST(end_at AS TIMESTAMP) AS period_end, -- the first moment after it
    CAST(observed_from AS TIMESTAMP) AS observed_from, -- its first moment that filters and records cover
    CAST(observed_until AS TIMESTAMP) AS observed_until, -- the first moment after these
    (epoch(observed_until) - epoch(observed_from)) / 86400.0 AS observed_days, -- its days that filters and records cover
    (start_at < records_from OR end_at > records_to) AS is_partial -- whether these are fewer than all its days
FROM observed
