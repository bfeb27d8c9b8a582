-- Which version of each document its source lists now, or listed last.
-- One row per document.
-- Key: document_id.
SELECT
    document_id,
    content_hash,
    listed_from,
    listed_until,
    coalesce(availability_basis, 'listed') AS availability_basis,
    min(listed_from) OVER (PARTITION BY document_id) AS first_listed_at
FROM raw.listings
QUALIFY row_number() OVER (PARTITION BY document_id ORDER BY listed_from DESC, listed_until DESC NULLS FIRST) = 1
