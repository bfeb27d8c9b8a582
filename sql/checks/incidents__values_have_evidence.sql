-- Every time, severity and category of an incident has a chosen row of evidence.
WITH stated AS (
    SELECT
        incident_id,
        'started_at' AS field
    FROM marts.incidents
    WHERE started_at IS NOT NULL
    UNION ALL
    SELECT
        incident_id,
        'detected_at' AS field
    FROM marts.incidents
    WHERE detected_at IS NOT NULL
    UNION ALL
    SELECT
        incident_id,
        'resolved_at' AS field
    FROM marts.incidents
    WHERE resolved_at IS NOT NULL
    UNION ALL
    SELECT
        incident_id,
        'severity' AS field
    FROM marts.incidents
    WHERE severity IS NOT NULL
    UNION ALL
    SELECT
        incident_id,
        'cause_category' AS field
    FROM marts.incidents
    WHERE cause_category IS NOT NULL
)

SELECT
    stated.incident_id,
    stated.field
FROM stated
LEFT JOIN marts.evidence
    ON stated.incident_id = evidence.incident_id AND stated.field = evidence.field AND evidence.is_chosen
WHERE evidence.incident_id IS NULL
