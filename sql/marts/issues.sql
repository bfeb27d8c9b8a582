-- Every issue held of Jira: what is followed, why, and what was last known of it.
-- One row per issue.
-- Key: issue_id.
--
-- Not every issue is an action item: parents, children, survivors of duplicates and the incidents' own issues are held
-- because action items hang on them. What Jira does not show any more stays as it was last known.
WITH issues AS (
    SELECT issues.*
    FROM staging.stg_jira__issues AS issues
    INNER JOIN staging.stg_settings__sources AS sources ON sources.kind = 'jira'
),

parameters AS (
    SELECT * FROM staging.stg_settings__parameters
),

linked AS (
    SELECT DISTINCT issue_id
    FROM intermediate.int_jira__incident_claims
    WHERE found_by = 'incident_link'
),

follows AS (
    SELECT
        follows.issue_id,
        CASE
            WHEN follows.reason = 'incident_link' AND linked.issue_id IS NULL THEN 'former_incident_link'
            ELSE follows.reason
        END AS reason
    FROM staging.stg_jira__follows AS follows
    LEFT JOIN linked ON follows.issue_id = linked.issue_id
),

reasons AS (
    SELECT
        issue_id,
        list(reason ORDER BY reason ASC) AS followed_for
    FROM follows
    GROUP BY issue_id
),

versions AS (
    SELECT
        issue_id,
        min(first_seen_at) AS first_seen_at
    FROM staging.stg_jira__issue_keys
    GROUP BY issue_id
),

former_keys AS (
    SELECT
        keys.issue_id,
        list(keys.issue_key ORDER BY keys.issue_key ASC) AS former_keys
    FROM intermediate.int_jira__keys AS keys
    INNER JOIN issues ON keys.issue_id = issues.issue_id AND keys.issue_key <> issues.issue_key
    GROUP BY keys.issue_id
),

histories AS (
    SELECT
        issue_id,
        count(*) FILTER (WHERE item_number = 1) AS history_count
    FROM staging.stg_jira__changes
    GROUP BY issue_id
),

promises AS (
    SELECT
        issue_id,
        count(*) AS action_item_count
    FROM marts.action_items
    WHERE issue_id IS NOT NULL
    GROUP BY issue_id
)

SELECT
    issues.issue_id, -- Jira's own id, which survives a move
    issues.issue_key, -- its key now
    coalesce(former_keys.former_keys, []) AS former_keys, -- other keys that lead to it
    parameters.jira_issue_url || '/browse/' || issues.issue_key AS url, -- where people read it
    issues.summary, -- its title
    issues.issue_type, -- as Jira names it
    issues.is_subtask, -- whether its type is one of subtasks
    issues.hierarchy_level, -- of its type: 1 for an epic, 0 for what is under it, -1 for a subtask; null where Jira does not tell
    issues.project, -- the key of its project

    coalesce(reasons.followed_for, [])
        AS followed_for, -- document, jql, incident_link, remote_link; for context incident, parent, child, survivor, former_jql, former_incident_link
    coalesce(promises.action_item_count, 0) AS action_item_count, -- action items it stands for; 0 for context

    issues.status, -- as Jira names it
    outcomes.status_category, -- new, indeterminate or done
    issues.resolution, -- as Jira names it; not cleared by every reopening
    outcomes.outcome, -- open, done, declined, or unknown
    outcomes.declined_reason, -- the resolution or the status by which Jira says that it was decided against
    survivors.survivor_id AS survivor_issue_id, -- the issue it is a duplicate of, which goes on
    lasting.issue_key AS survivor_key, -- the key of that issue
    outcomes.started_at, -- when it first came into a status of work in progress
    outcomes.done_at, -- last entry into a done status from one that was not
    outcomes.declined_at, -- the same, for an issue that was decided against

    issues.owner, -- the assignee
    issues.priority, -- as Jira names it
    fields.jira_team AS team, -- what its own field for the team says
    fields.jira_severity, -- what its own field for the severity says
    fields.story_points, -- its estimate
    fields.sprint, -- the sprint that it is in, else was in last
    fields.parent_id AS parent_issue_id, -- the issue it is a part of: its parent, or its epic
    fields.parent_key, -- the key of that issue
    care.child_count, -- issues that are a part of it and that Jira shows, one level down
    care.child_done_count, -- of these, done

    issues.created_at, -- when it was created
    issues.updated_at, -- when anything of it was last changed, as Jira says
    care.last_activity_at, -- last change or comment by a person, on it or on an issue below it, or the creation
    issues.due_on, -- the due date now
    care.first_due_on, -- the due date it first had
    care.due_date_push_count, -- how often the due date was moved later
    outcomes.reopen_count, -- how often it left a done status again
    care.owner_change_count, -- how often one owner followed another
    care.priority_drop_count, -- how often its priority was lowered

    absent_issues.issue_id IS NOT NULL AS is_absent, -- whether Jira does not show it: deleted, or hidden from the account
    absent_issues.absent_since_at, -- when it was first found so
    absent_issues.absent_reason, -- not_shown: deleted or hidden; project_not_shown: nor is its project; null when not kept
    coalesce(histories.history_count, 0) AS history_count, -- entries of its changelog that are held
    issues.history_complete AS is_history_complete, -- whether these are all there were
    versions.first_seen_at, -- when it was first fetched
    issues.fetched_at AS last_changed_at, -- when it was last fetched because something of it had changed
    issues.read_at AS last_read_at -- when Jira last showed it
FROM issues
CROSS JOIN parameters
INNER JOIN intermediate.int_jira__issue_outcomes AS outcomes ON issues.issue_id = outcomes.issue_id
INNER JOIN intermediate.int_jira__issue_care AS care ON issues.issue_id = care.issue_id
INNER JOIN intermediate.int_jira__issue_fields AS fields ON issues.issue_id = fields.issue_id
INNER JOIN versions ON issues.issue_id = versions.issue_id
LEFT JOIN reasons ON issues.issue_id = reasons.issue_id
LEFT JOIN former_keys ON issues.issue_id = former_keys.issue_id
LEFT JOIN promises ON issues.issue_id = promises.issue_id
LEFT JOIN histories ON issues.issue_id = histories.issue_id
LEFT JOIN intermediate.int_jira__survivors AS survivors ON issues.issue_id = survivors.issue_id
LEFT JOIN staging.stg_jira__issues AS lasting ON survivors.survivor_id = lasting.issue_id
LEFT JOIN intermediate.int_jira__absent_issues AS absent_issues ON issues.issue_id = absent_issues.issue_id
