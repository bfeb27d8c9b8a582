-- In which version each document existed at the moment asked about, as far as fetches and the source's dates tell.
-- One row per document that may have existed then.
-- Key: document_id.
--
-- What a fetch had brought by then is known (listed): the version that was listed then, or last. A document that was
-- first fetched later existed by then when the source itself dates it so (written), unless a fetch of the source in
-- between did not list it. Where the source had never been fetched by then and gives no date that tells, the document
-- counts once an incident it tells of had ended (incident): it cannot be older. Of these the first version fetched is
-- read, the nearest to what it said then; whether that was changed later, its own date tells.
WITH moment AS (
    SELECT as_of FROM settings.parameters
),

fetches AS (
    SELECT
        fetches.source,
        max(fetches.started_at) AS fetched_at
    FROM raw.fetches AS fetches
    CROSS JOIN moment
    WHERE fetches.outcome = 'ok' AND fetches.finished_at <= moment.as_of
    GROUP BY fetches.source
),

spans AS (
    SELECT
        listings.document_id,
        listings.content_hash,
        listings.listed_from,
        CASE WHEN listings.listed_until <= moment.as_of THEN listings.listed_until END AS listed_until,
        listings.listed_from <= moment.as_of AS is_seen
    FROM raw.listings AS listings
    CROSS JOIN moment
),

-- The last that was seen by then; else the first that was seen at all.
nearest AS (
    SELECT
        document_id,
        content_hash,
        listed_from,
        listed_until,
        is_seen
    FROM spans
    QUALIFY row_number() OVER (
        PARTITION BY document_id
        ORDER BY
            is_seen DESC,
            CASE WHEN is_seen THEN listed_from END DESC,
            CASE WHEN is_seen THEN listed_until END DESC NULLS FIRST,
            listed_from ASC
    ) = 1
),

dated AS (
    SELECT
        nearest.document_id,
        nearest.content_hash,
        nearest.listed_from,
        nearest.listed_until,
        nearest.is_seen,
        documents.source,
        fetches.fetched_at,
        CASE WHEN documents.modified_at <= moment.as_of THEN documents.modified_at END AS unchanged_since_at,
        coalesce(
            documents.written_at,
            CASE WHEN documents.modified_at <= moment.as_of THEN documents.modified_at END
        ) AS written_at,
        moment.as_of
    FROM nearest
    INNER JOIN raw.documents AS documents
        ON nearest.document_id = documents.document_id AND nearest.content_hash = documents.content_hash
    LEFT JOIN fetches ON documents.source = fetches.source
    CROSS JOIN moment
)

SELECT
    document_id,
    content_hash,
    source,
    listed_from,
    listed_until,
    CASE
        WHEN is_seen THEN 'listed'
        WHEN written_at IS NOT NULL THEN 'written'
        ELSE 'incident'
    END AS availability_basis,
    NOT is_seen AND unchanged_since_at IS NULL AS is_text_later
FROM dated
WHERE
    is_seen
    OR (written_at <= as_of AND (fetched_at IS NULL OR written_at > fetched_at))
    OR (written_at IS NULL AND fetched_at IS NULL)
