-- At most one value of a field is the one the tables use.
SELECT
    incident_id,
    field,
    count(*) AS chosen_count
FROM marts.evidence
WHERE is_chosen
GROUP BY incident_id, field
HAVING count(*) > 1
