-- The fields Jira defines, as it last said.
-- One row per field.
-- Key: field_id.
SELECT
    definition_id AS field_id,
    payload ->> '$.name' AS field
FROM raw.jira_definitions
WHERE kind = 'field'
QUALIFY row_number() OVER (PARTITION BY definition_id ORDER BY fetched_at DESC) = 1
