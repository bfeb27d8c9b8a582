-- What keeps hurting: causes, or triggers, by how often they strike, by what they cost, and by whether that grows.
-- One row per category; 'unknown' is one of them.
-- Key: category.
-- Impact is the customer impact that a document states, else the time to resolve. The two halves divide the observed
-- days of the span evenly. Left out: planned work. An incident without either time counts and adds no impact; one of
-- which no time is known lies in neither half.
-- Added: share_low and share_high, the 90 % intervals of incident_share that hold for all categories at once;
-- impact_share_low and impact_share_high, the 90 % interval of impact_share, had other incidents come as likely; ratio,
-- of the rate in the second half to that in the first, with ratio_low and ratio_high, its 95 % interval as if it had
-- been the only comparison, the wider the more the months scatter within the halves; p_value, corrected for as many
-- comparisons as there are categories (Holm); verdict, signal or not distinguishable; compared, how many there were.
WITH halves AS (
    SELECT
        min(observed_from) + sum(observed_days) / 2.0 * INTERVAL '1' DAY AS half_at,
        coalesce(sum(observed_days) / 2.0, 0) AS half_days
    FROM periods
    WHERE observed_days > 0
),

counted AS (
    SELECT
        grouped_incidents.group_name,
        grouped_incidents.is_unnamed,
        count(*) AS incident_count,
        count(grouped_incidents.impact_minutes) AS n,
        coalesce(sum(grouped_incidents.impact_minutes), 0) AS impact_minutes,
        list(grouped_incidents.impact_minutes ORDER BY grouped_incidents.impact_minutes ASC)
        FILTER (WHERE grouped_incidents.impact_minutes IS NOT NULL) AS ordered_impacts,
        count(*) FILTER (WHERE grouped_incidents.occurred_at < halves.half_at) AS first_half_count,
        count(*) FILTER (WHERE grouped_incidents.occurred_at >= halves.half_at) AS second_half_count
    FROM grouped_incidents
    CROSS JOIN halves
    WHERE NOT grouped_incidents.is_left_out
    GROUP BY grouped_incidents.group_name, grouped_incidents.is_unnamed
)

SELECT
    counted.group_name AS category, -- of the cause or the trigger; 'unknown' when no document says and no rule matched
    counted.is_unnamed AS is_unknown, -- whether it stands for what is not known
    counted.incident_count, -- incidents
    counted.incident_count / sum(counted.incident_count) OVER () AS incident_share, -- of all incidents selected
    sum(counted.incident_count) OVER (ORDER BY counted.incident_count DESC, counted.group_name ASC)
    / sum(counted.incident_count) OVER () AS cumulative_incident_share, -- of it and all more frequent ones: Pareto's curve by number
    counted.n, -- incidents of which an impact in time is known
    counted.n / nullif(counted.incident_count, 0) AS coverage, -- n as a share of incident_count
    counted.impact_minutes, -- their impact, added up
    coalesce(counted.impact_minutes / nullif(sum(counted.impact_minutes) OVER (), 0), 0) AS impact_share, -- of the impact of all selected
    coalesce(
        sum(counted.impact_minutes) OVER costlier
        / nullif(sum(counted.impact_minutes) OVER (), 0), 0
    ) AS cumulative_impact_share, -- of it and all costlier ones: Pareto's curve by impact
    coalesce(counted.ordered_impacts, []) AS ordered_impacts, -- the n impacts in minutes, ascending
    counted.first_half_count, -- incidents in the first half of the span
    counted.second_half_count, -- incidents in the second half
    halves.half_days, -- observed days of each half
    coalesce(group_series.period_counts, []) AS period_counts, -- its incidents in each month: how much they scatter
    coalesce(group_series.period_days, []) AS period_days -- observed days of each month
FROM counted
CROSS JOIN halves
LEFT JOIN group_series ON counted.group_name = group_series.group_name
WINDOW costlier AS (ORDER BY counted.impact_minutes DESC, counted.incident_count DESC, counted.group_name ASC)
ORDER BY counted.impact_minutes DESC, counted.incident_count DESC, counted.group_name ASC
