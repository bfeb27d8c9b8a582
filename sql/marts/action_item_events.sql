-- What was done to the Jira issue of an action item, and to the issue in which it lives on, from their changelogs. Texts
-- and bookkeeping (description, environment, rank, workflow, remote links, time spent) are left out.
-- One row per action item and change of a field.
-- Key: action_item_id, issue_id, change_number.
WITH told AS (
    SELECT
        action_item_id,
        issue_id
    FROM marts.action_items
    WHERE issue_id IS NOT NULL
    UNION ALL
    SELECT
        action_item_id,
        survivor_issue_id AS issue_id
    FROM marts.action_items
    WHERE survivor_issue_id IS NOT NULL
)

SELECT
    told.action_item_id, -- the action item
    told.issue_id, -- the issue it was done to: the action item's own, or its survivor
    changes.change_number, -- the change's place in the issue's changelog, from 1
    changes.changed_at AS "at", -- when, in UTC
    changes.field, -- what changed: status, duedate, assignee, priority, resolution …
    changes.from_value, -- before, as Jira shows it
    changes.to_value, -- after, as Jira shows it
    judged.effect, -- what it says of the promise: due_date_pushed, owner_changed, priority_lowered or reopened; else null
    judged.pushed_days, -- by how many days a due date was moved later; null of anything else
    changes.author, -- who did it
    changes.is_automated -- whether an automation account did it
FROM told
INNER JOIN intermediate.int_jira__changes AS changes ON told.issue_id = changes.issue_id
LEFT JOIN intermediate.int_jira__judged_changes AS judged
    ON changes.issue_id = judged.issue_id AND changes.change_number = judged.change_number
WHERE
    changes.field NOT IN (
        'description', 'environment', 'rank', 'workflow', 'remoteissuelink', 'comment', 'attachment',
        'timeestimate', 'timeoriginalestimate', 'timespent', 'worklogid', 'worklogtimespent'
    )
