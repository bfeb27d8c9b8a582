-- No document tells of an incident that is not in the tables: what is put together is not lost. Of the documents on
-- one incident one gives its id, and one is shown.
SELECT
    tellings.incident_id,
    tellings.document_id
FROM marts.incident_documents AS tellings
LEFT JOIN marts.incidents ON tellings.incident_id = incidents.incident_id
WHERE incidents.incident_id IS NULL
UNION ALL
SELECT
    incident_id,
    min(document_id) AS document_id
FROM marts.incident_documents
GROUP BY incident_id
HAVING count(*) FILTER (WHERE place = 1) <> 1 OR count(*) FILTER (WHERE is_shown) <> 1
