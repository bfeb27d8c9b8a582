-- When Jira did not show what it was asked for: an issue held from before, or a key that never led to one.
-- One row per key or issue, and time from which it was not shown.
-- Key: issue_key, issue_id, absent_since_at.
--
-- Rows of older warehouses name no issue and never end: there is one for each time a key was not shown.
SELECT
    upper(issue_key) AS issue_key,
    issue_id,
    checked_at AS absent_since_at,
    found_again_at,
    reason
FROM raw.jira_absences
QUALIFY row_number() OVER (
    PARTITION BY upper(issue_key), issue_id, checked_at
    ORDER BY found_again_at DESC NULLS LAST, reason ASC NULLS LAST
) = 1
