-- Where each value comes from: the words of the document, and how they were read.
-- One row per incident, field and value found, over all documents on the incident.
-- Key: incident_id, field, ordinal.
--
-- The chosen value is that of the most trusted place: what a person said of it, the latest first; a record or front matter,
-- then tables, labels and headings, the timeline, prose, the title, the path, a rule; then one that is not in doubt, then
-- that of the document that tells most, whose title is always taken. What was read stays beside what a person said, and
-- a time that was left out for its order counts again when a person's time puts it in order.
SELECT
    document_id, -- the document that says it, or of which a person says it
    incident_id, -- the incident it is said of
    field, -- the column of marts.incidents it speaks for
    ordinal, -- 1 for the chosen value, then the others
    value, -- as text; times in UTC, durations in minutes; null when a person says that the document does not state it
    method, -- record, front_matter, label, table, timeline, heading, prose, title, path, rule or reviewed
    line, -- of the document as fetched, from 1
    quote, -- the words themselves; of a reviewed value, who said it and when
    confidence, -- 0 to 1
    is_chosen -- whether the tables use it; the others were said, too, or contradict it
FROM intermediate.int_incidents__evidence
