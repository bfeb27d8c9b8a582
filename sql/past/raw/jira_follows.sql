-- The step of this name, in place of the table that staging reads; jira_versions had to know it before.
-- One row per issue and reason.
-- Key: issue_id, reason.
SELECT
    issue_id,
    reason,
    found_at
FROM steps.jira_follows
