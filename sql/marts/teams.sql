-- The scorecard: each team's counts over all time, from which rates and their intervals are computed at reading.
-- One row per team that the settings, an incident or an action item names.
-- Key: team.
WITH incidents AS (
    SELECT
        team,
        count(*) AS incident_count,
        count(time_to_resolve_minutes) AS resolved_incident_count,
        median(time_to_resolve_minutes) AS median_time_to_resolve_minutes,
        sum(time_to_resolve_minutes) AS total_time_to_resolve_minutes,
        sum(coalesce(customer_impact_minutes, time_to_resolve_minutes)) AS impact_minutes,
        -- The last digits of a sum differ with the order in which it is made.
        round(avg(completeness_score), 12) AS mean_completeness_score,
        count(*) FILTER (WHERE has_postmortem) AS postmortem_count,
        count(*) FILTER (WHERE has_postmortem AND coalesce(action_item_count, 0) = 0) AS nothing_promised_count
    FROM marts.incidents
    WHERE NOT is_planned AND team IS NOT NULL
    GROUP BY team
),

action_items AS (
    SELECT
        team,
        count(*) AS action_item_count,
        count(*) FILTER (WHERE outcome = 'open') AS open_count,
        count(*) FILTER (WHERE outcome = 'done') AS done_count,
        count(*) FILTER (WHERE outcome = 'declined') AS declined_count,
        count(*) FILTER (WHERE outcome = 'unknown') AS unknown_count,
        count(*) FILTER (WHERE is_overdue) AS overdue_count,
        count(*) FILTER (WHERE is_lost_overdue) AS lost_overdue_count,
        count(*) FILTER (WHERE is_ignored) AS ignored_count,
        count(*) FILTER (WHERE is_on_time) AS on_time_count,
        count(is_on_time) AS decided_with_commitment_count,
        CAST(sum(due_date_push_count) AS BIGINT) AS due_date_push_count,
        CAST(sum(reopen_count) AS BIGINT) AS reopen_count
    FROM marts.action_items
    WHERE team IS NOT NULL
    GROUP BY team
),

slipped AS (
    SELECT
        team,
        count(*) FILTER (WHERE due_date_push_count > 0) AS pushed_item_count,
        CAST(sum(due_date_push_days) AS BIGINT) AS due_date_push_days,
        count(is_closed_in_bulk) AS closed_count,
        count(*) FILTER (WHERE is_closed_in_bulk) AS closed_in_bulk_count,
        count(*) FILTER (WHERE has_no_trace) AS no_trace_count
    FROM marts.slippage
    WHERE team IS NOT NULL
    GROUP BY team
),

repeats AS (
    SELECT
        incidents.team,
        count(DISTINCT repeats.incident_id) AS repeat_count,
        count(DISTINCT CASE WHEN repeats.open_prevention_item_count > 0 THEN repeats.incident_id END)
            AS repeat_while_open_count
    FROM marts.repeats
    INNER JOIN marts.incidents ON repeats.incident_id = incidents.incident_id
    WHERE incidents.team IS NOT NULL AND coalesce(repeats.is_confirmed, TRUE)
    GROUP BY incidents.team
),

teams AS (
    SELECT team FROM staging.stg_settings__teams
    UNION
    SELECT team FROM incidents
    UNION
    SELECT team FROM action_items
)

SELECT
    teams.team, -- its name
    coalesce(incidents.incident_count, 0) AS incident_count, -- its incidents, without planned work
    coalesce(incidents.resolved_incident_count, 0) AS resolved_incident_count, -- of these, with a time to resolve
    incidents.median_time_to_resolve_minutes, -- over those
    incidents.total_time_to_resolve_minutes, -- over those
    incidents.impact_minutes, -- stated customer impact, else the time to resolve, of all its incidents
    incidents.mean_completeness_score, -- of what a good postmortem has, how much theirs tell on average, 0 to 1
    coalesce(incidents.postmortem_count, 0) AS postmortem_count, -- its incidents that have a postmortem
    coalesce(incidents.nothing_promised_count, 0) AS nothing_promised_count, -- of these, without any action item

    coalesce(action_items.action_item_count, 0) AS action_item_count, -- its action items
    coalesce(action_items.open_count, 0) AS open_count, -- of these, open
    coalesce(action_items.done_count, 0) AS done_count, -- done
    coalesce(action_items.declined_count, 0) AS declined_count, -- decided against
    coalesce(action_items.unknown_count, 0) AS unknown_count, -- of which nothing tells what became of them
    coalesce(action_items.overdue_count, 0) AS overdue_count, -- open past their committed date
    coalesce(action_items.lost_overdue_count, 0)
        AS lost_overdue_count, -- that Jira stopped showing while they were so
    coalesce(action_items.ignored_count, 0) AS ignored_count, -- of the overdue ones, untouched for the agreed days
    coalesce(action_items.on_time_count, 0) AS on_time_count, -- decided on or before the committed date
    coalesce(action_items.decided_with_commitment_count, 0)
        AS decided_with_commitment_count, -- decided, with a committed date: what the on-time share is of
    coalesce(action_items.due_date_push_count, 0)
        AS due_date_push_count, -- due dates moved later, each time counted
    coalesce(action_items.reopen_count, 0) AS reopen_count, -- items taken up again after done
    coalesce(slipped.pushed_item_count, 0) AS pushed_item_count, -- items whose due date was moved later
    coalesce(slipped.due_date_push_days, 0) AS due_date_push_days, -- by so many days in total
    coalesce(slipped.closed_count, 0) AS closed_count, -- items decided in Jira by somebody known
    coalesce(slipped.closed_in_bulk_count, 0) AS closed_in_bulk_count, -- of these, closed with many others at once
    coalesce(slipped.no_trace_count, 0) AS no_trace_count, -- items done of which Jira shows no work

    coalesce(repeats.repeat_count, 0) AS repeat_count, -- its incidents that resemble an earlier one
    coalesce(repeats.repeat_while_open_count, 0)
        AS repeat_while_open_count -- of these, while a prevention item of the earlier one was open
FROM teams
LEFT JOIN incidents ON teams.team = incidents.team
LEFT JOIN action_items ON teams.team = action_items.team
LEFT JOIN slipped ON teams.team = slipped.team
LEFT JOIN repeats ON teams.team = repeats.team
