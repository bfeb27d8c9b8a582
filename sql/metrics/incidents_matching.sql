-- The incidents that the filters and a text let through, the latest first.
-- One row per incident, planned work included and marked.
-- Key: incident_id.
-- Every word of the text must stand, in any case, in the title, the service, the team, the cause, the path, the
-- words that any field was read from, or the description or key of an action item.
WITH words AS (
    SELECT unnest(string_split(lower(filters.search_text), ' ')) AS word
    FROM filters
),

texts AS (
    SELECT
        incident_id,
        lower(concat_ws(' ', incident_id, title, service, team, cause_category, path)) AS words
    FROM marts.incidents
    UNION ALL
    SELECT
        incident_id,
        lower(concat_ws(' ', evidence.value, evidence.quote)) AS words
    FROM marts.evidence
    UNION ALL
    SELECT
        incident_id,
        lower(concat_ws(' ', action_items.jira_key, action_items.description, action_items.owner)) AS words
    FROM marts.action_items
),

missed AS (
    SELECT DISTINCT selected_incidents.incident_id
    FROM selected_incidents
    CROSS JOIN words
    WHERE
        words.word <> ''
        AND NOT EXISTS (
            SELECT 1
            FROM texts
            WHERE texts.incident_id = selected_incidents.incident_id AND contains(texts.words, words.word)
        )
),

promises AS (
    SELECT
        incident_id,
        count(*) FILTER (WHERE outcome = 'open') AS open_count,
        count(*) FILTER (WHERE outcome = 'open' AND is_overdue) AS overdue_count,
        count(*) AS action_item_count
    FROM marts.action_items
    GROUP BY incident_id
)

SELECT
    selected_incidents.incident_id, -- the incident
    selected_incidents.occurred_at, -- its first known time, UTC
    coalesce(
        incidents.started_at,
        incidents.detected_at,
        incidents.acknowledged_at,
        incidents.declared_at,
        incidents.mitigated_at,
        incidents.resolved_at
    ) IS NULL AS is_day_only, -- whether only the day is known
    selected_incidents.title, -- in the document's words
    selected_incidents.severity, -- 1 (worst) to 5; empty when not stated
    selected_incidents.team, -- whose service it was
    selected_incidents.service, -- the first service named
    selected_incidents.cause_category, -- empty when unknown
    selected_incidents.time_to_resolve_minutes, -- empty when unresolved or not stated
    selected_incidents.is_left_out AS is_planned, -- planned work
    coalesce(promises.action_item_count, 0) AS action_item_count, -- promises made after it
    coalesce(promises.open_count, 0) AS open_count, -- of these, open
    coalesce(promises.overdue_count, 0) AS overdue_count -- of these, past the committed date
FROM selected_incidents
INNER JOIN marts.incidents ON selected_incidents.incident_id = incidents.incident_id
LEFT JOIN promises ON selected_incidents.incident_id = promises.incident_id
WHERE selected_incidents.incident_id NOT IN (SELECT missed.incident_id FROM missed)
ORDER BY selected_incidents.occurred_at DESC NULLS LAST, selected_incidents.incident_id
