-- The changes of issues that say something of how a promise is kept, each with what it says: due_date_pushed,
-- owner_changed, priority_lowered or reopened; of a due date pushed, by how many days. What is counted of an issue
-- counts these.
-- One row per such change.
-- Key: issue_id, change_number.
--
-- A due date or an owner taken away and set again later is compared with the one before it was taken away. Priorities
-- are compared by their places in Jira's own list, and by their names (int_jira__priority_ranks) where that does not
-- hold both. Reopened is what left a status of category "done" for one that is known not to be of it.
WITH changes AS (
    SELECT * FROM intermediate.int_jira__changes
),

priorities AS (
    SELECT * FROM staging.stg_jira__priorities
),

priority_ranks AS (
    SELECT * FROM intermediate.int_jira__priority_ranks
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

due_date_steps AS (
    SELECT
        issue_id,
        change_number,
        to_on,
        coalesce(
            from_on,
            lag(coalesce(to_on, from_on)) OVER (PARTITION BY issue_id ORDER BY change_number ASC)
        ) AS previous_on
    FROM due_date_changes
),

owner_steps AS (
    SELECT
        issue_id,
        change_number,
        to_id,
        coalesce(
            from_id,
            lag(coalesce(to_id, from_id)) OVER (PARTITION BY issue_id ORDER BY change_number ASC)
        ) AS previous_id
    FROM changes
    WHERE field = 'assignee'
),

priority_steps AS (
    SELECT
        changes.issue_id,
        changes.change_number,
        coalesce(
            after_places.position > before_places.position,
            after_ranks.priority_rank > before_ranks.priority_rank
        ) AS is_lowered
    FROM changes
    LEFT JOIN priorities AS before_places ON changes.from_id = before_places.priority_id
    LEFT JOIN priorities AS after_places ON changes.to_id = after_places.priority_id
    LEFT JOIN priority_ranks AS before_ranks ON lower(trim(changes.from_value)) = before_ranks.word
    LEFT JOIN priority_ranks AS after_ranks ON lower(trim(changes.to_value)) = after_ranks.word
    WHERE changes.field = 'priority'
)

SELECT
    issue_id,
    change_number,
    'due_date_pushed' AS effect,
    date_diff('day', previous_on, to_on) AS pushed_days
FROM due_date_steps
WHERE to_on > previous_on
UNION ALL
SELECT
    issue_id,
    change_number,
    'owner_changed' AS effect,
    CAST(NULL AS BIGINT) AS pushed_days
FROM owner_steps
WHERE to_id <> previous_id
UNION ALL
SELECT
    issue_id,
    change_number,
    'priority_lowered' AS effect,
    CAST(NULL AS BIGINT) AS pushed_days
FROM priority_steps
WHERE is_lowered
UNION ALL
SELECT
    issue_id,
    change_number,
    'reopened' AS effect,
    CAST(NULL AS BIGINT) AS pushed_days
FROM changes
WHERE field = 'status' AND from_category = 'done' AND coalesce(to_category, 'unknown') NOT IN ('done', 'unknown')
