-- The selected action items, each with the group it counts in: its team, priority, kind, or the severity of its incident.
-- One row per action item.
-- Key: action_item_id.
-- It was made in the period when it began to count (opened_at) in it. A priority written in several cases is one group.
SELECT
    selected_action_items.*,
    CASE filters.group_by
        WHEN 'team' THEN coalesce(selected_action_items.team, 'not stated')
        WHEN 'priority' THEN coalesce(selected_action_items.priority_name, 'not stated')
        WHEN 'kind' THEN coalesce(selected_action_items.kind, 'not stated')
        WHEN 'severity' THEN coalesce(CAST(selected_action_items.incident_severity AS VARCHAR), 'not stated')
        ELSE 'all'
    END AS group_name, -- 'all' when not grouped
    CASE filters.group_by
        WHEN 'team' THEN selected_action_items.team IS NULL
        WHEN 'priority' THEN selected_action_items.priority IS NULL
        WHEN 'kind' THEN selected_action_items.kind IS NULL
        WHEN 'severity' THEN selected_action_items.incident_severity IS NULL
        ELSE FALSE
    END AS is_unnamed, -- nothing states it
    (
        selected_action_items.opened_at IS NOT NULL
        AND (filters.period_from IS NULL OR selected_action_items.opened_at >= filters.period_from)
        AND (filters.period_to IS NULL OR selected_action_items.opened_at < filters.period_to)
    ) AS is_made_in_period, -- whether it began to count in the period
    (
        selected_action_items.committed_on < runs.as_of_on
        AND (selected_action_items.is_on_time IS NOT NULL OR selected_action_items.outcome = 'open')
    ) AS is_past_commitment -- whether its committed date has passed, and it is open or was decided on a known day
FROM selected_action_items
CROSS JOIN filters
CROSS JOIN marts.runs
