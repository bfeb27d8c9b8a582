-- What happened when, as the documents' timelines tell it.
-- One row per incident and entry of its timeline.
-- Key: incident_id, ordinal.
SELECT
    events.incident_id, -- the incident
    events.ordinal, -- the entry's place in the document, from 1
    events."at", -- when, in UTC; null when the time cannot be read
    events.at_text, -- the time as written
    events.text, -- what happened, in the document's words
    events.kind, -- started, detected, acknowledged, declared, mitigated, resolved, or null
    events.line -- of the document as fetched, from 1
FROM staging.stg_facts__events AS events
INNER JOIN marts.incidents ON events.incident_id = incidents.incident_id
