-- When a person last did something to each issue itself.
-- One row per issue.
-- Key: issue_id.
--
-- Done by a person is a change, a comment, or the creation; a creation counts where Jira does not tell who created it,
-- too, and is the activity of an issue that nobody touched since. Automation accounts and apps do not count.
WITH issues AS (
    SELECT * FROM staging.stg_jira__issues
),

automated_people AS (
    SELECT * FROM intermediate.int_jira__automated_people
),

comments AS (
    SELECT
        issue_id,
        unnest(comments) AS comment
    FROM issues
),

commented AS (
    SELECT
        issue_id,
        comment.commented_at,
        coalesce(comment.author_account, comment.author_email, comment.author_name) AS person
    FROM comments
),

activities AS (
    SELECT
        issues.issue_id,
        issues.created_at AS acted_at
    FROM issues
    LEFT JOIN automated_people
        ON coalesce(issues.creator_account, issues.creator_email, issues.creator_name) = automated_people.person
    WHERE automated_people.person IS NULL
    UNION ALL
    SELECT
        issue_id,
        changed_at AS acted_at
    FROM intermediate.int_jira__changes
    WHERE NOT is_automated
    UNION ALL
    SELECT
        commented.issue_id,
        commented.commented_at AS acted_at
    FROM commented
    LEFT JOIN automated_people ON commented.person = automated_people.person
    WHERE automated_people.person IS NULL
),

last_activities AS (
    SELECT
        issue_id,
        max(acted_at) AS last_person_at
    FROM activities
    GROUP BY issue_id
)

SELECT
    issues.issue_id,
    last_activities.last_person_at,
    coalesce(last_activities.last_person_at, issues.created_at) AS last_activity_at
FROM issues
LEFT JOIN last_activities ON issues.issue_id = last_activities.issue_id
