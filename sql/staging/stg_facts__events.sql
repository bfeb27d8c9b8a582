-- The timelines of documents.
-- One row per incident and entry of its timeline.
-- Key: incident_id, ordinal.
SELECT
    document_id,
    incident_id,
    ordinal,
    "at",
    at_text,
    text,
    kind,
    line
FROM facts.events
