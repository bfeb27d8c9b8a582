-- The category each status id means, as Jira last said.
-- One row per status.
-- Key: status_id.
SELECT
    status_id,
    payload ->> '$.name' AS status,
    lower(payload ->> '$.statusCategory.key') AS status_category
FROM raw.jira_statuses
QUALIFY row_number() OVER (PARTITION BY status_id ORDER BY fetched_at DESC) = 1
