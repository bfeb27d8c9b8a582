-- The version of each issue that lies nearest to the moment asked about: the one that Jira showed before and after it,
-- else the first that was fetched after it, from which the changelog leads back, else the last.
-- One row per issue that existed then.
-- Key: issue_id.
--
-- An issue that only the JQL led to, and only later than it would have then, was not followed: it is left out.
WITH followed AS (
    SELECT DISTINCT issue_id
    FROM raw.jira_follows
),

followed_then AS (
    SELECT DISTINCT issue_id
    FROM steps.jira_follows
)

SELECT
    issues.issue_id,
    issues.fetched_at
FROM raw.jira_issues AS issues
CROSS JOIN settings.parameters AS parameters
INNER JOIN staging.stg_jira__issues AS latest ON issues.issue_id = latest.issue_id
LEFT JOIN followed ON issues.issue_id = followed.issue_id
LEFT JOIN followed_then ON issues.issue_id = followed_then.issue_id
WHERE
    latest.created_at <= parameters.as_of
    AND (followed.issue_id IS NULL OR followed_then.issue_id IS NOT NULL)
QUALIFY row_number() OVER (
    PARTITION BY issues.issue_id
    ORDER BY
        CASE
            WHEN issues.fetched_at <= parameters.as_of AND issues.read_at >= parameters.as_of THEN 1
            WHEN issues.fetched_at > parameters.as_of THEN 2
            ELSE 3
        END ASC,
        CASE WHEN issues.fetched_at > parameters.as_of THEN issues.fetched_at END ASC,
        issues.fetched_at DESC
) = 1
