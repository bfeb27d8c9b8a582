-- Every promise of a listed document beside the Jira issue it names, and every issue no document names.
-- One row per promise, and one per issue that no promise names.
-- Key: action_item_id.
--
-- A key finds its issue by the issues' own keys, else by those they had before they were moved, else through the
-- move in their changelog. An old key that has come to name another issue means that other issue. An issue held
-- from before that Jira did not show at the last fetch is missing. A Jira issue without a key is one of a Jira that is
-- not followed.
WITH promises AS (
    SELECT action_items.*
    FROM staging.stg_facts__action_items AS action_items
    INNER JOIN intermediate.int_documents__listed AS documents
        ON action_items.document_id = documents.document_id
),

-- Without a Jira in the settings no issue counts, whatever was fetched before.
issues AS (
    SELECT issues.*
    FROM staging.stg_jira__issues AS issues
    INNER JOIN staging.stg_settings__sources AS sources ON sources.kind = 'jira'
),

absences AS (
    SELECT * FROM staging.stg_jira__absences
),

last_fetch AS (
    SELECT max(started_at) AS started_at
    FROM staging.stg_sources__fetches
    WHERE kind = 'jira' AND outcome = 'ok'
),

known_keys AS (
    SELECT
        issue_key,
        issue_id,
        1 AS rank,
        fetched_at AS seen_at
    FROM issues
    UNION ALL
    SELECT
        issue_key,
        issue_id,
        2 AS rank,
        last_seen_at AS seen_at
    FROM staging.stg_jira__issue_keys
    UNION ALL
    SELECT
        upper(from_value) AS issue_key,
        issue_id,
        3 AS rank,
        changed_at AS seen_at
    FROM intermediate.int_jira__changes
    WHERE field = 'key' AND from_value IS NOT NULL
),

keys AS (
    SELECT
        issue_key,
        issue_id
    FROM known_keys
    QUALIFY row_number() OVER (PARTITION BY issue_key ORDER BY rank ASC, seen_at DESC, issue_id ASC) = 1
),

linked AS (
    SELECT
        promises.action_item_id,
        promises.incident_id,
        promises.document_id,
        promises.ordinal,
        promises.description,
        promises.kind,
        promises.owner,
        promises.priority,
        promises.due_on,
        promises.is_marked_done,
        promises.tracker,
        promises.issue_key AS named_key,
        promises.url,
        promises.line,
        promises.quote,
        CASE WHEN promises.tracker = 'jira' THEN issues.issue_id END AS issue_id,
        CASE
            WHEN promises.tracker IS NULL THEN 'unlinked'
            WHEN promises.tracker <> 'jira' THEN 'foreign'
            WHEN promises.issue_key IS NULL THEN 'foreign'
            WHEN absences.issue_key IS NOT NULL AND issues.issue_id IS NULL THEN 'missing'
            WHEN absences.checked_at >= coalesce(last_fetch.started_at, issues.fetched_at) THEN 'missing'
            ELSE 'linked'
        END AS link_state
    FROM promises
    LEFT JOIN keys ON promises.issue_key = keys.issue_key AND promises.tracker = 'jira'
    LEFT JOIN issues ON keys.issue_id = issues.issue_id
    LEFT JOIN absences ON promises.issue_key = absences.issue_key AND promises.tracker = 'jira'
    CROSS JOIN last_fetch
),

unmentioned AS (
    SELECT
        issues.issue_id,
        CASE
            WHEN absences.checked_at >= coalesce(last_fetch.started_at, issues.fetched_at) THEN 'missing'
            ELSE 'linked'
        END AS link_state
    FROM issues
    LEFT JOIN linked ON issues.issue_id = linked.issue_id
    LEFT JOIN absences ON issues.issue_key = absences.issue_key
    CROSS JOIN last_fetch
    WHERE linked.issue_id IS NULL
)

SELECT
    action_item_id,
    incident_id,
    document_id,
    ordinal,
    description,
    kind,
    owner,
    priority,
    due_on,
    is_marked_done,
    tracker,
    named_key,
    url,
    line,
    quote,
    issue_id,
    link_state
FROM linked
UNION ALL
SELECT
    'jira-' || issue_id AS action_item_id,
    NULL AS incident_id,
    NULL AS document_id,
    NULL AS ordinal,
    NULL AS description,
    NULL AS kind,
    NULL AS owner,
    NULL AS priority,
    NULL AS due_on,
    NULL AS is_marked_done,
    'jira' AS tracker,
    NULL AS named_key,
    NULL AS url,
    NULL AS line,
    NULL AS quote,
    issue_id,
    link_state
FROM unmentioned
