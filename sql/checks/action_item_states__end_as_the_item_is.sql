-- The spells of an action item follow each other, and the last one is what the item is.
SELECT
    items.action_item_id,
    items.outcome,
    states.outcome AS last_outcome,
    states.from_at,
    states.until_at
FROM marts.action_items AS items
INNER JOIN marts.action_item_states AS states ON items.action_item_id = states.action_item_id AND states.is_last
WHERE states.outcome IS DISTINCT FROM items.outcome OR states.until_at IS NOT NULL
UNION ALL
SELECT
    action_item_id,
    outcome,
    CAST(NULL AS VARCHAR) AS last_outcome,
    from_at,
    until_at
FROM marts.action_item_states
WHERE until_at < from_at OR (NOT is_last AND (from_at IS NULL OR until_at IS NULL))
