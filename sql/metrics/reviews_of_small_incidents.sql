-- How long small incidents waited for their review: a review that takes months for an hour of trouble is one too many.
-- One row per small incident of which the day of the review is known, the longest first.
-- Key: incident_id.
-- Small is an incident of severity 3 or less grave; where none is stated, one that hurt for an hour at most. Over-long is
-- a review later than three times the days agreed; where nothing was agreed, later than nine of ten reviews of all
-- incidents let through, of which ten at least are known. Days from the end to the review, not hours spent on it. Left
-- out: planned work; small incidents without a known end or day of review (coverage tells their share).
WITH small AS (
    SELECT
        selected_incidents.*,
        postmortem_steps.taken_days,
        postmortem_steps.agreed_days
    FROM selected_incidents
    INNER JOIN postmortem_steps ON selected_incidents.incident_id = postmortem_steps.incident_id
    WHERE
        postmortem_steps.step = 'reviewed'
        AND (
            selected_incidents.severity >= 3
            OR (selected_incidents.severity IS NULL AND selected_incidents.impact_minutes <= 60)
        )
),

usual AS (
    SELECT CASE WHEN count(taken_days) >= 10 THEN quantile_cont(taken_days, 0.9) END AS most_days
    FROM postmortem_steps
    WHERE step = 'reviewed'
),

small_incidents AS (
    SELECT count(*) AS small_count
    FROM small
)

SELECT
    small.incident_id, -- the incident
    small.title, -- its title
    small.severity, -- 3 to 5; empty when not stated
    small.impact_minutes, -- stated customer impact, else the time to resolve; empty when neither is known
    small.team, -- whose service it was
    small.service, -- where it happened
    small.reviewed_at, -- when it was reviewed, UTC
    small.taken_days AS review_days, -- days from the end to the review
    small.agreed_days, -- days agreed for it; empty where nothing was agreed
    coalesce(3.0 * small.agreed_days, usual.most_days) AS limit_days, -- more is over-long; empty where neither agreed nor ten known
    small.taken_days > coalesce(3.0 * small.agreed_days, usual.most_days) AS is_over_long, -- whether it was; empty without a limit
    count(*) OVER () / small_incidents.small_count AS coverage -- incidents here as a share of all small ones
FROM small
CROSS JOIN usual
CROSS JOIN small_incidents
WHERE small.taken_days IS NOT NULL
ORDER BY small.taken_days DESC, small.incident_id
