-- Whether a group differs from all the others together in a share: of postmortems written or reviewed in time, of action
-- items decided by their date, or done within policy.
-- One row per group that has any of what the share is of: a team or severity; of incidents also a period, service, cause
-- or trigger; of action items also a priority or kind; or all as one.
-- Key: group_name.
-- Measures: written_in_time and reviewed_in_time (as postmortem_timeliness counts them); on_time (of the action items due
-- in the period, decided by the committed date, as team_rates counts it); done_in_time (of those made in the period whose
-- committed date has passed, done by then, as time_to_done counts it). Many groups are compared at once, so a signal is
-- one that is left after Holm's correction for their number. Action items of one incident often go together: how much so
-- is taken from how the incidents of all groups scatter, and all is judged as if there were fewer items by that. A group of
-- one incident is not compared; an item of no incident counts as one of its own. Teams are judged as team_rates judges
-- them, but for their priorities: the others are those that do not lie apart, and a signal lies beyond how teams differ.
-- Left out and counted: what is not due, or of which nothing tells whether it was in time. Planned work is left out.
-- Added: share_low and share_high, the 90 % interval of share, exact for so many fewer; ratio, of this share to that of the others, with
-- ratio_low and ratio_high, its 95 % interval as if it had been the only comparison; smallest_ratio, the change up by this
-- factor, or down by its inverse, that so many could have shown with 80 % power; p_value, corrected (exact test of Fisher, widened for that);
-- verdict, signal or not distinguishable, of a team also beyond chance; compared, how many groups could be compared. The ratio and all that follows is
-- empty where there is too little to compare.
WITH judged AS (
    SELECT
        grouped_incidents.group_name,
        grouped_incidents.is_unnamed,
        grouped_incidents.incident_id AS cluster_id,
        CASE
            WHEN postmortem_steps.verdict = 'in time' THEN TRUE
            WHEN postmortem_steps.verdict IN ('late', 'overdue') THEN FALSE
        END AS is_hit
    FROM grouped_incidents
    INNER JOIN postmortem_steps ON grouped_incidents.incident_id = postmortem_steps.incident_id
    CROSS JOIN filters
    WHERE filters.measure = postmortem_steps.step || '_in_time'
    UNION ALL
    SELECT
        grouped_action_items.group_name,
        grouped_action_items.is_unnamed,
        coalesce(grouped_action_items.incident_id, 'item ' || grouped_action_items.action_item_id) AS cluster_id,
        CASE
            WHEN filters.measure = 'on_time' AND grouped_action_items.is_due
                THEN coalesce(grouped_action_items.is_on_time, FALSE)
            WHEN filters.measure = 'done_in_time' AND grouped_action_items.is_past_commitment
                THEN coalesce(grouped_action_items.is_on_time, FALSE) AND grouped_action_items.outcome = 'done'
        END AS is_hit
    FROM grouped_action_items
    CROSS JOIN filters
    WHERE
        filters.measure = 'on_time'
        OR (filters.measure = 'done_in_time' AND grouped_action_items.is_made_in_period)
),

clusters AS (
    SELECT
        group_name,
        is_unnamed,
        count(is_hit) AS n,
        count(*) FILTER (WHERE is_hit) AS hit_count,
        count(*) AS all_count
    FROM judged
    GROUP BY group_name, is_unnamed, cluster_id
),

counted AS (
    SELECT
        group_name,
        is_unnamed,
        CAST(sum(n) AS BIGINT) AS n,
        CAST(sum(hit_count) AS BIGINT) AS hit_count,
        CAST(sum(all_count) AS BIGINT) AS all_count,
        count(*) FILTER (WHERE n > 0) AS cluster_count,
        CAST(sum(n * n) AS BIGINT) AS squared_n,
        CAST(sum(n * hit_count) AS BIGINT) AS products,
        CAST(sum(hit_count * hit_count) AS BIGINT) AS squared_hits
    FROM clusters
    GROUP BY group_name, is_unnamed
)

SELECT
    group_name, -- the period's first day, or the team, service, severity, cause, priority or kind; 'not stated' and 'unknown' are groups of their own
    n, -- of how many it can be told
    cluster_count, -- of how many incidents these are, or items of no incident
    hit_count, -- of n, how many are so
    hit_count / nullif(n, 0) AS share, -- hit_count of n
    CAST(sum(n) OVER () AS BIGINT) - n AS n_others, -- the same of all other groups: of how many it can be told
    (sum(hit_count) OVER () - hit_count) / nullif(sum(n) OVER () - n, 0) AS share_others, -- how many of these are so
    all_count - n AS left_out_count, -- left out: not due, nothing agreed, or not to be told
    n / nullif(all_count, 0) AS coverage, -- n of all incidents or action items of the group
    [cluster_count, squared_n, products, squared_hits] AS spread -- over these incidents: their number, the sums of n², n × hits and hits²
FROM counted
ORDER BY is_unnamed, lower(group_name), group_name
