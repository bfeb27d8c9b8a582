-- The incidents of each chain of repeats, in the order of time, and when prevention items of each were open.
-- One row per incident of a chain of which the filters let two incidents or more through.
-- Key: incident_id.
-- A resemblance is a candidate until a person confirms it; what a person rejected is in no chain. Prevention items of
-- which it is not known when they were promised or decided are counted, but add no time in which one was open.
-- Left out: planned work; incidents of which no time is known.
WITH members AS (
    SELECT
        chains.chain_id,
        chains.place_in_chain,
        chains.follows_incident_id,
        selected_incidents.*,
        count(*) OVER (PARTITION BY chains.chain_id) AS member_count
    FROM marts.repeat_chains AS chains
    INNER JOIN selected_incidents ON chains.incident_id = selected_incidents.incident_id
    WHERE NOT selected_incidents.is_left_out AND selected_incidents.occurred_at IS NOT NULL
),

items AS (
    SELECT
        action_items.incident_id,
        action_items.promised_at,
        CASE
            WHEN action_items.outcome = 'open' THEN runs.as_of
            ELSE coalesce(action_items.done_at, action_items.declined_at)
        END AS open_until,
        action_items.outcome = 'open' AS is_open,
        action_items.prevention_basis = 'kind' AS is_prevention_known
    FROM marts.action_items
    CROSS JOIN marts.runs
    WHERE action_items.prevention_basis IS NOT NULL AND action_items.incident_id IS NOT NULL
),

promises AS (
    SELECT
        incident_id,
        count(*) AS item_count,
        count(*) FILTER (WHERE is_open) AS open_count,
        bool_and(is_prevention_known) AS is_prevention_known,
        min(promised_at) FILTER (WHERE open_until > promised_at) AS open_from,
        max(open_until) FILTER (WHERE open_until > promised_at) AS open_until
    FROM items
    GROUP BY incident_id
),

met_open AS (
    SELECT
        incident_id,
        bool_or(open_prevention_item_count > 0) AS is_while_open
    FROM marts.repeats
    WHERE coalesce(is_confirmed, TRUE)
    GROUP BY incident_id
)

SELECT
    members.chain_id, -- the first incident of the chain, whether or not the filters let it through
    members.place_in_chain, -- 1 for the first, then in order of time
    members.incident_id, -- the incident
    members.title, -- its title
    members.occurred_at, -- when it began, UTC
    members.service, -- where it happened
    members.team, -- whose service it was
    members.cause_category, -- its cause
    members.severity, -- 1 (worst) to 5; empty when not stated
    members.impact_minutes, -- stated customer impact, else the time to resolve; empty when neither is known
    members.follows_incident_id, -- the earlier one that it repeats; empty for the first
    repeats.basis, -- why the two are thought to be alike: cause_and_service, text, both, or reviewed
    repeats.similarity, -- of their texts, 0 to 1; empty when they are not close
    repeats.shared_words, -- the words that make the texts alike
    CASE
        WHEN members.follows_incident_id IS NOT NULL THEN coalesce(repeats.is_confirmed, FALSE)
    END AS is_confirmed, -- whether a person confirmed it; empty for the first
    coalesce(met_open.is_while_open, FALSE) AS is_while_open, -- whether a prevention item of an earlier one it resembles was open when it began
    coalesce(promises.item_count, 0) AS prevention_item_count, -- prevention items promised after it
    coalesce(promises.open_count, 0) AS open_prevention_item_count, -- of these, open
    promises.is_prevention_known, -- whether these are known to prevent; false where their kind is unknown; empty when there are none
    promises.open_from, -- when the first of them was promised, UTC
    promises.open_until -- when the last of them was decided, UTC; for an open one the moment these figures speak of
FROM members
LEFT JOIN marts.repeats
    ON
        members.incident_id = repeats.incident_id
        AND members.follows_incident_id = repeats.earlier_incident_id
LEFT JOIN met_open ON members.incident_id = met_open.incident_id
LEFT JOIN promises ON members.incident_id = promises.incident_id
WHERE members.member_count > 1
ORDER BY members.chain_id, members.place_in_chain, members.incident_id
