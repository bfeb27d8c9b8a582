-- The slippage ledger: each promise that slipped in any way, and how; the most slipped first.
-- One row per action item that was made in the period and has an entry.
-- Key: action_item_id.
-- An entry is: a due date moved later, a priority lowered, an owner changed, a reopening, closed in bulk (five or more
-- issues of the team by one account within ten minutes), closed with no trace of work in Jira, or ignored. Changes of
-- owner and closings in bulk can be in good order; the ledger tells them, and does not judge.
-- Left out: items without an entry; those that no Jira issue tracks cannot have one but by their document.
WITH entries AS (
    SELECT
        *,
        (
            CASE WHEN due_date_push_count > 0 THEN 1 ELSE 0 END
            + CASE WHEN priority_drop_count > 0 THEN 1 ELSE 0 END
            + CASE WHEN owner_change_count > 0 THEN 1 ELSE 0 END
            + CASE WHEN reopen_count > 0 THEN 1 ELSE 0 END
            + CASE WHEN is_closed_in_bulk THEN 1 ELSE 0 END
            + CASE WHEN has_no_trace THEN 1 ELSE 0 END
            + CASE WHEN is_ignored THEN 1 ELSE 0 END
        ) AS entry_count
    FROM grouped_action_items
    WHERE is_made_in_period
)

SELECT
    action_item_id, -- the action item
    description, -- the promise, in the document's or Jira's words
    team, -- whose it is
    owner, -- the person, when one is named
    outcome, -- open, done, declined or unknown
    first_due_on, -- the due date it first had
    due_on, -- the due date now
    coalesce(due_date_push_count, 0) AS due_date_push_count, -- how often it was moved later
    coalesce(due_date_push_days, 0) AS due_date_push_days, -- by how many days in total
    coalesce(priority_drop_count, 0) AS priority_drop_count, -- how often its priority was lowered
    coalesce(owner_change_count, 0) AS owner_change_count, -- how often one owner followed another
    coalesce(reopen_count, 0) AS reopen_count, -- how often it was taken up again
    coalesce(is_closed_in_bulk, FALSE) AS is_closed_in_bulk, -- whether it was closed with many others at once
    bulk_count, -- how many that were
    coalesce(has_no_trace, FALSE) AS has_no_trace, -- whether it is done and Jira shows no work
    coalesce(is_ignored, FALSE) AS is_ignored, -- whether it is open, overdue and untouched
    entry_count, -- in how many of these ways it slipped
    closed_at, -- when it was closed in Jira, UTC
    closed_by, -- by whom
    is_history_complete, -- whether Jira gave the whole history; if not, the counts may be too low
    jira_key, -- of the issue that tracks it
    url, -- where to read it
    incident_id, -- the incident that led to it
    incident_title -- its title
FROM entries
WHERE entry_count > 0
ORDER BY due_date_push_days DESC, entry_count DESC, action_item_id
