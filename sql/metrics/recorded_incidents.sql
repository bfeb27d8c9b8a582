-- The incidents on record of the teams, services, severities, causes and sources that the filters let through, whenever
-- they were, planned work included (each metric sets it apart and counts it).
-- One row per incident.
-- Key: incident_id.
-- A filter on team, service, severity or cause holds an incident that states none only when "not stated" is among its
-- choices.
SELECT
    incidents.incident_id, -- stable across runs: of the document that was listed first and the incident's place in it
    incidents.title, -- as the document names it, else its path
    incidents.source, -- the configured source of the document
    incidents.severity, -- 1 (worst) to 5; null when not stated or not known to the settings
    incidents.service, -- the first or only service named
    incidents.team, -- of the first service that belongs to one, else as stated, else the source's
    incidents.occurred_at, -- places the incident in time: the first known of its times, else the start of its day
    incidents.ended_at, -- when it was over: resolved, else its start and the time to resolve it states
    incidents.stated_time_to_detect_minutes, -- as the document claims
    incidents.stated_time_to_acknowledge_minutes, -- as the document claims
    incidents.stated_time_to_mitigate_minutes, -- as the document claims
    incidents.stated_time_to_resolve_minutes, -- as the document claims
    incidents.time_to_detect_minutes, -- start to detection, else as stated
    incidents.time_to_acknowledge_minutes, -- detection to acknowledgement, else as stated
    incidents.time_to_mitigate_minutes, -- start to mitigation, else as stated
    incidents.time_to_resolve_minutes, -- between the two times the settings name, else as stated; a reviewed duration wins
    incidents.customer_impact_minutes, -- how long customers felt it, as stated
    incidents.affected_user_count, -- as stated
    incidents.cost, -- as stated; where no document states one, by the formula of the settings
    incidents.cost_basis, -- what the cost rests on: stated, formula, or null
    incidents.person_hours, -- participants times the time to resolve
    incidents.cause_category, -- what kind of cause; null when unknown
    incidents.trigger_category, -- what kind of change or event set it off; null when unknown
    incidents.has_postmortem, -- a text of its own, or a record that tells a cause or a day of publication or review
    incidents.postmortem_at, -- published, else first held by its source; null when neither is known
    incidents.written_within_days, -- agreed from the end to a postmortem; null: nothing was
    incidents.reviewed_at, -- when it was reviewed
    incidents.reviewed_within_days, -- agreed from the end to its review; null: nothing was
    incidents.completeness_score, -- 0 to 1: the share of ten things a good postmortem has
    incidents.action_item_count, -- promises made for it: in its documents, and issues that say in Jira that they belong to it
    (incidents.reviewed_at IS NOT NULL OR incidents.reviewers IS NOT NULL) AS is_reviewed, -- whether a review is told, by its day or by who made it
    coalesce(incidents.is_planned, FALSE) AS is_left_out, -- planned work is no incident
    coalesce(incidents.customer_impact_minutes, incidents.time_to_resolve_minutes) AS impact_minutes, -- stated customer impact, else the time to resolve
    (
        incidents.time_to_resolve_minutes IS NULL
        AND coalesce(incidents.mitigated_at, incidents.resolved_at) IS NULL
        AND coalesce(incidents.started_at, incidents.detected_at, incidents.declared_at) IS NOT NULL
        AND NOT coalesce(incidents.is_resolved, FALSE)
    ) AS is_unresolved -- a beginning is known, an end is not, and no document says that it is resolved
FROM marts.incidents
CROSS JOIN filters
WHERE
    (filters.teams IS NULL OR list_contains(filters.teams, coalesce(incidents.team, '')))
    AND (
        filters.services IS NULL
        OR list_contains(filters.services, coalesce(incidents.service, ''))
        OR list_has_any(filters.services, coalesce(incidents.services, []))
    )
    AND (filters.severities IS NULL OR list_contains(filters.severities, coalesce(incidents.severity, 0)))
    AND (filters.causes IS NULL OR list_contains(filters.causes, coalesce(incidents.cause_category, '')))
    AND (
        filters.sources IS NULL
        OR incidents.incident_id IN (
            SELECT tellings.incident_id
            FROM marts.incident_documents AS tellings
            WHERE list_contains(filters.sources, tellings.source)
        )
    )
