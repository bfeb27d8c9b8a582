-- The documents that count: those a source of the settings lists now, in the version it lists.
-- One row per document.
-- Key: document_id.
WITH listings AS (
    SELECT * FROM staging.stg_documents__listings
),

versions AS (
    SELECT * FROM staging.stg_documents__versions
),

sources AS (
    SELECT * FROM staging.stg_settings__sources
)

SELECT
    versions.document_id,
    versions.source,
    versions.path,
    versions.url,
    versions.modified_at,
    sources.team AS source_team
FROM versions
INNER JOIN listings
    ON versions.document_id = listings.document_id AND versions.content_hash = listings.content_hash
INNER JOIN sources ON versions.source = sources.source
WHERE listings.listed_until IS NULL
