-- Why issues are followed in Jira: because a document names them, the JQL finds them, an incident or a page is linked,
-- or for context, as parents, children, survivors of duplicates and the incidents' own issues.
-- One row per reason.
-- Key: reason.
-- An issue followed for several reasons counts for each, so the counts do not add up. Not chosen by any filter.
WITH held AS (
    SELECT
        unnest(reasons) AS reason,
        action_item_count,
        is_absent,
        is_history_complete
    FROM held_issues
),

whole AS (
    SELECT
        count(*) AS held_count,
        count(*) FILTER (WHERE is_absent) AS all_absent_count,
        count(*) FILTER (WHERE NOT is_history_complete) AS all_incomplete_count
    FROM held_issues
)

SELECT
    held.reason, -- document, jql, incident_link, remote_link, incident, parent, child, survivor, former_jql, former_incident_link; not_kept
    count(*) AS issue_count, -- issues held for it, and keys that led to none
    count(*) FILTER (WHERE held.action_item_count > 0) AS promise_count, -- of these, that stand for an action item
    count(*) FILTER (WHERE held.is_absent) AS absent_count, -- of these, that Jira does not show
    count(*) FILTER (WHERE NOT held.is_history_complete) AS incomplete_count, -- of these, whose history is not whole
    whole.held_count, -- all issues held and keys that led to none, each once: the same in each row
    whole.all_absent_count, -- of all, that Jira does not show
    whole.all_incomplete_count -- of all, whose history is not whole
FROM held
CROSS JOIN whole
GROUP BY held.reason, whole.held_count, whole.all_absent_count, whole.all_incomplete_count
ORDER BY issue_count DESC, held.reason ASC
