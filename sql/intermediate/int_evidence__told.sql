-- Every value that documents give and that people who reviewed them said, before documents on one incident
-- are put together.
-- One row per incident as its document tells it, field and value found.
-- Key: told_id, field, told_ordinal.
SELECT
    evidence.incident_id AS told_id,
    evidence.document_id,
    evidence.field,
    evidence.ordinal AS told_ordinal,
    evidence.value,
    evidence.method,
    evidence.line,
    evidence.quote,
    evidence.confidence,
    evidence.is_chosen AS is_eligible,
    evidence.is_readable,
    CAST(NULL AS TIMESTAMP) AS reviewed_at,
    evidence.moment,
    evidence."day",
    evidence.whole,
    evidence.number,
    evidence.flag,
    evidence.entries
FROM staging.stg_facts__evidence AS evidence
UNION ALL
SELECT
    told_id,
    document_id,
    field,
    -row_number() OVER (
        PARTITION BY told_id, field
        ORDER BY reviewed_at ASC, is_implied DESC, line ASC
    ) AS told_ordinal,
    value,
    'reviewed' AS method,
    CAST(NULL AS INTEGER) AS line,
    quote,
    1.0 AS confidence,
    TRUE AS is_eligible,
    TRUE AS is_readable,
    reviewed_at,
    moment,
    "day",
    whole,
    number,
    flag,
    entries
FROM intermediate.int_reviewed__matched
WHERE told_id IS NOT NULL
