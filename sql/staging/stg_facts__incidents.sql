-- The incidents that documents describe.
-- One row per incident.
-- Key: incident_id.
SELECT
    incident_id,
    document_id,
    ordinal
FROM facts.incidents
