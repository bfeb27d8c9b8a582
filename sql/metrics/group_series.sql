-- How the incidents of each group scatter over the periods: its numbers, one for each period of which a day is observed.
-- One row per group.
-- Key: group_name.
-- Left out: planned work; incidents of which no time is known.
WITH periodic AS (
    SELECT
        grouped_incidents.group_name,
        periods.period_start,
        count(*) AS period_count
    FROM grouped_incidents
    INNER JOIN periods
        ON
            grouped_incidents.occurred_at >= periods.period_start
            AND grouped_incidents.occurred_at < periods.period_end
    WHERE NOT grouped_incidents.is_left_out
    GROUP BY grouped_incidents.group_name, periods.period_start
)

SELECT
    incident_groups.group_name, -- as incident_groups names it
    list(coalesce(periodic.period_count, 0) ORDER BY periods.period_start ASC) AS period_counts, -- its incidents in each period
    list(periods.observed_days ORDER BY periods.period_start ASC) AS period_days -- observed days of each period
FROM incident_groups
CROSS JOIN periods
LEFT JOIN periodic
    ON
        incident_groups.group_name = periodic.group_name
        AND periods.period_start = periodic.period_start
WHERE periods.observed_days > 0
GROUP BY incident_groups.group_name
