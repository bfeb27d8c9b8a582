-- What happened: every incident of the listed documents, with its times, its durations and what caused it.
-- One row per incident.
-- Key: incident_id.
--
-- A duration is the difference of two times when the document supports both and they are in order; else it is
-- what the document states; else null. The time to resolve runs between the two times the settings name
-- (marts.runs.resolve_from, resolve_to). An incident without an end has no time to resolve, never "until now".
-- The completeness score is the share of ten things a good postmortem has: when it started, was detected and
-- was resolved (or how long that took), its severity, its service, its impact, its cause or what contributed
-- to it, how it was detected, a timeline of three entries, and action items each of which has an owner or a
-- tracker's link. `pipeline/documents/completeness.py` counts the same for one document.
WITH documents AS (
    SELECT * FROM intermediate.int_documents__listed
),

parameters AS (
    SELECT * FROM staging.stg_settings__parameters
),

described AS (
    SELECT
        incidents.incident_id,
        incidents.document_id,
        documents.source,
        documents.path,
        documents.url,
        documents.source_team,
        documents.written_at,
        fields.* EXCLUDE (incident_id)
    FROM intermediate.int_incidents__merged AS incidents
    INNER JOIN documents ON incidents.document_id = documents.document_id
    LEFT JOIN intermediate.int_incidents__fields AS fields ON incidents.incident_id = fields.incident_id
    WHERE incidents.fullness_rank = 1
),

told AS (
    SELECT
        incident_id,
        count(*) AS document_count
    FROM intermediate.int_incidents__merged
    GROUP BY incident_id
),

restricted AS (
    SELECT DISTINCT merged.incident_id
    FROM intermediate.int_incidents__merged AS merged
    INNER JOIN intermediate.int_documents__restricted AS documents ON merged.document_id = documents.document_id
),

-- The first service that belongs to a team decides whose incident it is.
named_services AS (
    SELECT
        incident_id,
        0 AS position,
        service
    FROM described
    WHERE service IS NOT NULL
    UNION ALL
    SELECT
        incident_id,
        1 AS position,
        unnest(services) AS service
    FROM described
),

service_teams AS (
    SELECT
        named_services.incident_id,
        team_services.team
    FROM named_services
    INNER JOIN staging.stg_settings__team_services AS team_services
        ON lower(trim(named_services.service)) = team_services.folded_service
    QUALIFY row_number() OVER (
        PARTITION BY named_services.incident_id
        ORDER BY named_services.position ASC, team_services.team ASC
    ) = 1
),

timelines AS (
    SELECT
        incident_id,
        count(*) AS event_count
    FROM intermediate.int_incidents__events
    GROUP BY incident_id
),

promises AS (
    SELECT
        incident_id,
        count(*) AS action_item_count,
        count(document_id) AS told_count,
        count(*) FILTER (WHERE owner IS NULL AND tracker IS NULL) AS ownerless_count
    FROM intermediate.int_promises
    WHERE incident_id IS NOT NULL
    GROUP BY incident_id
),

-- Several names of one person, as a handle beside a name, count as several: nothing tells that they are one.
participants AS (
    SELECT
        incident_id,
        count(DISTINCT lower(trim(participant))) AS participant_count
    FROM (
        SELECT
            incident_id,
            unnest(participants) AS participant
        FROM described
    ) AS named
    GROUP BY incident_id
),

pairs AS (
    SELECT
        described.incident_id,
        CASE parameters.resolve_from
            WHEN 'started_at' THEN described.started_at
            WHEN 'detected_at' THEN described.detected_at
            WHEN 'acknowledged_at' THEN described.acknowledged_at
            WHEN 'declared_at' THEN described.declared_at
            WHEN 'mitigated_at' THEN described.mitigated_at
            WHEN 'resolved_at' THEN described.resolved_at
        END AS resolve_from_at,
        CASE parameters.resolve_to
            WHEN 'started_at' THEN described.started_at
            WHEN 'detected_at' THEN described.detected_at
            WHEN 'acknowledged_at' THEN described.acknowledged_at
            WHEN 'declared_at' THEN described.declared_at
            WHEN 'mitigated_at' THEN described.mitigated_at
            WHEN 'resolved_at' THEN described.resolved_at
        END AS resolve_to_at
    FROM described
    CROSS JOIN parameters
),

