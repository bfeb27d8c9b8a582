-- How each issue was looked after: its due dates, its owners, its priority, what is below it, and when a person last
-- touched it.
-- One row per issue.
-- Key: issue_id.
--
-- A due date or an owner taken away and set again later is compared with the one before it was taken away. Priorities
-- are compared by their places in Jira's own list, and by their names (int_jira__priority_ranks) where that does not
-- hold both. What a person does to an issue below (int_jira__descendants) is activity, too. Children that Jira does not
-- show are not counted.
WITH issues AS (
    SELECT * FROM staging.stg_jira__issues
),

priorities AS (
    SELECT * FROM staging.stg_jira__priorities
),

priority_ranks AS (
    SELECT * FROM intermediate.int_jira__priority_ranks
),

changes AS (
    SELECT * FROM intermediate.int_jira__changes
),

due_date_changes AS (
    SELECT
        issue_id,
        change_number,
        try_cast(left(coalesce(from_id, from_value), 10) AS DATE) AS from_on,
        try_cast(left(coalesce(to_id, to_value), 10) AS DATE) AS to_on
    FROM changes
    WHERE field = 'duedate'
),

first_due_dates AS (
    SELECT
        issue_id,
        coalesce(from_on, to_on) AS first_due_on
    FROM due_date_changes
    WHERE from_on IS NOT NULL OR to_on IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY issue_id ORDER BY change_number ASC) = 1
),

due_date_steps AS (
    SELECT
        issue_id,
        to_on,
        coalesce(
            from_on,
            lag(coalesce(to_on, from_on)) OVER (PARTITION BY issue_id ORDER BY change_number ASC)
        ) AS previous_on
    FROM due_date_changes
),

due_date_pushes AS (
    SELECT
        issue_id,
        count(*) AS due_date_push_count
    FROM due_date_steps
    WHERE to_on > previous_on
    GROUP BY issue_id
),

owner_steps AS (
    SELECT
        issue_id,
        to_id,
        coalesce(
            from_id,
            lag(coalesce(to_id, from_id)) OVER (PARTITION BY issue_id ORDER BY change_number ASC)
        ) AS previous_id
    FROM changes
    WHERE field = 'assignee'
),

owner_changes AS (
    SELECT
        issue_id,
        count(*) AS owner_change_count
    FROM owner_steps
    WHERE to_id <> previous_id
    GROUP BY issue_id
),

priority_drops AS (
    SELECT
        changes.issue_id,
        count(*) AS priority_drop_count
    FROM changes
    LEFT JOIN priorities AS before_places ON changes.from_id = before_places.priority_id
    LEFT JOIN priorities AS after_places ON changes.to_id = after_places.priority_id
    LEFT JOIN priority_ranks AS before_ranks ON lower(trim(changes.from_value)) = before_ranks.word
    LEFT JOIN priority_ranks AS after_ranks ON lower(trim(changes.to_value)) = after_ranks.word
    WHERE
        changes.field = 'priority'
        AND coalesce(
            after_places.position > before_places.position,
            after_ranks.priority_rank > before_ranks.priority_rank
        )
    GROUP BY changes.issue_id
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
    coalesce(first_due_dates.first_due_on, issues.due_on) AS first_due_on,
    coalesce(due_date_pushes.due_date_push_count, 0) AS due_date_push_count,
    coalesce(owner_changes.owner_change_count, 0) AS owner_change_count,
    coalesce(priority_drops.priority_drop_count, 0) AS priority_drop_count,
    coalesce(below.child_count, 0) AS child_count,
    coalesce(below.child_done_count, 0) AS child_done_count,
    CASE
        WHEN below.last_person_at > activity.last_activity_at THEN below.last_person_at
        ELSE coalesce(activity.last_activity_at, below.last_person_at)
    END AS last_activity_at
FROM issues
INNER JOIN intermediate.int_jira__issue_activity AS activity ON issues.issue_id = activity.issue_id
LEFT JOIN first_due_dates ON issues.issue_id = first_due_dates.issue_id
LEFT JOIN due_date_pushes ON issues.issue_id = due_date_pushes.issue_id
LEFT JOIN owner_changes ON issues.issue_id = owner_changes.issue_id
LEFT JOIN priority_drops ON issues.issue_id = priority_drops.issue_id
LEFT JOIN below ON issues.issue_id = below.issue_id
