-- The promises that the filters let through, whenever they were made: the longest overdue first, then the latest.
-- One row per action item.
-- Key: action_item_id.
-- Overdue means open and past the committed date; ignored, overdue and untouched for the days the settings say;
-- missing, that Jira does not show the issue. An item without a committed date cannot be overdue.
SELECT
    items.action_item_id, -- the action item
    CASE
        WHEN items.outcome = 'open' AND items.is_ignored THEN 'ignored'
        WHEN items.outcome = 'open' AND items.is_overdue THEN 'overdue'
        WHEN items.outcome IN ('open', 'done', 'declined') THEN items.outcome
        WHEN items.link_state = 'missing' THEN 'missing'
        ELSE 'unknown'
    END AS state, -- ignored, overdue, open, done, declined, missing or unknown
    items.outcome_reason, -- jira or document, or why it is not known; of a declined one the words of Jira
    items.is_due, -- whether it came due in the period: committed for a day in it that has passed, or decided
    (
        items.opened_at IS NULL
        OR (
            (filters.period_from IS NULL OR items.opened_at >= filters.period_from)
            AND (filters.period_to IS NULL OR items.opened_at < filters.period_to)
        )
    ) AS is_made_in_period, -- whether it was made in the period, or nobody knows when
    items.has_no_owner, -- whether it names nobody
    items.first_due_on IS NULL AND items.due_on IS NULL AS has_no_date, -- whether no due date is or was stated; the policy's is none
    items.has_no_issue, -- whether it names no issue anywhere
    items.is_on_time, -- whether it was done or declined by the committed date; empty while open
    action_items.description, -- the promise, in the document's or Jira's words
    items.team, -- whose it is
    action_items.owner, -- the person, when one is named
    action_items.priority, -- in Jira's or the document's words
    items.kind, -- prevent, detect, mitigate, process, repair or other
    items.promised_at, -- when it was promised, UTC
    items.committed_on, -- the date it was promised for
    items.decided_at, -- when it was done or declined, UTC
    action_items.overdue_days, -- days past the committed date, until decided or until now
    items.due_date_push_count, -- times its due date was moved later
    items.reopen_count, -- times it was taken up again
    items.owner_change_count, -- times one owner followed another
    items.priority_drop_count, -- times its priority was lowered
    action_items.last_activity_at, -- when somebody last touched it, UTC
    action_items.jira_key, -- of the issue that tracks it
    action_items.url, -- where to read it
    action_items.found_by, -- how it came to be followed: document, incident_field, incident_link, remote_link or jql
    action_items.status, -- of the issue, as Jira names it; of one that Jira does not show, the last known
    items.link_state, -- linked, unlinked, missing or foreign
    action_items.absent_since_at, -- when Jira was first found not to show the issue, UTC
    action_items.absent_reason, -- not_shown: deleted or hidden; project_not_shown: nor is its project; null when not kept
    action_items.survivor_key, -- of the issue in which it goes on, when its own was closed as a duplicate
    survivors.url AS survivor_url, -- where to read that
    action_items.child_count, -- issues that are a part of it
    action_items.child_done_count, -- of these, done
    action_items.is_history_complete, -- whether Jira gave the whole history
    action_items.parent_key, -- the issue it is a part of
    action_items.sprint, -- that it is in
    items.story_points, -- its estimate
    action_items.jira_severity, -- its severity in Jira's words
    action_items.line, -- of the document that promises it, from 1
    items.incident_id, -- the incident that led to it
    incidents.title AS incident_title, -- its title
    items.incident_severity -- its severity
FROM selected_action_items AS items
INNER JOIN marts.action_items ON items.action_item_id = action_items.action_item_id
LEFT JOIN marts.incidents ON items.incident_id = incidents.incident_id
CROSS JOIN filters
LEFT JOIN marts.issues AS survivors ON action_items.survivor_issue_id = survivors.issue_id
ORDER BY
    CASE WHEN items.outcome = 'open' AND items.is_overdue THEN action_items.overdue_days END DESC NULLS LAST,
    items.promised_at DESC NULLS LAST,
    items.action_item_id ASC
