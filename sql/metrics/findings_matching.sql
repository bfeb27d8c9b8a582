-- The findings one by one, what costs the figures most first: what to mend, where, and what it costs.
-- One row per finding: what one rule finds at one place of a document.
-- Key: finding_number.
-- Left out: what concerns planned work only.
SELECT
    finding_number, -- its place in the build
    "rank", -- 1 for what costs the figures most, over all documents
    rule, -- which rule found it
    level, -- error, warning or info
    message, -- what is wrong, and what to do
    source, -- of the document
    path, -- of the document, relative to its source
    url, -- where to read it
    line, -- of the document as fetched, from 1; empty for something missing
    quote, -- the words at that line
    incident_id, -- the incident, when it is about one
    incident_title, -- its title
    lost_figures, -- the figures that leave its incidents out because of it
    doubted_figures, -- the figures that use a value it doubts
    lost_incident_count, -- incidents that at least one figure leaves out because of it
    doubted_minutes, -- minutes of time to resolve that rest on a value it doubts
    cost -- what it costs the figures
FROM selected_findings
ORDER BY "rank"
