-- The Jira issues that are an incident's own: one that a document names as the incident's key, or that is the document.
-- One row per incident and issue.
-- Key: incident_id, issue_id.
WITH parameters AS (
    SELECT * FROM staging.stg_settings__parameters
),

named AS (
    SELECT
        incident_id,
        upper(trim(value)) AS issue_key
    FROM intermediate.int_incidents__evidence
    WHERE field = 'incident_key' AND is_eligible
    UNION
    SELECT
        merged.incident_id,
        upper(regexp_extract(documents.url, '/browse/([A-Za-z][A-Za-z0-9_]*-[0-9]+)$', 1)) AS issue_key
    FROM intermediate.int_documents__copies AS documents
    INNER JOIN intermediate.int_incidents__merged AS merged ON documents.original_document_id = merged.document_id
    CROSS JOIN parameters
    WHERE starts_with(lower(documents.url), lower(parameters.jira_issue_url) || '/browse/')
)

SELECT DISTINCT
    named.incident_id,
    keys.issue_id
FROM named
INNER JOIN intermediate.int_jira__keys AS keys ON named.issue_key = keys.issue_key
