-- The fields Jira defines; one that it lists no more has no place in its list.
-- One row per field.
-- Key: field_id.
SELECT
    definition_id AS field_id,
    payload ->> '$.name' AS field,
    position
FROM raw.jira_definitions
WHERE kind = 'field'
QUALIFY row_number() OVER (PARTITION BY definition_id ORDER BY fetched_at DESC) = 1
