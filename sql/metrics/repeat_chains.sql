-- Chains of repeats: what came back, how often, over how long, what it cost, and what is still open to stop it.
-- One row per chain of which the filters let two incidents or more through.
-- Key: chain_id.
-- Candidates until people confirm them; what a person rejected is in no chain. Totals are of the known values only:
-- n, user_n and cost_n say of how many incidents. It is a count of what happened, not an estimate: no interval.
-- Left out: planned work.
WITH members AS (
    SELECT
        chains.chain_id,
        chains.place_in_chain,
        selected_incidents.*
    FROM marts.repeat_chains AS chains
    INNER JOIN selected_incidents ON chains.incident_id = selected_incidents.incident_id
    WHERE NOT selected_incidents.is_left_out
),

reviewed AS (
    SELECT
        incident_id,
        bool_or(coalesce(is_confirmed, FALSE)) AS is_confirmed,
        bool_or(open_prevention_item_count > 0) AS is_while_open
    FROM marts.repeats
    WHERE coalesce(is_confirmed, TRUE)
    GROUP BY incident_id
),

promises AS (
    SELECT
        incident_id,
        count(*) AS open_count,
        count(*) FILTER (WHERE is_overdue) AS overdue_count,
        bool_and(prevention_basis = 'kind') AS is_prevention_known
    FROM marts.action_items
    WHERE prevention_basis IS NOT NULL AND outcome = 'open' AND incident_id IS NOT NULL
    GROUP BY incident_id
)

SELECT
    members.chain_id, -- the first incident of the chain, whether or not the filters let it through
    min_by(members.title, members.place_in_chain) AS first_title, -- title of its first incident here
    max_by(members.title, members.place_in_chain) AS last_title, -- title of its latest
    max_by(members.incident_id, members.place_in_chain) AS last_incident_id, -- its latest incident
    list(DISTINCT members.service ORDER BY members.service) FILTER (WHERE members.service IS NOT NULL) AS services, -- where it happened
    list(DISTINCT members.cause_category ORDER BY members.cause_category) FILTER (WHERE members.cause_category IS NOT NULL) AS causes, -- of what kind they were
    count(members.service) AS service_n, -- incidents of which the service is known
    count(members.cause_category) AS cause_n, -- incidents of which the cause is known
    list(DISTINCT members.team ORDER BY members.team) FILTER (WHERE members.team IS NOT NULL) AS teams, -- whose services these are
    count(*) AS incident_count, -- incidents in the chain
    count(*) FILTER (WHERE reviewed.is_confirmed) AS confirmed_count, -- of these, repeats that a person confirmed
    count(*) FILTER (WHERE reviewed.is_while_open) AS repeat_while_open_count, -- of these, while a prevention item of an earlier one was open
    min(members.occurred_at) AS first_at, -- when the first began, UTC
    max(members.occurred_at) AS last_at, -- when the latest began, UTC
    (epoch(max(members.occurred_at)) - epoch(min(members.occurred_at))) / 86400.0 AS span_days, -- from the first to the latest
    count(members.impact_minutes) AS n, -- incidents of which an impact in time is known
    count(members.impact_minutes) / count(*) AS coverage, -- n as a share of incident_count
    coalesce(sum(members.impact_minutes), 0) AS impact_minutes, -- their impact, added up: stated customer impact, else the time to resolve
    count(members.affected_user_count) AS user_n, -- incidents of which the affected users are known
    CAST(sum(members.affected_user_count) AS BIGINT) AS affected_user_count, -- those users, added up; empty when none are known
    count(members.cost) AS cost_n, -- incidents of which a cost is known
    sum(members.cost) AS cost, -- those costs, added up; empty when none is known
    CAST(coalesce(sum(promises.open_count), 0) AS BIGINT) AS open_prevention_item_count, -- prevention items of its incidents that are open
    CAST(coalesce(sum(promises.overdue_count), 0) AS BIGINT) AS overdue_prevention_item_count, -- of these, past their committed date
    bool_and(promises.is_prevention_known)
        AS is_prevention_known -- whether the open ones are known to prevent; false where their kind is unknown; empty when none is open
FROM members
LEFT JOIN reviewed ON members.incident_id = reviewed.incident_id
LEFT JOIN promises ON members.incident_id = promises.incident_id
GROUP BY members.chain_id
HAVING count(*) > 1
ORDER BY impact_minutes DESC, incident_count DESC, chain_id
