-- The issues below an issue: its subtasks and whatever names it as its parent or epic, and theirs, five levels deep.
-- One row per issue and issue below it.
-- Key: issue_id, descendant_id.
WITH RECURSIVE families AS (
    SELECT
        parent_id,
        issue_id AS child_id
    FROM intermediate.int_jira__issue_fields
    WHERE parent_id IS NOT NULL AND parent_id <> issue_id
),

below AS (
    SELECT
        parent_id AS issue_id,
        child_id AS descendant_id,
        1 AS depth
    FROM families
    UNION ALL
    SELECT
        below.issue_id,
        families.child_id AS descendant_id,
        below.depth + 1 AS depth
    FROM below
    INNER JOIN families ON below.descendant_id = families.parent_id
    WHERE below.depth < 5
)

SELECT
    issue_id,
    descendant_id,
    min(depth) AS depth
FROM below
WHERE issue_id <> descendant_id
GROUP BY issue_id, descendant_id
