-- The reviewed values, each beside the incident of a document it speaks of, or why it speaks of none.
-- One row per reviewed value.
-- Key: line, field.
--
-- Of several of one field the latest has the lowest number, below those of all values read.
--
-- A document is named by source and path, or by its path alone where only one source has it. Its incident is the
-- one of the place the row gives; without a place, the only one.
WITH reviewed AS (
    SELECT * FROM staging.stg_settings__reviewed
),

documents AS (
    SELECT
        document_id,
        path AS document,
        2 AS rank
    FROM intermediate.int_documents__listed
    UNION ALL
    SELECT
        document_id,
        source || '/' || path AS document,
        1 AS rank
    FROM intermediate.int_documents__listed
),

named AS (
    SELECT
        reviewed.line,
        reviewed.field,
        documents.document_id,
        documents.rank,
        count(documents.document_id) OVER (PARTITION BY reviewed.line, reviewed.field, documents.rank) AS document_count
    FROM reviewed
    LEFT JOIN documents ON reviewed.document = documents.document
    QUALIFY row_number() OVER (
        PARTITION BY reviewed.line, reviewed.field
        ORDER BY documents.rank ASC NULLS LAST, documents.document_id ASC
    ) = 1
),

incidents AS (
    SELECT
        incident_id,
        document_id,
        ordinal,
        count(*) OVER (PARTITION BY document_id) AS incident_count
    FROM staging.stg_facts__incidents
),

matched AS (
    SELECT
        named.line,
        named.field,
        named.document_id,
        named.document_count,
        max(incidents.incident_count) AS incident_count,
        CASE
            WHEN max(incidents.incident_count) = 1 AND max(reviewed.ordinal) IS NULL THEN max(incidents.incident_id)
            ELSE max(CASE WHEN incidents.ordinal = reviewed.ordinal THEN incidents.incident_id END)
        END AS told_id
    FROM named
    INNER JOIN reviewed ON named.line = reviewed.line AND named.field = reviewed.field
    LEFT JOIN incidents ON named.document_id = incidents.document_id
    GROUP BY named.line, named.field, named.document_id, named.document_count
)

SELECT
    reviewed.line,
    reviewed.document,
    reviewed.field,
    reviewed.ordinal,
    reviewed.value,
    reviewed.reviewer,
    reviewed.reviewed_at,
    reviewed.quote,
    reviewed.is_implied,
    reviewed.moment,
    reviewed."day",
    reviewed.whole,
    reviewed.number,
    reviewed.flag,
    reviewed.entries,
    matched.document_id,
    CASE WHEN matched.document_count = 1 THEN matched.told_id END AS told_id,
    -row_number() OVER (
        PARTITION BY matched.told_id, reviewed.field
        ORDER BY reviewed.reviewed_at ASC, reviewed.is_implied DESC, reviewed.line ASC
    ) AS told_ordinal,
    CASE
        WHEN matched.document_count = 0 THEN 'document_unknown'
        WHEN matched.document_count > 1 THEN 'document_ambiguous'
        WHEN matched.incident_count IS NULL THEN 'no_incident'
        WHEN matched.told_id IS NULL AND reviewed.ordinal IS NULL THEN 'incident_ambiguous'
        WHEN matched.told_id IS NULL THEN 'incident_unknown'
    END AS problem
FROM reviewed
INNER JOIN matched ON reviewed.line = matched.line AND reviewed.field = matched.field
