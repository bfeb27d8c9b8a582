-- The scorecard: what each team owned in the period and what it cost, what it promised and what became of that.
-- One row per team.
-- Key: team.
-- Incidents are those in the period, without planned work; action items those made in the period; overdue, ignored and
-- open are as of now.
-- A team stands here too when it only had action items due in the period.
-- Added: of each measure of team_rates its n (decided_n, on_time_n, ignored_n, pushed_n, reopened_n, closed_in_bulk_n,
-- no_trace_n, repeat_while_open_n, written_in_time_n, reviewed_in_time_n), share and flag, empty where it cannot be told: decided_share and
-- decided_flag, on_time_share and on_time_flag, ignored_share and ignored_flag, pushed_share and pushed_flag,
-- reopened_share and reopened_flag, closed_in_bulk_share and closed_in_bulk_flag, no_trace_share and no_trace_flag,
-- repeat_while_open_share and repeat_while_open_flag, written_in_time_share and written_in_time_flag, reviewed_in_time_share
-- and reviewed_in_time_flag; completeness_low and completeness_high, the 90 % interval of mean_completeness. A flag is
-- within, too_few, or which limit the team is beyond; teams are not ranked.
WITH incidents AS (
    SELECT
        coalesce(team, 'not stated') AS team,
        count(*) AS incident_count,
        count(impact_minutes) AS with_impact_count,
        sum(impact_minutes) AS impact_minutes,
        count(*) FILTER (WHERE has_postmortem) AS postmortem_count,
        count(*) FILTER (WHERE has_postmortem AND coalesce(action_item_count, 0) = 0) AS nothing_promised_count,
        count(completeness_score) AS scored_count,
        avg(completeness_score) AS mean_completeness,
        stddev_samp(completeness_score) AS deviation
    FROM selected_incidents
    WHERE NOT is_left_out
    GROUP BY coalesce(team, 'not stated')
),

items AS (
    SELECT
        coalesce(team, 'not stated') AS team,
        count(*) AS action_item_count,
        count(*) FILTER (WHERE outcome = 'done') AS done_count,
        count(*) FILTER (WHERE outcome = 'declined') AS declined_count,
        count(*) FILTER (WHERE outcome = 'open') AS open_count,
        count(*) FILTER (WHERE coalesce(outcome, 'unknown') NOT IN ('open', 'done', 'declined')) AS unknown_count,
        count(*) FILTER (WHERE outcome = 'open' AND is_overdue) AS overdue_count,
        count(*) FILTER (WHERE outcome = 'open' AND is_ignored) AS ignored_count,
        CAST(coalesce(sum(due_date_push_days), 0) AS BIGINT) AS push_days
    FROM grouped_action_items
    WHERE is_made_in_period
    GROUP BY coalesce(team, 'not stated')
),

teams AS (
    SELECT team FROM incidents
    UNION
    SELECT coalesce(team, 'not stated') AS team
    FROM grouped_action_items
    WHERE is_made_in_period OR is_due
)

SELECT
    teams.team, -- its name; 'not stated' when nothing tells
    coalesce(incidents.incident_count, 0) AS n, -- incidents it owned in the period
    incidents.impact_minutes, -- what they cost: stated customer impact, else the time to resolve
    coalesce(incidents.with_impact_count, 0) AS with_impact_count, -- of how many of them that is known
    incidents.with_impact_count / nullif(incidents.incident_count, 0) AS coverage, -- with_impact_count of n
    coalesce(incidents.postmortem_count, 0) AS postmortem_count, -- of them, with a postmortem
    coalesce(incidents.nothing_promised_count, 0) AS nothing_promised_count, -- of these, without any action item
    coalesce(incidents.scored_count, 0) AS scored_count, -- incidents whose document was scored
    incidents.mean_completeness, -- mean score of what a good postmortem has, 0 to 1
    incidents.deviation, -- standard deviation of the scores
    coalesce(items.action_item_count, 0) AS action_item_count, -- action items made in the period
    coalesce(items.done_count, 0) AS done_count, -- of these, done
    coalesce(items.declined_count, 0) AS declined_count, -- declined
    coalesce(items.open_count, 0) AS open_count, -- open
    coalesce(items.unknown_count, 0) AS unknown_count, -- outcome unknown
    coalesce(items.overdue_count, 0) AS overdue_count, -- open past the committed date
    coalesce(items.ignored_count, 0) AS ignored_count, -- of these, untouched for the agreed days
    coalesce(items.push_days, 0) AS push_days -- days that due dates were moved later in total
FROM teams
LEFT JOIN incidents ON teams.team = incidents.team
LEFT JOIN items ON teams.team = items.team
ORDER BY lower(teams.team), teams.team
