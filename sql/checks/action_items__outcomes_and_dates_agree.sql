-- Only done items have a done date, only declined ones a declined date, and only open ones are overdue.
SELECT
    action_item_id,
    outcome,
    outcome_basis,
    done_at,
    declined_at,
    is_overdue
FROM marts.action_items
WHERE
    (done_at IS NOT NULL AND outcome <> 'done')
    OR (declined_at IS NOT NULL AND outcome <> 'declined')
    OR (is_overdue AND outcome <> 'open')
    OR (coalesce(is_ignored, FALSE) AND NOT is_overdue)
    OR (is_on_time IS NOT NULL AND outcome NOT IN ('done', 'declined'))
    OR ((outcome = 'unknown') <> (outcome_basis IS NULL))
