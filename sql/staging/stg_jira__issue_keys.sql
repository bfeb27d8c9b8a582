-- Every key an issue was fetched under: a moved issue keeps its numeric id and gets a new key.
-- One row per issue and key.
-- Key: issue_id, issue_key.
SELECT
    issue_id,
    upper(issue_key) AS issue_key,
    min(fetched_at) AS first_seen_at,
    max(fetched_at) AS last_seen_at
FROM raw.jira_issues
GROUP BY issue_id, upper(issue_key)
