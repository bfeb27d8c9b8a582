-- What the parser found missing, contradictory or doubtful, as it stands beside what a person reviewed since.
-- One row per finding; two of the same words at the same line are two.
WITH reviewed_fields AS (
    SELECT DISTINCT
        told_id,
        field
    FROM intermediate.int_reviewed__matched
    WHERE told_id IS NOT NULL
),

-- What was found of a value for which a person's stands now: at its line, or of a duration between two such times.
outdated AS (
    SELECT DISTINCT
        findings.incident_id AS told_id,
        findings.rule,
        findings.line
    FROM reviewed_fields
    INNER JOIN staging.stg_facts__findings AS findings ON reviewed_fields.told_id = findings.incident_id
    LEFT JOIN staging.stg_facts__evidence AS evidence
        ON
            findings.incident_id = evidence.incident_id
            AND findings.line = evidence.line
            AND reviewed_fields.field = evidence.field
    WHERE
        (
            findings.rule IN (
                'values_contradict', 'duration_contradicts_times', 'time_in_future', 'duration_in_support_hours',
                'severity_unknown', 'category_unknown'
            )
            AND evidence.field IS NOT NULL
        )
        OR (
            findings.rule IN (
                'duration_contradicts_times', 'zero_duration', 'declared_after_end'
            )
            AND reviewed_fields.field IN (
                'started_at', 'detected_at', 'declared_at', 'mitigated_at', 'resolved_at'
            )
        )
)

SELECT
    findings.document_id,
    merged.incident_id,
    findings.line,
    findings.rule,
    findings.level,
    CASE
        WHEN reordered.state = 'out'
            THEN
                'The ' || reordered.field_name || ' (' || reordered.value || ' UTC, line '
                || CAST(reordered.line AS VARCHAR) || ') does not fit the ' || reordered.other_name || ' ('
                || reordered.other_value || ' UTC'
                || coalesce(', line ' || CAST(reordered.other_line AS VARCHAR), '')
                || coalesce('; ' || reordered.other_quote, '') || ') and was left out; correct one of them.'
        ELSE findings.message
    END AS message,
    findings.quote
FROM staging.stg_facts__findings AS findings
INNER JOIN intermediate.int_documents__listed AS documents
    ON findings.document_id = documents.document_id
LEFT JOIN intermediate.int_incidents__merged AS merged ON findings.incident_id = merged.told_id
LEFT JOIN intermediate.int_reviewed__reordered AS reordered
    ON
        findings.incident_id = reordered.told_id
        AND findings.line = reordered.finding_line
        AND findings.rule = reordered.rule
        AND (
            findings.rule = 'duration_contradicts_times'
            OR starts_with(findings.message, 'The ' || reordered.field_name || ' (')
        )
LEFT JOIN outdated
    ON
        findings.incident_id = outdated.told_id
        AND findings.rule = outdated.rule
        AND findings.line = outdated.line
WHERE reordered.state = 'out' OR (reordered.state IS NULL AND outdated.told_id IS NULL)
