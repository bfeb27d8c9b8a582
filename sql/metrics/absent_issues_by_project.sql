-- What Jira does not show of what is held or named, and whether it shows the project.
-- One row per project and reason.
-- Key: project, absent_reason.
-- Not chosen by any filter.
SELECT
    project, -- the key of the project
    coalesce(absent_reason, 'not_shown') AS absent_reason, -- not_shown: deleted or hidden; project_not_shown: nor is its project
    count(*) AS issue_count, -- issues and keys that it does not show
    count(*) FILTER (WHERE issue_id IS NULL) AS never_shown_count, -- of these, keys that never led to an issue
    min(absent_since_at) AS absent_since_at -- since when, at the earliest, UTC
FROM held_issues
WHERE is_absent
GROUP BY project, coalesce(absent_reason, 'not_shown')
ORDER BY issue_count DESC, project ASC, absent_reason ASC
