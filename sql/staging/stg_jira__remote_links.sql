-- The pages elsewhere that issues link to, as each issue's links were last read.
-- One row per issue and link.
-- Key: issue_id, link_number.
WITH latest AS (
    SELECT
        issue_id,
        max(fetched_at) AS fetched_at
    FROM raw.jira_remote_links
    GROUP BY issue_id
),

read AS (
    SELECT
        links.issue_id,
        json_transform(links.payload, '[{"object": {"url": "VARCHAR", "title": "VARCHAR"}, "relationship": "VARCHAR"}]')
            AS links
    FROM raw.jira_remote_links AS links
    INNER JOIN latest ON links.issue_id = latest.issue_id AND links.fetched_at = latest.fetched_at
    QUALIFY row_number() OVER (PARTITION BY links.issue_id ORDER BY links.checked_at DESC) = 1
),

links AS (
    SELECT
        issue_id,
        unnest(links) AS link,
        generate_subscripts(links, 1) AS link_number
    FROM read
)

SELECT
    issue_id,
    link_number,
    trim(link.object.url) AS url,
    link.object.title,
    link.relationship
FROM links
WHERE link.object.url IS NOT NULL
