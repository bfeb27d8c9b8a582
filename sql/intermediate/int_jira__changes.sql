-- Every change of an issue, with what the models need to judge it: the category of a status before and after,
-- and who made it: by their name, by what tells persons apart, and whether that is a person at all.
-- One row per issue and change.
-- Key: issue_id, change_number.
--
-- A status is what its id means (int_jira__statuses), whatever it was called then; one that neither Jira's list nor
-- an issue ever told of is unknown.
WITH changes AS (
    SELECT * FROM staging.stg_jira__changes
),

issues AS (
    SELECT issue_id FROM staging.stg_jira__issues
),

statuses AS (
    SELECT * FROM intermediate.int_jira__statuses
),

automated_people AS (
    SELECT * FROM intermediate.int_jira__automated_people
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
    coalesce(changes.author_account, changes.author_email, changes.author_name) AS person,
    automated_people.person IS NOT NULL AS is_automated,
    from_statuses.status_category AS from_category,
    to_statuses.status_category AS to_category
FROM changes
INNER JOIN issues ON changes.issue_id = issues.issue_id
LEFT JOIN statuses AS from_statuses
    ON changes.field = 'status' AND changes.from_id = from_statuses.status_id
LEFT JOIN statuses AS to_statuses
    ON changes.field = 'status' AND changes.to_id = to_statuses.status_id
LEFT JOIN automated_people
    ON coalesce(changes.author_account, changes.author_email, changes.author_name) = automated_people.person
