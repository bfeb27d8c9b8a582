-- The issues as Jira would have shown them at the moment asked about: the nearest version held, led back by the
-- changelog, with the comments written by then. Versions fetched before are kept beside it for the keys they bore.
-- One row per issue and version.
-- Key: issue_id, fetched_at.
--
-- What leaves no changelog (labels, links of some Jiras, the words of a comment) is as in that version.
WITH patches AS (
    SELECT
        issue_id,
        '{"fields": {' || string_agg('"' || field || '": null', ', ') || '}}' AS emptied,
        '{"fields": {' || string_agg('"' || field || '": ' || coalesce(CAST(value AS VARCHAR), 'null'), ', ') || '}}'
            AS filled
    FROM steps.jira_fields
    GROUP BY issue_id
),

nearest AS (
    SELECT
        issues.*,
        coalesce(moments.issue_key, upper(issues.issue_key)) AS key_then,
        moments.is_changed_later,
        moments.changed_at,
        moments.resolution_set_at,
        moments.is_resolution_changed_later,
        try_cast(issues.payload ->> '$.fields.created' AS TIMESTAMPTZ) AT TIME ZONE 'UTC' AS created_at,
        parameters.as_of,
        list_filter(
            from_json(issues.payload -> '$.fields.comment.comments', '["JSON"]'),
            LAMBDA comment: try_cast(comment ->> '$.created' AS TIMESTAMPTZ) AT TIME ZONE 'UTC' <= parameters.as_of
        ) AS comments
    FROM raw.jira_issues AS issues
    INNER JOIN steps.jira_versions AS versions
        ON issues.issue_id = versions.issue_id AND issues.fetched_at = versions.fetched_at
    CROSS JOIN settings.parameters AS parameters
    LEFT JOIN steps.jira_moments AS moments ON issues.issue_id = moments.issue_id
),

dated AS (
    SELECT
        *,
        CASE
            WHEN try_cast(payload ->> '$.fields.resolutiondate' AS TIMESTAMPTZ) AT TIME ZONE 'UTC' <= as_of
                THEN payload ->> '$.fields.resolutiondate'
            WHEN is_resolution_changed_later AND resolution_set_at IS NOT NULL
                THEN strftime(resolution_set_at, '%Y-%m-%dT%H:%M:%S.%g+0000')
        END AS resolution_date,
        CASE
            WHEN try_cast(payload ->> '$.fields.statuscategorychangedate' AS TIMESTAMPTZ) AT TIME ZONE 'UTC' <= as_of
                THEN payload ->> '$.fields.statuscategorychangedate'
        END AS category_date,
        greatest(
            created_at, changed_at,
            list_max(list_transform(
                comments, LAMBDA comment: try_cast(comment ->> '$.created' AS TIMESTAMPTZ) AT TIME ZONE 'UTC'
            ))
        ) AS touched_at
    FROM nearest
)

SELECT
    dated.issue_id,
    dated.key_then AS issue_key,
    CASE
        WHEN dated.updated_at <= dated.as_of AND NOT coalesce(dated.is_changed_later, FALSE) THEN dated.payload
        ELSE
            json_merge_patch(
                dated.payload,
                coalesce(patches.emptied, '{}'),
                coalesce(patches.filled, '{}'),
                json_object(
                    'key', dated.key_then,
                    'fields', json_object(
                        'updated', strftime(dated.touched_at, '%Y-%m-%dT%H:%M:%S.%g+0000'),
                        'project', json_object('key', regexp_replace(dated.key_then, '-[0-9]+$', '')),
                        'resolutiondate', dated.resolution_date,
                        'statuscategorychangedate', dated.category_date,
                        'comment', json_object('comments', coalesce(dated.comments, []))
                    )
                ),
                CASE
                    WHEN links.issue_id IS NULL THEN '{}'
                    ELSE json_object('fields', json_object('issuelinks', links.links))
                END
            )
    END AS payload,
    CASE WHEN dated.updated_at <= dated.as_of THEN dated.updated_at ELSE dated.touched_at END AS updated_at,
    dated.history_complete,
    dated.fetched_at,
    dated.read_at
FROM dated
LEFT JOIN patches ON dated.issue_id = patches.issue_id
LEFT JOIN steps.jira_links AS links ON dated.issue_id = links.issue_id
UNION ALL
SELECT issues.*
FROM raw.jira_issues AS issues
INNER JOIN steps.jira_versions AS versions ON issues.issue_id = versions.issue_id
CROSS JOIN settings.parameters AS parameters
WHERE issues.fetched_at <= parameters.as_of AND issues.fetched_at < versions.fetched_at
