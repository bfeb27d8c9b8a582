-- The entries of changelogs up to the moment asked about.
-- One row per entry.
-- Key: issue_id, history_id.
SELECT histories.*
FROM raw.jira_histories AS histories
SEMI JOIN (
    SELECT
        changes.issue_id,
        changes.history_id
    FROM staging.stg_jira__changes AS changes
    CROSS JOIN settings.parameters AS parameters
    WHERE changes.changed_at <= parameters.as_of
) AS earlier
    ON histories.issue_id = earlier.issue_id AND histories.history_id = earlier.history_id
