-- Who in Jira is no person: the accounts that the settings name, by whichever of their names, and apps.
-- One row per account whose doings are no activity.
-- Key: person.
--
-- A person is known by the account, else by the address or the name, where Jira tells no account.
WITH people AS (
    SELECT DISTINCT
        author_account,
        author_name,
        author_login,
        author_email,
        is_app
    FROM staging.stg_jira__changes
    UNION
    SELECT
        commented.comment.author_account,
        commented.comment.author_name,
        commented.comment.author_login,
        commented.comment.author_email,
        commented.comment.is_app
    FROM (SELECT unnest(comments) AS comment FROM staging.stg_jira__issues) AS commented
    UNION
    SELECT
        creator_account AS author_account,
        creator_name AS author_name,
        creator_login AS author_login,
        creator_email AS author_email,
        is_created_by_app AS is_app
    FROM staging.stg_jira__issues
)

SELECT DISTINCT coalesce(people.author_account, people.author_email, people.author_name) AS person
FROM people
LEFT JOIN staging.stg_settings__automation_accounts AS accounts
    ON
        accounts.folded_account IN (
            lower(people.author_account), lower(people.author_name),
            lower(people.author_login), lower(people.author_email)
        )
WHERE
    (people.is_app OR accounts.folded_account IS NOT NULL)
    AND coalesce(people.author_account, people.author_email, people.author_name) IS NOT NULL
