-- When each incident lies in time: the first known of its times, else the start of the day its document gives.
-- One row per incident with any evidence.
-- Key: incident_id.
SELECT
    incident_id,
    coalesce(
        started_at, detected_at, declared_at, acknowledged_at, mitigated_at, resolved_at,
        CAST(occurred_on AS TIMESTAMP)
    ) AS occurred_at
FROM intermediate.int_incidents__fields
