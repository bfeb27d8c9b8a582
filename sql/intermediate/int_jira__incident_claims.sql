-- Of which incidents issues say themselves that they belong to them: by a link to a document, by a link to the
-- incident's own issue, or by their field for the incident.
-- One row per issue, way it says so, and thing it points to.
-- Key: issue_id, found_by, target.
--
-- What it points to may tell of several incidents; then it is not known which is meant. Links that say duplicate,
-- clone, cause or review make nobody a part of the incident, unless the settings name the types of links that do. The
-- incidents' own issues are no promises.
WITH incident_issues AS (
    SELECT * FROM intermediate.int_jira__incident_issues
),

issue_keys AS (
    SELECT * FROM intermediate.int_jira__keys
),

by_document AS (
    SELECT
        page_links.issue_id,
        page_links.found_by,
        page_links.url AS target,
        merged.document_id,
        merged.incident_id
    FROM intermediate.int_jira__page_links AS page_links
    INNER JOIN intermediate.int_incidents__merged AS merged ON page_links.document_id = merged.document_id
),

chosen_links AS (
    SELECT link_type
    FROM staging.stg_settings__action_item_links
),

chosen_counts AS (
    SELECT count(*) AS link_type_count
    FROM chosen_links
),

leading_links AS (
    SELECT
        links.from_issue_id,
        links.to_issue_id
    FROM intermediate.int_jira__links AS links
    LEFT JOIN chosen_links ON lower(links.link_type) = chosen_links.link_type
    CROSS JOIN chosen_counts
    WHERE
        chosen_links.link_type IS NOT NULL
        OR (chosen_counts.link_type_count = 0 AND links.link_kind = 'other')
),

by_link AS (
    SELECT
        from_issue_id AS issue_id,
        to_issue_id AS incident_issue_id
    FROM leading_links
    UNION
    SELECT
        to_issue_id AS issue_id,
        from_issue_id AS incident_issue_id
    FROM leading_links
),

field_keys AS (
    SELECT
        issue_id,
        upper(trim(CASE
            WHEN regexp_matches(words, '/browse/[A-Za-z][A-Za-z0-9_]*-[0-9]+')
                THEN regexp_extract(words, '/browse/([A-Za-z][A-Za-z0-9_]*-[0-9]+)', 1)
            ELSE words
        END)) AS incident_key
    FROM staging.stg_jira__field_values
    WHERE purpose = 'incident' AND words IS NOT NULL
),

incident_keys AS (
    SELECT
        incident_id,
        upper(trim(value)) AS incident_key
    FROM intermediate.int_incidents__evidence
    WHERE field = 'incident_key' AND is_eligible
    UNION
    SELECT
        incident_issues.incident_id,
        issue_keys.issue_key AS incident_key
    FROM incident_issues
    INNER JOIN issue_keys ON incident_issues.issue_id = issue_keys.issue_id
),

claims AS (
    SELECT
        issue_id,
        found_by,
        target,
        document_id,
        incident_id
    FROM by_document
    UNION ALL
    SELECT
        by_link.issue_id,
        'incident_link' AS found_by,
        by_link.incident_issue_id AS target,
        CAST(NULL AS VARCHAR) AS document_id,
        incident_issues.incident_id
    FROM by_link
    INNER JOIN incident_issues ON by_link.incident_issue_id = incident_issues.issue_id
    UNION ALL
    SELECT
        field_keys.issue_id,
        'incident_field' AS found_by,
        field_keys.incident_key AS target,
        CAST(NULL AS VARCHAR) AS document_id,
        incident_keys.incident_id
    FROM field_keys
    INNER JOIN incident_keys ON field_keys.incident_key = incident_keys.incident_key
)

SELECT
    claims.issue_id,
    claims.found_by,
    claims.target,
    CASE WHEN count(DISTINCT claims.document_id) = 1 THEN max(claims.document_id) END AS document_id,
    CASE WHEN count(DISTINCT claims.incident_id) = 1 THEN max(claims.incident_id) END AS incident_id
FROM claims
INNER JOIN staging.stg_jira__issues AS issues ON claims.issue_id = issues.issue_id
LEFT JOIN (SELECT DISTINCT issue_id FROM incident_issues) AS own_issues ON claims.issue_id = own_issues.issue_id
WHERE own_issues.issue_id IS NULL
GROUP BY claims.issue_id, claims.found_by, claims.target
