-- The promises that are late now, the longest overdue first, whenever they were made.
-- One row per open action item past its committed date.
-- Key: action_item_id.
-- Left out: items without a committed date, which cannot be late; done and declined ones.
WITH overdue AS (
    SELECT *
    FROM selected_action_items
    WHERE outcome = 'open' AND is_overdue
)

SELECT
    action_item_id, -- the action item
    description, -- the promise, in the document's or Jira's words
    team, -- whose it is
    owner, -- the person, when one is named
    priority, -- in Jira's or the document's words
    kind, -- prevent, detect, mitigate, process, repair or other
    committed_on, -- the date it was promised for
    overdue_days, -- days since
    due_date_push_count, -- times its due date was moved later
    coalesce(is_ignored, FALSE) AS is_ignored, -- whether nobody has touched it for the days the settings say
    last_activity_at, -- when somebody last did
    jira_key, -- of the issue that tracks it
    url, -- where to read it
    incident_id, -- the incident that led to it
    incident_title, -- its title
    incident_severity -- its severity
FROM overdue
ORDER BY overdue_days DESC, action_item_id
