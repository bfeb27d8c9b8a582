-- How much of what a good postmortem has its document tells, on average, team by team.
-- One row per team.
-- Key: team.
-- The score of an incident is the share of ten things its document tells: start, detection, end, severity, service,
-- impact, cause, how it was detected, a timeline of three entries, an owner for each action item.
-- Left out: planned work.
-- Added: mean_low and mean_high, the 90 % interval of mean_completeness; empty where n cannot bound it.
WITH scored AS (
    SELECT
        coalesce(team, 'not stated') AS team,
        completeness_score
    FROM selected_incidents
    WHERE NOT is_left_out
)

SELECT
    team, -- whose service it was; 'not stated' when nothing tells
    count(completeness_score) AS n, -- incidents whose document was scored
    count(*) AS incident_count, -- incidents
    count(completeness_score) / count(*) AS coverage, -- n of incident_count
    avg(completeness_score) AS mean_completeness, -- mean score, 0 to 1
    stddev_samp(completeness_score) AS deviation -- standard deviation of the scores; empty for one incident
FROM scored
GROUP BY team
HAVING count(completeness_score) > 0
ORDER BY lower(team), team
