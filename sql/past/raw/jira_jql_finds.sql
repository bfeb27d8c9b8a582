-- Which JQL found which issue, as far as the issues' follows keep it.
-- One row per issue and JQL.
-- Key: issue_id, jql.
SELECT finds.*
FROM raw.jira_jql_finds AS finds
