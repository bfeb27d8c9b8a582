-- The documents that existed at the moment asked about, or had existed by then, each with how that is known.
-- One row per document.
-- Key: document_id.
WITH first_ends AS (
    SELECT
        document_id,
        min(ended_at) AS ended_at
    FROM steps.incident_ends
    GROUP BY document_id
)

SELECT
    documents.document_id,
    documents.content_hash,
    documents.source,
    documents.listed_from,
    documents.listed_until,
    documents.availability_basis,
    documents.is_text_later
FROM steps.documents AS documents
CROSS JOIN settings.parameters AS parameters
LEFT JOIN first_ends ON documents.document_id = first_ends.document_id
WHERE documents.availability_basis <> 'incident' OR first_ends.ended_at <= parameters.as_of
