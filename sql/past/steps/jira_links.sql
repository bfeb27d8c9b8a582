-- The links of issues at the moment asked about, of issues whose changelog tells of links made or taken away since.
-- One row per issue.
-- Key: issue_id.
--
-- The changelog tells a link by its words and the key of the other issue ("This issue blocks PAY-12"). One that was
-- taken away is known again by these words, where a link of its type is held anywhere. A link that left no trace is
-- taken to have been there.
WITH first_changes AS (
    SELECT
        changes.issue_id,
        upper(coalesce(changes.to_id, changes.from_id)) AS other_key,
        lower(coalesce(changes.to_value, changes.from_value)) AS folded_words,
        changes.to_id IS NOT NULL AS is_added
    FROM staging.stg_jira__changes AS changes
    CROSS JOIN settings.parameters AS parameters
    WHERE
        changes.field = 'link'
        AND changes.changed_at > parameters.as_of
        AND coalesce(changes.to_id, changes.from_id) IS NOT NULL
    QUALIFY row_number() OVER (
        PARTITION BY
            changes.issue_id, upper(coalesce(changes.to_id, changes.from_id)),
            lower(coalesce(changes.to_value, changes.from_value))
        ORDER BY changes.change_number ASC
    ) = 1
),

touched AS (
    SELECT DISTINCT issue_id
    FROM first_changes
),

all_links AS (
    SELECT
        issue_id,
        fetched_at,
        unnest(from_json(payload -> '$.fields.issuelinks', '["JSON"]')) AS link
    FROM raw.jira_issues
    WHERE json_array_length(payload, '$.fields.issuelinks') > 0
),

link_types AS (
    SELECT
        'outwardIssue' AS side,
        lower(link ->> '$.type.outward') AS phrase,
        any_value(link -> '$.type') AS link_type
    FROM all_links
    GROUP BY side, phrase
    UNION ALL
    SELECT
        'inwardIssue' AS side,
        lower(link ->> '$.type.inward') AS phrase,
        any_value(link -> '$.type') AS link_type
    FROM all_links
    GROUP BY side, phrase
),

kept AS (
    SELECT
        all_links.issue_id,
        all_links.link
    FROM all_links
    INNER JOIN steps.jira_versions AS versions
        ON all_links.issue_id = versions.issue_id AND all_links.fetched_at = versions.fetched_at
    INNER JOIN touched ON all_links.issue_id = touched.issue_id
    LEFT JOIN first_changes
        ON
            all_links.issue_id = first_changes.issue_id
            AND first_changes.is_added
            AND upper(coalesce(all_links.link ->> '$.outwardIssue.key', all_links.link ->> '$.inwardIssue.key'))
            = first_changes.other_key
            AND contains(
                first_changes.folded_words,
                lower(CASE
                    WHEN (all_links.link -> '$.outwardIssue') IS NULL THEN all_links.link ->> '$.type.inward'
                    ELSE all_links.link ->> '$.type.outward'
                END)
            )
    WHERE first_changes.issue_id IS NULL
),

restored AS (
    SELECT
        first_changes.issue_id,
        CASE
            WHEN link_types.side = 'outwardIssue'
                THEN
                    json_object(
                        'type', link_types.link_type, 'outwardIssue', json_object('key', first_changes.other_key)
                    )
            ELSE
                json_object('type', link_types.link_type, 'inwardIssue', json_object('key', first_changes.other_key))
        END AS link
    FROM first_changes
    INNER JOIN link_types
        ON first_changes.folded_words = 'this issue ' || link_types.phrase || ' ' || lower(first_changes.other_key)
    LEFT JOIN kept
        ON
            first_changes.issue_id = kept.issue_id
            AND first_changes.other_key
            = upper(coalesce(kept.link ->> '$.outwardIssue.key', kept.link ->> '$.inwardIssue.key'))
            AND (kept.link ->> '$.type.name') = (link_types.link_type ->> '$.name')
    WHERE NOT first_changes.is_added AND kept.issue_id IS NULL
    -- A type whose two phrases are one ("relates to") is of one direction as of the other.
    QUALIFY row_number() OVER (
        PARTITION BY first_changes.issue_id, first_changes.other_key, first_changes.folded_words
        ORDER BY link_types.side DESC
    ) = 1
)

SELECT
    touched.issue_id,
    to_json(coalesce(list(told.link) FILTER (WHERE told.link IS NOT NULL), [])) AS links
FROM touched
LEFT JOIN (
    SELECT
        issue_id,
        link
    FROM kept
    UNION ALL
    SELECT
        issue_id,
        link
    FROM restored
) AS told
    ON touched.issue_id = told.issue_id
GROUP BY touched.issue_id
