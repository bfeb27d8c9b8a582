-- How many incidents there were, group by group, and how many in 30 days.
-- One row per group: a period (also one without incidents), team, service, severity or cause, or all as one.
-- Key: group_name.
-- Left out and counted: planned work; incidents of which no time is known, since nobody knows whether the observed
-- days hold them. An incident counts in the first service it names.
-- Added: low and high, the exact 90 % Poisson interval of the number of incidents so many days bring; rate_low and
-- rate_high, the same for rate_per_30_days.
WITH counted AS (
    SELECT
        group_name,
        count(*) FILTER (WHERE NOT is_left_out AND occurred_at IS NOT NULL) AS n,
        count(*) FILTER (WHERE is_left_out) AS planned_count,
        count(*) FILTER (WHERE NOT is_left_out AND occurred_at IS NULL) AS undated_count
    FROM grouped_incidents
    GROUP BY group_name
)

SELECT
    incident_groups.group_name, -- the period's first day, or the team, service, severity or cause; 'not stated' and 'unknown' are groups of their own
    incident_groups.period_start, -- the period's first moment, UTC; empty for other groups
    incident_groups.period_end, -- the first moment after it
    incident_groups.is_partial, -- whether the filters and the records cover fewer than all its days
    incident_groups.observed_days, -- days that the filters and the records cover: the exposure
    coalesce(counted.n, 0) AS n, -- incidents with a day
    coalesce(counted.n, 0) / nullif(sum(coalesce(counted.n, 0)) OVER (), 0) AS incident_share, -- of all such incidents selected
    coalesce(counted.n, 0) * 30 / nullif(incident_groups.observed_days, 0) AS rate_per_30_days, -- incidents in 30 observed days
    coalesce(counted.planned_count, 0) AS planned_count, -- planned work, left out
    coalesce(counted.undated_count, 0) AS undated_count, -- of which no time is known: left out
    counted.n / nullif(counted.n + counted.undated_count, 0) AS coverage -- n as a share of all incidents of the group
FROM incident_groups
LEFT JOIN counted ON incident_groups.group_name = counted.group_name
ORDER BY incident_groups.period_start, incident_groups.is_unnamed, lower(incident_groups.group_name), incident_groups.group_name
