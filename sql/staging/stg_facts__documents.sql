-- What each document is, as the parser judged it.
-- One row per document that was read.
-- Key: document_id.
SELECT
    document_id,
    content_hash,
    kind,
    title,
    parsed_at,
    is_restricted
FROM facts.documents
