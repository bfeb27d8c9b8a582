-- The changelogs of issues: what changed, when, and by whom.
-- One row per issue, entry of its changelog and field changed in it.
-- Key: issue_id, history_id, item_number.
--
-- Jira writes `created` as ISO time with an offset, or as seconds or milliseconds since 1970. A custom field may
-- be called as a field that every Jira has, and is not it; Data Center tells only by the type of the field.
WITH read AS (
    SELECT
        issue_id,
        history_id,
        json_transform(payload, '{
            "created": "VARCHAR",
            "author": {
                "accountId": "VARCHAR", "accountType": "VARCHAR", "name": "VARCHAR",
                "displayName": "VARCHAR", "emailAddress": "VARCHAR"
            },
            "items": [{
                "field": "VARCHAR", "fieldId": "VARCHAR", "fieldtype": "VARCHAR",
                "from": "VARCHAR", "fromString": "VARCHAR", "to": "VARCHAR", "toString": "VARCHAR"
            }]
        }') AS entry
    FROM raw.jira_histories
),

items AS (
    SELECT
        issue_id,
        history_id,
        entry.author,
        CASE
            WHEN regexp_matches(entry.created, '^[0-9]{12,}$')
                THEN make_timestamp(try_cast(entry.created AS BIGINT) * 1000)
            WHEN regexp_matches(entry.created, '^[0-9]{1,11}$')
                THEN make_timestamp(try_cast(entry.created AS BIGINT) * 1000000)
            ELSE try_cast(entry.created AS TIMESTAMPTZ) AT TIME ZONE 'UTC'
        END AS changed_at,
        unnest(entry.items) AS item,
        generate_subscripts(entry.items, 1) AS item_number
    FROM read
)

SELECT
    issue_id,
    history_id,
    item_number,
    changed_at,
    row_number() OVER (
        PARTITION BY issue_id
        ORDER BY changed_at ASC, try_cast(history_id AS BIGINT) ASC, history_id ASC, item_number ASC
    ) AS change_number,

    coalesce(author.accountId, author.name) AS author_account,
    author.displayName AS author_name,
    author.name AS author_login,
    author.emailAddress AS author_email,
    coalesce(lower(author.accountType) = 'app', FALSE) AS is_app,

    CASE
        WHEN
            (item.fieldId LIKE 'customfield%' OR lower(item.fieldtype) = 'custom')
            AND lower(item.field) IN (
                'status', 'resolution', 'priority', 'assignee', 'duedate', 'due date', 'key', 'project', 'issuetype',
                'parent', 'summary', 'reporter', 'labels', 'link', 'comment', 'remoteissuelink'
            )
            THEN 'custom: ' || lower(item.field)
        WHEN item.fieldId LIKE 'customfield%' THEN lower(item.field)
        ELSE lower(coalesce(item.fieldId, item.field))
    END AS field,
    item."from" AS from_id,
    item.fromString AS from_value,
    item."to" AS to_id,
    item.toString AS to_value
FROM items
