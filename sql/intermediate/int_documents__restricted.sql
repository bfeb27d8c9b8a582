-- The documents that only some may see: of a restricted source, or restricted by their own words; and their copies.
-- One row per document.
-- Key: document_id.
WITH marked AS (
    SELECT versions.document_id
    FROM staging.stg_documents__listings AS listings
    INNER JOIN staging.stg_documents__versions AS versions
        ON listings.document_id = versions.document_id AND listings.content_hash = versions.content_hash
    LEFT JOIN staging.stg_settings__sources AS sources ON versions.source = sources.source
    LEFT JOIN staging.stg_facts__documents AS readings ON versions.document_id = readings.document_id
    WHERE coalesce(sources.is_restricted, FALSE) OR coalesce(readings.is_restricted, FALSE)
),

copies AS (
    SELECT
        document_id,
        original_document_id
    FROM intermediate.int_documents__copies
),

originals AS (
    SELECT DISTINCT copies.original_document_id
    FROM copies
    INNER JOIN marked ON copies.document_id = marked.document_id
)

SELECT document_id
FROM marked
UNION
SELECT copies.document_id
FROM copies
INNER JOIN originals ON copies.original_document_id = originals.original_document_id
