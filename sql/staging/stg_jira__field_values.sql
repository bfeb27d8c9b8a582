-- What issues hold in the fields that the settings give a purpose, as words and as a number.
-- One row per issue, purpose, field and entry of what it holds; a field that holds a list has several.
-- Key: issue_id, purpose, field_id, entry_number.
--
-- Jira writes a value as text, as a number, or as an object that bears its words under value, name, title,
-- displayName or key. A sprint is such an object, too, with a state; Data Center sends it as the text of a Java
-- object: com.atlassian.greenhopper…[id=1,state=ACTIVE,name=Sprint 3,startDate=…].
WITH latest AS (
    SELECT
        issue_id,
        max(fetched_at) AS fetched_at
    FROM raw.jira_issues
    GROUP BY issue_id
),

-- Taken out once, and filtered after.
held AS MATERIALIZED (
    SELECT
        issues.issue_id,
        fields.purpose,
        fields.field_id,
        issues.payload -> ('$.fields.' || fields.field_id) AS value
    FROM raw.jira_issues AS issues
    INNER JOIN latest ON issues.issue_id = latest.issue_id AND issues.fetched_at = latest.fetched_at
    CROSS JOIN (SELECT DISTINCT purpose, field_id FROM settings.jira_fields) AS fields
),

lists AS (
    SELECT
        issue_id,
        purpose,
        field_id,
        CASE WHEN value LIKE '[%' THEN from_json(value, '["JSON"]') ELSE [value] END AS entries
    FROM held
    WHERE value <> 'null'
),

entries AS (
    SELECT
        issue_id,
        purpose,
        field_id,
        unnest(entries) AS entry,
        generate_subscripts(entries, 1) AS entry_number
    FROM lists
),

read AS (
    SELECT
        issue_id,
        purpose,
        field_id,
        entry_number,
        CASE WHEN entry NOT LIKE '{%' THEN entry ->> '$' END AS plain,
        CASE
            WHEN entry LIKE '{%'
                THEN json_transform(entry, '{
                    "value": "VARCHAR", "name": "VARCHAR", "title": "VARCHAR", "displayName": "VARCHAR",
                    "key": "VARCHAR", "id": "VARCHAR", "state": "VARCHAR"
                }')
        END AS described
    FROM entries
),

told AS (
    SELECT
        *,
        CASE WHEN plain LIKE '%greenhopper%[%]' THEN regexp_extract(plain, '\[(.*)\]$', 1) END AS sprint
    FROM read
)

SELECT
    issue_id,
    purpose,
    field_id,
    entry_number,
    nullif(trim(CASE
        WHEN sprint IS NOT NULL
            THEN
                regexp_extract(
                    ',' || sprint || ',id=', ',name=(.*?),(?:id|rapidViewId|state|goal|startDate|endDate|completeDate'
                    || '|activatedDate|sequence|synced|autoStartStop|incompleteIssuesDestinationId)=', 1
                )
        ELSE
            coalesce(
                plain, described.value, described.name, described.title, described.displayName, described.key
            )
    END), '') AS words,
    try_cast(coalesce(plain, described.value) AS DOUBLE) AS number,
    lower(coalesce(described.state, nullif(regexp_extract(',' || sprint, ',state=(\w+)', 1), ''))) AS state,
    try_cast(coalesce(described.id, regexp_extract(',' || sprint, ',id=(\d+)', 1)) AS BIGINT) AS entry_id
FROM told
