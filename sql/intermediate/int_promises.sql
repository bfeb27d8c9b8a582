-- Every promise of a listed document beside the Jira issue it names, and every issue no document names.
-- One row per promise, and one per issue that no promise names.
-- Key: action_item_id.
--
-- What two documents on one incident promise alike, by the same issue or in the same words, is one promise: that of
-- the document listed first, with what only the other says of it.
--
-- A key finds its issue by the issues' own keys, else by those they had before they were moved, else through the
-- move in their changelog. An old key that has come to name another issue means that other issue. An issue held
-- from before that Jira did not show at the last fetch is missing. A Jira issue without a key is one of a Jira that is
-- not followed.
WITH told AS (
    SELECT
        action_items.action_item_id,
        merged.incident_id,
        merged.place,
        action_items.document_id,
        action_items.ordinal,
        action_items.description,
        action_items.kind,
        action_items.kind_words,
        action_items.owner,
        action_items.priority,
        action_items.due_on,
        action_items.is_marked_done,
        action_items.is_marked_declined,
        action_items.tracker,
        action_items.issue_key,
        action_items.url,
        action_items.line,
        action_items.quote,
        lower(trim(action_items.description)) AS folded_description
    FROM staging.stg_facts__action_items AS action_items
    INNER JOIN intermediate.int_incidents__merged AS merged ON action_items.incident_id = merged.told_id
),

shared AS (
    SELECT incident_id
    FROM intermediate.int_incidents__merged
    WHERE place > 1
    GROUP BY incident_id
),

-- What a later document on the incident promises once more, by the same issue or in the same words.
told_again AS (
    SELECT
        later.action_item_id,
        later.owner,
        later.priority,
        later.due_on,
        later.is_marked_done,
        later.is_marked_declined,
        later.tracker,
        later.issue_key,
        later.url,
        later.place,
        later.ordinal,
        earlier.action_item_id AS first_item_id
    FROM shared
    INNER JOIN told AS later ON shared.incident_id = later.incident_id
    INNER JOIN told AS earlier
        ON
            later.incident_id = earlier.incident_id
            AND earlier.place < later.place
            AND (
                (earlier.tracker = later.tracker AND earlier.issue_key = later.issue_key)
                OR (
                    earlier.folded_description = later.folded_description
                    AND (
                        earlier.issue_key IS NULL OR later.issue_key IS NULL OR earlier.issue_key = later.issue_key
                    )
                )
            )
    QUALIFY row_number() OVER (
        PARTITION BY later.action_item_id
        ORDER BY earlier.place ASC, earlier.ordinal ASC, earlier.action_item_id ASC
    ) = 1
),

-- The promise counts once, and has from the later documents what the first does not say.
said_again AS (
    SELECT
        first_item_id,
        max(owner) AS owner,
        max(priority) AS priority,
        min(due_on) AS due_on,
        bool_or(is_marked_done) AS is_marked_done,
        bool_or(is_marked_declined) AS is_marked_declined
    FROM told_again
    GROUP BY first_item_id
),

linked_again AS (
    SELECT
        first_item_id,
        tracker,
        issue_key,
        url
    FROM told_again
    WHERE tracker IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY first_item_id ORDER BY place ASC, ordinal ASC, action_item_id ASC) = 1
),

promises AS (
    SELECT
        told.action_item_id,
        told.incident_id,
        told.document_id,
        told.ordinal,
        told.description,
        told.kind,
        told.kind_words,
        coalesce(told.owner, said_again.owner) AS owner,
        coalesce(told.priority, said_again.priority) AS priority,
        coalesce(told.due_on, said_again.due_on) AS due_on,
        CASE
            WHEN NOT told.is_marked_declined THEN coalesce(told.is_marked_done, said_again.is_marked_done)
        END AS is_marked_done,
        told.is_marked_declined
        OR (
            told.is_marked_done IS NULL
            AND said_again.is_marked_done IS NULL
            AND coalesce(said_again.is_marked_declined, FALSE)
        ) AS is_marked_declined,
        coalesce(told.tracker, linked_again.tracker) AS tracker,
        CASE WHEN told.tracker IS NULL THEN linked_again.issue_key ELSE told.issue_key END AS issue_key,
        CASE WHEN told.tracker IS NULL THEN coalesce(linked_again.url, told.url) ELSE told.url END AS url,
        told.line,
        told.quote
    FROM told
    LEFT JOIN told_again ON told.action_item_id = told_again.action_item_id
    LEFT JOIN said_again ON told.action_item_id = said_again.first_item_id
    LEFT JOIN linked_again ON told.action_item_id = linked_again.first_item_id
    WHERE told_again.action_item_id IS NULL
),

