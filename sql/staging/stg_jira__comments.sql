-- Who commented on an issue, and when, as far as Jira sent the comments along with it.
-- One row per issue and comment.
-- Key: issue_id, comment_number.
WITH latest AS (
    SELECT
        issue_id,
        payload
    FROM raw.jira_issues
    QUALIFY row_number() OVER (PARTITION BY issue_id ORDER BY fetched_at DESC) = 1
),

read AS (
    SELECT
        issue_id,
        json_transform(payload -> '$.fields.comment.comments', '[{
            "created": "VARCHAR",
            "author": {
                "accountId": "VARCHAR", "accountType": "VARCHAR", "name": "VARCHAR",
                "displayName": "VARCHAR", "emailAddress": "VARCHAR"
            }
        }]') AS comments
    FROM latest
),

comments AS (
    SELECT
        issue_id,
        unnest(comments) AS comment,
        generate_subscripts(comments, 1) AS comment_number
    FROM read
)

SELECT
    issue_id,
    comment_number,
    try_cast(comment.created AS TIMESTAMPTZ) AT TIME ZONE 'UTC' AS commented_at,
    coalesce(comment.author.accountId, comment.author.name) AS author_account,
    comment.author.displayName AS author_name,
    comment.author.name AS author_login,
    comment.author.emailAddress AS author_email,
    coalesce(lower(comment.author.accountType) = 'app', FALSE) AS is_app
FROM comments
