-- Incidents that resemble an earlier one: candidates, until a person confirms them.
-- One row per incident and earlier incident it resembles, the ten latest of these at most with its cause and service,
-- and the three closest in text.
-- Key: incident_id, earlier_incident_id.
--
-- Two incidents resemble each other when they share the category of their cause and the service, and the later
-- one came within the days the settings name; or when their texts are as close as the settings ask, however long ago
-- (`sql/intermediate/int_incidents__similar.sql` says how that is measured); or when a person said so. What a person
-- rejected stays here, told by is_confirmed, and is in no figure. Planned work is left out. An open prevention item at
-- the later incident's start, told by its history and not by what is so today, is association, not proof. Prevention
-- items are those that marts.action_items says so of (prevention_basis); where these are of unknown kind,
-- is_prevention_known tells it.
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

by_cause AS (
    SELECT
        sought.incident_id,
        earlier.incident_id AS earlier_incident_id
    FROM sought
    INNER JOIN numbered AS earlier
        ON
            sought.cause_category = earlier.cause_category
            AND sought.folded_service = earlier.folded_service
            AND sought.earlier_place = earlier.place
    CROSS JOIN parameters
    WHERE (epoch(sought.occurred_at) - epoch(earlier.occurred_at)) / 86400.0 <= parameters.repeat_within_days
),

-- What a person said last of two incidents counts.
reviewed AS (
    SELECT
        incident_id,
        earlier_incident_id,
        is_repeat
    FROM intermediate.int_reviewed__repeats
    WHERE problem IS NULL
    QUALIFY row_number() OVER (
        PARTITION BY incident_id, earlier_incident_id
        ORDER BY reviewed_at DESC, line DESC
    ) = 1
),

reasons AS (
    SELECT
        incident_id,
        earlier_incident_id,
        TRUE AS is_by_cause,
        FALSE AS is_by_text,
        CAST(NULL AS DOUBLE) AS similarity,
        CAST(NULL AS VARCHAR[]) AS shared_words,
        CAST(NULL AS BOOLEAN) AS is_confirmed
    FROM by_cause
    UNION ALL
    SELECT
        incident_id,
        earlier_incident_id,
        FALSE AS is_by_cause,
        TRUE AS is_by_text,
        similarity,
        shared_words,
        CAST(NULL AS BOOLEAN) AS is_confirmed
    FROM intermediate.int_incidents__similar
    UNION ALL
    SELECT
        incident_id,
        earlier_incident_id,
        FALSE AS is_by_cause,
        FALSE AS is_by_text,
        CAST(NULL AS DOUBLE) AS similarity,
        CAST(NULL AS VARCHAR[]) AS shared_words,
        is_repeat AS is_confirmed
    FROM reviewed
),

gathered AS (
    SELECT
        incident_id,
        earlier_incident_id,
        bool_or(is_by_cause) AS is_by_cause,
        bool_or(is_by_text) AS is_by_text,
        max(similarity) AS similarity,
        max(shared_words) AS shared_words,
        bool_or(is_confirmed) AS is_confirmed
    FROM reasons
    GROUP BY incident_id, earlier_incident_id
),

pairs AS (
    SELECT
        gathered.*,
        later.occurred_at,
        (epoch(later.occurred_at) - epoch(earlier.occurred_at)) / 86400.0 AS gap_days
    FROM gathered
    INNER JOIN marts.incidents AS later ON gathered.incident_id = later.incident_id
    INNER JOIN marts.incidents AS earlier ON gathered.earlier_incident_id = earlier.incident_id
    WHERE NOT later.is_planned AND NOT earlier.is_planned
),

-- As it was then: an item that was done and taken up again was open before and after, and one whose decision is of no
-- known day was never seen open.
open_spells AS (
    SELECT
        action_items.incident_id,
        action_items.promised_at,
        action_items.committed_on,
        action_items.prevention_basis = 'kind' AS is_prevention_known,
        states.from_at,
        states.until_at
    FROM marts.action_items
    INNER JOIN marts.action_item_states AS states ON action_items.action_item_id = states.action_item_id
    WHERE
        action_items.prevention_basis IS NOT NULL
        AND action_items.incident_id IS NOT NULL
        AND states.outcome = 'open'
),

still_open AS (
    SELECT
        pairs.incident_id,
        pairs.earlier_incident_id,
        count(*) AS open_prevention_item_count,
        count(*) FILTER (
            WHERE open_spells.committed_on
            < CAST(pairs.occurred_at AT TIME ZONE 'UTC' AT TIME ZONE parameters.time_zone AS DATE)
        ) AS overdue_prevention_item_count,
        bool_and(open_spells.is_prevention_known) AS is_prevention_known
    FROM pairs
    INNER JOIN open_spells ON pairs.earlier_incident_id = open_spells.incident_id
    CROSS JOIN parameters
    WHERE
        open_spells.promised_at <= pairs.occurred_at
        AND open_spells.from_at <= pairs.occurred_at
        AND (open_spells.until_at IS NULL OR open_spells.until_at > pairs.occurred_at)
    GROUP BY pairs.incident_id, pairs.earlier_incident_id
)

SELECT
    pairs.incident_id, -- the later incident
    pairs.earlier_incident_id, -- the one it resembles
    pairs.gap_days, -- from the one to the other
    CASE
        WHEN pairs.is_by_cause AND pairs.is_by_text THEN 'both'
        WHEN pairs.is_by_cause THEN 'cause_and_service'
        WHEN pairs.is_by_text THEN 'text'
        ELSE 'reviewed'
    END AS basis, -- why they are thought to resemble each other: cause_and_service, text, both, or reviewed: a person alone says so
    pairs.similarity, -- of their texts, 0 to 1; null when below what the settings ask, or not compared
    pairs.shared_words, -- the words that make the texts alike, the most telling first
    coalesce(still_open.open_prevention_item_count, 0)
        AS open_prevention_item_count, -- prevention items of the earlier one still open when the later one began
    coalesce(still_open.overdue_prevention_item_count, 0)
        AS overdue_prevention_item_count, -- of these, how many were past their committed date
    still_open.is_prevention_known, -- whether they are known to prevent; false where their kind is unknown; null when none was open
    pairs.is_confirmed -- what a person said of it: true a repeat, false none; null until then
FROM pairs
LEFT JOIN still_open
    ON pairs.incident_id = still_open.incident_id AND pairs.earlier_incident_id = still_open.earlier_incident_id
