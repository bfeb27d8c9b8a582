-- Everything else a model needs to know: of which moment the tables speak, and what was agreed.
-- One row per build, and there is one.
-- Key: build_id.
SELECT
    build_id,
    built_at,
    as_of,
    is_as_of,
    CAST(as_of AT TIME ZONE 'UTC' AT TIME ZONE time_zone AS DATE) AS as_of_on,
    company,
    is_invented,
    time_zone,
    resolve_from,
    resolve_to,
    ignored_after_days,
    repeat_within_days,
    repeat_similarity,
    effectiveness,
    horizon_days,
    jira_issue_url,
    cost_currency,
    product_version,
    duckdb_version
FROM settings.parameters
