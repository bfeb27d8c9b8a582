-- Every issue held of Jira, and every key that a document names and that never led to one.
-- One row per issue or key.
-- Key: issue_key, issue_id.
-- Not chosen by any filter: what is held serves all teams and periods.
WITH never_shown AS (
    SELECT
        jira_key AS issue_key,
        min(url) AS url,
        min(absent_since_at) AS absent_since_at,
        min(absent_reason) AS absent_reason,
        count(*) AS action_item_count
    FROM marts.action_items
    WHERE tracker = 'jira' AND link_state = 'missing' AND issue_id IS NULL
    GROUP BY jira_key
)

SELECT
    *, -- as marts.issues
    CASE WHEN len(followed_for) = 0 THEN ['not_kept'] ELSE followed_for END AS reasons -- why it is held
FROM (
    SELECT * FROM marts.issues
    UNION ALL BY NAME
    SELECT
        issue_key,
        url,
        regexp_replace(issue_key, '-[0-9]+$', '') AS project,
        ['document'] AS followed_for,
        action_item_count,
        TRUE AS is_absent,
        absent_since_at,
        absent_reason
    FROM never_shown
) AS issues_and_keys
