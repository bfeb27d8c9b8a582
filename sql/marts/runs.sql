-- The build itself: of which moment its tables speak, how fresh its sources were, and what was agreed.
-- One row per build, and a published file holds one.
-- Key: build_id.
WITH freshness AS (
    SELECT
        min(last_fetched_at) FILTER (WHERE kind <> 'jira') AS documents_fetched_at,
        min(last_fetched_at) FILTER (WHERE kind = 'jira') AS jira_fetched_at,
        count(*) AS source_count,
        count(*) FILTER (WHERE last_outcome IS DISTINCT FROM 'ok') AS stale_source_count
    FROM marts.sources
)

SELECT
    parameters.build_id, -- names the published file
    parameters.built_at, -- when it was built
    parameters.as_of, -- the moment the tables speak of: "now" in every judgement
    parameters.as_of_on, -- its day in the time zone below: "today" where a date is judged
    parameters.is_as_of, -- whether the past was made again: only what was known at as_of counts
    parameters.company, -- whose numbers these are
    parameters.is_invented, -- whether the company is invented, for the demo
    parameters.time_zone, -- in which a due date ends
    parameters.resolve_from, -- the time to resolve runs from this time of an incident …
    parameters.resolve_to, -- … to this one
    parameters.ignored_after_days, -- open past its date and untouched for so long: ignored
    parameters.repeat_within_days, -- same cause and service within so long: a repeat
    parameters.cost_currency, -- of the costs of incidents, as the settings say; null when they do not
    parameters.repeat_similarity, -- texts at least so close, from 0 to 1: a repeat
    parameters.effectiveness, -- of the incidents that a fix is meant for, the share it is assumed to avoid
    parameters.horizon_days, -- how far ahead the loss that a fix avoids is counted
    freshness.source_count, -- sources the settings name
    freshness.stale_source_count, -- of these, whose last fetch did not end well
    freshness.documents_fetched_at, -- when the stalest source of documents was last fetched whole
    freshness.jira_fetched_at, -- when Jira was last fetched whole; null without a Jira
    parameters.product_version, -- of this product
    parameters.duckdb_version -- of the engine that built it
FROM staging.stg_settings__parameters AS parameters
CROSS JOIN freshness
