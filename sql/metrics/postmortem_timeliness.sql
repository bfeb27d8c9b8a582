-- How soon after an incident its postmortem was written, and reviewed, against what was agreed.
-- One row per group and step: 'written' and 'reviewed'.
-- Key: group_name, step.
-- Written is the day the document says it was published, else the day its source first held it; one that was there
-- before the incident was over took 0 days. What is late, overdue and on time is told where days were agreed; what
-- is not due yet counts for neither. Left out and counted: planned work; incidents whose end is not known; those
-- whose postmortem or review is there and of which nobody knows when. A step that is not there by the moment the
-- tables speak of has not been taken, whether or not it is due; a review that no document tells of, by its day or
-- by who made it, counts as none, except where no document of the source ever tells the day of one: that is left out.
-- Added: share_low and share_high, the exact 90 % interval of share_in_time; median_low and median_high, the
-- distribution-free 90 % interval of median_days; empty where n cannot bound it; flag, how a team stands beside the others,
-- as team_rates has it of written_in_time and reviewed_in_time, empty where the groups are no teams.
WITH judged AS (
    SELECT
        grouped_incidents.group_name,
        postmortem_steps.step,
        coalesce(grouped_incidents.has_postmortem, FALSE) AS has_postmortem,
        postmortem_steps.taken_days,
        postmortem_steps.verdict
    FROM grouped_incidents
    INNER JOIN postmortem_steps ON grouped_incidents.incident_id = postmortem_steps.incident_id
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
        count(*) FILTER (WHERE verdict = 'no day') AS no_day_count,
        count(*) FILTER (WHERE verdict = 'not told') AS not_told_count
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
    coalesce(counted.not_told_count, 0) AS not_told_count, -- no review named, by a source that never tells the day of one: left out
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
