-- Every promise of a listed document is an action item; and so is every issue that is followed for itself, or another
-- in which its work goes on, but for the incidents' own issues.
SELECT promises.action_item_id
FROM intermediate.int_promises AS promises
LEFT JOIN marts.action_items ON promises.action_item_id = action_items.action_item_id
WHERE action_items.action_item_id IS NULL
UNION ALL
SELECT 'issue ' || issues.issue_id AS action_item_id
FROM staging.stg_jira__issues AS issues
INNER JOIN staging.stg_settings__sources AS sources ON sources.kind = 'jira'
LEFT JOIN (
    SELECT
        issue_id,
        max(CASE WHEN reason = 'jql' THEN 1 ELSE 0 END) AS is_for_itself
    FROM staging.stg_jira__follows
    GROUP BY issue_id
) AS reasons ON issues.issue_id = reasons.issue_id
LEFT JOIN (SELECT DISTINCT issue_id FROM intermediate.int_jira__incident_claims) AS claims
    ON issues.issue_id = claims.issue_id
LEFT JOIN intermediate.int_jira__survivors AS survivors ON issues.issue_id = survivors.issue_id
LEFT JOIN (
    SELECT DISTINCT coalesce(survivor_issue_id, issue_id) AS lasting_id
    FROM marts.action_items
) AS counted ON coalesce(survivors.survivor_id, issues.issue_id) = counted.lasting_id
LEFT JOIN (SELECT DISTINCT issue_id FROM intermediate.int_jira__incident_issues) AS incident_issues
    ON issues.issue_id = incident_issues.issue_id
WHERE
    counted.lasting_id IS NULL
    AND incident_issues.issue_id IS NULL
    AND (claims.issue_id IS NOT NULL OR coalesce(reasons.is_for_itself, 1) = 1)
