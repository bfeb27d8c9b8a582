-- The documents that count: those a source of the settings lists now, in the version it lists, copies left out.
-- One row per document.
-- Key: document_id.
SELECT
    document_id,
    source,
    path,
    url,
    modified_at,
    written_at,
    source_team
FROM intermediate.int_documents__copies
WHERE document_id = original_document_id
