-- Incidents of which the postmortem is not written, or not reviewed, and the days agreed for that are over.
-- One row per incident, the longest overdue first.
-- Key: incident_id.
-- As many as `postmortem_timeliness` counts as overdue, by each step. Left out: planned work; incidents whose end is not
-- known; those of sources that never tell the day of a review, which are judged by none.
WITH steps AS (
    SELECT
        incident_id,
        max(passed_days - agreed_days) FILTER (WHERE step = 'written') AS unwritten_days,
        max(passed_days - agreed_days) FILTER (WHERE step = 'reviewed') AS unreviewed_days
    FROM postmortem_steps
    WHERE verdict = 'overdue'
    GROUP BY incident_id
)

SELECT
    selected_incidents.incident_id, -- the incident
    selected_incidents.title, -- its title
    selected_incidents.severity, -- 1 (worst) to 5; empty when not stated
    selected_incidents.team, -- whose service it was
    selected_incidents.service, -- where it happened
    selected_incidents.ended_at, -- when it was over, UTC
    steps.unwritten_days, -- days past those agreed for writing; empty when it is written or not due
    steps.unreviewed_days, -- days past those agreed for the review; empty when it is reviewed or not due
    greatest(coalesce(steps.unwritten_days, 0.0), coalesce(steps.unreviewed_days, 0.0)) AS overdue_days -- the longer of the two
FROM steps
INNER JOIN selected_incidents ON steps.incident_id = selected_incidents.incident_id
ORDER BY overdue_days DESC, selected_incidents.incident_id
