-- The listings as they stood at the moment asked about.
-- One row per document and span of time in which its source listed it by then, and one per document that is known
-- otherwise to have existed: that one bears the time at which it was first seen, so that incidents keep their order.
SELECT
    listings.document_id,
    listings.content_hash,
    listings.listed_from,
    CASE WHEN listings.listed_until <= parameters.as_of THEN listings.listed_until END AS listed_until,
    'listed' AS availability_basis
FROM raw.listings AS listings
CROSS JOIN settings.parameters AS parameters
WHERE listings.listed_from <= parameters.as_of
UNION ALL
SELECT
    document_id,
    content_hash,
    listed_from,
    listed_until,
    availability_basis
FROM steps.available
WHERE availability_basis <> 'listed'
