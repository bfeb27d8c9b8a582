-- A time to resolve says what it rests on, and nothing rests on nothing.
SELECT
    incident_id,
    time_to_resolve_minutes,
    duration_basis
FROM marts.incidents
WHERE (time_to_resolve_minutes IS NULL) <> (duration_basis IS NULL)