-- What a document states as its time to resolve runs from the start to the end, whatever pair is chosen.
stated AS (
    SELECT
        described.incident_id,
        CASE
            WHEN parameters.resolve_from = 'started_at' AND parameters.resolve_to = 'resolved_at'
                THEN described.stated_time_to_resolve_minutes
            WHEN parameters.resolve_from = 'started_at' AND parameters.resolve_to = 'mitigated_at'
                THEN described.stated_time_to_mitigate_minutes
        END AS time_to_resolve_minutes,
        CASE
            WHEN parameters.resolve_from = 'started_at' AND parameters.resolve_to = 'resolved_at'
                THEN described.resolve_method
            WHEN parameters.resolve_from = 'started_at' AND parameters.resolve_to = 'mitigated_at'
                THEN described.mitigate_method
        END AS method
    FROM described
    CROSS JOIN parameters
),

computed AS (
    SELECT
        described.incident_id,
        CASE
            WHEN described.detect_method = 'reviewed' AND described.stated_time_to_detect_minutes IS NOT NULL
                THEN described.stated_time_to_detect_minutes
            WHEN described.detected_at >= described.started_at
                THEN (epoch(described.detected_at) - epoch(described.started_at)) / 60.0
        END AS time_to_detect_minutes,
        CASE
            WHEN described.acknowledge_method = 'reviewed' AND described.stated_time_to_acknowledge_minutes IS NOT NULL
                THEN described.stated_time_to_acknowledge_minutes
            WHEN described.acknowledged_at >= described.detected_at
                THEN (epoch(described.acknowledged_at) - epoch(described.detected_at)) / 60.0
        END AS time_to_acknowledge_minutes,
        CASE
            WHEN described.mitigate_method = 'reviewed' AND described.stated_time_to_mitigate_minutes IS NOT NULL
                THEN described.stated_time_to_mitigate_minutes
            WHEN described.mitigated_at >= described.started_at
                THEN (epoch(described.mitigated_at) - epoch(described.started_at)) / 60.0
        END AS time_to_mitigate_minutes,
        CASE
            WHEN pairs.resolve_to_at >= pairs.resolve_from_at
                THEN (epoch(pairs.resolve_to_at) - epoch(pairs.resolve_from_at)) / 60.0
        END AS time_to_resolve_minutes
    FROM described
    INNER JOIN pairs ON described.incident_id = pairs.incident_id
),

durations AS (
    SELECT
        described.incident_id,
        coalesce(computed.time_to_detect_minutes, described.stated_time_to_detect_minutes) AS time_to_detect_minutes,
        coalesce(computed.time_to_acknowledge_minutes, described.stated_time_to_acknowledge_minutes)
            AS time_to_acknowledge_minutes,
        coalesce(computed.time_to_mitigate_minutes, described.stated_time_to_mitigate_minutes)
            AS time_to_mitigate_minutes,
        CASE
            WHEN stated.method = 'reviewed' AND stated.time_to_resolve_minutes IS NOT NULL
                THEN stated.time_to_resolve_minutes
            ELSE coalesce(computed.time_to_resolve_minutes, stated.time_to_resolve_minutes)
        END AS time_to_resolve_minutes,
        CASE
            WHEN stated.method = 'reviewed' AND stated.time_to_resolve_minutes IS NOT NULL THEN 'reviewed'
            WHEN computed.time_to_resolve_minutes IS NOT NULL THEN 'timestamps'
            WHEN stated.time_to_resolve_minutes IS NOT NULL THEN 'stated'
        END AS duration_basis
    FROM described
    INNER JOIN computed ON described.incident_id = computed.incident_id
    INNER JOIN stated ON described.incident_id = stated.incident_id
),

efforts AS (
    SELECT
        durations.incident_id,
        participants.participant_count,
        participants.participant_count * durations.time_to_resolve_minutes / 60.0 AS person_hours
    FROM durations
    INNER JOIN participants ON durations.incident_id = participants.incident_id
),

costs AS (
    SELECT
        described.incident_id,
        incident_cost(
            described.severity, described.customer_impact_minutes, described.affected_user_count,
            efforts.participant_count, efforts.person_hours, durations.time_to_detect_minutes,
            durations.time_to_acknowledge_minutes, durations.time_to_mitigate_minutes,
            durations.time_to_resolve_minutes
        ) AS formula_cost
    FROM described
    INNER JOIN durations ON described.incident_id = durations.incident_id
    LEFT JOIN efforts ON described.incident_id = efforts.incident_id
)

