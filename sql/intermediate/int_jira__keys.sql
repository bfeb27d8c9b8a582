-- Which issue a key means now, whatever the issue was called when the key was written.
-- One row per key.
-- Key: issue_key.
--
-- A key means the issue that bears it, else the one that bore it or that Jira led to when asked for it, whichever was
-- seen last, else the one that a changelog says was moved away from it. An old key that has come to name another issue
-- means that other issue. What Jira does not show any more bore its last key.
-- Without a Jira in the settings no issue counts, whatever was fetched before.
WITH issues AS (
    SELECT
        issues.issue_id,
        issues.issue_key,
        issues.fetched_at
    FROM staging.stg_jira__issues AS issues
    INNER JOIN staging.stg_settings__sources AS sources ON sources.kind = 'jira'
),

absences AS (
    SELECT DISTINCT issue_id
    FROM staging.stg_jira__absences
    WHERE issue_id IS NOT NULL AND found_again_at IS NULL
),

known_keys AS (
    SELECT
        issues.issue_key,
        issues.issue_id,
        1 AS rank,
        issues.fetched_at AS seen_at
    FROM issues
    LEFT JOIN absences ON issues.issue_id = absences.issue_id
    WHERE absences.issue_id IS NULL
    UNION ALL
    SELECT
        issue_key,
        issue_id,
        2 AS rank,
        last_seen_at AS seen_at
    FROM staging.stg_jira__issue_keys
    UNION ALL
    SELECT
        issue_key,
        issue_id,
        2 AS rank,
        found_at AS seen_at
    FROM staging.stg_jira__keys
    UNION ALL
    SELECT
        upper(from_value) AS issue_key,
        issue_id,
        3 AS rank,
        changed_at AS seen_at
    FROM intermediate.int_jira__changes
    WHERE field = 'key' AND from_value IS NOT NULL
)

SELECT
    known_keys.issue_key,
    known_keys.issue_id
FROM known_keys
INNER JOIN issues ON known_keys.issue_id = issues.issue_id
QUALIFY row_number() OVER (
    PARTITION BY known_keys.issue_key
    ORDER BY known_keys.rank ASC, known_keys.seen_at DESC, known_keys.issue_id ASC
) = 1
