-- The slippage ledger summed up: how many promises of each team slipped, in which way, and by how much.
-- One row per team.
-- Key: team.
-- Counted are action items made in the period and tracked in Jira, for only there a history is kept. Each share is of
-- the items of which it can be told: pushes of those that have a due date, bulk and no trace of those closed in Jira.
-- Left out and counted: items that no Jira issue tracks.
-- Added: for pushed, reopened, bulk and no_trace the 90 % interval of the share, that of team_rates, as pushed_low and pushed_high,
-- reopened_low and reopened_high, bulk_low and bulk_high, no_trace_low and no_trace_high; empty where nothing counts.
WITH made AS (
    SELECT
        *,
        coalesce(team, 'not stated') AS team_name,
        issue_id IS NOT NULL AS is_tracked,
        (reopen_count > 0 OR outcome = 'done') AS was_done
    FROM grouped_action_items
    WHERE is_made_in_period
)

SELECT
    team_name AS team, -- the action item's; 'not stated' when nothing tells
    count(*) FILTER (WHERE is_tracked) AS n, -- action items tracked in Jira
    count(*) FILTER (WHERE is_tracked AND first_due_on IS NOT NULL) AS with_due_date_count, -- of these, with a due date
    count(*) FILTER (WHERE is_tracked AND first_due_on IS NOT NULL AND due_date_push_count > 0) AS pushed_count, -- of these, moved later at least once
    count(*) FILTER (WHERE is_tracked AND first_due_on IS NOT NULL AND due_date_push_count > 0)
    / nullif(count(*) FILTER (WHERE is_tracked AND first_due_on IS NOT NULL), 0) AS pushed_share, -- pushed_count of with_due_date_count
    CAST(coalesce(sum(due_date_push_count), 0) AS BIGINT) AS push_count, -- times a due date was moved later
    CAST(coalesce(sum(due_date_push_days), 0) AS BIGINT) AS push_days, -- by so many days in total
    count(*) FILTER (WHERE priority_drop_count > 0) AS priority_lowered_count, -- items whose priority was lowered
    count(*) FILTER (WHERE owner_change_count > 0) AS owner_changed_count, -- items handed from one owner to another
    count(*) FILTER (WHERE is_tracked AND was_done) AS ever_done_count, -- items that are or were done
    count(*) FILTER (WHERE is_tracked AND reopen_count > 0) AS reopened_count, -- of these, taken up again
    count(*) FILTER (WHERE is_tracked AND reopen_count > 0)
    / nullif(count(*) FILTER (WHERE is_tracked AND was_done), 0) AS reopened_share, -- reopened_count of ever_done_count
    count(is_closed_in_bulk) AS closed_count, -- items decided in Jira by somebody known
    count(*) FILTER (WHERE is_closed_in_bulk) AS bulk_count, -- of these, closed with many others at once
    count(*) FILTER (WHERE is_closed_in_bulk) / nullif(count(is_closed_in_bulk), 0) AS bulk_share, -- bulk_count of closed_count
    count(has_no_trace) AS traceable_count, -- items done in Jira whose history is whole
    count(*) FILTER (WHERE has_no_trace) AS no_trace_count, -- of these, done with no work that Jira shows
    count(*) FILTER (WHERE has_no_trace) / nullif(count(has_no_trace), 0) AS no_trace_share, -- no_trace_count of traceable_count
    count(*) FILTER (WHERE is_ignored) AS ignored_count, -- open, overdue and untouched now
    count(*) FILTER (WHERE NOT is_tracked) AS untracked_count, -- left out: no Jira issue
    count(*) FILTER (WHERE is_tracked) / nullif(count(*), 0) AS coverage -- n of all that were made in the period
FROM made
GROUP BY team_name
ORDER BY push_days DESC, lower(team_name), team_name