-- Without a Jira in the settings no issue counts, whatever was fetched before.
issues AS (
    SELECT issues.*
    FROM staging.stg_jira__issues AS issues
    INNER JOIN staging.stg_settings__sources AS sources ON sources.kind = 'jira'
),

absences AS (
    SELECT * FROM staging.stg_jira__absences
),

last_fetch AS (
    SELECT max(started_at) AS started_at
    FROM staging.stg_sources__fetches
    WHERE kind = 'jira' AND outcome = 'ok'
),

known_keys AS (
    SELECT
        issue_key,
        issue_id,
        1 AS rank,
        fetched_at AS seen_at
    FROM issues
    UNION ALL
    SELECT
        issue_key,
        issue_id,
        2 AS rank,
        last_seen_at AS seen_at
    FROM staging.stg_jira__issue_keys
    UNION ALL
    SELECT
        upper(from_value) AS issue_key,
        issue_id,
        3 AS rank,
        changed_at AS seen_at
    FROM intermediate.int_jira__changes
    WHERE field = 'key' AND from_value IS NOT NULL
),

keys AS (
    SELECT
        issue_key,
        issue_id
    FROM known_keys
    QUALIFY row_number() OVER (PARTITION BY issue_key ORDER BY rank ASC, seen_at DESC, issue_id ASC) = 1
),

linked AS (
    SELECT
        promises.action_item_id,
        promises.incident_id,
        promises.document_id,
        promises.ordinal,
        promises.description,
        promises.kind,
        promises.kind_words,
        promises.owner,
        promises.priority,
        promises.due_on,
        promises.is_marked_done,
        promises.is_marked_declined,
        promises.tracker,
        promises.issue_key AS named_key,
        promises.url,
        promises.line,
        promises.quote,
        CASE WHEN promises.tracker = 'jira' THEN issues.issue_id END AS issue_id,
        CASE
            WHEN promises.tracker IS NULL THEN 'unlinked'
            WHEN promises.tracker <> 'jira' THEN 'foreign'
            WHEN promises.issue_key IS NULL THEN 'foreign'
            WHEN absences.issue_key IS NOT NULL AND issues.issue_id IS NULL THEN 'missing'
            WHEN absences.checked_at >= coalesce(last_fetch.started_at, issues.fetched_at) THEN 'missing'
            ELSE 'linked'
        END AS link_state
    FROM promises
    LEFT JOIN keys ON promises.issue_key = keys.issue_key AND promises.tracker = 'jira'
    LEFT JOIN issues ON keys.issue_id = issues.issue_id
    LEFT JOIN absences ON promises.issue_key = absences.issue_key AND promises.tracker = 'jira'
    CROSS JOIN last_fetch
),

unmentioned AS (
    SELECT
        issues.issue_id,
        CASE
            WHEN absences.checked_at >= coalesce(last_fetch.started_at, issues.fetched_at) THEN 'missing'
            ELSE 'linked'
        END AS link_state
    FROM issues
    LEFT JOIN linked ON issues.issue_id = linked.issue_id
    LEFT JOIN absences ON issues.issue_key = absences.issue_key
    CROSS JOIN last_fetch
    WHERE linked.issue_id IS NULL
)

SELECT
    action_item_id,
    incident_id,
    document_id,
    ordinal,
    description,
    kind,
    kind_words,
    owner,
    priority,
    due_on,
    is_marked_done,
    is_marked_declined,
    tracker,
    named_key,
    url,
    line,
    quote,
    issue_id,
    link_state
FROM linked
UNION ALL
SELECT
    'jira-' || issue_id AS action_item_id,
    NULL AS incident_id,
    NULL AS document_id,
    NULL AS ordinal,
    NULL AS description,
    NULL AS kind,
    NULL AS kind_words,
    NULL AS owner,
    NULL AS priority,
    NULL AS due_on,
    NULL AS is_marked_done,
    NULL AS is_marked_declined,
    'jira' AS tracker,
    NULL AS named_key,
    NULL AS url,
    NULL AS line,
    NULL AS quote,
    issue_id,
    link_state
FROM unmentioned
