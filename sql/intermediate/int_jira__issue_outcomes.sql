-- What became of each issue, from its status now and the history of its statuses.
-- One row per issue.
-- Key: issue_id.
--
-- Done and declined both end in a status of category "done"; declined is told apart by the name of the
-- resolution or of the status (int_jira__decline_words). Any other resolution counts as done: teams name theirs
-- freely, and a status in category "done" is what says that work ended. A resolution alone says nothing: it stays set
-- where a workflow forgets to clear it. The date of the decision is the last
-- entry into a done status from one that was not; where the history holds none (imported issues, histories cut
-- short), it is when Jira says that the category changed, else when the resolution was set, else unknown.
WITH issues AS (
    SELECT * FROM staging.stg_jira__issues
),

statuses AS (
    SELECT * FROM intermediate.int_jira__statuses
),

decline_words AS (
    SELECT * FROM intermediate.int_jira__decline_words
),

status_changes AS (
    SELECT
        issue_id,
        changed_at,
        coalesce(from_category, 'unknown') AS from_category,
        coalesce(to_category, 'unknown') AS to_category
    FROM intermediate.int_jira__changes
    WHERE field = 'status'
),

histories AS (
    SELECT
        issue_id,
        max(changed_at) FILTER (WHERE to_category = 'done' AND from_category <> 'done') AS entered_done_at,
        min(changed_at) FILTER (WHERE to_category = 'indeterminate') AS started_at
    FROM status_changes
    GROUP BY issue_id
),

reopenings AS (
    SELECT
        issue_id,
        count(*) AS reopen_count
    FROM intermediate.int_jira__judged_changes
    WHERE effect = 'reopened'
    GROUP BY issue_id
),

current_states AS (
    SELECT
        issues.issue_id,
        issues.resolution_set_at,
        issues.status_category_changed_at,
        coalesce(statuses.status_category, issues.status_category) AS status_category,
        CASE
            WHEN decline_resolutions.word IS NOT NULL THEN issues.resolution
            WHEN decline_statuses.word IS NOT NULL THEN issues.status
        END AS declined_reason,
        coalesce(decline_resolutions.is_duplicate, FALSE) OR coalesce(decline_statuses.is_duplicate, FALSE)
            AS is_duplicate
    FROM issues
    LEFT JOIN statuses ON issues.status_id = statuses.status_id
    LEFT JOIN decline_words AS decline_resolutions
        ON regexp_replace(lower(issues.resolution), '[^\p{L}\p{N}]+', '', 'g') = decline_resolutions.word
    LEFT JOIN decline_words AS decline_statuses
        ON regexp_replace(lower(issues.status), '[^\p{L}\p{N}]+', '', 'g') = decline_statuses.word
),

decided AS (
    SELECT
        current_states.issue_id,
        current_states.status_category,
        current_states.declined_reason,
        current_states.is_duplicate,
        CASE
            WHEN current_states.status_category = 'done' AND current_states.declined_reason IS NOT NULL THEN 'declined'
            WHEN current_states.status_category = 'done' THEN 'done'
            WHEN current_states.status_category IN ('new', 'indeterminate', 'undefined') THEN 'open'
            ELSE 'unknown'
        END AS outcome,
        coalesce(
            histories.entered_done_at,
            current_states.status_category_changed_at,
            current_states.resolution_set_at
        ) AS decided_at,
        histories.started_at,
        coalesce(reopenings.reopen_count, 0) AS reopen_count
    FROM current_states
    LEFT JOIN histories ON current_states.issue_id = histories.issue_id
    LEFT JOIN reopenings ON current_states.issue_id = reopenings.issue_id
)

SELECT
    issue_id,
    status_category,
    outcome,
    CASE WHEN outcome = 'declined' THEN declined_reason END AS declined_reason,
    outcome = 'declined' AND is_duplicate AS is_duplicate,
    started_at,
    CASE WHEN outcome = 'done' THEN decided_at END AS done_at,
    CASE WHEN outcome = 'declined' THEN decided_at END AS declined_at,
    reopen_count
FROM decided
