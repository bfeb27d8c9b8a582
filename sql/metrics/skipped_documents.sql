-- The documents that were not read as postmortems, and why, those that may hold an incident first.
-- One row per document that its source still lists.
-- Key: document_id.
-- A document that was not read has no period, team, service, severity or cause: only the source chooses among these.
WITH advice AS (
    SELECT
        document_id,
        rule,
        message,
        cost
    FROM marts.findings
    WHERE incident_id IS NULL
    QUALIFY row_number() OVER (PARTITION BY document_id ORDER BY "rank" ASC) = 1
)

SELECT
    documents.document_id, -- the document
    documents.source, -- of the document
    documents.path, -- relative to its source
    documents.url, -- where to read it
    coalesce(documents.problem, documents.kind, 'not_read') AS reason, -- why it is none: its problem, else what it is
    (documents.kind IS NULL OR coalesce(advice.cost, 0) > 0) AS is_unread, -- whether it may hold an incident nobody has read
    advice.rule, -- of the finding that says so
    coalesce(advice.message, 'A copy of ' || originals.source || '/' || originals.path || '.') AS message -- what to do, in a sentence
FROM marts.documents
LEFT JOIN marts.documents AS originals ON documents.copy_of_document_id = originals.document_id
LEFT JOIN advice ON documents.document_id = advice.document_id
CROSS JOIN filters
WHERE
    documents.is_listed
    AND documents.kind IS DISTINCT FROM 'postmortem'
    AND (filters.sources IS NULL OR list_contains(filters.sources, documents.source))
ORDER BY is_unread DESC, documents.source ASC, documents.path ASC
