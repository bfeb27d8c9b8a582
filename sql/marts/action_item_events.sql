-- What was done to the Jira issue of an action item, from its changelog. Texts and bookkeeping (description,
-- environment, rank, workflow, remote links, time spent) are left out.
-- One row per action item and change of a field.
-- Key: action_item_id, change_number.
SELECT
    action_items.action_item_id, -- the action item
    changes.change_number, -- the change's place in the issue's changelog, from 1
    changes.changed_at AS "at", -- when, in UTC
    changes.field, -- what changed: status, duedate, assignee, priority, resolution …
    changes.from_value, -- before, as Jira shows it
    changes.to_value, -- after, as Jira shows it
    changes.author, -- who did it
    changes.is_automated -- whether an automation account did it
FROM marts.action_items
INNER JOIN intermediate.int_jira__changes AS changes ON action_items.issue_id = changes.issue_id
WHERE
    changes.field NOT IN (
        'description', 'environment', 'rank', 'workflow', 'remoteissuelink', 'comment', 'attachment',
        'timeestimate', 'timeoriginalestimate', 'timespent', 'worklogid', 'worklogtimespent'
    )
