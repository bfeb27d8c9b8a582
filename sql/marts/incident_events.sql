-- What happened when, as the documents' timelines tell it.
-- One row per incident and entry of its timeline; what two documents tell alike is one.
-- Key: incident_id, ordinal.
SELECT
    incident_id, -- the incident
    ordinal, -- the entry's place in the document, from 1; those of further documents come after
    document_id, -- the document that tells it
    "at", -- when, in UTC; null when the time cannot be read; a word of SQL, so quote it, or take happened_at
    at_text, -- the time as written
    text, -- what happened, in the document's words
    kind, -- started, detected, acknowledged, declared, mitigated, resolved, or null
    line, -- of the document as fetched, from 1
    "at" AS happened_at -- the same as "at", under a name that needs no quotes
FROM intermediate.int_incidents__events
