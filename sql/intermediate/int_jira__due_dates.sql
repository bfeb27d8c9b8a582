-- The due dates each issue had, in their order.
-- One row per issue and setting of a due date.
-- Key: issue_id, place.
WITH issues AS (
    SELECT * FROM staging.stg_jira__issues
),

changes AS (
    SELECT
        issue_id,
        change_number,
        changed_at,
        try_cast(left(coalesce(from_id, from_value), 10) AS DATE) AS from_on,
        try_cast(left(coalesce(to_id, to_value), 10) AS DATE) AS to_on
    FROM intermediate.int_jira__changes
    WHERE field = 'duedate'
),

-- What the first change replaced was set when the issue was created; without a change, so was the date now.
set_dates AS (
    SELECT
        changes.issue_id,
        0 AS change_number,
        issues.created_at AS set_at,
        changes.from_on AS due_on
    FROM changes
    INNER JOIN issues ON changes.issue_id = issues.issue_id
    QUALIFY row_number() OVER (PARTITION BY changes.issue_id ORDER BY changes.change_number ASC) = 1
    UNION ALL
    SELECT
        issue_id,
        change_number,
        changed_at AS set_at,
        to_on AS due_on
    FROM changes
    UNION ALL
    SELECT
        issues.issue_id,
        0 AS change_number,
        issues.created_at AS set_at,
        issues.due_on
    FROM issues
    LEFT JOIN (SELECT DISTINCT issue_id FROM changes WHERE from_on IS NOT NULL OR to_on IS NOT NULL) AS changed
        ON issues.issue_id = changed.issue_id
    WHERE changed.issue_id IS NULL
)

SELECT
    issue_id,
    row_number() OVER (PARTITION BY issue_id ORDER BY change_number ASC) AS place,
    set_at,
    due_on
FROM set_dates
WHERE due_on IS NOT NULL
