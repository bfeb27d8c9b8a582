-- How issues are linked: from the one of which the link's outward phrase is true ("duplicates", "blocks") to the other.
-- One row per pair of issues and type of link, whichever of the two told of it.
-- Key: from_issue_id, to_issue_id, link_type.
WITH links AS (
    SELECT
        issue_id,
        unnest(links) AS link
    FROM staging.stg_jira__issues
),

told AS (
    SELECT
        issue_id,
        link.direction,
        link.link_id,
        coalesce(link.link_type, '') AS link_type,
        lower(coalesce(link.link_type, '') || ' ' || coalesce(link.outward_phrase, '')) AS folded_words,
        link.other_issue_id,
        link.other_key
    FROM links
),

named AS (
    SELECT
        told.issue_id,
        told.direction,
        told.link_id,
        told.link_type,
        told.folded_words,
        coalesce(told.other_issue_id, keys.issue_id) AS other_issue_id
    FROM told
    LEFT JOIN intermediate.int_jira__keys AS keys ON told.other_key = keys.issue_key
),

phrases AS (
    SELECT DISTINCT folded_words
    FROM named
),

kinds AS (
    SELECT
        phrases.folded_words,
        max(link_words.link_kind) AS link_kind
    FROM phrases
    INNER JOIN intermediate.int_jira__link_words AS link_words
        ON phrases.folded_words LIKE '%' || link_words.word || '%'
    GROUP BY phrases.folded_words
),

directed AS (
    SELECT
        CASE WHEN named.direction = 'outward' THEN named.issue_id ELSE named.other_issue_id END AS from_issue_id,
        CASE WHEN named.direction = 'outward' THEN named.other_issue_id ELSE named.issue_id END AS to_issue_id,
        named.link_type,
        coalesce(kinds.link_kind, 'other') AS link_kind,
        named.link_id
    FROM named
    LEFT JOIN kinds ON named.folded_words = kinds.folded_words
    WHERE named.other_issue_id IS NOT NULL AND named.other_issue_id <> named.issue_id
)

SELECT
    from_issue_id,
    to_issue_id,
    link_type,
    max(link_kind) AS link_kind,
    min(link_id) AS link_id
FROM directed
GROUP BY from_issue_id, to_issue_id, link_type
