-- The findings that concern an incident the filters let through; those of a document that tells of none belong to no
-- period, team, service, severity or cause, so they are there unless one of the last four is chosen.
-- One row per finding.
-- Key: finding_number.
-- Left out: what concerns planned work only.
SELECT
    findings.*,
    documents.source, -- of the document
    documents.path, -- of the document, relative to its source
    documents.url, -- where people read the document
    incidents.title AS incident_title -- of the incident, when it is about one
FROM marts.findings
LEFT JOIN marts.documents ON findings.document_id = documents.document_id
LEFT JOIN marts.incidents ON findings.incident_id = incidents.incident_id
CROSS JOIN filters
WHERE
    findings.incident_id IN (SELECT selected_incidents.incident_id FROM selected_incidents WHERE NOT is_left_out)
    OR (
        findings.incident_id IS NULL
        AND findings.document_id IN (
            SELECT tellings.document_id
            FROM marts.incident_documents AS tellings
            INNER JOIN selected_incidents ON tellings.incident_id = selected_incidents.incident_id
            WHERE NOT selected_incidents.is_left_out
        )
    )
    OR (
        findings.incident_id IS NULL
        AND coalesce(findings.document_id, '') NOT IN (
            SELECT tellings.document_id FROM marts.incident_documents AS tellings
        )
        AND filters.teams IS NULL
        AND filters.services IS NULL
        AND filters.severities IS NULL
        AND filters.causes IS NULL
        AND (filters.sources IS NULL OR list_contains(filters.sources, documents.source))
    )
