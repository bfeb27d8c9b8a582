-- How long it takes until what was promised is done: of the action items made in the period, those still open counted for
-- as long as they have been, and declining as what rules out doing.
-- One row per group: a team, priority, kind or severity of the incident, or all as one.
-- Key: group_name.
-- Days run from opened_at (the promise or its issue's creation) to the decision that stands; a reopened item counts as
-- open until it is decided again. Within policy means done on or before the committed date (the first due date, else the
-- policy's), of those whose committed date has passed: what was decided early before a date to come counts only with the
-- open ones of that date, or the share would flatter.
-- Items of one incident often end alike: tests and the interval of in_time_share judge as if there were fewer items by how
-- their incidents scatter. A group of one incident is not tested; an item of no incident counts as one of its own.
-- Left out and counted: items whose outcome nothing tells, and those promised or decided at a time nobody knows.
-- Added: median_days, median_low and median_high, by when half are done (Aalen and Johansen), with the 90 % interval;
-- decision_median_days, decision_median_low and decision_median_high, by when half are done or declined (Kaplan and
-- Meier); in_time_low and in_time_high, the 90 % interval of in_time_share; p_value, of the log-rank test of the
-- group against all others (of a team: against those teams that do not lie apart), corrected for their number;
-- overall_p_value, of all groups together; verdict, signal or not distinguishable, of a team also beyond chance (teams may
-- differ so much), empty where there is no other group; direction, sooner or later, by what is done per day open against
-- the same others. A median is empty where fewer than half are done.
WITH made AS (
    SELECT
        grouped_action_items.*,
        CASE
            WHEN grouped_action_items.outcome IN ('done', 'declined') THEN grouped_action_items.decided_at
            WHEN grouped_action_items.outcome = 'open' THEN runs.as_of
        END AS until_at
    FROM grouped_action_items
    CROSS JOIN marts.runs
    CROSS JOIN filters
    WHERE
        grouped_action_items.is_made_in_period
        OR (grouped_action_items.opened_at IS NULL AND filters.period_from IS NULL AND filters.period_to IS NULL)
),

timed AS (
    SELECT
        group_name,
        is_unnamed,
        coalesce(incident_id, 'item ' || action_item_id) AS cluster_id,
        outcome,
        greatest(epoch(until_at) - epoch(opened_at), 0) / 86400.0 AS days,
        CASE outcome WHEN 'done' THEN 1 WHEN 'declined' THEN 2 ELSE 0 END AS cause,
        outcome IN ('open', 'done', 'declined') AS is_known,
        until_at IS NOT NULL AND opened_at IS NOT NULL AS is_timed,
        is_past_commitment,
        coalesce(is_on_time, FALSE) AS is_on_time,
        is_past_commitment AND coalesce(is_on_time, FALSE) AND outcome = 'done' AS is_in_time
    FROM made
),

clustered AS (
    SELECT
        *,
        dense_rank() OVER (ORDER BY cluster_id ASC) AS cluster_number,
        count(*) FILTER (WHERE is_past_commitment) OVER clusters AS due_of_cluster,
        count(*) FILTER (WHERE is_in_time) OVER clusters AS in_time_of_cluster
    FROM timed
    WINDOW clusters AS (PARTITION BY group_name, is_unnamed, cluster_id)
)

SELECT
    group_name, -- the team, priority, kind or severity; 'not stated' is a group of its own
    count(*) FILTER (WHERE is_known AND is_timed) AS n, -- action items made in the period whose time can be told
    count(*) FILTER (WHERE is_known AND is_timed AND cause = 1) AS done_count, -- of these, done
    count(*) FILTER (WHERE is_known AND is_timed AND cause = 2) AS declined_count, -- declined
    count(*) FILTER (WHERE is_known AND is_timed AND cause = 0) AS open_count, -- open
    count(*) FILTER (WHERE is_past_commitment) AS due_count, -- whose committed date has passed, and that are open or decided on a known day
    count(*) FILTER (WHERE is_in_time) AS in_time_count, -- of these, done by then
    count(*) FILTER (WHERE is_past_commitment AND is_on_time AND outcome = 'declined') AS declined_in_time_count, -- of these, declined by then
    count(*) FILTER (WHERE is_in_time)
    / nullif(count(*) FILTER (WHERE is_past_commitment), 0) AS in_time_share, -- in_time_count of due_count: done within policy
    CAST([
        count(DISTINCT cluster_id) FILTER (WHERE is_past_commitment),
        coalesce(sum(due_of_cluster) FILTER (WHERE is_past_commitment), 0),
        coalesce(sum(in_time_of_cluster) FILTER (WHERE is_past_commitment), 0),
        coalesce(sum(in_time_of_cluster) FILTER (WHERE is_in_time), 0)
    ] AS BIGINT[]) AS in_time_spread, -- over the incidents of these: their number, the sums of due², due × in time, in time²
    count(*) AS action_item_count, -- all that were made in the period
    count(*) FILTER (WHERE is_known AND NOT is_timed) AS undated_count, -- left out: promised or decided, nobody knows when
    count(*) FILTER (WHERE NOT is_known) AS unknown_count, -- left out: outcome unknown
    count(*) FILTER (WHERE is_known AND is_timed) / nullif(count(*), 0) AS coverage, -- n of action_item_count
    coalesce(list(days ORDER BY days ASC, cause ASC) FILTER (WHERE is_known AND is_timed), []) AS ordered_days, -- of the n: days it took, or is open
    coalesce(list(cause ORDER BY days ASC, cause ASC) FILTER (WHERE is_known AND is_timed), []) AS ordered_causes, -- of the n: 1 done, 2 declined, 0 open
    coalesce(
        list(cluster_number ORDER BY days ASC, cause ASC, cluster_number ASC) FILTER (WHERE is_known AND is_timed), []
    ) AS ordered_incidents -- of the n: the number of its incident
FROM clustered
GROUP BY group_name, is_unnamed
ORDER BY is_unnamed, lower(group_name), group_name
