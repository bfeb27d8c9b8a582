-- Chains of repeats: an incident, what it repeats, what that repeats, and so on to the first.
-- One row per incident that repeats another or is repeated.
-- Key: incident_id.
--
-- Each incident follows one earlier incident: of those it resembles and of which no person said otherwise, one that a
-- person confirmed, else the latest. All that goes back to one first incident in this way is one chain, so that an
-- incident stands in one chain only. Candidates until people confirm them.
WITH RECURSIVE followed AS (
    SELECT
        repeats.incident_id,
        repeats.earlier_incident_id AS follows_incident_id
    FROM marts.repeats
    WHERE coalesce(repeats.is_confirmed, TRUE)
    QUALIFY row_number() OVER (
        PARTITION BY repeats.incident_id
        ORDER BY
            CASE WHEN repeats.is_confirmed THEN 0 ELSE 1 END ASC,
            repeats.gap_days ASC, repeats.earlier_incident_id ASC
    ) = 1
),

-- Each step doubles how far back is known, so that a chain of thousands takes a dozen steps.
jumps AS (
    SELECT
        incident_id,
        follows_incident_id AS reached_incident_id,
        0 AS step
    FROM followed
    UNION ALL
    SELECT
        near.incident_id,
        coalesce(far.reached_incident_id, near.reached_incident_id) AS reached_incident_id,
        near.step + 1 AS step
    FROM jumps AS near
    LEFT JOIN jumps AS far ON near.reached_incident_id = far.incident_id
    WHERE near.step < 20
),

members AS (
    SELECT
        incident_id,
        reached_incident_id AS chain_id
    FROM jumps
    WHERE step = 20
    UNION
    SELECT
        reached_incident_id AS incident_id,
        reached_incident_id AS chain_id
    FROM jumps
    WHERE step = 20
)

SELECT
    members.incident_id, -- the incident
    members.chain_id, -- the first incident of its chain
    row_number() OVER (
        PARTITION BY members.chain_id
        ORDER BY incidents.occurred_at ASC, members.incident_id ASC
    ) AS place_in_chain, -- 1 for the first, then in order of time
    followed.follows_incident_id -- the one that it repeats; null for the first
FROM members
INNER JOIN marts.incidents ON members.incident_id = incidents.incident_id
LEFT JOIN followed ON members.incident_id = followed.incident_id
