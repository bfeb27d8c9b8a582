-- A repeat comes after the incident it repeats, and is another one.
SELECT
    incident_id,
    earlier_incident_id,
    gap_days
FROM marts.repeats
WHERE gap_days < 0 OR incident_id = earlier_incident_id
