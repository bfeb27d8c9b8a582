-- Incidents whose postmortem promises nothing: nothing was learned, or it stands somewhere else.
-- One row per incident, the latest first.
-- Key: incident_id.
-- Left out: planned work, and incidents without a postmortem. An issue in Jira that names the incident counts as a promise.
SELECT
    incident_id, -- the incident
    title, -- its title
    occurred_at, -- when it began, UTC
    team, -- whose service it was
    service, -- where it happened
    severity, -- its severity
    impact_minutes, -- stated customer impact, else the time to resolve
    url -- where to read its postmortem
FROM selected_incidents
WHERE NOT is_left_out AND has_postmortem AND coalesce(action_item_count, 0) = 0
ORDER BY occurred_at DESC NULLS LAST, incident_id