SELECT
    described.incident_id, -- stable across runs: of the document that was listed first and the incident's place in it
    described.document_id, -- the document that describes it; of several, the one that tells most
    told.document_count, -- documents that describe it: marts.incident_documents
    described.source, -- the configured source of the document
    described.path, -- of the document, relative to its source
    described.url, -- where people read the document
    coalesce(described.title, described.path) AS title, -- as the document names it, else its path
    described.incident_key, -- the organisation's own number for it, as written
    described.summary, -- the document's own summary

    described.severity, -- 1 (worst) to 5; null when not stated or not known to the settings
    described.severity_label, -- as written
    described.service, -- the first or only service named
    coalesce(described.services, CASE WHEN described.service IS NOT NULL THEN [described.service] END)
        AS services, -- every service named
    coalesce(
        service_teams.team, teams.team, described.team, described.source_team
    ) AS team, -- of the first service that belongs to one, else as stated, else the source's

    described.started_at, -- when it began
    described.detected_at, -- when it was noticed, by alert, customer or staff
    described.acknowledged_at, -- when somebody took it up
    described.declared_at, -- when it was declared an incident
    described.mitigated_at, -- when users no longer felt it
    described.resolved_at, -- when it was over
    described.occurred_on, -- the day the document gives for it, when no time is known
    occurred.occurred_at, -- places the incident in time: the first known of its times, else the start of its day

    described.stated_time_to_detect_minutes, -- as the document claims
    described.stated_time_to_acknowledge_minutes, -- as the document claims
    described.stated_time_to_mitigate_minutes, -- as the document claims
    described.stated_time_to_resolve_minutes, -- as the document claims
    durations.time_to_detect_minutes, -- start to detection, else as stated
    durations.time_to_acknowledge_minutes, -- detection to acknowledgement, else as stated
    durations.time_to_mitigate_minutes, -- start to mitigation, else as stated
    durations.time_to_resolve_minutes, -- between the two times the settings name, else as stated; a reviewed duration wins
    durations.duration_basis, -- what the time to resolve rests on: timestamps, stated, reviewed, or null

    coalesce(described.is_planned, FALSE) AS is_planned, -- maintenance: left out of incident metrics
    described.is_resolved, -- what the document says of its own state
    described.customer_impact_minutes, -- how long customers felt it, as stated
    described.affected_user_count, -- as stated
    coalesce(described.cost, costs.formula_cost) AS cost, -- as stated; where no document states one, by the formula of the settings
    CASE
        WHEN described.cost IS NOT NULL THEN 'stated'
        WHEN costs.formula_cost IS NOT NULL THEN 'formula'
    END AS cost_basis, -- what the cost rests on: stated, formula, or null
    costs.formula_cost, -- what the formula of the settings gives; null when it lacks a figure, and without a formula
    described.participants, -- who took part in the incident, as the document names them
    efforts.participant_count, -- how many these are; null when nobody is named
    efforts.person_hours, -- participants times the time to resolve
    described.impact, -- in the document's words

    described.cause_category, -- what kind of cause; null when unknown
    CASE
        WHEN described.cause_category IS NULL THEN NULL
        WHEN described.cause_method IN ('rule', 'reviewed') THEN described.cause_method
        ELSE 'stated'
    END AS cause_basis, -- stated by the document, found by a rule, or reviewed by a person
    described.trigger_category, -- what kind of change or event set it off; null when unknown
    CASE
        WHEN described.trigger_category IS NULL THEN NULL
        WHEN described.trigger_method IN ('rule', 'reviewed') THEN described.trigger_method
        ELSE 'stated'
    END AS trigger_basis, -- stated by the document, found by a rule, or reviewed by a person
    described.root_cause, -- in the document's words
    described.trigger_text AS "trigger", -- in the document's words
    described.contributing_factors, -- in the document's words, one entry each
    described.five_whys, -- the answers in order, each with its question when one is written
    described.detection_method, -- alert, customer or staff

    described.authors, -- as the document names them
    described.reviewers, -- as the document names them
    described.written_at, -- when the source first held that document, if the source says so
    described.published_at, -- when the document was published
    described.reviewed_at, -- when it was reviewed
    coalesce(
        described.resolved_at,
        described.started_at + described.stated_time_to_resolve_minutes * INTERVAL '1' MINUTE
    ) AS ended_at, -- when it was over: resolved, else its start and the time to resolve it states
    (
        postmortems.has_text
        OR described.published_at IS NOT NULL
        OR described.reviewed_at IS NOT NULL
        OR described.root_cause IS NOT NULL
        OR described.contributing_factors IS NOT NULL
    ) AS has_postmortem, -- a text of its own, or a record that tells a cause or a day of publication or review
    coalesce(described.published_at, postmortems.first_held_at) AS postmortem_at, -- published, else first held by its source; null when neither is known
    coalesce(written_by_severity.days, written_by_default.days) AS written_within_days, -- agreed from the end to a postmortem; null: nothing was
    coalesce(reviewed_by_severity.days, reviewed_by_default.days) AS reviewed_within_days, -- agreed from the end to its review; null: nothing was
    (
        CASE WHEN described.started_at IS NOT NULL THEN 1 ELSE 0 END
        + CASE
            WHEN
                described.detected_at IS NOT NULL
                OR described.stated_time_to_detect_minutes IS NOT NULL
                THEN 1
            ELSE 0
        END
        + CASE
            WHEN
                described.resolved_at IS NOT NULL
                OR described.stated_time_to_resolve_minutes IS NOT NULL
                THEN 1
            ELSE 0
        END
        + CASE WHEN described.severity IS NOT NULL THEN 1 ELSE 0 END
        + CASE WHEN described.service IS NOT NULL THEN 1 ELSE 0 END
        + CASE
            WHEN
                described.impact IS NOT NULL
                OR described.customer_impact_minutes IS NOT NULL
                OR described.affected_user_count IS NOT NULL
                THEN 1
            ELSE 0
        END
        + CASE
            WHEN
                described.root_cause IS NOT NULL
                OR described.contributing_factors IS NOT NULL
                OR (described.cause_method <> 'rule' AND described.cause_category IS NOT NULL)
                THEN 1
            ELSE 0
        END
        + CASE WHEN described.detection_method IS NOT NULL THEN 1 ELSE 0 END
        + CASE WHEN timelines.event_count >= 3 THEN 1 ELSE 0 END
        + CASE WHEN promises.told_count > 0 AND promises.ownerless_count = 0 THEN 1 ELSE 0 END
    ) / 10.0 AS completeness_score, -- 0 to 1: the share of ten things a good postmortem has
    coalesce(promises.action_item_count, 0) AS action_item_count, -- promises made for it: in its documents, and issues that say in Jira that they belong to it
    restricted.incident_id IS NOT NULL AS is_restricted -- whether only some may see it, as one of its documents is restricted
