-- Why each issue is followed: document, jql, incident, incident_link, remote_link, parent, child or survivor.
-- One row per issue and reason.
-- Key: issue_id, reason.
SELECT
    issue_id,
    lower(reason) AS reason,
    min(found_at) AS found_at
FROM raw.jira_follows
GROUP BY issue_id, lower(reason)
