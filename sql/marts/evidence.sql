-- Where each value comes from: the words of the document, and how they were read.
-- One row per incident, field and value found.
-- Key: incident_id, field, ordinal.
SELECT
    evidence.document_id, -- the document that says it
    evidence.incident_id, -- the incident it is said of
    evidence.field, -- the column of marts.incidents it speaks for
    evidence.ordinal, -- 1 for the chosen value, then the others
    evidence.value, -- as text; times in UTC, durations in minutes
    evidence.method, -- record, front_matter, label, table, timeline, heading, prose, title, path, rule or reviewed
    evidence.line, -- of the document as fetched, from 1
    evidence.quote, -- the words themselves
    evidence.confidence, -- 0 to 1
    evidence.is_chosen -- whether the tables use it; the others were said, too, or contradict it
FROM staging.stg_facts__evidence AS evidence
INNER JOIN marts.incidents ON evidence.incident_id = incidents.incident_id
