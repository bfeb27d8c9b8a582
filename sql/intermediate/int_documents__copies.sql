-- The documents that a source of the settings lists now, each with the one it is a copy of.
-- One row per document.
-- Key: document_id.
--
-- Of documents that agree byte for byte, the one whose source and path come first is the original: told twice,
-- an incident still happened once. What could not be read is a copy of nothing: its bytes are not known.
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
    versions.written_at,
    sources.team AS source_team,
    first_value(versions.document_id) OVER (
        PARTITION BY
            versions.content_hash, CASE WHEN versions.problem IS NOT NULL THEN versions.document_id END
        ORDER BY versions.source ASC, versions.path ASC
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    ) AS original_document_id
FROM versions
INNER JOIN listings
    ON versions.document_id = listings.document_id AND versions.content_hash = listings.content_hash
INNER JOIN sources ON versions.source = sources.source
WHERE listings.listed_until IS NULL
