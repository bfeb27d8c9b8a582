-- How fresh each source is, and what of it was skipped.
-- One row per source the settings name; 'jira' is the Jira.
-- Key: source.
WITH sources AS (
    SELECT * FROM staging.stg_settings__sources
),

last_attempts AS (
    SELECT * FROM staging.stg_sources__fetches
    WHERE attempt_number = 1
),

last_successes AS (
    SELECT
        source,
        finished_at,
        item_count,
        changed_count,
        call_count,
        retry_count,
        waited_seconds
    FROM staging.stg_sources__fetches
    WHERE outcome = 'ok'
    QUALIFY row_number() OVER (PARTITION BY source ORDER BY attempt_number ASC) = 1
),

sweeps AS (
    SELECT
        source,
        finished_at AS last_swept_at,
        jql_count
    FROM staging.stg_sources__fetches
    WHERE outcome = 'ok' AND is_sweep
    QUALIFY row_number() OVER (PARTITION BY source ORDER BY attempt_number ASC) = 1
),

-- Issues that are held, and keys that never led to one.
absent AS (
    SELECT count(*) AS absent_count
    FROM (
        SELECT issue_id AS asked_for FROM intermediate.int_jira__absent_issues
        UNION
        SELECT named_key AS asked_for
        FROM intermediate.int_promises
        WHERE link_state = 'missing' AND issue_id IS NULL
    ) AS not_shown
),

documents AS (
    SELECT
        source,
        count(*) AS document_count,
        count(*) FILTER (WHERE kind = 'postmortem') AS postmortem_count,
        count(*) FILTER (WHERE kind IS DISTINCT FROM 'postmortem') AS skipped_count,
        CAST(sum(incident_count) AS BIGINT) AS incident_count
    FROM marts.documents
    WHERE is_listed
    GROUP BY source
),

skipped AS (
    SELECT
        source,
        coalesce(problem, kind, 'not read') AS reason,
        count(*) AS document_count
    FROM marts.documents
    WHERE is_listed AND kind IS DISTINCT FROM 'postmortem'
    GROUP BY source, coalesce(problem, kind, 'not read')
),

reasons AS (
    SELECT
        source,
        string_agg(CAST(document_count AS VARCHAR) || ' ' || reason, ', ' ORDER BY document_count DESC, reason ASC)
            AS skipped_reasons
    FROM skipped
    GROUP BY source
)

SELECT
    sources.source, -- its name in the settings
    sources.kind, -- folder, git, confluence, export, jira_incidents (issues that are incidents) or jira
    sources.team, -- owner of incidents whose service belongs to no team
    sources.time_zone, -- of times written without one
    last_successes.finished_at AS last_fetched_at, -- when it was last fetched whole; null when never
    last_attempts.started_at AS last_attempted_at, -- when a fetch was last begun
    last_attempts.outcome AS last_outcome, -- of the last attempt: ok, failed, or interrupted
    last_attempts.message AS last_message, -- why it failed
    last_successes.item_count, -- what it held then: documents listed, issues followed
    last_successes.changed_count, -- of these, new or changed since the fetch before
    last_successes.call_count, -- how often the source was asked then; null where it is not asked
    last_successes.retry_count, -- of these, again after a failure
    last_successes.waited_seconds, -- how long it was waited then, on the source's demand or before asking again
    sweeps.last_swept_at, -- of a Jira: when everything held was last compared with what it shows
    sweeps.jql_count, -- of a Jira: issues that the JQL found then; null without a JQL
    CASE WHEN sources.kind = 'jira' THEN absent.absent_count END AS absent_count, -- of a Jira: issues held or named that it does not show
    coalesce(documents.document_count, 0) AS document_count, -- documents it lists
    coalesce(documents.postmortem_count, 0) AS postmortem_count, -- of these, read as postmortems
    coalesce(documents.skipped_count, 0) AS skipped_count, -- of these, not
    reasons.skipped_reasons, -- why not, with how many each
    coalesce(documents.incident_count, 0) AS incident_count -- incidents they describe
FROM sources
CROSS JOIN absent
LEFT JOIN sweeps ON sources.source = sweeps.source
LEFT JOIN last_attempts ON sources.source = last_attempts.source
LEFT JOIN last_successes ON sources.source = last_successes.source
LEFT JOIN documents ON sources.source = documents.source
LEFT JOIN reasons ON sources.source = reasons.source
