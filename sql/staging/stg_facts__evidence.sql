-- Every value found in a document, chosen or not, with the words it came from, and as what its field holds.
-- One row per incident as its document tells it, field and value found.
-- Key: incident_id, field, ordinal.
--
-- A value that does not have the form its field is said to have is null in its form, and not readable.
-- Most fields have one value, and only the others are put in order.
WITH several AS (
    SELECT
        incident_id,
        field
    FROM facts.evidence
    GROUP BY incident_id, field
    HAVING count(*) > 1
),

ordered AS (
    SELECT
        evidence.document_id,
        evidence.incident_id,
        evidence.field,
        1 AS ordinal,
        evidence.value,
        evidence.method,
        evidence.line,
        evidence.quote,
        evidence.confidence,
        evidence.is_chosen
    FROM facts.evidence AS evidence
    LEFT JOIN several ON evidence.incident_id = several.incident_id AND evidence.field = several.field
    WHERE several.field IS NULL
    UNION ALL
    SELECT
        evidence.document_id,
        evidence.incident_id,
        evidence.field,
        row_number() OVER (
            PARTITION BY evidence.incident_id, evidence.field
            ORDER BY
                evidence.is_chosen DESC, evidence.confidence DESC, evidence.line ASC NULLS LAST,
                evidence.value ASC, evidence.method ASC, evidence.quote ASC
        ) AS ordinal,
        evidence.value,
        evidence.method,
        evidence.line,
        evidence.quote,
        evidence.confidence,
        evidence.is_chosen
    FROM facts.evidence AS evidence
    INNER JOIN several ON evidence.incident_id = several.incident_id AND evidence.field = several.field
),

typed AS (
    SELECT
        document_id,
        incident_id,
        field,
        ordinal,
        value,
        method,
        line,
        quote,
        confidence,
        is_chosen,
        CASE
            WHEN field LIKE '%\_at' ESCAPE '\' THEN 'moment'
            WHEN field = 'occurred_on' THEN 'day'
            WHEN field IN ('severity', 'affected_user_count') THEN 'whole'
            WHEN field = 'cost' OR field LIKE '%\_minutes' ESCAPE '\' THEN 'number'
            WHEN field IN ('is_planned', 'is_resolved') THEN 'flag'
            WHEN field IN ('services', 'contributing_factors', 'five_whys', 'authors', 'reviewers', 'participants') THEN 'entries'
            ELSE 'words'
        END AS form
    FROM ordered
),

cast_values AS (
    SELECT
        *,
        CASE WHEN form = 'moment' THEN try_cast(value AS TIMESTAMP) END AS moment,
        CASE WHEN form = 'day' THEN try_cast(value AS DATE) END AS "day",
        CASE WHEN form = 'whole' THEN try_cast(value AS BIGINT) END AS whole,
        CASE WHEN form = 'number' THEN try_cast(value AS DOUBLE) END AS number,
        CASE WHEN form = 'flag' THEN try_cast(value AS BOOLEAN) END AS flag,
        CASE WHEN form = 'entries' AND json_valid(value) THEN from_json(value, '["VARCHAR"]') END AS entries
    FROM typed
)

SELECT
    document_id,
    incident_id,
    field,
    ordinal,
    value,
    method,
    line,
    quote,
    confidence,
    is_chosen,
    moment,
    "day",
    whole,
    number,
    flag,
    entries,
    CASE form
        WHEN 'moment' THEN moment IS NOT NULL
        WHEN 'day' THEN "day" IS NOT NULL
        WHEN 'whole' THEN whole IS NOT NULL
        WHEN 'number' THEN number IS NOT NULL
        WHEN 'flag' THEN flag IS NOT NULL
        WHEN 'entries' THEN entries IS NOT NULL
        ELSE TRUE
    END AS is_readable
FROM cast_values
