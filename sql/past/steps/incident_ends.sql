-- By when each incident had ended, as its document tells: its end, else the last of its other times, else its day.
-- One row per incident with any time.
-- Key: incident_id.
SELECT
    document_id,
    incident_id,
    min(moment) AS began_at,
    coalesce(
        max(moment) FILTER (WHERE field = 'resolved_at'),
        max(moment)
    ) AS ended_at
FROM (
    SELECT
        document_id,
        incident_id,
        field,
        CASE
            WHEN field = 'occurred_on' THEN CAST(try_cast(value AS DATE) AS TIMESTAMP)
            ELSE try_cast(value AS TIMESTAMP)
        END AS moment
    FROM facts.evidence
    WHERE
        is_chosen
        AND field IN (
            'occurred_on', 'started_at', 'detected_at', 'acknowledged_at', 'declared_at', 'mitigated_at',
            'resolved_at'
        )
) AS times
WHERE moment IS NOT NULL
GROUP BY document_id, incident_id
