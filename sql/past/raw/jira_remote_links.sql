-- The links of issues to pages elsewhere, as last read by the moment asked about, else as first read after it, without
-- those that the issue's changelog says were added later. A link that left no trace is taken to have been there.
-- One row per issue.
-- Key: issue_id.
WITH nearest AS (
    SELECT links.*
    FROM raw.jira_remote_links AS links
    CROSS JOIN settings.parameters AS parameters
    QUALIFY row_number() OVER (
        PARTITION BY links.issue_id
        ORDER BY
            links.fetched_at <= parameters.as_of DESC,
            CASE WHEN links.fetched_at <= parameters.as_of THEN links.fetched_at END DESC,
            links.fetched_at ASC,
            links.checked_at DESC
    ) = 1
),

added_later AS (
    SELECT
        changes.issue_id,
        list(changes.to_id) AS link_ids
    FROM staging.stg_jira__changes AS changes
    CROSS JOIN settings.parameters AS parameters
    WHERE
        changes.field = 'remoteissuelink'
        AND changes.to_id IS NOT NULL
        AND changes.changed_at > parameters.as_of
    GROUP BY changes.issue_id
)

SELECT
    nearest.* REPLACE (
        CASE
            WHEN added_later.issue_id IS NULL THEN nearest.payload
            ELSE
                to_json(
                    list_filter(
                        from_json(nearest.payload, '["JSON"]'),
                        LAMBDA link: NOT coalesce(list_contains(added_later.link_ids, link ->> '$.id'), FALSE)
                    )
                )
        END AS payload
    )
FROM nearest
LEFT JOIN added_later ON nearest.issue_id = added_later.issue_id
