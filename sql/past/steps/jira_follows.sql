-- Why issues were followed at the moment asked about, or would have been by a run then.
-- One row per issue and reason.
-- Key: issue_id, reason.
--
-- What the JQL found later counts when the issue came after the last fetch before that moment: a fetch would have found
-- it. What that fetch had not found counts not. Which JQL was in force then is for staging to say, by that fetch; where
-- there was none, it is that of the last fetch of all. The other reasons make no issue a promise, and are kept whenever
-- they were found.
WITH last_fetch AS (
    SELECT max(fetches.started_at) AS started_at
    FROM raw.fetches AS fetches
    CROSS JOIN settings.parameters AS parameters
    WHERE fetches.kind = 'jira' AND fetches.outcome = 'ok' AND fetches.finished_at <= parameters.as_of
)

SELECT
    follows.issue_id,
    CASE
        WHEN follows.reason = 'former_jql' AND last_fetch.started_at IS NOT NULL THEN 'jql'
        ELSE follows.reason
    END AS reason,
    follows.found_at
FROM staging.stg_jira__follows AS follows
CROSS JOIN settings.parameters AS parameters
CROSS JOIN last_fetch
LEFT JOIN staging.stg_jira__issues AS issues ON follows.issue_id = issues.issue_id
WHERE
    follows.found_at <= parameters.as_of
    OR (
        issues.created_at <= parameters.as_of
        AND (
            follows.reason NOT IN ('jql', 'former_jql')
            OR last_fetch.started_at IS NULL
            OR issues.created_at > last_fetch.started_at
        )
    )
