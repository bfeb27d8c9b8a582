-- The action items that the filters on team, service, severity and cause let through, whenever they were promised:
-- each metric says which date it places in the period.
-- One row per action item.
-- Key: action_item_id.
-- The team is the action item's own; service, severity and cause are those of its incident.
-- It came due in the period when its committed date (the first due date, else the policy's) lies in the period
-- and has passed, and it is open or was decided on a known day: what was decided early before a date to come
-- counts only with the open ones of that date, or the shares would flatter.
-- Why the outcome is what it is: of a declined item the words by which Jira declines it; else what says so, or why
-- nothing does.
SELECT
    action_items.*,
    incidents.title AS incident_title, -- of the incident that led to the promise
    incidents.service AS incident_service, -- its first service
    incidents.severity AS incident_severity, -- its severity
    lower(trim(action_items.priority)) AS folded_priority, -- its priority whatever the case it is written in
    coalesce(action_items.done_at, action_items.declined_at) AS decided_at, -- when it was done or declined
    (
        action_items.committed_on IS NOT NULL
        AND (filters.period_from IS NULL OR action_items.committed_on >= CAST(filters.period_from AS DATE))
        AND (filters.period_to IS NULL OR action_items.committed_on < CAST(filters.period_to AS DATE))
        AND action_items.committed_on < runs.as_of_on
        AND (
            (action_items.outcome IN ('done', 'declined') AND action_items.is_on_time IS NOT NULL)
            OR (action_items.outcome = 'open' AND coalesce(action_items.is_overdue, FALSE))
        )
    ) AS is_due, -- whether it came due in the period
    CASE
        WHEN action_items.outcome = 'declined' AND action_items.declined_reason IS NOT NULL
            THEN action_items.declined_reason
        WHEN action_items.outcome IN ('open', 'done', 'declined') THEN action_items.outcome_basis
        WHEN action_items.link_state = 'missing' THEN 'not_shown'
        WHEN action_items.link_state = 'foreign' THEN 'other_tracker'
        WHEN action_items.issue_id IS NOT NULL THEN 'status_unknown'
        ELSE 'no_issue'
    END AS outcome_reason -- jira or document; of declined ones Jira's words; of unknown ones not_shown, other_tracker …
FROM marts.action_items
LEFT JOIN marts.incidents ON action_items.incident_id = incidents.incident_id
CROSS JOIN filters
CROSS JOIN marts.runs
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
