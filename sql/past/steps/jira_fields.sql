-- What issues held, at the moment asked about, in the fields that were changed since: what the first change after it
-- says the field held before.
-- One row per issue and field that was changed since, but for its links, comments and key.
-- Key: issue_id, field.
--
-- `value` is as Jira would send it. A person, a status or a priority is described as in other issues, by its id; where
-- none bears it, as the changelog names it.
WITH first_changes AS (
    SELECT
        changes.issue_id,
        changes.field,
        nullif(changes.from_id, '') AS from_id,
        nullif(changes.from_value, '') AS from_value
    FROM staging.stg_jira__changes AS changes
    CROSS JOIN settings.parameters AS parameters
    WHERE changes.changed_at > parameters.as_of
    QUALIFY row_number() OVER (PARTITION BY changes.issue_id, changes.field ORDER BY changes.change_number ASC) = 1
),

issues AS (
    SELECT * FROM staging.stg_jira__issues
),

people AS (
    SELECT
        owner_account AS account,
        any_value(owner_login) AS login,
        any_value(owner_email) AS email
    FROM issues
    GROUP BY owner_account
),

categories AS (
    SELECT
        status_id,
        any_value(status_category) AS status_category
    FROM issues
    GROUP BY status_id
),

types AS (
    SELECT
        issue_type,
        bool_or(is_subtask) AS is_subtask,
        max(hierarchy_level) AS hierarchy_level
    FROM issues
    GROUP BY issue_type
),

-- A change of a custom field bears its name, in lower case, behind a mark where it is that of a field of every Jira.
custom_fields AS (
    SELECT DISTINCT
        fields.purpose,
        fields.field_id,
        lower(definitions.payload ->> '$.name') AS folded_name
    FROM settings.jira_fields AS fields
    INNER JOIN raw.jira_definitions AS definitions
        ON definitions.kind = 'field' AND fields.field_id = definitions.definition_id
),

sprints AS (
    SELECT
        entry_id,
        any_value(words) AS words,
        any_value(state) AS state
    FROM staging.stg_jira__field_values
    WHERE purpose = 'sprint' AND entry_id IS NOT NULL
    GROUP BY entry_id
),

sprint_ids AS (
    SELECT
        issue_id,
        field,
        from_value,
        try_cast(trim(unnest(string_split(from_id, ','))) AS BIGINT) AS sprint_id
    FROM first_changes
    WHERE field IN (SELECT folded_name FROM custom_fields WHERE purpose = 'sprint') AND from_id IS NOT NULL
),

sprint_lists AS (
    SELECT
        sprint_ids.issue_id,
        sprint_ids.field,
        to_json(list(json_object(
            'id', sprint_ids.sprint_id,
            'name', coalesce(sprints.words, CASE WHEN sprint_ids.from_value NOT LIKE '%, %' THEN sprint_ids.from_value END),
            'state', sprints.state
        ) ORDER BY sprint_ids.sprint_id ASC)) AS value
    FROM sprint_ids
    LEFT JOIN sprints ON sprint_ids.sprint_id = sprints.entry_id
    GROUP BY sprint_ids.issue_id, sprint_ids.field
),

custom AS (
    SELECT
        first_changes.issue_id,
        custom_fields.field_id AS field,
        CASE
            WHEN custom_fields.purpose = 'sprint' THEN sprint_lists.value
            WHEN first_changes.from_value IS NOT NULL THEN to_json(first_changes.from_value)
        END AS value
    FROM first_changes
    INNER JOIN custom_fields
        ON
            first_changes.field = custom_fields.folded_name
            OR first_changes.field = 'custom: ' || custom_fields.folded_name
    LEFT JOIN sprint_lists
        ON first_changes.issue_id = sprint_lists.issue_id AND first_changes.field = sprint_lists.field
),

system AS (
    SELECT
        first_changes.issue_id,
        CASE
            WHEN first_changes.field IN ('parent', 'issueparentassociation') THEN 'parent'
            WHEN first_changes.field = 'due date' THEN 'duedate'
            ELSE first_changes.field
        END AS field,
        CASE
            WHEN first_changes.from_id IS NULL AND first_changes.from_value IS NULL THEN NULL
            WHEN first_changes.field = 'status'
                THEN
                    json_object(
                        'id', first_changes.from_id,
                        'name', first_changes.from_value,
                        'statusCategory', json_object('key', categories.status_category)
                    )
            WHEN first_changes.field = 'priority'
                THEN json_object('id', first_changes.from_id, 'name', first_changes.from_value)
            WHEN first_changes.field = 'resolution' THEN json_object('name', first_changes.from_value)
            WHEN first_changes.field = 'assignee'
                THEN
                    json_object(
                        'accountId', first_changes.from_id,
                        'displayName', first_changes.from_value,
                        'name', people.login,
                        'emailAddress', people.email
                    )
            WHEN first_changes.field IN ('duedate', 'due date')
                THEN to_json(left(coalesce(first_changes.from_id, first_changes.from_value), 10))
            WHEN first_changes.field = 'issuetype'
                THEN
                    json_object(
                        'name', first_changes.from_value,
                        'subtask', coalesce(types.is_subtask, FALSE),
                        'hierarchyLevel', types.hierarchy_level
                    )
            WHEN first_changes.field IN ('parent', 'issueparentassociation')
                THEN json_object('id', first_changes.from_id, 'key', first_changes.from_value)
            ELSE to_json(first_changes.from_value)
        END AS value
    FROM first_changes
    LEFT JOIN people ON first_changes.field = 'assignee' AND first_changes.from_id = people.account
    LEFT JOIN categories ON first_changes.field = 'status' AND first_changes.from_id = categories.status_id
    LEFT JOIN types ON first_changes.field = 'issuetype' AND first_changes.from_value = types.issue_type
    WHERE
        first_changes.field IN (
            'status', 'priority', 'resolution', 'assignee', 'duedate', 'due date', 'issuetype', 'summary', 'parent',
            'issueparentassociation'
        )
)

SELECT
    issue_id,
    field,
    any_value(value) AS value
FROM custom
GROUP BY issue_id, field
UNION ALL
SELECT
    issue_id,
    field,
    any_value(value) AS value
FROM system
GROUP BY issue_id, field
