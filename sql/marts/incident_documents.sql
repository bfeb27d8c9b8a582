-- Which documents tell of which incident.
-- One row per incident and document on it.
-- Key: incident_id, document_id.
SELECT
    merged.incident_id, -- the incident
    merged.document_id, -- a document on it
    documents.source, -- the configured source of the document
    documents.path, -- of the document, relative to its source
    documents.url, -- where people read it
    merged.place, -- 1 for the document whose id the incident keeps, then in the order in which they were listed first
    merged.fullness_rank = 1 AS is_shown, -- whether the incident shows this document's title and link: of several, the one that tells most
    merged.ordinal AS incident_ordinal, -- the incident's place in the document, from 1
    merged.basis -- why it is known to be on the same incident: incident_key, service_and_time or both; null for the first
FROM intermediate.int_incidents__merged AS merged
INNER JOIN intermediate.int_documents__listed AS documents ON merged.document_id = documents.document_id
