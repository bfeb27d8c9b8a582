-- Why each issue is followed: document, jql, former_jql, incident, incident_link, remote_link, parent, child, survivor.
-- One row per issue and reason.
-- Key: issue_id, reason.
--
-- What only an earlier JQL of the settings found, and never the one of the last good sync, is followed for former_jql.
-- An issue that the JQL in force found once is followed for it, whether it still finds it or not; and so is one of
-- which it was not kept which JQL found it.
WITH in_force AS (
    SELECT jql
    FROM raw.fetches
    WHERE kind = 'jira' AND outcome = 'ok'
    QUALIFY row_number() OVER (ORDER BY started_at DESC) = 1
),

finds AS (
    SELECT
        finds.issue_id,
        bool_or(coalesce(finds.jql = in_force.jql, TRUE)) AS is_in_force
    FROM raw.jira_jql_finds AS finds
    LEFT JOIN in_force ON TRUE
    GROUP BY finds.issue_id
),

follows AS (
    SELECT
        follows.issue_id,
        CASE
            WHEN lower(follows.reason) = 'jql' AND NOT coalesce(finds.is_in_force, TRUE) THEN 'former_jql'
            ELSE lower(follows.reason)
        END AS reason,
        follows.found_at
    FROM raw.jira_follows AS follows
    LEFT JOIN finds ON follows.issue_id = finds.issue_id
)

SELECT
    issue_id,
    reason,
    min(found_at) AS found_at
FROM follows
GROUP BY issue_id, reason
