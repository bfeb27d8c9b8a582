-- Whether the postmortem of each selected incident was written, and reviewed, within the days that were agreed.
-- One row per incident and step: 'written' and 'reviewed'; planned work has none.
-- Key: incident_id, step.
-- Written is the day the document says it was published, else the day its source first held it; one that was there
-- before the incident was over took 0 days. A review is told by its day or by who made it. Where no document of a source
-- ever tells the day of a review, its incidents are judged by none: what is never written down is no failure.
WITH telling_sources AS (
    SELECT DISTINCT source
    FROM marts.incidents
    WHERE reviewed_at IS NOT NULL
),

steps AS (
    SELECT
        incident_id,
        'written' AS step,
        ended_at,
        has_postmortem AS is_taken,
        postmortem_at AS taken_at,
        written_within_days AS agreed_days,
        TRUE AS is_told
    FROM selected_incidents
    WHERE NOT is_left_out
    UNION ALL
    SELECT
        incident_id,
        'reviewed' AS step,
        ended_at,
        is_reviewed AS is_taken,
        reviewed_at AS taken_at,
        reviewed_within_days AS agreed_days,
        source IN (SELECT telling_sources.source FROM telling_sources) AS is_told
    FROM selected_incidents
    WHERE NOT is_left_out
),

measured AS (
    SELECT
        steps.incident_id,
        steps.step,
        steps.ended_at,
        coalesce(steps.is_taken, FALSE) AS is_taken,
        steps.agreed_days,
        coalesce(steps.is_told, FALSE) AS is_told,
        CASE
            WHEN steps.taken_at < steps.ended_at THEN 0.0
            ELSE (epoch(steps.taken_at) - epoch(steps.ended_at)) / 86400.0
        END AS taken_days,
        (epoch(runs.as_of) - epoch(steps.ended_at)) / 86400.0 AS passed_days
    FROM steps
    CROSS JOIN marts.runs
)

SELECT
    incident_id, -- as marts.incidents names it
    step, -- written or reviewed
    taken_days, -- days from the end to the step
    agreed_days, -- days from the end within which it is to be taken; empty where nothing was agreed
    passed_days, -- days from the end to the moment the tables speak of
    CASE
        WHEN ended_at IS NULL THEN 'no end'
        WHEN is_taken AND taken_days IS NULL THEN 'no day'
        WHEN NOT is_taken AND NOT is_told THEN 'not told'
        WHEN taken_days <= agreed_days THEN 'in time'
        WHEN taken_days > agreed_days THEN 'late'
        WHEN NOT is_taken AND passed_days > agreed_days THEN 'overdue'
        WHEN NOT is_taken AND passed_days <= agreed_days THEN 'not due'
        WHEN is_taken THEN 'nothing agreed'
        ELSE 'not taken'
    END AS verdict -- in time, late or overdue where it can be judged; else why it cannot
FROM measured
