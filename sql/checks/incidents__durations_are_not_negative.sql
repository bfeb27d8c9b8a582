-- No duration is below zero.
SELECT
    incident_id,
    time_to_detect_minutes,
    time_to_acknowledge_minutes,
    time_to_mitigate_minutes,
    time_to_resolve_minutes
FROM marts.incidents
WHERE
    time_to_detect_minutes < 0
    OR time_to_acknowledge_minutes < 0
    OR time_to_mitigate_minutes < 0
    OR time_to_resolve_minutes < 0
