-- The incidents on record of the teams, services, severities, causes and sources that the filters let through, whenever
-- they were, planned work included (each metric sets it apart and counts it).
-- One row per incident.
-- Key: incident_id.
-- A filter on team, service, severity or cause holds an incident that states none only when "not stated" is among its
-- choices.
SELECT
    incidents.*,
    coalesce(incidents.is_planned, FALSE) AS is_left_out, -- planned work is no incident
    coalesce(incidents.customer_impact_minutes, incidents.time_to_resolve_minutes) AS impact_minutes, -- stated customer impact, else the time to resolve
    (
        incidents.time_to_resolve_minutes IS NULL
        AND coalesce(incidents.mitigated_at, incidents.resolved_at) IS NULL
        AND coalesce(incidents.started_at, incidents.detected_at, incidents.declared_at) IS NOT NULL
        AND NOT coalesce(incidents.is_resolved, FALSE)
    ) AS is_unresolved -- a beginning is known, an end is not, and no document says that it is resolved
FROM marts.incidents
CROSS JOIN filters
WHERE
    (filters.teams IS NULL OR list_contains(filters.teams, coalesce(incidents.team, '')))
    AND (
        filters.services IS NULL
        OR list_contains(filters.services, coalesce(incidents.service, ''))
        OR list_has_any(filters.services, coalesce(incidents.services, []))
    )
    AND (filters.severities IS NULL OR list_contains(filters.severities, coalesce(incidents.severity, 0)))
    AND (filters.causes IS NULL OR list_contains(filters.causes, coalesce(incidents.cause_category, '')))
    AND (
        filters.sources IS NULL
        OR incidents.incident_id IN (
            SELECT tellings.incident_id
            FROM marts.incident_documents AS tellings
            WHERE list_contains(filters.sources, tellings.source)
        )
    )
