-- The incidents that the filters let through, planned work included (each metric sets it apart and counts it).
-- One row per incident.
-- Key: incident_id.
-- An incident lies in the period when its first known time does.
SELECT recorded_incidents.* -- as recorded_incidents describes them
FROM recorded_incidents
CROSS JOIN filters
WHERE
    (filters.period_from IS NULL OR recorded_incidents.occurred_at >= filters.period_from)
    AND (filters.period_to IS NULL OR recorded_incidents.occurred_at < filters.period_to)
