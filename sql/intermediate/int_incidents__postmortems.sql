-- Whether an incident has a text of its own, and since when its source holds one.
-- One row per incident.
-- Key: incident_id.
--
-- A record of another tool, or an issue, is told when the incident is: that it is there says nothing of a postmortem.
SELECT
    incidents.incident_id,
    bool_or(coalesce(versions.media_type, 'text/plain') <> 'application/json') AS has_text,
    min(documents.written_at) FILTER (WHERE coalesce(versions.media_type, 'text/plain') <> 'application/json')
        AS first_held_at
FROM intermediate.int_incidents__merged AS incidents
INNER JOIN intermediate.int_documents__listed AS documents ON incidents.document_id = documents.document_id
INNER JOIN staging.stg_documents__listings AS listings ON incidents.document_id = listings.document_id
LEFT JOIN staging.stg_documents__versions AS versions
    ON listings.document_id = versions.document_id AND listings.content_hash = versions.content_hash
GROUP BY incidents.incident_id