FROM described
INNER JOIN durations ON described.incident_id = durations.incident_id
INNER JOIN costs ON described.incident_id = costs.incident_id
INNER JOIN told ON described.incident_id = told.incident_id
LEFT JOIN restricted ON described.incident_id = restricted.incident_id
LEFT JOIN efforts ON described.incident_id = efforts.incident_id
LEFT JOIN intermediate.int_incidents__postmortems AS postmortems ON described.incident_id = postmortems.incident_id
LEFT JOIN staging.stg_settings__postmortem_days AS written_by_severity
    ON written_by_severity.step = 'written' AND described.severity = written_by_severity.severity
LEFT JOIN staging.stg_settings__postmortem_days AS written_by_default
    ON written_by_default.step = 'written' AND written_by_default.severity IS NULL
LEFT JOIN staging.stg_settings__postmortem_days AS reviewed_by_severity
    ON reviewed_by_severity.step = 'reviewed' AND described.severity = reviewed_by_severity.severity
LEFT JOIN staging.stg_settings__postmortem_days AS reviewed_by_default
    ON reviewed_by_default.step = 'reviewed' AND reviewed_by_default.severity IS NULL
LEFT JOIN intermediate.int_incidents__occurred AS occurred ON described.incident_id = occurred.incident_id
LEFT JOIN service_teams ON described.incident_id = service_teams.incident_id
LEFT JOIN staging.stg_settings__teams AS teams ON lower(trim(described.team)) = teams.folded_team
LEFT JOIN timelines ON described.incident_id = timelines.incident_id
LEFT JOIN promises ON described.incident_id = promises.incident_id
