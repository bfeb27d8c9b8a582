-- Incidents that resemble an earlier one of which a prevention item was still open: what a promise not kept may cost.
-- One row per incident, beside the latest such earlier one.
-- Key: incident_id.
-- A candidate until a person confirms it, left out when a person rejected it. Association, not proof.
-- Where no item of the earlier one is known to prevent, those of unknown kind count (is_prevention_known tells it).
-- Left out: planned work.
WITH candidates AS (
    SELECT
        selected_incidents.incident_id,
        selected_incidents.title,
        selected_incidents.occurred_at,
        selected_incidents.team,
        selected_incidents.service,
        selected_incidents.cause_category,
        selected_incidents.impact_minutes,
        selected_incidents.affected_user_count,
        selected_incidents.cost,
        repeats.basis,
        repeats.similarity,
        repeats.shared_words,
        repeats.overdue_prevention_item_count,
        repeats.earlier_incident_id,
        earlier.title AS earlier_title,
        repeats.gap_days,
        repeats.open_prevention_item_count,
        repeats.is_prevention_known,
        coalesce(repeats.is_confirmed, FALSE) AS is_confirmed,
        row_number() OVER (
            PARTITION BY selected_incidents.incident_id
            ORDER BY repeats.gap_days, repeats.earlier_incident_id
        ) AS nearness
    FROM selected_incidents
    INNER JOIN marts.repeats ON selected_incidents.incident_id = repeats.incident_id
    INNER JOIN marts.incidents AS earlier ON repeats.earlier_incident_id = earlier.incident_id
    WHERE
        NOT selected_incidents.is_left_out
        AND repeats.open_prevention_item_count > 0
        AND coalesce(repeats.is_confirmed, TRUE)
)

SELECT
    incident_id, -- the later incident
    title, -- its title
    occurred_at, -- when it began, UTC
    team, -- whose service it was
    service, -- where it happened
    cause_category, -- its cause
    impact_minutes, -- stated customer impact, else the time to resolve; empty when neither is known
    affected_user_count, -- users it affected, as stated
    cost, -- what it cost, as stated, else by the formula of the settings
    earlier_incident_id, -- the nearest earlier incident it resembles
    earlier_title, -- that one's title
    gap_days, -- days between the two
    basis, -- why the two are thought to be alike: cause_and_service, text, both, or reviewed
    similarity, -- of their texts, 0 to 1; empty when they are not close
    shared_words, -- the words that make the texts alike
    open_prevention_item_count, -- prevention items of the earlier one still open when this one began
    overdue_prevention_item_count, -- of these, past their committed date
    is_prevention_known, -- whether these are known to prevent; false where their kind is unknown
    is_confirmed -- whether a person confirmed the resemblance
FROM candidates
WHERE nearness = 1
ORDER BY occurred_at DESC, incident_id
