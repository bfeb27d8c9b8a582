-- Every version of a document that was fetched, without its text.
-- One row per document and version.
-- Key: document_id, content_hash.
SELECT
    document_id,
    content_hash,
    source,
    path,
    url,
    size_bytes,
    problem,
    modified_at,
    media_type,
    title,
    version,
    written_at,
    fetched_at
FROM raw.documents
