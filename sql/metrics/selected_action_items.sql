-- The action items that the filters on team, service and severity let through, whenever they were promised:
-- each metric says which date it places in the period.
-- One row per action item.
-- Key: action_item_id.
-- The team is the action item's own; service and severity are those of its incident.
SELECT
    action_items.*,
    incidents.title AS incident_title, -- of the incident that led to the promise
    incidents.service AS incident_service, -- its first service
    incidents.severity AS incident_severity, -- its severity
    coalesce(action_items.done_at, action_items.declined_at) AS decided_at -- when it was done or declined
FROM marts.action_items
LEFT JOIN marts.incidents ON action_items.incident_id = incidents.incident_id
CROSS JOIN filters
WHERE
    (filters.teams IS NULL OR list_contains(filters.teams, coalesce(action_items.team, '')))
    AND (
        filters.services IS NULL
        OR list_contains(filters.services, coalesce(incidents.service, ''))
        OR list_has_any(filters.services, coalesce(incidents.services, []))
    )
    AND (filters.severities IS NULL OR list_contains(filters.severities, coalesce(incidents.severity, 0)))
