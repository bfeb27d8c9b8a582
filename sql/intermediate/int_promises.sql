-- Every promise of a listed document beside the Jira issue it names, and every issue that is followed for itself.
-- One row per promise, and one per issue that no promise names, for each incident it says it belongs to.
-- Key: action_item_id.
--
-- What two documents on one incident promise alike, by the same issue or in the same words, is one promise: that of
-- the document listed first, with what only the other says of it.
--
-- An issue is followed for itself when the JQL in force found it, when it is linked to an incident's own issue, or when
-- it links to a document or names its incident in a field; of the incidents it points to, it counts once for each that
-- is certain. A link that was taken away counts no more, nor does what only an earlier JQL found. What is held only
-- because it is the parent, the child, the survivor or the incident of another is context.
-- An issue held since before reasons were kept counts. What a document promises for the incident already, by this issue
-- or by one that shares its survivor, is not counted again; nor are an issue and its survivor both counted.
--
-- An issue that Jira does not show is missing, and so is a key that never led to one. A Jira issue without a key is one
-- of a Jira that is not followed.
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
    SELECT
        issues.issue_id,
        issues.created_at
    FROM staging.stg_jira__issues AS issues
    INNER JOIN staging.stg_settings__sources AS sources ON sources.kind = 'jira'
),

absent_issues AS (
    SELECT * FROM intermediate.int_jira__absent_issues
),

absent_keys AS (
    SELECT
        issue_key,
        min(absent_since_at) AS absent_since_at,
        max(reason) AS absent_reason
    FROM staging.stg_jira__absences
    WHERE issue_id IS NULL AND found_again_at IS NULL
    GROUP BY issue_key
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
        keys.issue_id,
        CASE
            WHEN promises.tracker IS NULL THEN 'unlinked'
            WHEN promises.tracker <> 'jira' THEN 'foreign'
            WHEN promises.issue_key IS NULL THEN 'foreign'
            WHEN absent_issues.issue_id IS NOT NULL THEN 'missing'
            WHEN keys.issue_id IS NULL AND absent_keys.issue_key IS NOT NULL THEN 'missing'
            ELSE 'linked'
        END AS link_state,
        coalesce(absent_issues.absent_since_at, CASE WHEN keys.issue_id IS NULL THEN absent_keys.absent_since_at END)
            AS absent_since_at,
        coalesce(absent_issues.absent_reason, CASE WHEN keys.issue_id IS NULL THEN absent_keys.absent_reason END)
            AS absent_reason
    FROM promises
    LEFT JOIN intermediate.int_jira__keys AS keys
        ON promises.issue_key = keys.issue_key AND promises.tracker = 'jira'
    LEFT JOIN absent_issues ON keys.issue_id = absent_issues.issue_id
    LEFT JOIN absent_keys ON promises.issue_key = absent_keys.issue_key AND promises.tracker = 'jira'
),

-- The issue in which an issue's work goes on: its survivor, if it has one, else itself.
standing AS (
    SELECT
        issues.issue_id,
        issues.created_at,
        coalesce(survivors.survivor_id, issues.issue_id) AS lasting_id
    FROM issues
    LEFT JOIN intermediate.int_jira__survivors AS survivors ON issues.issue_id = survivors.issue_id
),

promised AS (
    SELECT DISTINCT
        linked.incident_id,
        standing.lasting_id
    FROM linked
    INNER JOIN standing ON linked.issue_id = standing.issue_id
),

promised_anywhere AS (
    SELECT DISTINCT lasting_id
    FROM promised
),

ways AS (
    SELECT
        ranks.found_by,
        ranks.place
    FROM (VALUES ('incident_field', 1), ('incident_link', 2), ('remote_link', 3), ('jql', 4)) AS ranks (found_by, place)
),

