-- Every issue held of Jira, and every key that a document names and that never led to one: those not shown first, by
-- project, then those last changed.
-- One row per issue or key.
-- Key: issue_key, issue_id.
-- Not chosen by any filter: what is held serves all teams and periods. Not every issue is an action item: parents,
-- children, survivors of duplicates and the incidents' own issues are held because action items hang on them.
SELECT
    issue_key, -- its key now, or the key that a document names
    issue_id, -- Jira's own id; empty for a key that never led to an issue
    url, -- where people read it
    summary, -- its title
    issue_type, -- as Jira names it
    project, -- the key of its project
    reasons, -- why it is held: document, jql, incident_link, remote_link; for context incident, parent, child, survivor, former_jql, former_incident_link
    action_item_count, -- action items it stands for; 0 for context
    status, -- as Jira names it, or last named it
    outcome, -- open, done, declined or unknown
    declined_reason, -- the resolution or the status by which Jira says that it was decided against
    survivor_key, -- the issue in which it goes on
    parent_key, -- the issue it is a part of
    child_count, -- issues that are a part of it
    child_done_count, -- of these, done
    owner, -- the assignee
    due_on, -- the due date now
    updated_at, -- when anything of it was last changed, UTC
    last_changed_at, -- when it was last fetched because something of it had changed, UTC
    is_absent, -- whether Jira does not show it
    absent_since_at, -- when it was first found so, UTC
    absent_reason, -- not_shown: deleted or hidden; project_not_shown: nor is its project; null when not kept
    history_count, -- entries of its changelog that are held
    is_history_complete -- whether these are all there were
FROM held_issues
ORDER BY is_absent DESC, project ASC, updated_at DESC NULLS LAST, issue_key ASC, issue_id ASC
