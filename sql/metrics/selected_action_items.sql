-- The action items that the filters on team, service, severity and cause let through, whenever they were promised:
-- each metric says which date it places in the period.
-- One row per action item.
-- Key: action_item_id.
-- It came due in the period when its committed date (the first due date, else the policy's) lies in the period
-- and has passed, and it is open or was decided on a known day: what was decided early before a date to come
-- counts only with the open ones of that date, or the shares would flatter.
SELECT
    recorded_action_items.*, -- as recorded_action_items describes them
    (
        recorded_action_items.committed_on IS NOT NULL
        AND (filters.period_from IS NULL OR recorded_action_items.committed_on >= CAST(filters.period_from AS DATE))
        AND (filters.period_to IS NULL OR recorded_action_items.committed_on < CAST(filters.period_to AS DATE))
        AND recorded_action_items.committed_on < runs.as_of_on
        AND (
            (recorded_action_items.outcome IN ('done', 'declined') AND recorded_action_items.is_on_time IS NOT NULL)
            OR (recorded_action_items.outcome = 'open' AND coalesce(recorded_action_items.is_overdue, FALSE))
        )
    ) AS is_due -- whether it came due in the period
FROM recorded_action_items
CROSS JOIN filters
CROSS JOIN marts.runs
