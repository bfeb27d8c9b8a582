-- Every value of every field, with the documents on one incident put together.
-- One row per incident, field and value found.
-- Key: incident_id, field, ordinal.
--
-- Of the values that the documents' own readings chose, the tables use the one of the most trusted place: what a
-- person said of it, the latest first; front matter or a record, then tables, labels and headings, the timeline,
-- prose, the title, the path, a rule; then one that is not in doubt; then that of the document that tells most. The
-- title is always that document's own.
WITH told AS (
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
        evidence.is_chosen OR coalesce(reordered.state = 'back', FALSE) AS is_eligible,
        evidence.is_readable,
        CAST(NULL AS TIMESTAMP) AS reviewed_at,
        evidence.moment,
        evidence."day",
        evidence.whole,
        evidence.number,
        evidence.flag,
        evidence.entries
    FROM staging.stg_facts__evidence AS evidence
    LEFT JOIN intermediate.int_reviewed__reordered AS reordered
        ON
            evidence.incident_id = reordered.told_id
            AND evidence.field = reordered.field
            AND evidence.ordinal = 1
    UNION ALL
    SELECT
        told_id,
        document_id,
        field,
        told_ordinal,
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
    WHERE told_id IS NOT NULL AND field NOT IN ('repeat_of', 'not_repeat_of')
),

ranked AS (
    SELECT
        merged.incident_id,
        merged.place,
        told.document_id,
        told.field,
        row_number() OVER (
            PARTITION BY merged.incident_id, told.field
            ORDER BY
                told.is_eligible DESC,
                told.is_readable DESC,
                told.reviewed_at DESC NULLS LAST,
                CASE WHEN told.field = 'title' THEN merged.fullness_rank END ASC NULLS LAST,
                CASE
                    WHEN NOT told.is_eligible THEN 9
                    WHEN told.method = 'reviewed' THEN 0
                    WHEN told.method IN ('front_matter', 'record') THEN 1
                    WHEN told.method IN ('table', 'label', 'heading') THEN 2
                    WHEN told.method = 'timeline' THEN 3
                    WHEN told.method = 'prose' THEN 4
                    WHEN told.method = 'title' THEN 5
                    WHEN told.method = 'path' THEN 6
                    ELSE 7
                END ASC,
                CASE WHEN told.confidence < 0.75 THEN 1 ELSE 0 END ASC,
                merged.fullness_rank ASC,
                told.confidence DESC,
                told.told_ordinal ASC
        ) AS ordinal,
        told.value,
        told.method,
        told.line,
        told.quote,
        told.confidence,
        told.is_eligible,
        told.is_readable,
        told.moment,
        told."day",
        told.whole,
        told.number,
        told.flag,
        told.entries
    FROM told
    INNER JOIN intermediate.int_incidents__merged AS merged ON told.told_id = merged.told_id
)

SELECT
    incident_id,
    place,
    document_id,
    field,
    ordinal,
    value,
    method,
    line,
    quote,
    confidence,
    is_eligible AND ordinal = 1 AS is_chosen,
    is_eligible,
    is_readable,
    moment,
    "day",
    whole,
    number,
    flag,
    entries
FROM ranked
