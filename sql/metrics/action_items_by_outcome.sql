-- What became of the promises, whenever they were made, and why: of the declined ones by the words of Jira, of the
-- unknown ones by what keeps it from being known.
-- One row per outcome and reason.
-- Key: outcome, outcome_reason.
-- Declining is a decision, and is told apart from doing. What Jira does not show stays as it was last known where that
-- is a decision; where it was open, its outcome is unknown unless the document says it.
SELECT
    coalesce(outcome, 'unknown') AS outcome, -- done, declined, open or unknown
    outcome_reason, -- jira or document, what says so; of declined ones Jira's words; of unknown ones not_shown, no_issue …
    count(*) AS action_item_count, -- action items of the outcome for the reason
    count(*) FILTER (WHERE link_state = 'missing') AS not_shown_count -- of these, whose issue Jira does not show
FROM selected_action_items
GROUP BY coalesce(outcome, 'unknown'), outcome_reason
ORDER BY
    CASE coalesce(outcome, 'unknown') WHEN 'done' THEN 1 WHEN 'declined' THEN 2 WHEN 'open' THEN 3 ELSE 4 END ASC,
    action_item_count DESC,
    outcome_reason ASC
