-- The category each status id means, as Jira last said; one that Jira lists no more keeps the last it had.
-- One row per status.
-- Key: status_id.
SELECT
    definition_id AS status_id,
    payload ->> '$.name' AS status,
    lower(payload ->> '$.statusCategory.key') AS status_category
FROM raw.jira_definitions
WHERE kind = 'status'
QUALIFY row_number() OVER (PARTITION BY definition_id ORDER BY fetched_at DESC) = 1
