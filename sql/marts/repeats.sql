-- Incidents that resemble an earlier one: candidates, until a person confirms them.
-- One row per incident and earlier incident it resembles, the ten latest of these at most.
-- Key: incident_id, earlier_incident_id.
--
-- Two incidents resemble each other when they share the category of their cause and the service, and the later
-- one came within the days the settings name. Planned work is left out. An open prevention item at the later
-- incident's start is association, not proof.
WITH parameters AS (
    SELECT * FROM staging.stg_settings__parameters
),

numbered AS (
    SELECT
        incident_id,
        cause_category,
        lower(trim(service)) AS folded_service,
        occurred_at,
        row_number() OVER (
            PARTITION BY cause_category, lower(trim(service))
            ORDER BY occurred_at ASC, incident_id ASC
        ) AS place
    FROM marts.incidents
    WHERE
        NOT is_planned
        AND cause_category IS NOT NULL
        AND lower(cause_category) <> 'unknown'
        AND service IS NOT NULL
        AND occurred_at IS NOT NULL
),

steps AS (
    SELECT distances.step
    FROM (VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9), (10)) AS distances (step)
),

sought AS (
    SELECT
        numbered.incident_id,
        numbered.cause_category,
        numbered.folded_service,
        numbered.occurred_at,
        numbered.place - steps.step AS earlier_place
    FROM numbered
    CROSS JOIN steps
    WHERE numbered.place > steps.step
),

pairs AS (
    SELECT
        sought.incident_id,
        sought.occurred_at,
        earlier.incident_id AS earlier_incident_id,
        (epoch(sought.occurred_at) - epoch(earlier.occurred_at)) / 86400.0 AS gap_days
    FROM sought
    INNER JOIN numbered AS earlier
        ON
            sought.cause_category = earlier.cause_category
            AND sought.folded_service = earlier.folded_service
            AND sought.earlier_place = earlier.place
    CROSS JOIN parameters
    WHERE (epoch(sought.occurred_at) - epoch(earlier.occurred_at)) / 86400.0 <= parameters.repeat_within_days
),

prevention_items AS (
    SELECT
        incident_id,
        coalesce(promised_at, created_at) AS promised_at,
        coalesce(done_at, declined_at) AS decided_at,
        committed_on
    FROM marts.action_items
    WHERE
        kind = 'prevent'
        AND incident_id IS NOT NULL
        AND (outcome = 'open' OR done_at IS NOT NULL OR declined_at IS NOT NULL)
),

still_open AS (
    SELECT
        pairs.incident_id,
        pairs.earlier_incident_id,
        count(*) AS open_prevention_item_count,
        count(*) FILTER (
            WHERE prevention_items.committed_on
            < CAST(pairs.occurred_at AT TIME ZONE 'UTC' AT TIME ZONE parameters.time_zone AS DATE)
        ) AS overdue_prevention_item_count
    FROM pairs
    INNER JOIN prevention_items ON pairs.earlier_incident_id = prevention_items.incident_id
    CROSS JOIN parameters
    WHERE
        prevention_items.promised_at <= pairs.occurred_at
        AND (prevention_items.decided_at IS NULL OR prevention_items.decided_at > pairs.occurred_at)
    GROUP BY pairs.incident_id, pairs.earlier_incident_id
)

SELECT
    pairs.incident_id, -- the later incident
    pairs.earlier_incident_id, -- the one it resembles
    pairs.gap_days, -- from the one to the other
    'cause_and_service' AS basis, -- why they are thought to resemble each other
    CAST(NULL AS DOUBLE) AS similarity, -- of their texts, 0 to 1; null when that was not compared
    coalesce(still_open.open_prevention_item_count, 0)
        AS open_prevention_item_count, -- prevention items of the earlier one still open when the later one began
    coalesce(still_open.overdue_prevention_item_count, 0)
        AS overdue_prevention_item_count, -- of these, how many were past their committed date
    CAST(NULL AS BOOLEAN) AS is_confirmed -- what a person said of it; null until then
FROM pairs
LEFT JOIN still_open
    ON pairs.incident_id = still_open.incident_id AND pairs.earlier_incident_id = still_open.earlier_incident_id
