-- The issues held of Jira, as they were last fetched, each with the comments and links Jira sent along.
-- One row per issue, by its numeric id: a key can change, and come to mean another issue.
-- Key: issue_id.
--
-- Comments and links stay lists here, so that an issue's JSON is taken apart once.
WITH latest AS (
    SELECT
        issue_id,
        max(fetched_at) AS fetched_at
    FROM raw.jira_issues
    GROUP BY issue_id
),

read AS (
    SELECT
        issues.issue_id,
        upper(issues.issue_key) AS issue_key,
        issues.history_complete,
        issues.fetched_at,
        coalesce(issues.read_at, issues.fetched_at) AS read_at,
        json_transform(issues.payload, '{"fields": {
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
            "issuetype": {"name": "VARCHAR", "subtask": "BOOLEAN", "hierarchyLevel": "INTEGER"},
            "parent": {"id": "VARCHAR", "key": "VARCHAR"},
            "assignee": {
                "accountId": "VARCHAR", "name": "VARCHAR", "displayName": "VARCHAR", "emailAddress": "VARCHAR"
            },
            "creator": {
                "accountId": "VARCHAR", "accountType": "VARCHAR", "name": "VARCHAR",
                "displayName": "VARCHAR", "emailAddress": "VARCHAR"
            },
            "comment": {"comments": [{
                "created": "VARCHAR",
                "author": {
                    "accountId": "VARCHAR", "accountType": "VARCHAR", "name": "VARCHAR",
                    "displayName": "VARCHAR", "emailAddress": "VARCHAR"
                }
            }]},
            "issuelinks": [{
                "id": "VARCHAR",
                "type": {"name": "VARCHAR", "outward": "VARCHAR"},
                "outwardIssue": {"id": "VARCHAR", "key": "VARCHAR"},
                "inwardIssue": {"id": "VARCHAR", "key": "VARCHAR"}
            }]
        }}').fields AS fields
    FROM raw.jira_issues AS issues
    INNER JOIN latest ON issues.issue_id = latest.issue_id AND issues.fetched_at = latest.fetched_at
)

SELECT
    issue_id,
    issue_key,
    fields.summary,
    fields.issuetype.name AS issue_type,
    coalesce(fields.issuetype.subtask, FALSE) AS is_subtask,
    fields.issuetype.hierarchyLevel AS hierarchy_level,
    upper(coalesce(fields.project.key, regexp_replace(issue_key, '-[0-9]+$', ''))) AS project,
    fields.parent.id AS parent_id,
    upper(fields.parent.key) AS parent_key,

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
    coalesce(fields.creator.accountId, fields.creator.name) AS creator_account,
    fields.creator.displayName AS creator_name,
    fields.creator.name AS creator_login,
    fields.creator.emailAddress AS creator_email,
    coalesce(lower(fields.creator.accountType) = 'app', FALSE) AS is_created_by_app,

    try_cast(left(fields.duedate, 10) AS DATE) AS due_on,
    try_cast(fields.created AS TIMESTAMPTZ) AT TIME ZONE 'UTC' AS created_at,
    try_cast(fields.updated AS TIMESTAMPTZ) AT TIME ZONE 'UTC' AS updated_at,
    try_cast(fields.resolutiondate AS TIMESTAMPTZ) AT TIME ZONE 'UTC' AS resolution_set_at,
    try_cast(fields.statuscategorychangedate AS TIMESTAMPTZ) AT TIME ZONE 'UTC' AS status_category_changed_at,

    list_transform(
        fields.comment.comments,
        LAMBDA comment: {
            'commented_at': try_cast(comment.created AS TIMESTAMPTZ) AT TIME ZONE 'UTC',
            'author_account': coalesce(comment.author.accountId, comment.author.name),
            'author_name': comment.author.displayName,
            'author_login': comment.author.name,
            'author_email': comment.author.emailAddress,
            'is_app': coalesce(lower(comment.author.accountType) = 'app', FALSE)
        }
    ) AS comments,
    list_transform(
        fields.issuelinks,
        LAMBDA link: {
            'link_id': try_cast(link.id AS BIGINT),
            'link_type': link.type.name,
            'outward_phrase': link.type.outward,
            'direction': CASE WHEN link.outwardIssue IS NULL THEN 'inward' ELSE 'outward' END,
            'other_issue_id': coalesce(link.outwardIssue.id, link.inwardIssue.id),
            'other_key': upper(coalesce(link.outwardIssue.key, link.inwardIssue.key))
        }
    ) AS links,

    history_complete,
    fetched_at,
    read_at
FROM read
