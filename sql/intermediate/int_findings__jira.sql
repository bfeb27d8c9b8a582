-- What Jira does not show, does not say, or says twice over of the issues that are followed, and who can mend it.
-- One row per finding; two of the same words at the same line are two.
--
-- A finding on an issue that no document names stands at the document of its incident, if it has one.
WITH incident_documents AS (
    SELECT
        incident_id,
        document_id
    FROM intermediate.int_incidents__merged
    WHERE fullness_rank = 1
),

promises AS (
    SELECT
        promises.incident_id,
        coalesce(promises.document_id, incident_documents.document_id) AS document_id,
        promises.line,
        promises.quote,
        promises.issue_id,
        promises.link_state,
        promises.absent_since_at,
        promises.absent_reason,
        promises.found_by,
        coalesce(issues.issue_key, promises.named_key) AS jira_key,
        regexp_replace(coalesce(issues.issue_key, promises.named_key), '-[0-9]+$', '') AS project,
        issues.status,
        issues.history_complete,
        outcomes.outcome,
        outcomes.is_duplicate,
        survivors.survivor_id,
        lasting.issue_key AS lasting_key,
        lasting.status AS lasting_status,
        lasting.resolution AS lasting_resolution,
        lasting.history_complete AS is_lasting_complete,
        lasting_outcomes.outcome AS lasting_outcome
    FROM intermediate.int_promises AS promises
    LEFT JOIN incident_documents ON promises.incident_id = incident_documents.incident_id
    LEFT JOIN staging.stg_jira__issues AS issues ON promises.issue_id = issues.issue_id
    LEFT JOIN intermediate.int_jira__issue_outcomes AS outcomes ON promises.issue_id = outcomes.issue_id
    LEFT JOIN intermediate.int_jira__survivors AS survivors ON promises.issue_id = survivors.issue_id
    LEFT JOIN staging.stg_jira__issues AS lasting
        ON coalesce(survivors.survivor_id, promises.issue_id) = lasting.issue_id
    LEFT JOIN intermediate.int_jira__issue_outcomes AS lasting_outcomes ON lasting.issue_id = lasting_outcomes.issue_id
    WHERE promises.tracker = 'jira'
),

missing_issues AS (
    SELECT
        document_id,
        incident_id,
        line,
        'issue_missing' AS rule,
        CASE WHEN outcome IN ('done', 'declined') THEN 'info' ELSE 'warning' END AS level,
        CASE
            WHEN issue_id IS NULL AND absent_reason = 'project_not_shown'
                THEN
                    'Jira shows neither ' || jira_key || ' nor its project; have the account given the permission to browse '
                    || project || ', unless the key is mistyped.'
            WHEN issue_id IS NULL
                THEN
                    'Jira does not show ' || jira_key
                    || ': it was deleted, is hidden from the account, or the key is mistyped.'
            WHEN absent_reason = 'project_not_shown'
                THEN
                    'Jira shows ' || jira_key || coalesce(', which was ' || status || ',', '') || ' no more since '
                    || CAST(CAST(absent_since_at AS DATE) AS VARCHAR)
                    || ', nor its project; have the account given the permission to browse ' || project || '.'
            ELSE
                'Jira shows ' || jira_key || coalesce(', which was ' || status || ',', '') || ' no more since '
                || CAST(CAST(absent_since_at AS DATE) AS VARCHAR)
                || ': it was deleted, or who administers ' || project || ' can let the account see it again.'
        END AS message,
        quote
    FROM promises
    WHERE link_state = 'missing'
),

short_histories AS (
    SELECT
        document_id,
        incident_id,
        line,
        'history_incomplete' AS rule,
        'warning' AS level,
        'Jira did not give the whole history of '
        || CASE WHEN history_complete THEN lasting_key ELSE jira_key END
        || '; how often it was pushed or reopened may be more than counted.' AS message,
        quote
    FROM promises
    WHERE NOT history_complete OR NOT is_lasting_complete
),

lost_duplicates AS (
    SELECT
        document_id,
        incident_id,
        line,
        'duplicate_without_survivor' AS rule,
        'warning' AS level,
        jira_key || ' was closed as a duplicate, and no link leads to an issue in which the work goes on, so it counts '
        || 'as declined; link it in Jira to that issue as one it "duplicates".' AS message,
        quote
    FROM promises
    WHERE is_duplicate AND survivor_id IS NULL
),

