-- How soon after an incident its postmortem was written, and reviewed, against what was agreed.
-- One row per group and step: 'written' and 'reviewed'.
-- Key: group_name, step.
-- Written is the day the document says it was published, else the day its source first held it; one that was there
-- before the incident was over took 0 days. What is late, overdue and on time is told where days were agreed; what
-- is not due yet counts for neither. Left out and counted: planned work; incidents whose end is not known; those
-- whose postmortem or review is there and of which nobody knows when. A step that is not there by the moment the
-- tables speak of has not been taken, whether or not it is due; a review that no document tells of, by its day or
-- by who made it, counts as none.
-- Added: share_low and share_high, the exact 90 % interval of share_in_time; median_low and median_high, the
-- distribution-free 90 % interval of median_days; empty where n cannot bound it.
WITH steps AS (
    SELECT
        grouped_incidents.group_name,
        'written' AS step,
        grouped_incidents.ended_at,
        grouped_incidents.has_postmortem AS is_taken,
        grouped_incidents.postmortem_at AS taken_at,
        grouped_incidents.written_within_days AS agreed_days,
        grouped_incidents.has_postmortem
    FROM grouped_incidents
    WHERE NOT grouped_incidents.is_left_out
    UNION ALL
    SELECT
        grouped_incidents.group_name,
        'reviewed' AS step,
        grouped_incidents.ended_at,
        (grouped_incidents.reviewed_at IS NOT NULL OR grouped_incidents.reviewers IS NOT NULL) AS is_taken,
        grouped_incidents.reviewed_at AS taken_at,
        grouped_incidents.reviewed_within_days AS agreed_days,
        grouped_incidents.has_postmortem
    FROM grouped_incidents
    WHERE NOT grouped_incidents.is_left_out
),

measured AS (
    SELECT
        steps.group_name,
        steps.step,
        steps.ended_at,
        steps.is_taken,
        steps.agreed_days,
        coalesce(steps.has_postmortem, FALSE) AS has_postmortem,
        CASE
            WHEN steps.taken_at < steps.ended_at THEN 0.0
            ELSE (epoch(steps.taken_at) - epoch(steps.ended_at)) / 86400.0
        END AS taken_days,
        (epoch(runs.as_of) - epoch(steps.ended_at)) / 86400.0 AS passed_days
    FROM steps
    CROSS JOIN marts.runs
),

judged AS (
    SELECT
        group_name,
        step,
        has_postmortem,
        taken_days,
        CASE
            WHEN ended_at IS NULL THEN 'no end'
            WHEN is_taken AND taken_days IS NULL THEN 'no day'
            WHEN taken_days <= agreed_days THEN 'in time'
            WHEN taken_days > agreed_days THEN 'late'
            WHEN NOT coalesce(is_taken, FALSE) AND passed_days > agreed_days THEN 'overdue'
            WHEN NOT coalesce(is_taken, FALSE) AND passed_days <= agreed_days THEN 'not due'
            WHEN is_taken THEN 'nothing agreed'
            ELSE 'not taken'
        END AS verdict
    FROM measured
),

counted AS (
    SELECT
        group_name,
        step,
        count(*) AS incident_count,
        count(taken_days) FILTER (WHERE verdict <> 'no end') AS taken_count,
        quantile_cont(taken_days, 0.5) AS median_days,
        list(taken_days ORDER BY taken_days ASC) FILTER (WHERE taken_days IS NOT NULL) AS ordered_days,
        count(*) FILTER (WHERE verdict IN ('in time', 'late', 'overdue')) AS n,
        count(*) FILTER (WHERE verdict = 'in time') AS in_time_count,
        count(*) FILTER (WHERE verdict = 'late') AS late_count,
        count(*) FILTER (WHERE verdict = 'overdue') AS overdue_count,
        count(*) FILTER (WHERE verdict = 'not due') AS not_due_count,
        count(*) FILTER (WHERE verdict IN ('nothing agreed', 'not taken')) AS not_agreed_count,
        count(*) FILTER (WHERE verdict IN ('overdue', 'not due', 'not taken')) AS never_count,
        count(*) FILTER (WHERE NOT has_postmortem) AS no_document_count,
        count(*) FILTER (WHERE verdict = 'no end') AS no_end_count,
        count(*) FILTER (WHERE verdict = 'no day') AS no_day_count
    FROM judged
    GROUP BY group_name, step
),

planned AS (
    SELECT
        group_name,
        count(*) AS planned_count
    FROM grouped_incidents
    WHERE is_left_out
    GROUP BY group_name
),

named_steps AS (
    SELECT
        step,
        place
    FROM (VALUES ('written', 1), ('reviewed', 2)) AS named (step, place)
)

SELECT
    incident_groups.group_name, -- the period's first day, or the team, service, severity or cause; 'not stated' and 'unknown' are groups of their own
    incident_groups.period_start, -- the period's first moment, UTC; empty for other groups
    incident_groups.period_end, -- the first moment after it
    incident_groups.is_partial, -- whether the filters and the records cover fewer than all its days
    named_steps.step, -- written or reviewed
    coalesce(counted.n, 0) AS n, -- incidents for which days were agreed and are over, or the step was taken
    coalesce(counted.in_time_count, 0) AS in_time_count, -- of these, the step taken within them
    coalesce(counted.late_count, 0) AS late_count, -- of these, the step taken after them
    coalesce(counted.overdue_count, 0) AS overdue_count, -- of these, the step not taken
    counted.in_time_count / nullif(counted.n, 0) AS share_in_time, -- in_time_count as a share of n
    coalesce(counted.taken_count, 0) AS taken_count, -- incidents of which it is known when the step was taken
    counted.median_days, -- half of those were no later after the end
    coalesce(counted.incident_count, 0) AS incident_count, -- incidents
    coalesce(counted.never_count, 0) AS never_count, -- of these, the step not taken, due or not
    coalesce(counted.no_document_count, 0) AS no_document_count, -- of these, without any postmortem: a record alone tells of them
    coalesce(counted.not_due_count, 0) AS not_due_count, -- not taken, and the days not over: not in n
    coalesce(counted.not_agreed_count, 0) AS not_agreed_count, -- nothing was agreed for them: not in n
    coalesce(counted.no_end_count, 0) AS no_end_count, -- whose end is not known: left out
    coalesce(counted.no_day_count, 0) AS no_day_count, -- the step taken, nobody knows when: left out
    coalesce(planned.planned_count, 0) AS planned_count, -- planned work, left out
    counted.n / nullif(counted.incident_count, 0) AS coverage, -- n as a share of incident_count
    coalesce(counted.ordered_days, []) AS ordered_days -- the taken_count days, ascending
FROM incident_groups
CROSS JOIN named_steps
LEFT JOIN counted ON incident_groups.group_name = counted.group_name AND named_steps.step = counted.step
LEFT JOIN planned ON incident_groups.group_name = planned.group_name
ORDER BY
    incident_groups.period_start,
    incident_groups.is_unnamed,
    lower(incident_groups.group_name),
    incident_groups.group_name,
    named_steps.place
