-- The keys by which Jira was asked for issues, and to which issue each led: a moved issue answers to its former keys.
-- One row per key and issue it led to.
-- Key: issue_key, issue_id.
SELECT
    upper(issue_key) AS issue_key,
    issue_id,
    max(found_at) AS found_at
FROM raw.jira_keys
GROUP BY upper(issue_key), issue_id
