-- How each team does beside the others, measure by measure: every rate with how much of it is chance, held against what
-- the others do with such a mix of priorities (or severities).
-- One row per team and measure.
-- Key: team, measure.
-- Measures: decided and on_time (of the action items due in the period, decided by now, and by the committed date);
-- ignored (of those due and tracked in Jira, open and untouched); pushed (of those made in the period with a due date in
-- Jira, moved later); reopened (of those ever done); closed_in_bulk (of those decided in Jira); no_trace (of those done in
-- Jira); repeat_while_open (of the incidents, those that resemble an earlier one with an open prevention item);
-- written_in_time and reviewed_in_time (as postmortem_timeliness counts them). The whole is
-- all teams together that the other filters let through; the target is those of them that differ from each other by chance
-- alone, and each team is held against the target without itself. Expected is what the team would have if each of its
-- priorities (of incidents: severities) went as it goes there (indirect standardisation).
-- Left out: what a measure cannot tell is in no n, and items and incidents of no stated team are a team of their own.
-- Added: low and high, the 90 % interval of share, exact for as many as its incidents are worth; expected_count and expected_share, as above, empty without
-- another team; target_share, of the target; adjusted_share, the target's share times observed to expected, at most 1;
-- design_effect, by how much the team's variance exceeds that of items on their own, because those of one incident go
-- together as they do in all teams, 1 or more; low_95 and high_95, beyond which chance puts any of so many like teams
-- in 5 of 100 cases, for this n and mix, with the design effect; p_value, how often it puts any as far out as this one;
-- low_99_9 and high_99_9, beyond which any lies in one of 1,000 cases where teams are also as unlike as they ordinarily
-- are (95 of 100 have odds within twice and half of the others'); is_small, when even the worst possible result would
-- lie within the 95 % limits; flag: below_99_9, above_99_9, below_95, above_95 (beyond chance, but teams may differ so
-- much), within or too_few; verdict: signal, beyond chance, else not distinguishable.
WITH measures AS (
    SELECT
        place,
        measure,
        is_good_high
    FROM (
        VALUES
        (1, 'decided', TRUE), (2, 'on_time', TRUE), (3, 'ignored', FALSE), (4, 'pushed', FALSE), (5, 'reopened', FALSE),
        (6, 'closed_in_bulk', FALSE), (7, 'no_trace', FALSE), (8, 'repeat_while_open', FALSE),
        (9, 'written_in_time', TRUE), (10, 'reviewed_in_time', TRUE)
    ) AS named (place, measure, is_good_high)
),

items AS (
    SELECT
        grouped_action_items.*,
        coalesce(grouped_action_items.team, 'not stated') AS team_name,
        coalesce(grouped_action_items.folded_priority, 'not stated') AS stratum,
        coalesce(grouped_action_items.incident_id, 'item ' || grouped_action_items.action_item_id) AS cluster_id
    FROM grouped_action_items
),

item_results AS (
    SELECT
        team_name AS team,
        stratum,
        cluster_id,
        CASE WHEN is_due THEN outcome IN ('done', 'declined') END AS decided,
        CASE WHEN is_due THEN coalesce(is_on_time, FALSE) END AS on_time,
        CASE WHEN is_due AND issue_id IS NOT NULL THEN coalesce(is_ignored, FALSE) END AS ignored,
        CASE
            WHEN is_made_in_period AND issue_id IS NOT NULL AND first_due_on IS NOT NULL THEN due_date_push_count > 0
        END AS pushed,
        CASE
            WHEN is_made_in_period AND issue_id IS NOT NULL AND (outcome = 'done' OR reopen_count > 0)
                THEN reopen_count > 0
        END AS reopened,
        CASE WHEN is_made_in_period THEN is_closed_in_bulk END AS closed_in_bulk,
        CASE WHEN is_made_in_period THEN has_no_trace END AS no_trace
    FROM items
),

-- Counted together before they are told apart by measure: that is a seventh of the rows.
item_counts AS (
    SELECT
        team,
        stratum,
        cluster_id,
        count(*) AS all_count,
        [
            count(decided), count(on_time), count(ignored), count(pushed), count(reopened), count(closed_in_bulk),
            count(no_trace)
        ] AS ns,
        [
            count(*) FILTER (WHERE decided), count(*) FILTER (WHERE on_time), count(*) FILTER (WHERE ignored),
            count(*) FILTER (WHERE pushed), count(*) FILTER (WHERE reopened), count(*) FILTER (WHERE closed_in_bulk),
            count(*) FILTER (WHERE no_trace)
        ] AS hit_counts
    FROM item_results
    GROUP BY team, stratum, cluster_id
),

incidents AS (
    SELECT
        selected_incidents.*,
        coalesce(selected_incidents.team, 'not stated') AS team_name,
        coalesce(CAST(selected_incidents.severity AS VARCHAR), 'not stated') AS stratum,
        selected_incidents.incident_id IN (
            SELECT repeats.incident_id
            FROM marts.repeats
            WHERE repeats.open_prevention_item_count > 0 AND coalesce(repeats.is_confirmed, TRUE)
        ) AS is_repeat,
        written.verdict AS written,
        reviewed.verdict AS reviewed
    FROM selected_incidents
    LEFT JOIN postmortem_steps AS written
        ON selected_incidents.incident_id = written.incident_id AND written.step = 'written'
    LEFT JOIN postmortem_steps AS reviewed
        ON selected_incidents.incident_id = reviewed.incident_id AND reviewed.step = 'reviewed'
    WHERE NOT selected_incidents.is_left_out
),

incident_results AS (
    SELECT
        team_name AS team,
        stratum,
        incident_id AS cluster_id,
        is_repeat AS repeat_while_open,
        CASE WHEN written IN ('in time', 'late', 'overdue') THEN written = 'in time' END AS written_in_time,
        CASE WHEN reviewed IN ('in time', 'late', 'overdue') THEN reviewed = 'in time' END AS reviewed_in_time
    FROM incidents
),

incident_counts AS (
    SELECT
        team,
        stratum,
        cluster_id,
        count(*) AS all_count,
        [count(repeat_while_open), count(written_in_time), count(reviewed_in_time)] AS ns,
        [
            count(*) FILTER (WHERE repeat_while_open), count(*) FILTER (WHERE written_in_time),
            count(*) FILTER (WHERE reviewed_in_time)
        ] AS hit_counts
    FROM incident_results
    GROUP BY team, stratum, cluster_id
),

results AS (
    SELECT
        team,
        stratum,
        cluster_id,
        all_count,
        unnest([
            'decided', 'on_time', 'ignored', 'pushed', 'reopened', 'closed_in_bulk', 'no_trace'
        ]) AS measure,
        unnest(ns) AS n,
        unnest(hit_counts) AS hit_count
    FROM item_counts
    UNION ALL
    SELECT
        team,
        stratum,
        cluster_id,
        all_count,
        unnest(['repeat_while_open', 'written_in_time', 'reviewed_in_time']) AS measure,
        unnest(ns) AS n,
        unnest(hit_counts) AS hit_count
    FROM incident_counts
),

strata AS (
    SELECT
        team,
        measure,
        stratum,
        CAST(sum(n) AS BIGINT) AS n,
        CAST(sum(hit_count) AS BIGINT) AS hit_count,
        CAST(sum(all_count) AS BIGINT) AS all_count
    FROM results
    GROUP BY team, measure, stratum
),

clusters AS (
    SELECT
        team,
        measure,
        sum(n) AS n,
        sum(hit_count) AS hit_count
    FROM results
    WHERE n > 0
    GROUP BY team, measure, cluster_id
),

clustered AS (
    SELECT
        team,
        measure,
        [
            count(*),
            CAST(sum(n * n) AS BIGINT),
            CAST(sum(n * hit_count) AS BIGINT),
            CAST(sum(hit_count * hit_count) AS BIGINT)
        ] AS spread
    FROM clusters
    GROUP BY team, measure
),

rates AS (
    SELECT
        team,
        measure,
        sum(n) AS n,
        sum(hit_count) AS hit_count,
        sum(all_count) AS all_count,
        list(stratum ORDER BY stratum ASC) FILTER (WHERE n > 0) AS strata,
        list(n ORDER BY stratum ASC) FILTER (WHERE n > 0) AS stratum_sizes,
        list(hit_count ORDER BY stratum ASC) FILTER (WHERE n > 0) AS stratum_hits
    FROM strata
    GROUP BY team, measure
)

SELECT
    rates.team, -- the action item's or the incident's; 'not stated' when nothing tells
    measures.measure, -- what is measured: decided, on_time, ignored, pushed, reopened, closed_in_bulk …
    measures.is_good_high, -- whether much of it is good
    CAST(rates.n AS BIGINT) AS n, -- of how many it can be told
    CAST(rates.hit_count AS BIGINT) AS hit_count, -- of these, how many are so
    rates.hit_count / nullif(rates.n, 0) AS share, -- hit_count of n
    CAST(rates.all_count - rates.n AS BIGINT) AS left_out_count, -- the team's other action items or incidents: not due, not of the period, or not to be told
    rates.n / nullif(rates.all_count, 0) AS coverage, -- n of all action items or incidents of the team
    CAST(sum(rates.n) OVER (PARTITION BY rates.measure) AS BIGINT) AS whole_n, -- of how many of all teams it can be told
    sum(rates.hit_count) OVER (PARTITION BY rates.measure)
    / nullif(sum(rates.n) OVER (PARTITION BY rates.measure), 0) AS whole_share, -- the share in all teams together
    coalesce(rates.strata, []) AS strata, -- the priorities or severities the team has
    coalesce(rates.stratum_sizes, []) AS stratum_sizes, -- n of each of these
    coalesce(rates.stratum_hits, []) AS stratum_hits, -- hit_count of each of these
    clustered.spread -- over the incidents, and items of no incident: their number, the sums of n², n × hits and hits²
FROM rates
INNER JOIN measures ON rates.measure = measures.measure
INNER JOIN clustered ON rates.team = clustered.team AND rates.measure = clustered.measure
WHERE rates.n > 0
ORDER BY measures.place, lower(rates.team), rates.team
