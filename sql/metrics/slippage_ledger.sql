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
    entries.action_item_id, -- the action item
    action_items.description, -- the promise, in the document's or Jira's words
    entries.team, -- whose it is
    action_items.owner, -- the person, when one is named
    entries.outcome, -- open, done, declined or unknown
    entries.first_due_on, -- the due date it first had
    entries.due_on, -- the due date now
    coalesce(entries.due_date_push_count, 0) AS due_date_push_count, -- how often it was moved later
    coalesce(entries.due_date_push_days, 0) AS due_date_push_days, -- by how many days in total
    coalesce(entries.priority_drop_count, 0) AS priority_drop_count, -- how often its priority was lowered
    coalesce(entries.owner_change_count, 0) AS owner_change_count, -- how often one owner followed another
    coalesce(entries.reopen_count, 0) AS reopen_count, -- how often it was taken up again
    coalesce(entries.is_closed_in_bulk, FALSE) AS is_closed_in_bulk, -- whether it was closed with many others at once
    slippage.bulk_count, -- how many that were
    coalesce(entries.has_no_trace, FALSE) AS has_no_trace, -- whether it is done and Jira shows no work
    coalesce(entries.is_ignored, FALSE) AS is_ignored, -- whether it is open, overdue and untouched
    entries.entry_count, -- in how many of these ways it slipped
    slippage.closed_at, -- when it was closed in Jira, UTC
    slippage.closed_by, -- by whom
    action_items.is_history_complete, -- whether Jira gave the whole history; if not, the counts may be too low
    action_items.jira_key, -- of the issue that tracks it
    action_items.url, -- where to read it
    entries.incident_id, -- the incident that led to it
    incidents.title AS incident_title -- its title
FROM entries
INNER JOIN marts.action_items ON entries.action_item_id = action_items.action_item_id
LEFT JOIN marts.slippage ON entries.action_item_id = slippage.action_item_id
LEFT JOIN marts.incidents ON entries.incident_id = incidents.incident_id
WHERE entries.entry_count > 0
ORDER BY due_date_push_days DESC, entries.entry_count DESC, entries.action_item_id
