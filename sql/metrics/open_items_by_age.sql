-- How old what is open is: days since it was promised, whenever that was.
-- One row per group: a team, priority, kind or severity of the incident, or all as one.
-- Key: group_name.
-- Days run from opened_at, the promise or its issue's creation, to the moment the tables speak of.
-- Left out and counted: open items of which nobody knows when they were promised.
-- Added: median_low and median_high, the distribution-free 90 % interval of the median; empty where n cannot bound it.
WITH still_open AS (
    SELECT
        group_name,
        is_unnamed,
        CASE WHEN opened_at IS NOT NULL THEN open_days END AS days,
        coalesce(is_overdue, FALSE) AS is_overdue,
        coalesce(is_ignored, FALSE) AS is_ignored
    FROM grouped_action_items
    WHERE outcome = 'open'
)

SELECT
    group_name, -- the team, priority, kind or severity; 'not stated' is a group of its own
    count(days) AS n, -- open action items with an age
    count(*) FILTER (WHERE days <= 30) AS month_count, -- up to 30 days old
    count(*) FILTER (WHERE days > 30 AND days <= 90) AS quarter_count, -- older, up to 90 days
    count(*) FILTER (WHERE days > 90 AND days <= 180) AS half_year_count, -- older, up to 180 days
    count(*) FILTER (WHERE days > 180 AND days <= 365) AS year_count, -- older, up to 365 days
    count(*) FILTER (WHERE days > 365) AS older_count, -- older than 365 days
    quantile_cont(days, 0.5) AS median_days, -- half are no older
    max(days) AS oldest_days, -- the oldest
    count(*) FILTER (WHERE is_overdue) AS overdue_count, -- open past the committed date
    count(*) FILTER (WHERE is_ignored) AS ignored_count, -- of these, without activity for the days the settings say
    count(*) FILTER (WHERE days IS NULL) AS undated_count, -- left out: promised, nobody knows when
    count(days) / nullif(count(*), 0) AS coverage, -- n of all that are open
    coalesce(list(days ORDER BY days ASC) FILTER (WHERE days IS NOT NULL), []) AS ordered_days -- the n ages, ascending
FROM still_open
GROUP BY group_name, is_unnamed
ORDER BY is_unnamed, lower(group_name), group_name
