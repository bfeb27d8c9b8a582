-- When what Jira dates itself was last changed by the moment asked about, and the key an issue bore then.
-- One row per issue with any change.
-- Key: issue_id.
SELECT
    changes.issue_id,
    max(changes.changed_at) FILTER (WHERE changes.changed_at <= parameters.as_of) AS changed_at,
    bool_or(changes.changed_at > parameters.as_of) AS is_changed_later,
    max(changes.changed_at) FILTER (
        WHERE changes.field = 'resolution' AND changes.changed_at <= parameters.as_of
    ) AS resolution_set_at,
    bool_or(changes.field = 'resolution' AND changes.changed_at > parameters.as_of) AS is_resolution_changed_later,
    min(struct_pack(change_number := changes.change_number, issue_key := upper(changes.from_value))) FILTER (
        WHERE changes.field = 'key' AND changes.changed_at > parameters.as_of
    ).issue_key AS issue_key
FROM staging.stg_jira__changes AS changes
CROSS JOIN settings.parameters AS parameters
GROUP BY changes.issue_id
