-- The addresses that documents give as evidence of what happened.
-- One row per incident and address given.
-- Key: incident_id, ordinal.
SELECT
    document_id,
    incident_id,
    ordinal,
    kind,
    url,
    label,
    line
FROM facts.links
