-- The promises documents make.
-- One row per promise.
-- Key: action_item_id.
SELECT
    action_item_id,
    document_id,
    incident_id,
    ordinal,
    description,
    kind,
    kind_words,
    owner,
    priority,
    due_on,
    is_marked_done,
    coalesce(is_marked_declined, FALSE) AS is_marked_declined,
    lower(tracker) AS tracker,
    upper(issue_key) AS issue_key,
    url,
    line,
    quote
FROM facts.action_items
