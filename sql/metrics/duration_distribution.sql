-- How the durations are spread: how many fall into each of a row of steps, each about a quarter longer than the last.
-- One row per step that lies between the shortest and the longest duration, also for an empty one.
-- Key: bin_from_minutes.
-- Steps are even on the log scale, ten to each tenfold, as durations are; the last holds its upper end. What took less
-- than a minute counts as one minute. Left out: planned work; incidents without such a duration.
WITH RECURSIVE durations AS (
    SELECT greatest(minutes, 1.0) AS minutes
    FROM grouped_incidents
    WHERE NOT is_left_out AND minutes IS NOT NULL
),

described AS (
    SELECT
        count(*) AS incident_count,
        count(minutes) / nullif(count(*), 0) AS coverage
    FROM grouped_incidents
    WHERE NOT is_left_out
),

placed AS (
    SELECT CAST(floor(log10(minutes) * 10 + 1e-9) AS INTEGER) AS step
    FROM durations
),

bounds AS (
    SELECT
        min(step) AS first_step,
        max(step) AS last_step,
        count(*) AS total
    FROM placed
),

steps AS (
    SELECT
        first_step AS step,
        last_step,
        total
    FROM bounds
    WHERE total > 0
    UNION ALL
    SELECT
        step + 1 AS step,
        last_step,
        total
    FROM steps
    WHERE step < last_step
),

counted AS (
    SELECT
        step,
        count(*) AS n
    FROM placed
    GROUP BY step
)

SELECT
    pow(10, steps.step / 10.0) AS bin_from_minutes, -- no shorter than this
    pow(10, (steps.step + 1) / 10.0) AS bin_to_minutes, -- shorter than this
    coalesce(counted.n, 0) AS n, -- incidents
    coalesce(counted.n, 0) / steps.total AS share, -- of all with such a duration
    sum(coalesce(counted.n, 0)) OVER (ORDER BY steps.step) / steps.total AS cumulative_share, -- of all, those shorter than bin_to_minutes
    described.incident_count, -- incidents, with such a duration or without
    described.coverage -- of these, the share that has such a duration
FROM steps
CROSS JOIN described
LEFT JOIN counted ON steps.step = counted.step
ORDER BY steps.step
