-- An action item of an incident belongs to one that exists.
SELECT
    action_items.action_item_id,
    action_items.incident_id
FROM marts.action_items
LEFT JOIN marts.incidents ON action_items.incident_id = incidents.incident_id
WHERE action_items.incident_id IS NOT NULL AND incidents.incident_id IS NULL