left_resolutions AS (
    SELECT
        document_id,
        incident_id,
        line,
        'resolution_left_set' AS rule,
        'info' AS level,
        lasting_key || ' is open (' || lasting_status || ') and keeps the resolution ' || lasting_resolution
        || ', so Jira''s own lists take it for resolved; clear it in Jira.' AS message,
        quote
    FROM promises
    WHERE lasting_outcome = 'open' AND lasting_resolution IS NOT NULL AND link_state <> 'missing'
),

unknown_statuses AS (
    SELECT
        document_id,
        incident_id,
        line,
        'status_category_unknown' AS rule,
        'warning' AS level,
        'Jira does not tell of which category the status ' || coalesce(lasting_status, '(none)') || ' of ' || lasting_key
        || ' is, so it is not known what became of it; see whether the account may browse its project.' AS message,
        quote
    FROM promises
    WHERE lasting_outcome = 'unknown'
),

unclear_incidents AS (
    SELECT
        claims.document_id,
        CAST(NULL AS VARCHAR) AS incident_id,
        CAST(NULL AS INTEGER) AS line,
        'incident_unclear' AS rule,
        'info' AS level,
        promises.jira_key || CASE claims.found_by
            WHEN 'remote_link' THEN ' links to a document that tells of several incidents'
            WHEN 'incident_link' THEN ' is linked to an issue that several incidents have as their own'
            ELSE ' names in its field for the incident what several incidents share'
        END || ', so it counts for none; name it in the document, beside the incident it belongs to.' AS message,
        CAST(NULL AS VARCHAR) AS quote
    FROM promises
    INNER JOIN intermediate.int_jira__incident_claims AS claims ON promises.issue_id = claims.issue_id
    WHERE promises.found_by IS DISTINCT FROM 'document' AND promises.incident_id IS NULL AND claims.incident_id IS NULL
),

unknown_fields AS (
    SELECT
        CAST(NULL AS VARCHAR) AS document_id,
        CAST(NULL AS VARCHAR) AS incident_id,
        CAST(NULL AS INTEGER) AS line,
        'jira_field_unknown' AS rule,
        'warning' AS level,
        'Jira has no field ' || named.field_id || ', which the settings name as jira.fields.' || named.purpose
        || '; `postmortems doctor` lists those it has.' AS message,
        CAST(NULL AS VARCHAR) AS quote
    FROM staging.stg_settings__jira_fields AS named
    CROSS JOIN (SELECT count(*) AS field_count FROM staging.stg_jira__fields) AS known
    LEFT JOIN staging.stg_jira__fields AS fields
        ON named.field_id = fields.field_id AND fields.position IS NOT NULL
    WHERE fields.field_id IS NULL AND known.field_count > 0
),

fruitless_queries AS (
    SELECT
        CAST(NULL AS VARCHAR) AS document_id,
        CAST(NULL AS VARCHAR) AS incident_id,
        CAST(NULL AS INTEGER) AS line,
        'jql_finds_nothing' AS rule,
        'warning' AS level,
        'The JQL of the settings (jira.jql) finds no issue; try it in Jira''s own search as the account, and mend it or '
        || 'the account''s rights.' AS message,
        CAST(NULL AS VARCHAR) AS quote
    FROM (
        SELECT jql_count
        FROM staging.stg_sources__fetches
        WHERE kind = 'jira' AND outcome = 'ok' AND is_sweep
        QUALIFY row_number() OVER (ORDER BY attempt_number ASC) = 1
    ) AS last_look
    INNER JOIN staging.stg_settings__sources AS sources ON sources.kind = 'jira'
    WHERE last_look.jql_count = 0
),

found AS (
    SELECT * FROM missing_issues
    UNION ALL
    SELECT * FROM fruitless_queries
    UNION ALL
    SELECT * FROM short_histories
    UNION ALL
    SELECT * FROM lost_duplicates
    UNION ALL
    SELECT * FROM left_resolutions
    UNION ALL
    SELECT * FROM unknown_statuses
    UNION ALL
    SELECT * FROM unclear_incidents
    UNION ALL
    SELECT * FROM unknown_fields
)

SELECT
    document_id,
    incident_id,
    line,
    rule,
    level,
    message,
    quote
FROM found
