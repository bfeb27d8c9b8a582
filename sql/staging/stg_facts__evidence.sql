-- Every value found in a document, chosen or not, with the words it came from.
-- One row per incident, field and value found.
-- Key: incident_id, field, ordinal.
SELECT
    document_id,
    incident_id,
    field,
    row_number() OVER (
        PARTITION BY incident_id, field
        ORDER BY is_chosen DESC, confidence DESC, line ASC NULLS LAST, value ASC, method ASC, quote ASC
    ) AS ordinal,
    value,
    method,
    line,
    quote,
    confidence,
    is_chosen,
    CASE
        WHEN field IN (
            'started_at', 'detected_at', 'acknowledged_at', 'declared_at', 'mitigated_at', 'resolved_at',
            'published_at', 'reviewed_at'
        ) THEN try_cast(value AS TIMESTAMP) IS NOT NULL
        WHEN field = 'occurred_on' THEN try_cast(value AS DATE) IS NOT NULL
        WHEN field IN ('severity', 'affected_user_count') THEN try_cast(value AS BIGINT) IS NOT NULL
        WHEN field = 'cost' OR field LIKE '%\_minutes' ESCAPE '\' THEN try_cast(value AS DOUBLE) IS NOT NULL
        WHEN field IN ('is_planned', 'is_resolved') THEN try_cast(value AS BOOLEAN) IS NOT NULL
        WHEN field IN ('services', 'contributing_factors', 'five_whys', 'authors', 'reviewers') THEN coalesce(json_valid(value), FALSE)
        ELSE TRUE
    END AS is_readable
FROM facts.evidence
