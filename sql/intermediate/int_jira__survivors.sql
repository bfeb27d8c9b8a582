-- Where the work of an issue closed as a duplicate goes on.
-- One row per duplicate that leads to an issue which is held, shown, and no duplicate itself.
-- Key: issue_id.
--
-- Followed are links of the type duplicate, from the issue that "duplicates" to the other. Of several, one to an issue
-- that goes on, then one to another duplicate, then the oldest link. A link drawn the wrong way round is followed where it
-- is the only one: two issues that are duplicates are one piece of work, and which of them was closed for it, its
-- resolution says. A chain is followed for twenty steps at most; one that goes round, or ends at an issue that is not
-- shown, leads nowhere, and its issues stay declined.
WITH RECURSIVE duplicates AS (
    SELECT issue_id
    FROM intermediate.int_jira__issue_outcomes
    WHERE is_duplicate
),

lasting AS (
    SELECT outcomes.issue_id
    FROM intermediate.int_jira__issue_outcomes AS outcomes
    LEFT JOIN intermediate.int_jira__absent_issues AS absent_issues ON outcomes.issue_id = absent_issues.issue_id
    WHERE NOT outcomes.is_duplicate AND absent_issues.issue_id IS NULL
),

outward_steps AS (
    SELECT
        duplicates.issue_id,
        links.to_issue_id
    FROM duplicates
    INNER JOIN intermediate.int_jira__links AS links
        ON duplicates.issue_id = links.from_issue_id AND links.link_kind = 'duplicate'
    LEFT JOIN lasting ON links.to_issue_id = lasting.issue_id
    LEFT JOIN duplicates AS onward ON links.to_issue_id = onward.issue_id
    QUALIFY row_number() OVER (
        PARTITION BY duplicates.issue_id
        ORDER BY
            CASE WHEN lasting.issue_id IS NOT NULL THEN 1 WHEN onward.issue_id IS NOT NULL THEN 2 ELSE 3 END ASC,
            links.link_id ASC NULLS LAST, links.to_issue_id ASC
    ) = 1
),

inward_steps AS (
    SELECT
        links.to_issue_id AS issue_id,
        max(links.from_issue_id) AS to_issue_id
    FROM duplicates
    INNER JOIN intermediate.int_jira__links AS links
        ON duplicates.issue_id = links.to_issue_id AND links.link_kind = 'duplicate'
    INNER JOIN lasting ON links.from_issue_id = lasting.issue_id
    LEFT JOIN outward_steps ON duplicates.issue_id = outward_steps.issue_id
    WHERE outward_steps.issue_id IS NULL
    GROUP BY links.to_issue_id
    HAVING count(DISTINCT links.from_issue_id) = 1
),

steps AS (
    SELECT * FROM outward_steps
    UNION ALL
    SELECT * FROM inward_steps
),

chains AS (
    SELECT
        issue_id,
        to_issue_id AS reached_id,
        1 AS depth
    FROM steps
    UNION ALL
    SELECT
        chains.issue_id,
        steps.to_issue_id AS reached_id,
        chains.depth + 1 AS depth
    FROM chains
    INNER JOIN steps ON chains.reached_id = steps.issue_id
    WHERE chains.depth < 20
)

SELECT
    chains.issue_id,
    chains.reached_id AS survivor_id
FROM chains
INNER JOIN lasting ON chains.reached_id = lasting.issue_id
