-- What issues say in the fields that the settings give a purpose, and to which other issue each belongs.
-- One row per issue.
-- Key: issue_id.
--
-- A field that holds only the id of a team says nothing of its name. Of several sprints, the one that runs; else the
-- one to come; else the last. An issue belongs to its parent, else to the epic that the settings' field for it names.
WITH issues AS (
    SELECT * FROM staging.stg_jira__issues
),

field_values AS (
    SELECT * FROM staging.stg_jira__field_values
),

first_words AS (
    SELECT
        issue_id,
        purpose,
        words
    FROM field_values
    WHERE
        words IS NOT NULL
        AND purpose IN ('team', 'severity', 'epic_link')
        AND NOT (
            purpose = 'team'
            AND regexp_matches(words, '^([0-9]+|[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F-]+)$')
        )
    QUALIFY row_number() OVER (PARTITION BY issue_id, purpose ORDER BY field_id ASC, entry_number ASC) = 1
),

sprints AS (
    SELECT
        issue_id,
        words AS sprint
    FROM field_values
    WHERE purpose = 'sprint' AND words IS NOT NULL
    QUALIFY row_number() OVER (
        PARTITION BY issue_id
        ORDER BY
            CASE state WHEN 'active' THEN 1 WHEN 'future' THEN 2 ELSE 3 END ASC,
            entry_id DESC NULLS LAST, entry_number DESC
    ) = 1
),

told AS (
    SELECT
        issue_id,
        max(words) FILTER (WHERE purpose = 'team') AS jira_team,
        max(words) FILTER (WHERE purpose = 'severity') AS jira_severity,
        upper(max(words) FILTER (WHERE purpose = 'epic_link')) AS epic_key
    FROM first_words
    GROUP BY issue_id
),

estimates AS (
    SELECT
        issue_id,
        max(number) AS story_points
    FROM field_values
    WHERE purpose = 'story_points'
    GROUP BY issue_id
)

SELECT
    issues.issue_id,
    told.jira_team,
    told.jira_severity,
    estimates.story_points,
    sprints.sprint,
    coalesce(issues.parent_id, parent_keys.issue_id) AS parent_id,
    coalesce(parents.issue_key, issues.parent_key, told.epic_key) AS parent_key
FROM issues
LEFT JOIN told ON issues.issue_id = told.issue_id
LEFT JOIN estimates ON issues.issue_id = estimates.issue_id
LEFT JOIN sprints ON issues.issue_id = sprints.issue_id
LEFT JOIN intermediate.int_jira__keys AS parent_keys
    ON coalesce(issues.parent_key, told.epic_key) = parent_keys.issue_key
LEFT JOIN issues AS parents ON coalesce(issues.parent_id, parent_keys.issue_id) = parents.issue_id
