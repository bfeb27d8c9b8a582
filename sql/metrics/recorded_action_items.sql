-- The action items on record that the filters on team, service, severity, cause and source let through, whenever they
-- were promised, each with what its incident and the slippage ledger say of it.
-- One row per action item.
-- Key: action_item_id.
-- The team is the action item's own; service, severity and cause are those of its incident. Its words, its owner and its
-- issue are in marts.action_items.
-- Why the outcome is what it is: of a declined item the words by which Jira declines it; else what says so, or why
-- nothing does.
SELECT
    action_items.action_item_id, -- stable: of the promise's words and incident, or of the issue that no document names
    action_items.incident_id, -- the incident it was promised for; null for an issue that belongs to none, or to one of several
    action_items.kind, -- prevent, detect, mitigate, process, repair or other; null when nothing tells
    action_items.prevention_basis, -- why it counts as a prevention item: kind or unknown_kind; null when it does not
    action_items.team, -- as the issue's own field for it says; else of the Jira project, else of the owner, else of the incident
    action_items.priority, -- the issue's, else the document's
    action_items.issue_id, -- Jira's own id of the issue, which survives a move
    action_items.link_state, -- linked; unlinked; missing: Jira does not show the issue; foreign: another tracker, not followed
    action_items.outcome, -- open, done, declined, or unknown
    action_items.promised_at, -- when it was promised
    action_items.opened_at, -- when it began to count: the promise or the issue's creation, whichever came first
    action_items.due_on, -- the due date now
    action_items.first_due_on, -- the due date it first had
    action_items.committed_on, -- the first due date not passed before the promise; else the promise plus the days agreed
    action_items.is_overdue, -- open past its committed date; null past it when the outcome is unknown
    action_items.is_lost_overdue, -- whether Jira stopped showing the issue while it was open and past its committed date
    action_items.is_on_time, -- decided by the committed date; null while open, without either date, or when decided before it was promised
    action_items.is_ignored, -- overdue, and nobody touched it for the agreed days; null where that cannot be seen
    action_items.open_days, -- from opened_at until decided or until now
    action_items.due_date_push_count, -- how often the due date was moved later
    action_items.reopen_count, -- how often it left a done status again
    action_items.owner_change_count, -- how often one owner followed another
    action_items.priority_drop_count, -- how often its priority was lowered, by Jira's own order of priorities
    action_items.story_points, -- its estimate, where the settings name the field
    action_items.owner IS NULL AS has_no_owner, -- whether it names nobody
    action_items.tracker IS NULL AS has_no_issue, -- whether it names no issue anywhere
    incidents.severity AS incident_severity, -- of the incident that led to the promise
    lower(trim(action_items.priority)) AS folded_priority, -- its priority whatever the case it is written in
    min(trim(action_items.priority)) OVER (PARTITION BY lower(trim(action_items.priority))) AS priority_name, -- one spelling of it for all of these items
    coalesce(action_items.done_at, action_items.declined_at) AS decided_at, -- when it was done or declined
    CASE
        WHEN action_items.outcome = 'declined' AND action_items.declined_reason IS NOT NULL
            THEN action_items.declined_reason
        WHEN action_items.outcome IN ('open', 'done', 'declined') THEN action_items.outcome_basis
        WHEN action_items.link_state = 'missing' THEN 'not_shown'
        WHEN action_items.link_state = 'foreign' THEN 'other_tracker'
        WHEN action_items.issue_id IS NOT NULL THEN 'status_unknown'
        ELSE 'no_issue'
    END AS outcome_reason, -- jira or document; of declined ones Jira's words; of unknown ones not_shown, other_tracker …
    slippage.due_date_push_days, -- days its due date was moved later in total
    slippage.is_closed_in_bulk, -- whether it was closed with many others at once
    slippage.has_no_trace -- whether it is done and Jira shows no work
FROM marts.action_items
LEFT JOIN marts.incidents ON action_items.incident_id = incidents.incident_id
LEFT JOIN marts.slippage ON action_items.action_item_id = slippage.action_item_id
CROSS JOIN filters
WHERE
    (filters.teams IS NULL OR list_contains(filters.teams, coalesce(action_items.team, '')))
    AND (
        filters.services IS NULL
        OR list_contains(filters.services, coalesce(incidents.service, ''))
        OR list_has_any(filters.services, coalesce(incidents.services, []))
    )
    AND (filters.severities IS NULL OR list_contains(filters.severities, coalesce(incidents.severity, 0)))
    AND (filters.causes IS NULL OR list_contains(filters.causes, coalesce(incidents.cause_category, '')))
    AND (
        filters.sources IS NULL
        OR incidents.incident_id IN (
            SELECT tellings.incident_id
            FROM marts.incident_documents AS tellings
            WHERE list_contains(filters.sources, tellings.source)
        )
    )
