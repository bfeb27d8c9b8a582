-- Whether a group differs from all the others together: in how long things took, in customer impact, or in how many
-- incidents there were.
-- One row per group: a period (also one without incidents), team, service, severity or cause.
-- Key: group_name.
-- Left out and counted: planned work; incidents without what is compared. Many groups are compared at once, so a
-- signal is one that is left after Holm's correction for their number. Numbers of incidents that scatter from month to
-- month more than by chance have to differ by so much more.
-- Added: ratio, of this group's typical value (or rate) to that of the others, with ratio_low and ratio_high, its 95 %
-- interval as if it had been the only comparison; smallest_ratio, the change up by this factor, or down by its
-- inverse, that so many could have shown with 80 % power; p_value, corrected; verdict, signal or not
-- distinguishable; compared, how many groups could be compared. The ratio and all that follows is empty where there
-- is too little to compare.
WITH valued AS (
    SELECT
        grouped_incidents.group_name,
        grouped_incidents.is_left_out,
        CASE
            WHEN grouped_incidents.is_left_out THEN NULL
            WHEN filters.measure = 'customer_impact' THEN grouped_incidents.customer_impact_minutes
            WHEN filters.measure = 'incidents' AND grouped_incidents.occurred_at IS NOT NULL THEN 1.0
            WHEN filters.measure <> 'incidents' THEN grouped_incidents.minutes
        END AS "value"
    FROM grouped_incidents
    CROSS JOIN filters
),

counted AS (
    SELECT
        group_name,
        count("value") AS n,
        count(*) FILTER (WHERE NOT is_left_out) AS incident_count,
        count(*) FILTER (WHERE is_left_out) AS planned_count,
        list("value" ORDER BY "value" ASC) FILTER (WHERE "value" IS NOT NULL) AS ordered_values
    FROM valued
    GROUP BY group_name
)

SELECT
    incident_groups.group_name, -- the period's first day, or the team, service, severity or cause; 'not stated' and 'unknown' are groups of their own
    incident_groups.period_start, -- the period's first moment, UTC; empty for other groups
    incident_groups.observed_days, -- days that the filters and the records cover: the exposure of a number of incidents
    coalesce(counted.n, 0) AS n, -- incidents that have what is compared
    CAST(sum(coalesce(counted.n, 0)) OVER () AS BIGINT) - coalesce(counted.n, 0) AS n_others, -- the same of all other groups
    coalesce(counted.incident_count, 0) AS incident_count, -- incidents
    coalesce(counted.planned_count, 0) AS planned_count, -- planned work, left out
    counted.n / nullif(counted.incident_count, 0) AS coverage, -- n as a share of incident_count
    coalesce(counted.ordered_values, []) AS ordered_values, -- the n values in minutes, ascending; 1 for each incident where these are counted
    coalesce(group_series.period_counts, []) AS period_counts, -- its incidents in each month, or in each period where groups are periods: how much they scatter
    coalesce(group_series.period_days, []) AS period_days -- observed days of each of these
FROM incident_groups
LEFT JOIN counted ON incident_groups.group_name = counted.group_name
LEFT JOIN group_series ON incident_groups.group_name = group_series.group_name
ORDER BY incident_groups.period_start, incident_groups.is_unnamed, lower(incident_groups.group_name), incident_groups.group_name
