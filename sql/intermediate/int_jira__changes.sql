-- Every change of an issue, with what the models need to judge it: the category of a status before and after,
-- and whether a person made it.
-- One row per issue and change.
-- Key: issue_id, change_number.
--
-- A status is what its id means in Jira's list of statuses now; one that is no longer listed is what the issue
-- itself says of it, when the issue is in it, and else unknown.
WITH changes AS (
    SELECT * FROM staging.stg_jira__changes
),

issues AS (
    SELECT * FROM staging.stg_jira__issues
),

statuses AS (
    SELECT * FROM staging.stg_jira__statuses
),

automation_accounts AS (
    SELECT * FROM staging.stg_settings__automation_accounts
),

authors AS (
    SELECT DISTINCT
        author_account,
        author_name,
        author_login,
        author_email
    FROM changes
),

automated_authors AS (
    SELECT DISTINCT
        authors.author_account,
        authors.author_name,
        authors.author_login,
        authors.author_email
    FROM authors
    INNER JOIN automation_accounts
        ON
            automation_accounts.folded_account IN (
                lower(authors.author_account), lower(authors.author_name),
                lower(authors.author_login), lower(authors.author_email)
            )
)

SELECT
    changes.issue_id,
    changes.change_number,
    changes.changed_at,
    changes.field,
    changes.from_id,
    changes.from_value,
    changes.to_id,
    changes.to_value,
    coalesce(changes.author_name, changes.author_login, changes.author_account) AS author,
    changes.is_app OR automated_authors.is_automated IS NOT NULL AS is_automated,
    CASE
        WHEN changes.field = 'status' THEN coalesce(
            from_statuses.status_category,
            CASE WHEN changes.from_id = issues.status_id THEN issues.status_category END
        )
    END AS from_category,
    CASE
        WHEN changes.field = 'status' THEN coalesce(
            to_statuses.status_category,
            CASE WHEN changes.to_id = issues.status_id THEN issues.status_category END
        )
    END AS to_category
FROM changes
INNER JOIN issues ON changes.issue_id = issues.issue_id
LEFT JOIN statuses AS from_statuses
    ON changes.field = 'status' AND changes.from_id = from_statuses.status_id
LEFT JOIN statuses AS to_statuses
    ON changes.field = 'status' AND changes.to_id = to_statuses.status_id
LEFT JOIN (SELECT *, TRUE AS is_automated FROM automated_authors) AS automated_authors
    ON
        changes.author_account IS NOT DISTINCT FROM automated_authors.author_account
        AND changes.author_name IS NOT DISTINCT FROM automated_authors.author_name
        AND changes.author_login IS NOT DISTINCT FROM automated_authors.author_login
        AND changes.author_email IS NOT DISTINCT FROM automated_authors.author_email
