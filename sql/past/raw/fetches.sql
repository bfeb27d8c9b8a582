-- The fetches that had begun at the moment asked about; one that was under way then had not ended.
-- One row per attempt.
-- Key: fetch_id.
SELECT
    fetches.* REPLACE (
        CASE WHEN fetches.finished_at <= parameters.as_of THEN fetches.finished_at END AS finished_at,
        CASE WHEN fetches.finished_at <= parameters.as_of THEN fetches.outcome END AS outcome
    )
FROM raw.fetches AS fetches
CROSS JOIN settings.parameters AS parameters
WHERE fetches.started_at <= parameters.as_of
