-- The slippage ledger: how each promise slipped on its way. Each entry can be followed to the changes that make it, in
-- marts.action_item_events.
-- One row per action item.
-- Key: action_item_id.
--
-- Closed in bulk is an item that one account decided together with at least four other issues of its team, all within
-- ten minutes: so many were hardly each looked at. Closed with no trace is an item that is done, went there straight from
-- open, and of which Jira shows no other change by a person, no comment, no issue below it, and no link to other work;
-- what stands only in a development panel is not seen. Neither proves that nothing was done. Both are null where an item
-- is not decided in Jira, or where its history does not tell. Of an item that goes on in another issue, the due dates, the
-- owners and the priority are its own, the rest the other's.
WITH items AS (
    SELECT
        action_item_id,
        issue_id,
        coalesce(survivor_issue_id, issue_id) AS lasting_id,
        team,
        outcome,
        outcome_basis,
        first_due_on,
        due_on,
        due_date_push_count,
        priority_drop_count,
        owner_change_count,
        reopen_count,
        is_ignored,
        is_history_complete
    FROM marts.action_items
),

closings AS (
    SELECT
        items.team,
        items.lasting_id,
        closings.person,
        closings.closed_by,
        closings.closed_at,
        epoch(closings.closed_at) AS closed_second
    FROM (SELECT DISTINCT team, lasting_id FROM items) AS items
    INNER JOIN intermediate.int_jira__issue_closings AS closings ON items.lasting_id = closings.issue_id
),

followed AS (
    SELECT
        team,
        lasting_id,
        person,
        closed_second,
        count(*) OVER (
            PARTITION BY team, person
            ORDER BY closed_second ASC
            RANGE BETWEEN CURRENT ROW AND 600 FOLLOWING
        ) AS closing_count
    FROM closings
    WHERE team IS NOT NULL AND person IS NOT NULL
),

bulks AS (
    SELECT
        team,
        lasting_id,
        max(closing_count) OVER (
            PARTITION BY team, person
            ORDER BY closed_second ASC
            RANGE BETWEEN 600 PRECEDING AND CURRENT ROW
        ) AS bulk_count
    FROM followed
)

SELECT
    items.action_item_id, -- the action item
    items.team, -- whose it is
    items.first_due_on, -- the due date it first had
    items.due_on, -- the due date now
    items.due_date_push_count, -- how often the due date was moved later
    coalesce(care.due_date_push_days, 0) AS due_date_push_days, -- by how many days in total; moves to an earlier day take nothing off
    items.priority_drop_count, -- how often its priority was lowered
    items.owner_change_count, -- how often one owner followed another
    items.reopen_count, -- how often it left a done status again
    items.is_ignored, -- whether it is open, overdue and untouched; null where activity cannot be seen
    closings.closed_at, -- when it was closed in Jira, UTC
    closings.closed_by, -- by whom
    bulks.bulk_count, -- issues of the team that this account closed within ten minutes around it, itself included
    CASE WHEN items.outcome_basis = 'jira' THEN bulks.bulk_count >= 5 END AS is_closed_in_bulk, -- whether these are five or more
    CASE WHEN items.outcome_basis = 'jira' AND items.outcome = 'done' THEN issue_closings.has_no_trace END AS has_no_trace, -- done, and Jira shows no work
    items.is_history_complete -- whether Jira gave the whole history; if not, the counts may be too low
FROM items
LEFT JOIN intermediate.int_jira__issue_care AS care ON items.issue_id = care.issue_id
LEFT JOIN closings ON items.lasting_id = closings.lasting_id AND items.team IS NOT DISTINCT FROM closings.team
LEFT JOIN intermediate.int_jira__issue_closings AS issue_closings ON items.lasting_id = issue_closings.issue_id
LEFT JOIN bulks ON items.lasting_id = bulks.lasting_id AND items.team = bulks.team
