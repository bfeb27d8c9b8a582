-- The keys Jira was asked for and did not show.
-- One row per key.
-- Key: issue_key.
SELECT
    upper(issue_key) AS issue_key,
    max(checked_at) AS checked_at
FROM raw.jira_absences
GROUP BY upper(issue_key)
