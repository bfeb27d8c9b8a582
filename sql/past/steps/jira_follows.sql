-- Why issues were followed at the moment asked about, or would have been by a run then.
-- One row per issue and reason.
-- Key: issue_id, reason.
--
-- What the JQL found later counts when the issue came after the last fetch before that moment: a fetch would have found
-- it. What that fetch had not found counts not. Where Jira had never been fetched by then, the JQL in force is that of
-- the last fetch. The other reasons make no issue a promise, and are kept whenever they were found.
WITH jira_fetches AS (
    SELECT
        max(fetches.started_at) FILTER (WHERE fetches.finished_at <= parameters.as_of) AS fetched_at,
        max(fetches.started_at) AS last_fetched_at
    FROM raw.fetches AS fetches
    CROSS JOIN settings.parameters AS parameters
    WHERE fetches.kind = 'jira' AND fetches.outcome = 'ok'
),

finds AS (
    SELECT
        finds.issue_id,
        bool_or(coalesce(finds.jql = fetches.jql, TRUE)) AS is_in_force
    FROM raw.jira_jql_finds AS finds
    CROSS JOIN jira_fetches
    LEFT JOIN raw.fetches AS fetches
        ON
            fetches.kind = 'jira'
            AND fetches.outcome = 'ok'
            AND jira_fetches.last_fetched_at = fetches.started_at
    GROUP BY finds.issue_id
)

SELECT
    follows.issue_id,
    CASE
        WHEN
            lower(follows.reason) = 'jql'
            AND jira_fetches.fetched_at IS NULL
            AND NOT coalesce(finds.is_in_force, TRUE)
            THEN 'former_jql'
        ELSE follows.reason
    END AS reason,
    follows.found_at
FROM raw.jira_follows AS follows
CROSS JOIN settings.parameters AS parameters
CROSS JOIN jira_fetches
LEFT JOIN finds ON follows.issue_id = finds.issue_id
LEFT JOIN staging.stg_jira__issues AS issues ON follows.issue_id = issues.issue_id
WHERE
    follows.found_at <= parameters.as_of
    OR (
        issues.created_at <= parameters.as_of
        AND (
            lower(follows.reason) <> 'jql'
            OR jira_fetches.fetched_at IS NULL
            OR issues.created_at > jira_fetches.fetched_at
        )
    )
