-- Which keys led to which issue at the moment asked about: all but those that issues were given later.
-- One row per key and issue it led to.
-- Key: issue_key, issue_id.
SELECT keys.*
FROM raw.jira_keys AS keys
ANTI JOIN (
    SELECT
        changes.issue_id,
        upper(changes.to_value) AS issue_key
    FROM staging.stg_jira__changes AS changes
    CROSS JOIN settings.parameters AS parameters
    WHERE changes.field = 'key' AND changes.changed_at > parameters.as_of
) AS given_later
    ON keys.issue_id = given_later.issue_id AND upper(keys.issue_key) = given_later.issue_key
