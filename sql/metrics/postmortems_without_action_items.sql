-- Incidents whose postmortem promises nothing: nothing was learned, or it stands somewhere else.
-- One row per incident, the latest first.
-- Key: incident_id.
-- Left out: planned work, and incidents without a postmortem. An issue in Jira that names the incident counts as a promise.
SELECT
    selected_incidents.incident_id, -- the incident
    selected_incidents.title, -- its title
    selected_incidents.occurred_at, -- when it began, UTC
    selected_incidents.team, -- whose service it was
    selected_incidents.service, -- where it happened
    selected_incidents.severity, -- its severity
    selected_incidents.impact_minutes, -- stated customer impact, else the time to resolve
    incidents.url -- where to read its postmortem
FROM selected_incidents
INNER JOIN marts.incidents ON selected_incidents.incident_id = incidents.incident_id
WHERE
    NOT selected_incidents.is_left_out
    AND selected_incidents.has_postmortem
    AND coalesce(selected_incidents.action_item_count, 0) = 0
ORDER BY selected_incidents.occurred_at DESC NULLS LAST, selected_incidents.incident_id
