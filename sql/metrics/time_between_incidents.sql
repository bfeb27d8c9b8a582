-- How many days passed from one incident to the next, group by group.
-- One row per group: a period (also one without incidents), team, service, severity or cause, or all as one.
-- Key: group_name.
-- Within a team, service, severity or cause, the days between its own incidents; a period holds those that end in it,
-- also where they began before it, or before the days that the filters choose.
-- Left out and counted: planned work; incidents of which no time is known; the first on record of a group, which follows
-- none.
-- The days since the last incident are not over, and count for none.
-- Added: median_low and median_high, the distribution-free 90 % interval of the median; empty where n cannot bound it.
WITH sequences AS (
    SELECT
        recorded_incidents.incident_id,
        recorded_incidents.occurred_at,
        CASE filters.group_by
            WHEN 'team' THEN coalesce(recorded_incidents.team, 'not stated')
            WHEN 'service' THEN coalesce(recorded_incidents.service, 'not stated')
            WHEN 'severity' THEN coalesce(CAST(recorded_incidents.severity AS VARCHAR), 'not stated')
            WHEN 'cause' THEN coalesce(recorded_incidents.cause_category, 'unknown')
            WHEN 'trigger' THEN coalesce(recorded_incidents.trigger_category, 'unknown')
        END AS sequence_name
    FROM recorded_incidents
    CROSS JOIN filters
    WHERE NOT recorded_incidents.is_left_out AND recorded_incidents.occurred_at IS NOT NULL
),

followed AS (
    SELECT
        incident_id,
        (
            epoch(occurred_at)
            - epoch(lag(occurred_at) OVER (PARTITION BY sequence_name ORDER BY occurred_at ASC, incident_id ASC))
        ) / 86400.0 AS gap_days
    FROM sequences
),

gaps AS (
    SELECT
        grouped_incidents.group_name,
        followed.gap_days
    FROM grouped_incidents
    INNER JOIN followed ON grouped_incidents.incident_id = followed.incident_id
),

counted AS (
    SELECT
        group_name,
        count(*) AS dated_count,
        count(gap_days) AS n,
        quantile_cont(gap_days, 0.5) AS median_days,
        avg(gap_days) AS mean_days,
        max(gap_days) AS longest_days,
        list(gap_days ORDER BY gap_days ASC) FILTER (WHERE gap_days IS NOT NULL) AS ordered_days
    FROM gaps
    GROUP BY group_name
),

all_counted AS (
    SELECT
        group_name,
        count(*) FILTER (WHERE NOT is_left_out) AS incident_count,
        count(*) FILTER (WHERE is_left_out) AS planned_count
    FROM grouped_incidents
    GROUP BY group_name
)

SELECT
    incident_groups.group_name, -- the period's first day, or the team, service, severity or cause; 'not stated' and 'unknown' are groups of their own
    incident_groups.period_start, -- the period's first moment, UTC; empty for other groups
    incident_groups.period_end, -- the first moment after it
    incident_groups.is_partial, -- whether the filters and the records cover fewer than all its days
    coalesce(counted.n, 0) AS n, -- gaps from one incident to the next
    counted.median_days, -- half of the gaps are no longer
    counted.mean_days, -- observed days over incidents is the better mean where few gaps are known
    counted.longest_days, -- the longest gap
    coalesce(all_counted.incident_count, 0) AS incident_count, -- incidents, dated or not
    coalesce(all_counted.planned_count, 0) AS planned_count, -- planned work, left out
    coalesce(all_counted.incident_count - coalesce(counted.dated_count, 0), 0) AS undated_count, -- of which no time is known: left out
    coalesce(counted.dated_count - counted.n, 0) AS first_count, -- incidents that follow no other of the group on record
    counted.dated_count / nullif(all_counted.incident_count, 0) AS coverage, -- incidents with a day as a share of incident_count
    coalesce(counted.ordered_days, []) AS ordered_days -- the n gaps in days, ascending
FROM incident_groups
LEFT JOIN counted ON incident_groups.group_name = counted.group_name
LEFT JOIN all_counted ON incident_groups.group_name = all_counted.group_name
ORDER BY incident_groups.period_start, incident_groups.is_unnamed, lower(incident_groups.group_name), incident_groups.group_name
