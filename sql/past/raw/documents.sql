-- The versions of documents that were held at the moment asked about, or stand for what existed then.
-- One row per document and version.
-- Key: document_id, content_hash.
WITH versions AS (
    SELECT
        document_id,
        content_hash
    FROM steps.available
    UNION
    SELECT
        listings.document_id,
        listings.content_hash
    FROM raw.listings AS listings
    CROSS JOIN settings.parameters AS parameters
    WHERE listings.listed_from <= parameters.as_of
)

SELECT
    documents.* REPLACE (
        CASE WHEN documents.modified_at <= parameters.as_of THEN documents.modified_at END AS modified_at,
        CASE WHEN documents.written_at <= parameters.as_of THEN documents.written_at END AS written_at
    )
FROM raw.documents AS documents
INNER JOIN versions
    ON documents.document_id = versions.document_id AND documents.content_hash = versions.content_hash
CROSS JOIN settings.parameters AS parameters
