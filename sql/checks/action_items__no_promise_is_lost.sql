-- Every promise of a listed document and, with a Jira in the settings, every issue held is an action item.
SELECT promises.action_item_id
FROM intermediate.int_promises AS promises
LEFT JOIN marts.action_items ON promises.action_item_id = action_items.action_item_id
WHERE action_items.action_item_id IS NULL
UNION ALL
SELECT 'issue ' || issues.issue_id AS action_item_id
FROM staging.stg_jira__issues AS issues
INNER JOIN staging.stg_settings__sources AS sources ON sources.kind = 'jira'
LEFT JOIN marts.action_items ON issues.issue_id = action_items.issue_id
WHERE action_items.issue_id IS NULL
