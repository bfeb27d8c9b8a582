-- What most needs a person's eye: the values that figures want and lack, or use though they are in doubt.
-- One row per incident and field.
-- Key: review_rank.
-- The cost is the minutes that hang on the value, weighed by 6 less the incident's severity (3 when none is stated).
-- Left out: planned work.
SELECT
    queue.review_rank, -- 1 for what most needs an eye, over all incidents
    queue.incident_id, -- the incident
    selected_incidents.title AS incident_title, -- its title
    queue.source, -- of the document to look into
    queue.path, -- of it, relative to its source
    documents.url, -- where to read it
    queue.line, -- of it as fetched, from 1; empty for something missing
    queue.incident_ordinal, -- the incident's place in the document, when that tells of several
    queue.field, -- the field in question
    queue.value, -- what was read; empty when nothing was
    queue.confidence, -- how sure, 0 to 1
    queue.method, -- how it was read
    queue.quote, -- the words it was read from
    queue.doubt, -- missing, left_out, contradicted or unsure
    queue.reason, -- why it is in doubt, in a sentence
    queue.figures, -- the figures that leave the incident out for want of it, or use it though it is in doubt
    queue.minutes, -- the incident's time to resolve, else the stated customer impact
    queue.cost -- the minutes that hang on it, weighed
FROM marts.review_queue AS queue
INNER JOIN selected_incidents ON queue.incident_id = selected_incidents.incident_id
LEFT JOIN marts.documents ON queue.document_id = documents.document_id
WHERE NOT selected_incidents.is_left_out
ORDER BY queue.review_rank
