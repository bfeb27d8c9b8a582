-- Every attempt to fetch a source, the latest first.
-- One row per attempt.
-- Key: fetch_id.
SELECT
    fetch_id,
    source,
    kind,
    started_at,
    finished_at,
    coalesce(outcome, 'interrupted') AS outcome,
    item_count,
    changed_count,
    message,
    coalesce(is_sweep, FALSE) AS is_sweep,
    jql_count,
    call_count,
    retry_count,
    waited_seconds,
    row_number() OVER (PARTITION BY source ORDER BY started_at DESC, fetch_id ASC) AS attempt_number
FROM raw.fetches
