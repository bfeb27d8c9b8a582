-- The issues followed in Jira, as they were last fetched.
-- One row per issue, by its numeric id: a key can change, and come to mean another issue.
-- Key: issue_id.
WITH latest AS (
    SELECT
        issue_id,
        issue_key,
        payload,
        history_complete,
        fetched_at
    FROM raw.jira_issues
    QUALIFY row_number() OVER (PARTITION BY issue_id ORDER BY fetched_at DESC) = 1
),

read AS (
    SELECT
        issue_id,
        upper(issue_key) AS issue_key,
        history_complete,
        fetched_at,
        json_transform(payload -> 'fields', '{
            "summary": "VARCHAR",
            "created": "VARCHAR",
            "updated": "VARCHAR",
            "duedate": "VARCHAR",
            "resolutiondate": "VARCHAR",
            "statuscategorychangedate": "VARCHAR",
            "status": {"id": "VARCHAR", "name": "VARCHAR", "statusCategory": {"key": "VARCHAR"}},
            "resolution": {"name": "VARCHAR"},
            "priority": {"id": "VARCHAR", "name": "VARCHAR"},
            "project": {"key": "VARCHAR"},
            "issuetype": {"name": "VARCHAR"},
            "assignee": {
                "accountId": "VARCHAR", "name": "VARCHAR", "displayName": "VARCHAR", "emailAddress": "VARCHAR"
            }
        }') AS fields
    FROM latest
)

SELECT
    issue_id,
    issue_key,
    fields.summary,
    fields.issuetype.name AS issue_type,
    upper(coalesce(fields.project.key, regexp_replace(issue_key, '-[0-9]+$', ''))) AS project,

    fields.status.id AS status_id,
    fields.status.name AS status,
    lower(fields.status.statusCategory.key) AS status_category,
    fields.resolution.name AS resolution,
    fields.priority.id AS priority_id,
    fields.priority.name AS priority,

    coalesce(fields.assignee.accountId, fields.assignee.name) AS owner_account,
    coalesce(fields.assignee.displayName, fields.assignee.name) AS owner,
    fields.assignee.name AS owner_login,
    fields.assignee.emailAddress AS owner_email,

    try_cast(left(fields.duedate, 10) AS DATE) AS due_on,
    try_cast(fields.created AS TIMESTAMPTZ) AT TIME ZONE 'UTC' AS created_at,
    try_cast(fields.updated AS TIMESTAMPTZ) AT TIME ZONE 'UTC' AS updated_at,
    try_cast(fields.resolutiondate AS TIMESTAMPTZ) AT TIME ZONE 'UTC' AS resolution_set_at,
    try_cast(fields.statuscategorychangedate AS TIMESTAMPTZ) AT TIME ZONE 'UTC' AS status_category_changed_at,

    history_complete,
    fetched_at
FROM read