-- Why each issue is followed for itself, and for which incident, where that is certain.
followed AS (
    SELECT
        claims.issue_id,
        claims.incident_id,
        ways.found_by,
        ways.place
    FROM intermediate.int_jira__incident_claims AS claims
    INNER JOIN ways ON claims.found_by = ways.found_by
    UNION ALL
    SELECT
        follows.issue_id,
        CAST(NULL AS VARCHAR) AS incident_id,
        ways.found_by,
        ways.place
    FROM staging.stg_jira__follows AS follows
    INNER JOIN ways ON follows.reason = ways.found_by
    WHERE follows.reason = 'jql'
    UNION ALL
    SELECT
        issues.issue_id,
        CAST(NULL AS VARCHAR) AS incident_id,
        CAST(NULL AS VARCHAR) AS found_by,
        5 AS place
    FROM issues
    LEFT JOIN (SELECT DISTINCT issue_id FROM staging.stg_jira__follows) AS reasons ON issues.issue_id = reasons.issue_id
    WHERE reasons.issue_id IS NULL
),

-- Each once for an incident, in the strongest way.
found AS (
    SELECT
        followed.issue_id,
        followed.incident_id,
        followed.found_by,
        standing.lasting_id,
        standing.created_at
    FROM followed
    INNER JOIN standing ON followed.issue_id = standing.issue_id
    LEFT JOIN (SELECT DISTINCT issue_id FROM intermediate.int_jira__incident_issues) AS incident_issues
        ON followed.issue_id = incident_issues.issue_id
    WHERE incident_issues.issue_id IS NULL
    QUALIFY row_number() OVER (PARTITION BY followed.issue_id, followed.incident_id ORDER BY followed.place ASC) = 1
),

-- One piece of work once for an incident, by its survivor if that is followed; for none only where neither a document
-- nor an incident has it.
counted AS (
    SELECT
        found.issue_id,
        found.incident_id,
        found.found_by
    FROM found
    LEFT JOIN promised
        ON found.lasting_id = promised.lasting_id AND found.incident_id = promised.incident_id
    LEFT JOIN promised_anywhere ON found.lasting_id = promised_anywhere.lasting_id
    WHERE
        promised.lasting_id IS NULL
        AND (found.incident_id IS NOT NULL OR promised_anywhere.lasting_id IS NULL)
    QUALIFY
        row_number() OVER (
            PARTITION BY found.lasting_id, found.incident_id
            ORDER BY
                CASE WHEN found.issue_id = found.lasting_id THEN 1 ELSE 2 END ASC,
                found.created_at ASC NULLS LAST, found.issue_id ASC
        ) = 1
        AND (
            found.incident_id IS NOT NULL
            OR count(found.incident_id) OVER (PARTITION BY found.lasting_id) = 0
        )
),

-- The incident that was listed first has the issue's own name, so that one found later renames nothing.
numbered AS (
    SELECT
        counted.issue_id,
        counted.incident_id,
        counted.found_by,
        named_issues.issue_id IS NOT NULL AS is_named,
        row_number() OVER (
            PARTITION BY counted.issue_id
            ORDER BY listings.first_listed_at ASC, counted.incident_id ASC
        ) AS place
    FROM counted
    LEFT JOIN (SELECT DISTINCT issue_id FROM linked WHERE issue_id IS NOT NULL) AS named_issues
        ON counted.issue_id = named_issues.issue_id
    LEFT JOIN intermediate.int_incidents__merged AS merged
        ON counted.incident_id = merged.incident_id AND merged.place = 1
    LEFT JOIN staging.stg_documents__listings AS listings ON merged.document_id = listings.document_id
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
    'document' AS found_by,
    issue_id,
    link_state,
    absent_since_at,
    absent_reason
FROM linked
UNION ALL
SELECT
    CASE
        WHEN numbered.place = 1 AND NOT numbered.is_named THEN 'jira-' || numbered.issue_id
        ELSE 'jira-' || numbered.issue_id || '-' || numbered.incident_id
    END AS action_item_id,
    numbered.incident_id,
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
    numbered.found_by,
    numbered.issue_id,
    CASE WHEN absent_issues.issue_id IS NULL THEN 'linked' ELSE 'missing' END AS link_state,
    absent_issues.absent_since_at,
    absent_issues.absent_reason
FROM numbered
LEFT JOIN absent_issues ON numbered.issue_id = absent_issues.issue_id
