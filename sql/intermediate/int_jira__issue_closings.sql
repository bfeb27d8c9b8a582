-- How each issue that is decided came to be so: when it was closed, by whom, and whether anything in Jira shows work on
-- it before.
-- One row per issue that is done or declined, and of which the history tells the closing.
-- Key: issue_id.
--
-- A trace of work is any of: a status of work in progress, whoever set it; another change before the closing made by a
-- person, bookkeeping aside; a comment by a person, also after it; an issue below it; a link to another issue that is not
-- an incident's own, or to a page that is not a document read here. What Jira's development panel knows of branches and
-- commits is not in what its API tells of issues, and so leaves no trace here. Where the history was cut short, nothing
-- can be said.
WITH closings AS (
    SELECT
        changes.issue_id,
        changes.changed_at AS closed_at,
        changes.author AS closed_by,
        changes.person
    FROM intermediate.int_jira__changes AS changes
    INNER JOIN intermediate.int_jira__issue_outcomes AS outcomes
        ON
            changes.issue_id = outcomes.issue_id
            AND changes.changed_at = coalesce(outcomes.done_at, outcomes.declined_at)
    WHERE
        changes.field = 'status'
        AND changes.to_category = 'done'
        AND coalesce(changes.from_category, 'unknown') <> 'done'
    QUALIFY row_number() OVER (PARTITION BY changes.issue_id ORDER BY changes.change_number DESC) = 1
),

automated_people AS (
    SELECT * FROM intermediate.int_jira__automated_people
),

comments AS (
    SELECT
        issue_id,
        unnest(comments) AS comment
    FROM staging.stg_jira__issues
),

commented AS (
    SELECT
        issue_id,
        coalesce(comment.author_account, comment.author_email, comment.author_name) AS person
    FROM comments
),

traces AS (
    SELECT closings.issue_id
    FROM closings
    INNER JOIN intermediate.int_jira__changes AS changes
        ON closings.issue_id = changes.issue_id AND closings.closed_at > changes.changed_at
    WHERE
        changes.to_category = 'indeterminate'
        OR (
            NOT changes.is_automated
            AND changes.field NOT IN ('rank', 'workflow', 'link', 'remoteissuelink', 'resolution')
        )
    UNION
    SELECT commented.issue_id
    FROM commented
    LEFT JOIN automated_people ON commented.person = automated_people.person
    WHERE automated_people.person IS NULL
    UNION
    SELECT issue_id
    FROM intermediate.int_jira__descendants
    UNION
    SELECT links.from_issue_id AS issue_id
    FROM intermediate.int_jira__links AS links
    LEFT JOIN intermediate.int_jira__incident_issues AS incident_issues ON links.to_issue_id = incident_issues.issue_id
    WHERE incident_issues.issue_id IS NULL
    UNION
    SELECT links.to_issue_id AS issue_id
    FROM intermediate.int_jira__links AS links
    LEFT JOIN intermediate.int_jira__incident_issues AS incident_issues
        ON links.from_issue_id = incident_issues.issue_id
    WHERE incident_issues.issue_id IS NULL
    UNION
    SELECT remote_links.issue_id
    FROM staging.stg_jira__remote_links AS remote_links
    LEFT JOIN intermediate.int_jira__page_links AS page_links
        ON remote_links.issue_id = page_links.issue_id AND remote_links.url = page_links.url
    WHERE page_links.issue_id IS NULL
)

SELECT
    closings.issue_id,
    closings.closed_at,
    closings.closed_by,
    closings.person,
    CASE WHEN issues.history_complete THEN traces.issue_id IS NULL END AS has_no_trace
FROM closings
INNER JOIN staging.stg_jira__issues AS issues ON closings.issue_id = issues.issue_id
LEFT JOIN traces ON closings.issue_id = traces.issue_id
