-- Every document ever fetched, read or not.
-- One row per document.
-- Key: document_id.
WITH versions AS (
    SELECT
        document_id,
        count(*) AS version_count
    FROM staging.stg_documents__versions
    GROUP BY document_id
),

incidents AS (
    SELECT
        document_id,
        count(*) AS incident_count
    FROM marts.incident_documents
    GROUP BY document_id
),

findings AS (
    SELECT
        document_id,
        count(*) AS finding_count
    FROM marts.findings
    WHERE document_id IS NOT NULL
    GROUP BY document_id
)

SELECT
    listings.document_id, -- of source and path, so stable across runs
    current_versions.source, -- the configured source
    current_versions.path, -- relative to its source
    current_versions.url, -- where people read it
    coalesce(readings.title, current_versions.title) AS title, -- as the parser found it, else as the source keeps it
    readings.kind, -- postmortem, template, index, empty, unreadable or not_a_postmortem; null when never read
    current_versions.problem, -- why it could not be read: empty, binary, too_large, not_utf8, unreadable, outside, no_file, or what a record lacks; else null
    listed.document_id IS NOT NULL AS is_listed, -- whether its source still lists it, and the settings the source
    CASE
        WHEN listed.original_document_id <> listed.document_id THEN listed.original_document_id
    END AS copy_of_document_id, -- the document it is a copy of, byte for byte; its incidents count there
    coalesce(current_versions.media_type, 'text/plain') AS media_type, -- text/plain, text/html, application/pdf or application/json
    current_versions.size_bytes, -- of the latest version
    current_versions.content_hash, -- of the latest version
    current_versions.version, -- the source's own name for the latest version: a blob's id, a page's number; else null
    versions.version_count, -- how many versions were fetched
    current_versions.written_at, -- when its source first held it (first commit, creation of the page), if it says so
    current_versions.modified_at, -- when it was last changed, as its source says
    listings.first_listed_at, -- when it was first seen
    current_versions.fetched_at, -- when the latest version was fetched
    listings.availability_basis, -- how it is known to have existed: listed by a fetch; in a build of the past also by its date (written) or its incident
    readings.parsed_at, -- when it was last read
    coalesce(incidents.incident_count, 0) AS incident_count, -- incidents it describes, alone or with other documents
    coalesce(findings.finding_count, 0) AS finding_count, -- what is missing, contradictory or doubtful in it
    restricted.document_id IS NOT NULL AS is_restricted -- whether only some may see it: by its source, or by its own words
FROM staging.stg_documents__listings AS listings
INNER JOIN staging.stg_documents__versions AS current_versions
    ON
        listings.document_id = current_versions.document_id
        AND listings.content_hash = current_versions.content_hash
INNER JOIN versions ON listings.document_id = versions.document_id
LEFT JOIN intermediate.int_documents__copies AS listed ON listings.document_id = listed.document_id
LEFT JOIN staging.stg_facts__documents AS readings ON listings.document_id = readings.document_id
LEFT JOIN intermediate.int_documents__restricted AS restricted ON listings.document_id = restricted.document_id
LEFT JOIN incidents ON listings.document_id = incidents.document_id
LEFT JOIN findings ON listings.document_id = findings.document_id
