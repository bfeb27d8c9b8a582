-- How each issue was looked after: its due dates, its owners, its priority, and when a person last touched it.
-- One row per issue.
-- Key: issue_id.
--
-- A due date or an owner taken away and set again later is compared with the one before it was taken away.
-- Activity is a change or a comment by a person, and the creation; automation accounts do not count.
WITH issues AS (
    SELECT * FROM staging.stg_jira__issues
),

comments AS (
    SELECT * FROM staging.stg_jira__comments
),

automation_accounts AS (
    SELECT * FROM staging.stg_settings__automation_accounts
),

priority_ranks AS (
    SELECT * FROM intermediate.int_jira__priority_ranks
),

changes AS (
    SELECT * FROM intermediate.int_jira__changes
),

due_date_changes AS (
    SELECT
        issue_id,
        change_number,
        try_cast(left(coalesce(from_id, from_value), 10) AS DATE) AS from_on,
        try_cast(left(coalesce(to_id, to_value), 10) AS DATE) AS to_on
    FROM changes
    WHERE field = 'duedate'
),

first_due_dates AS (
    SELECT
        issue_id,
        coalesce(from_on, to_on) AS first_due_on
    FROM due_date_changes
    WHERE from_on IS NOT NULL OR to_on IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY issue_id ORDER BY change_number ASC) = 1
),

due_date_steps AS (
    SELECT
        issue_id,
        to_on,
        coalesce(
            from_on,
            lag(coalesce(to_on, from_on)) OVER (PARTITION BY issue_id ORDER BY change_number ASC)
        ) AS previous_on
    FROM due_date_changes
),

due_date_pushes AS (
    SELECT
        issue_id,
        count(*) AS due_date_push_count
    FROM due_date_steps
    WHERE to_on > previous_on
    GROUP BY issue_id
),

owner_steps AS (
    SELECT
        issue_id,
        to_id,
        coalesce(
            from_id,
            lag(coalesce(to_id, from_id)) OVER (PARTITION BY issue_id ORDER BY change_number ASC)
        ) AS previous_id
    FROM changes
    WHERE field = 'assignee'
),

owner_changes AS (
    SELECT
        issue_id,
        count(*) AS owner_change_count
    FROM owner_steps
    WHERE to_id <> previous_id
    GROUP BY issue_id
),

priority_drops AS (
    SELECT
        changes.issue_id,
        count(*) AS priority_drop_count
    FROM changes
    INNER JOIN priority_ranks AS before_ranks ON lower(trim(changes.from_value)) = before_ranks.word
    INNER JOIN priority_ranks AS after_ranks ON lower(trim(changes.to_value)) = after_ranks.word
    WHERE changes.field = 'priority' AND after_ranks.priority_rank > before_ranks.priority_rank
    GROUP BY changes.issue_id
),

human_comments AS (
    SELECT
        comments.issue_id,
        comments.commented_at
    FROM comments
    LEFT JOIN automation_accounts AS by_account
        ON lower(comments.author_account) = by_account.folded_account
    LEFT JOIN automation_accounts AS by_name
        ON lower(comments.author_name) = by_name.folded_account
    LEFT JOIN automation_accounts AS by_login
        ON lower(comments.author_login) = by_login.folded_account
    LEFT JOIN automation_accounts AS by_email
        ON lower(comments.author_email) = by_email.folded_account
    WHERE
        NOT comments.is_app
        AND coalesce(
            by_account.folded_account, by_name.folded_account, by_login.folded_account, by_email.folded_account
        ) IS NULL
),

activities AS (
    SELECT
        issue_id,
        created_at AS acted_at
    FROM issues
    UNION ALL
    SELECT
        issue_id,
        changed_at AS acted_at
    FROM changes
    WHERE NOT is_automated
    UNION ALL
    SELECT
        issue_id,
        commented_at AS acted_at
    FROM human_comments
),

last_activities AS (
    SELECT
        issue_id,
        max(acted_at) AS last_activity_at
    FROM activities
    GROUP BY issue_id
)

SELECT
    issues.issue_id,
    issues.due_on,
    coalesce(first_due_dates.first_due_on, issues.due_on) AS first_due_on,
    coalesce(due_date_pushes.due_date_push_count, 0) AS due_date_push_count,
    coalesce(owner_changes.owner_change_count, 0) AS owner_change_count,
    coalesce(priority_drops.priority_drop_count, 0) AS priority_drop_count,
    last_activities.last_activity_at
FROM issues
LEFT JOIN first_due_dates ON issues.issue_id = first_due_dates.issue_id
LEFT JOIN due_date_pushes ON issues.issue_id = due_date_pushes.issue_id
LEFT JOIN owner_changes ON issues.issue_id = owner_changes.issue_id
LEFT JOIN priority_drops ON issues.issue_id = priority_drops.issue_id
LEFT JOIN last_activities ON issues.issue_id = last_activities.issue_id
