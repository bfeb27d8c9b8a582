-- Why issues were followed at the moment asked about, or would have been by a run then.
-- One row per issue and reason.
-- Key: issue_id, reason.
SELECT
    issue_id,
    reason,
    found_at
FROM steps.jira_follows
