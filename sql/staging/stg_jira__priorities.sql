-- Jira's own list of priorities, the most urgent first; one that Jira lists no more keeps the last place it had.
-- One row per priority.
-- Key: priority_id.
SELECT
    definition_id AS priority_id,
    payload ->> '$.name' AS priority,
    position
FROM raw.jira_definitions
WHERE kind = 'priority'
QUALIFY row_number() OVER (PARTITION BY definition_id ORDER BY fetched_at DESC) = 1
