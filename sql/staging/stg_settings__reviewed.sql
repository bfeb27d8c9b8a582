-- What people who know better said of documents, as the file of reviewed values has it, each as what its field
-- holds. A value of null says that the document does not state the field.
-- One row per line of the file and field it sets.
-- Key: line, field.
SELECT
    line,
    document,
    ordinal,
    field,
    value,
    reviewer,
    reviewed_at,
    quote,
    is_implied,
    CASE WHEN field LIKE '%\_at' ESCAPE '\' THEN try_cast(value AS TIMESTAMP) END AS moment,
    CASE WHEN field = 'occurred_on' THEN try_cast(value AS DATE) END AS "day",
    CASE WHEN field IN ('severity', 'affected_user_count') THEN try_cast(value AS BIGINT) END AS whole,
    CASE WHEN field = 'cost' OR field LIKE '%\_minutes' ESCAPE '\' THEN try_cast(value AS DOUBLE) END AS number,
    CASE WHEN field IN ('is_planned', 'is_resolved') THEN try_cast(value AS BOOLEAN) END AS flag,
    CASE
        WHEN
            field IN ('services', 'contributing_factors', 'five_whys', 'authors', 'reviewers', 'participants')
            AND json_valid(value)
            THEN from_json(value, '["VARCHAR"]')
    END AS entries
FROM settings.reviewed
