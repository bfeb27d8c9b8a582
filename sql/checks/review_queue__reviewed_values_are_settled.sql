-- Nobody is asked for a field that a person has reviewed.
SELECT
    queue.incident_id,
    queue.field
FROM marts.review_queue AS queue
INNER JOIN marts.evidence ON queue.incident_id = evidence.incident_id AND queue.field = evidence.field
WHERE evidence.is_chosen AND evidence.method = 'reviewed'
