-- Who keeps their promises: of the action items that came due in the period, how many were decided in time.
-- One row per team.
-- Key: team.
-- Due means that the committed date (the first due date, else the policy's) lies in the period and has passed,
-- whether or not the item was decided before. Done and declined both count as decided; declining is a decision.
-- Overdue, ignored and open are as of now, whenever the item was promised.
-- Left out and counted: items without a committed date, items whose outcome nothing tells, and items decided
-- at a time nobody knows or before they were promised; of the last two also how many may else have been due in the
-- period. Lost: what was overdue when Jira stopped showing it.
-- Added: on_time_low and on_time_high, the 90 % interval of on_time_share; on_time_expected and on_time_flag, what the
-- other teams do with such a mix of priorities, and how the team stands beside that; on_time_spread, over the incidents: low,
-- high, expected_share, flag and spread of team_rates.
WITH judged AS (
    SELECT
        coalesce(team, 'not stated') AS team,
        outcome,
        coalesce(outcome, 'unknown') IN ('open', 'done', 'declined') AS is_known,
        (
            committed_on IS NOT NULL
            AND (filters.period_from IS NULL OR committed_on >= CAST(filters.period_from AS DATE))
            AND (filters.period_to IS NULL OR committed_on < CAST(filters.period_to AS DATE))
            AND committed_on < runs.as_of_on
        ) AS is_date_over,
        is_due,
        coalesce(is_overdue, FALSE) AS is_overdue,
        is_lost_overdue,
        coalesce(is_ignored, FALSE) AS is_ignored,
        coalesce(is_on_time, FALSE) AS is_on_time,
        coalesce(due_date_push_count, 0) AS due_date_push_count,
        committed_on IS NULL AS has_no_commitment,
        (
            outcome IN ('done', 'declined')
            AND committed_on IS NOT NULL
            AND is_on_time IS NULL
        ) AS is_undated
    FROM selected_action_items
    CROSS JOIN filters
    CROSS JOIN marts.runs
)

SELECT
    team, -- the action item's; 'not stated' when nothing tells
    count(*) FILTER (WHERE is_due) AS n, -- action items that came due in the period
    count(*) FILTER (WHERE is_due AND is_on_time) AS on_time_count, -- of these, done or declined in time
    count(*) FILTER (WHERE is_due AND is_on_time) / nullif(count(*) FILTER (WHERE is_due), 0) AS on_time_share, -- on_time_count of n
    count(*) FILTER (WHERE outcome = 'open') AS open_count, -- open now
    count(*) FILTER (WHERE outcome = 'open' AND is_overdue) AS overdue_count, -- of these, past the committed date
    count(*) FILTER (WHERE is_lost_overdue) AS lost_overdue_count, -- not shown by Jira any more since they were so
    count(*) FILTER (WHERE outcome = 'open' AND is_ignored) AS ignored_count, -- of the overdue ones, without activity for the days the settings say
    CAST(sum(due_date_push_count) AS BIGINT) AS push_count, -- times a due date was moved later
    count(*) AS action_item_count, -- action items of the team, whatever their state
    count(*) FILTER (WHERE has_no_commitment AND is_known) AS no_commitment_count, -- left out: no committed date
    count(*) FILTER (WHERE is_undated) AS undated_decision_count, -- left out: done or declined, nobody knows when, or before the promise
    count(*) FILTER (WHERE is_undated AND is_date_over) AS due_undated_count, -- of these, with a committed date that passed in the period
    count(*) FILTER (WHERE NOT is_known) AS unknown_outcome_count, -- left out: outcome unknown
    count(*) FILTER (WHERE NOT is_known AND (is_date_over OR has_no_commitment)) AS due_unknown_count, -- of these, with their date in the period or none
    count(*) FILTER (WHERE NOT has_no_commitment AND NOT is_undated AND is_known)
    / count(*) AS coverage -- of action_item_count, those that are judged once their date has passed
FROM judged
GROUP BY team
ORDER BY overdue_count DESC, team
