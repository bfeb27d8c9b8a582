-- How each team does beside the whole, measure by measure: every rate with how much of it is chance, held against what
-- the whole does with such a mix of priorities (or severities).
-- One row per team and measure.
-- Key: team, measure.
-- Measures: decided and on_time (of the action items due in the period, decided by now, and by the committed date);
-- ignored (of those due and tracked in Jira, open and untouched); pushed (of those made in the period with a due date in
-- Jira, moved later); reopened (of those ever done); closed_in_bulk (of those decided in Jira); no_trace (of those done in
-- Jira); repeat_while_open (of the incidents, those that resemble an earlier one with an open prevention item);
-- written_in_time and reviewed_in_time (of the incidents whose days for it are over, or for which it was done). The whole is
-- all teams together that the other filters let through. Expected is what the team would have if each of its priorities
-- (of incidents: severities) went as it goes in the whole (indirect standardisation).
-- Left out: what a measure cannot tell is in no n, and items and incidents of no stated team are a team of their own.
-- Added: low and high, the exact 90 % interval of share; adjusted_share, the whole's share times observed to expected, at
-- most 1; low_95 and high_95, low_99_9 and high_99_9, between which chance alone puts a team of this n and mix; is_small,
-- when even the worst possible result would lie within them; flag: below_99_9, above_99_9, below_95, above_95, within or
-- too_few; verdict: signal beyond the limits of 99.9 %, else not distinguishable.
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
        coalesce(lower(trim(grouped_action_items.priority)), 'not stated') AS stratum
    FROM grouped_action_items
),

item_results AS (
    SELECT
        items.team_name AS team,
        measures.measure,
        items.stratum,
        CASE measures.measure
            WHEN 'decided' THEN CASE WHEN items.is_due THEN items.outcome IN ('done', 'declined') END
            WHEN 'on_time' THEN CASE WHEN items.is_due THEN coalesce(items.is_on_time, FALSE) END
            WHEN 'ignored'
                THEN CASE WHEN items.is_due AND items.issue_id IS NOT NULL THEN coalesce(items.is_ignored, FALSE) END
            WHEN 'pushed'
                THEN CASE
                    WHEN items.is_made_in_period AND items.issue_id IS NOT NULL AND items.first_due_on IS NOT NULL
                        THEN items.due_date_push_count > 0
                END
            WHEN 'reopened'
                THEN CASE
                    WHEN items.is_made_in_period AND items.issue_id IS NOT NULL AND (items.outcome = 'done' OR items.reopen_count > 0)
                        THEN items.reopen_count > 0
                END
            WHEN 'closed_in_bulk' THEN CASE WHEN items.is_made_in_period THEN items.is_closed_in_bulk END
            WHEN 'no_trace' THEN CASE WHEN items.is_made_in_period THEN items.has_no_trace END
        END AS is_hit
    FROM items
    INNER JOIN measures ON measures.place <= 7
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
        (epoch(runs.as_of) - epoch(selected_incidents.ended_at)) / 86400.0 AS passed_days,
        (epoch(selected_incidents.postmortem_at) - epoch(selected_incidents.ended_at)) / 86400.0 AS written_days,
        (epoch(selected_incidents.reviewed_at) - epoch(selected_incidents.ended_at)) / 86400.0 AS reviewed_days
    FROM selected_incidents
    CROSS JOIN marts.runs
    WHERE NOT selected_incidents.is_left_out
),

incident_results AS (
    SELECT
        incidents.team_name AS team,
        measures.measure,
        incidents.stratum,
        CASE measures.measure
            WHEN 'repeat_while_open' THEN incidents.is_repeat
            WHEN 'written_in_time'
                THEN CASE
                    WHEN incidents.has_postmortem THEN incidents.written_days <= incidents.written_within_days
                    WHEN incidents.passed_days > incidents.written_within_days THEN FALSE
                END
            WHEN 'reviewed_in_time'
                THEN CASE
                    WHEN incidents.reviewed_at IS NOT NULL THEN incidents.reviewed_days <= incidents.reviewed_within_days
                    WHEN incidents.passed_days > incidents.reviewed_within_days THEN FALSE
                END
        END AS is_hit
    FROM incidents
    INNER JOIN measures ON measures.place >= 8
),

results AS (
    SELECT * FROM item_results
    UNION ALL
    SELECT * FROM incident_results
),

strata AS (
    SELECT
        team,
        measure,
        stratum,
        count(is_hit) AS n,
        count(*) FILTER (WHERE is_hit) AS hit_count
    FROM results
    GROUP BY team, measure, stratum
),

rated AS (
    SELECT
        *,
        sum(hit_count) OVER (PARTITION BY measure, stratum)
        / nullif(sum(n) OVER (PARTITION BY measure, stratum), 0) AS stratum_share,
        sum(hit_count) OVER (PARTITION BY measure) AS whole_count,
        sum(n) OVER (PARTITION BY measure) AS whole_n
    FROM strata
),

rates AS (
    SELECT
        team,
        measure,
        sum(n) AS n,
        sum(hit_count) AS hit_count,
        max(whole_count) AS whole_count,
        max(whole_n) AS whole_n,
        sum(n * stratum_share) AS expected_count,
        list(n ORDER BY stratum ASC) FILTER (WHERE n > 0) AS stratum_sizes,
        list(stratum_share ORDER BY stratum ASC) FILTER (WHERE n > 0) AS stratum_shares
    FROM rated
    GROUP BY team, measure
)

SELECT
    rates.team, -- the action item's or the incident's; 'not stated' when nothing tells
    measures.measure, -- what is measured: decided, on_time, ignored, pushed, reopened, closed_in_bulk …
    measures.is_good_high, -- whether much of it is good
    CAST(rates.n AS BIGINT) AS n, -- of how many it can be told
    CAST(rates.hit_count AS BIGINT) AS hit_count, -- of these, how many are so
    rates.hit_count / nullif(rates.n, 0) AS share, -- hit_count of n
    CAST(rates.whole_n AS BIGINT) AS whole_n, -- of how many of all teams it can be told
    rates.whole_count / nullif(rates.whole_n, 0) AS whole_share, -- the share in all teams together
    rates.expected_count, -- what this n would have if each priority or severity went as in the whole
    rates.expected_count / nullif(rates.n, 0) AS expected_share, -- expected_count of n
    coalesce(rates.stratum_sizes, []) AS stratum_sizes, -- n of each priority or severity the team has
    coalesce(rates.stratum_shares, []) AS stratum_shares -- the whole's share of each of these
FROM rates
INNER JOIN measures ON rates.measure = measures.measure
WHERE rates.n > 0
ORDER BY measures.place, lower(rates.team), rates.team
