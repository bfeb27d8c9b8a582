-- The promises that the filters let through, whenever they were made: the longest overdue first, then the latest.
-- One row per action item.
-- Key: action_item_id.
-- Overdue means open and past the committed date; ignored, overdue and untouched for the days the settings say;
-- missing, that Jira does not show the issue. An item without a committed date cannot be overdue.
SELECT
    action_item_id, -- the action item
    CASE
        WHEN outcome = 'open' AND is_ignored THEN 'ignored'
        WHEN outcome = 'open' AND is_overdue THEN 'overdue'
        WHEN outcome IN ('open', 'done', 'declined') THEN outcome
        WHEN link_state = 'missing' THEN 'missing'
        ELSE 'unknown'
    END AS state, -- ignored, overdue, open, done, declined, missing or unknown
    is_due, -- whether it came due in the period: committed for a day in it that has passed, or decided
    is_on_time, -- whether it was done or declined by the committed date; empty while open
    description, -- the promise, in the document's or Jira's words
    team, -- whose it is
    owner, -- the person, when one is named
    priority, -- in Jira's or the document's words
    kind, -- prevent, detect, mitigate, process, repair or other
    promised_at, -- when it was promised, UTC
    committed_on, -- the date it was promised for
    decided_at, -- when it was done or declined, UTC
    overdue_days, -- days past the committed date, until decided or until now
    due_date_push_count, -- times its due date was moved later
    last_activity_at, -- when somebody last touched it, UTC
    jira_key, -- of the issue that tracks it
    url, -- where to read it
    line, -- of the document that promises it, from 1
    incident_id, -- the incident that led to it
    incident_title, -- its title
    incident_severity -- its severity
FROM selected_action_items
ORDER BY
    CASE WHEN outcome = 'open' AND is_overdue THEN overdue_days END DESC NULLS LAST,
    promised_at DESC NULLS LAST,
    action_item_id ASC
