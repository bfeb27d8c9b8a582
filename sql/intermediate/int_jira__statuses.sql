-- The category each status id means: as Jira's list of statuses says or last said, else as issues in it say.
-- One row per status.
-- Key: status_id.
WITH told_by_issues AS (
    SELECT
        status_id,
        status,
        status_category
    FROM staging.stg_jira__issues
    WHERE status_id IS NOT NULL AND status_category IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY status_id ORDER BY fetched_at DESC, issue_id ASC) = 1
)

SELECT
    coalesce(listed.status_id, told_by_issues.status_id) AS status_id,
    coalesce(listed.status, told_by_issues.status) AS status,
    coalesce(listed.status_category, told_by_issues.status_category) AS status_category
FROM staging.stg_jira__statuses AS listed
FULL OUTER JOIN told_by_issues ON listed.status_id = told_by_issues.status_id
