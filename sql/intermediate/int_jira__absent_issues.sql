-- The issues held that Jira does not show now: deleted, or hidden from the account.
-- One row per issue.
-- Key: issue_id.
--
-- An absence lasts until the issue is found again. Those of older warehouses name a key and no end: the issue is absent
-- when its key was not shown at the last fetch, and the issue was not read since.
WITH last_fetch AS (
    SELECT max(started_at) AS started_at
    FROM staging.stg_sources__fetches
    WHERE kind = 'jira' AND outcome = 'ok'
),

absences AS (
    SELECT
        issue_id,
        absent_since_at,
        reason
    FROM staging.stg_jira__absences
    WHERE issue_id IS NOT NULL AND found_again_at IS NULL
    UNION ALL
    SELECT
        keys.issue_id,
        absences.absent_since_at,
        absences.reason
    FROM staging.stg_jira__absences AS absences
    INNER JOIN intermediate.int_jira__keys AS keys ON absences.issue_key = keys.issue_key
    INNER JOIN staging.stg_jira__issues AS issues ON keys.issue_id = issues.issue_id
    CROSS JOIN last_fetch
    WHERE
        absences.issue_id IS NULL
        AND absences.found_again_at IS NULL
        AND absences.absent_since_at >= coalesce(last_fetch.started_at, issues.fetched_at)
        AND absences.absent_since_at >= issues.read_at
)

SELECT
    absences.issue_id,
    absences.absent_since_at,
    absences.reason AS absent_reason
FROM absences
INNER JOIN staging.stg_jira__issues AS issues ON absences.issue_id = issues.issue_id
QUALIFY row_number() OVER (
    PARTITION BY absences.issue_id
    ORDER BY absences.absent_since_at ASC, absences.reason ASC NULLS LAST
) = 1
