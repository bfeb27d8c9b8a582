-- What is missing, contradictory or doubtful, said to the person who can mend it.
-- One row per finding.
-- Key: finding_number.
WITH read_in_documents AS (
    SELECT
        findings.document_id,
        findings.incident_id,
        findings.line,
        findings.rule,
        findings.level,
        findings.message
    FROM staging.stg_facts__findings AS findings
    INNER JOIN intermediate.int_documents__listed AS documents
        ON findings.document_id = documents.document_id
),

unreadable_values AS (
    SELECT
        evidence.document_id,
        evidence.incident_id,
        evidence.line,
        'value_unreadable' AS rule,
        'error' AS level,
        'The value "' || evidence.value || '" of ' || evidence.field
        || ' does not have the form of its field, and was left out.' AS message
    FROM staging.stg_facts__evidence AS evidence
    INNER JOIN intermediate.int_documents__listed AS documents
        ON evidence.document_id = documents.document_id
    WHERE evidence.is_chosen AND NOT evidence.is_readable
),

missing_issues AS (
    SELECT
        document_id,
        incident_id,
        line,
        'issue_missing' AS rule,
        'warning' AS level,
        'Jira does not show ' || jira_key
        || ': it was deleted, is hidden from the account, or the key is mistyped.' AS message
    FROM marts.action_items
    WHERE link_state = 'missing'
),

contradicted_marks AS (
    SELECT
        document_id,
        incident_id,
        line,
        'marked_done_but_open' AS rule,
        'warning' AS level,
        'The document marks this action item as done, and ' || jira_key || ' is still open in Jira.' AS message
    FROM marts.action_items
    WHERE is_marked_done AND outcome = 'open' AND outcome_basis = 'jira'
),

issues_named_twice AS (
    SELECT
        document_id,
        incident_id,
        max(line) AS line,
        'issue_named_twice' AS rule,
        'info' AS level,
        CAST(count(*) AS VARCHAR) || ' action items of this incident name ' || jira_key
        || '; each counts, with the same outcome.' AS message
    FROM marts.action_items
    WHERE incident_id IS NOT NULL AND issue_id IS NOT NULL
    GROUP BY document_id, incident_id, jira_key
    HAVING count(*) > 1
),

short_histories AS (
    SELECT
        document_id,
        incident_id,
        line,
        'history_incomplete' AS rule,
        'warning' AS level,
        'Jira did not give the whole history of ' || jira_key
        || '; how often it was pushed or reopened may be more than counted.' AS message
    FROM marts.action_items
    WHERE NOT is_history_complete
),

ownerless_services AS (
    SELECT
        document_id,
        incident_id,
        CAST(NULL AS INTEGER) AS line,
        'service_without_team' AS rule,
        'info' AS level,
        'No team of the settings has the service "' || service || '".' AS message
    FROM marts.incidents
    WHERE team IS NULL AND service IS NOT NULL AND NOT is_planned
),

unlisted_teams AS (
    SELECT
        incidents.document_id,
        incidents.incident_id,
        CAST(NULL AS INTEGER) AS line,
        'team_unknown' AS rule,
        'info' AS level,
        'The settings know no team "' || incidents.team || '".' AS message
    FROM marts.incidents
    LEFT JOIN staging.stg_settings__teams AS teams ON incidents.team = teams.team
    CROSS JOIN (SELECT count(*) AS team_count FROM staging.stg_settings__teams) AS configured
    WHERE incidents.team IS NOT NULL AND teams.team IS NULL AND configured.team_count > 0
),

copies AS (
    SELECT
        copies.document_id,
        CAST(NULL AS VARCHAR) AS incident_id,
        CAST(NULL AS INTEGER) AS line,
        'document_copied' AS rule,
        'warning' AS level,
        'This is a copy of ' || originals.source || '/' || originals.path
        || '; it counts once. Remove one, or exclude it in the settings.' AS message
    FROM intermediate.int_documents__copies AS copies
    INNER JOIN intermediate.int_documents__listed AS originals
        ON copies.original_document_id = originals.document_id
    INNER JOIN staging.stg_facts__documents AS readings ON copies.document_id = readings.document_id
    WHERE copies.document_id <> copies.original_document_id AND readings.kind = 'postmortem'
),

found AS (
    SELECT * FROM read_in_documents
    UNION ALL
    SELECT * FROM copies
    UNION ALL
    SELECT * FROM unreadable_values
    UNION ALL
    SELECT * FROM missing_issues
    UNION ALL
    SELECT * FROM contradicted_marks
    UNION ALL
    SELECT * FROM issues_named_twice
    UNION ALL
    SELECT * FROM short_histories
    UNION ALL
    SELECT * FROM ownerless_services
    UNION ALL
    SELECT * FROM unlisted_teams
)

SELECT
    row_number() OVER (
        ORDER BY
            document_id ASC NULLS LAST, line ASC NULLS LAST, rule ASC, incident_id ASC NULLS LAST, message ASC
    ) AS finding_number, -- its place in this build
    document_id, -- the document to mend; null when the finding is not about one
    incident_id, -- the incident, when it is about one
    line, -- of the document as fetched, from 1; null for something missing
    rule, -- which rule found it, a stable name
    level, -- error, warning or info
    message -- what is wrong, in a sentence
FROM found
