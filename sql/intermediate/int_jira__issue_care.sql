-- How each issue was looked after: its due dates, its owners, its priority, what is below it, and when a person last
-- touched it.
-- One row per issue.
-- Key: issue_id.
--
-- What a change says is told in int_jira__judged_changes. What a person does to an issue below (int_jira__descendants)
-- is activity, too. Children that Jira does not show are not counted.
WITH issues AS (
    SELECT * FROM staging.stg_jira__issues
),

first_due_dates AS (
    SELECT
        issue_id,
        due_on AS first_due_on
    FROM intermediate.int_jira__due_dates
    WHERE place = 1
),

judged AS (
    SELECT
        issue_id,
        count(*) FILTER (WHERE effect = 'due_date_pushed') AS due_date_push_count,
        CAST(sum(pushed_days) AS BIGINT) AS due_date_push_days,
        count(*) FILTER (WHERE effect = 'owner_changed') AS owner_change_count,
        count(*) FILTER (WHERE effect = 'priority_lowered') AS priority_drop_count
    FROM intermediate.int_jira__judged_changes
    GROUP BY issue_id
),

below AS (
    SELECT
        descendants.issue_id,
        max(activity.last_person_at) AS last_person_at,
        count(*) FILTER (WHERE descendants.depth = 1 AND absent_issues.issue_id IS NULL) AS child_count,
        count(*) FILTER (
            WHERE descendants.depth = 1 AND absent_issues.issue_id IS NULL AND outcomes.outcome = 'done'
        ) AS child_done_count
    FROM intermediate.int_jira__descendants AS descendants
    INNER JOIN intermediate.int_jira__issue_activity AS activity ON descendants.descendant_id = activity.issue_id
    INNER JOIN intermediate.int_jira__issue_outcomes AS outcomes ON descendants.descendant_id = outcomes.issue_id
    LEFT JOIN intermediate.int_jira__absent_issues AS absent_issues
        ON descendants.descendant_id = absent_issues.issue_id
    GROUP BY descendants.issue_id
)

SELECT
    issues.issue_id,
    issues.due_on,
    first_due_dates.first_due_on,
    coalesce(judged.due_date_push_count, 0) AS due_date_push_count,
    coalesce(judged.due_date_push_days, 0) AS due_date_push_days,
    coalesce(judged.owner_change_count, 0) AS owner_change_count,
    coalesce(judged.priority_drop_count, 0) AS priority_drop_count,
    coalesce(below.child_count, 0) AS child_count,
    coalesce(below.child_done_count, 0) AS child_done_count,
    CASE
        WHEN below.last_person_at > activity.last_activity_at THEN below.last_person_at
        ELSE coalesce(activity.last_activity_at, below.last_person_at)
    END AS last_activity_at
FROM issues
INNER JOIN intermediate.int_jira__issue_activity AS activity ON issues.issue_id = activity.issue_id
LEFT JOIN first_due_dates ON issues.issue_id = first_due_dates.issue_id
LEFT JOIN judged ON issues.issue_id = judged.issue_id
LEFT JOIN below ON issues.issue_id = below.issue_id
