-- Incidents whose texts are close to each other, found by the words they share.
-- One row per incident and earlier incident with a similar text, the three closest of these at most.
-- Key: incident_id, earlier_incident_id.
--
-- The similarity is the cosine of the two incidents' weighed words, at least what the settings ask, over at least four
-- shared words: fewer are a title, not a text. Two incidents that state services and share none are not compared: the
-- same failure of another thing is not this one come back. Looked up are the twelve rarest words of each incident, and
-- of these only such as weigh, with the commoner ones, as much as the similarity asked for (prefix filtering: Bayardo,
-- Ma and Srikant, Scaling up all pairs similarity search, 2007). Of what shares such a word, the six latest with the
-- same first service, or with none, are candidates, and the eight candidates with most in common are compared; so a
-- word of thousands of incidents costs no more than one of six, and of a great many alike the latest are found. The
-- shared words are those that make up at least a twentieth of the similarity, the most telling first.
WITH parameters AS (
    SELECT * FROM staging.stg_settings__parameters
),

served AS (
    SELECT
        incident_id,
        lower(trim(service)) AS folded_service
    FROM intermediate.int_incidents__fields
    WHERE service IS NOT NULL
    UNION
    SELECT
        incident_id,
        lower(trim(service)) AS folded_service
    FROM (
        SELECT
            incident_id,
            unnest(services) AS service
        FROM intermediate.int_incidents__fields
    ) AS entries
),

told AS (
    SELECT
        fields.incident_id,
        coalesce(lower(trim(fields.service)), '') AS folded_service,
        count(served.folded_service) AS service_count,
        row_number() OVER (ORDER BY occurred.occurred_at ASC, fields.incident_id ASC) AS number
    FROM intermediate.int_incidents__fields AS fields
    INNER JOIN intermediate.int_incidents__occurred AS occurred ON fields.incident_id = occurred.incident_id
    LEFT JOIN served ON fields.incident_id = served.incident_id
    WHERE occurred.occurred_at IS NOT NULL
    GROUP BY fields.incident_id, occurred.occurred_at, fields.service
),

words AS (
    SELECT
        told.number,
        told.folded_service,
        words.word_rank,
        words.word,
        words.weight,
        words.rank <= 12 AND words.weight_from_here >= parameters.repeat_similarity
            AS is_looked_up
    FROM intermediate.int_incidents__words AS words
    INNER JOIN told ON words.incident_id = told.incident_id
    CROSS JOIN parameters
    WHERE words.incident_count > 1
),

-- Those before, of the same first service or alike without one.
of_one_service AS (
    SELECT
        number,
        weight,
        unnest([
            lag(number, 1) OVER same, lag(number, 2) OVER same, lag(number, 3) OVER same,
            lag(number, 4) OVER same, lag(number, 5) OVER same, lag(number, 6) OVER same
        ]) AS other_number
    FROM words
    WHERE is_looked_up
    WINDOW same AS (PARTITION BY word_rank, folded_service ORDER BY number ASC)
),

-- Of the incidents that state no service, and for those: whatever is next to them, before and after.
around AS (
    SELECT
        number,
        weight,
        folded_service,
        [
            lag(number, 1) OVER anywhere, lag(number, 2) OVER anywhere, lag(number, 3) OVER anywhere,
            lag(number, 4) OVER anywhere, lag(number, 5) OVER anywhere, lag(number, 6) OVER anywhere,
            lead(number, 1) OVER anywhere, lead(number, 2) OVER anywhere, lead(number, 3) OVER anywhere,
            lead(number, 4) OVER anywhere, lead(number, 5) OVER anywhere, lead(number, 6) OVER anywhere
        ] AS other_numbers
    FROM words
    WHERE
        is_looked_up
        AND word_rank IN (
            SELECT bare.word_rank
            FROM words AS bare
            WHERE bare.is_looked_up AND bare.folded_service = ''
        )
    WINDOW anywhere AS (PARTITION BY word_rank ORDER BY number ASC)
),

of_any_service AS (
    SELECT
        number,
        weight,
        unnest(other_numbers) AS other_number
    FROM around
    WHERE folded_service = ''
),

candidates AS (
    SELECT
        later_number,
        earlier_number
    FROM (
        SELECT
            number AS later_number,
            other_number AS earlier_number,
            weight
        FROM of_one_service
        WHERE other_number IS NOT NULL
        UNION ALL
        SELECT
            CASE WHEN number > other_number THEN number ELSE other_number END AS later_number,
            CASE WHEN number > other_number THEN other_number ELSE number END AS earlier_number,
            weight
        FROM of_any_service
        WHERE other_number IS NOT NULL
    ) AS found
    GROUP BY later_number, earlier_number
    QUALIFY row_number() OVER (PARTITION BY later_number ORDER BY sum(weight) DESC, earlier_number DESC) <= 8
),

compared AS (
    SELECT
        candidates.later_number,
        candidates.earlier_number,
        -- The last digits of a sum differ with the order in which it is made.
        round(sum(own.weight * others.weight), 12) AS similarity,
        count(*) AS shared_word_count
    FROM candidates
    INNER JOIN words AS own ON candidates.later_number = own.number
    INNER JOIN words AS others ON candidates.earlier_number = others.number AND own.word_rank = others.word_rank
    GROUP BY candidates.later_number, candidates.earlier_number
),

nearby AS (
    SELECT
        compared.later_number,
        compared.earlier_number,
        later.incident_id,
        earlier.incident_id AS earlier_incident_id,
        later.service_count,
        earlier.service_count AS earlier_service_count,
        compared.similarity
    FROM compared
    INNER JOIN told AS later ON compared.later_number = later.number
    INNER JOIN told AS earlier ON compared.earlier_number = earlier.number
    CROSS JOIN parameters
    WHERE compared.similarity >= parameters.repeat_similarity AND compared.shared_word_count >= 4
),

sharing AS (
    SELECT DISTINCT
        nearby.incident_id,
        nearby.earlier_incident_id
    FROM nearby
    INNER JOIN served AS later ON nearby.incident_id = later.incident_id
    INNER JOIN served AS earlier
        ON nearby.earlier_incident_id = earlier.incident_id AND later.folded_service = earlier.folded_service
),

closest AS (
    SELECT
        nearby.later_number,
        nearby.earlier_number,
        nearby.incident_id,
        nearby.earlier_incident_id,
        nearby.similarity
    FROM nearby
    LEFT JOIN sharing
        ON nearby.incident_id = sharing.incident_id AND nearby.earlier_incident_id = sharing.earlier_incident_id
    WHERE nearby.service_count = 0 OR nearby.earlier_service_count = 0 OR sharing.incident_id IS NOT NULL
    QUALIFY row_number() OVER (
        PARTITION BY nearby.incident_id
        ORDER BY nearby.similarity DESC, nearby.earlier_incident_id ASC
    ) <= 3
)

SELECT
    max(closest.incident_id) AS incident_id,
    max(closest.earlier_incident_id) AS earlier_incident_id,
    max(closest.similarity) AS similarity,
    list(own.word ORDER BY own.weight * others.weight DESC, own.word ASC) AS shared_words
FROM closest
INNER JOIN words AS own ON closest.later_number = own.number
INNER JOIN words AS others ON closest.earlier_number = others.number AND own.word_rank = others.word_rank
WHERE own.weight * others.weight >= 0.05 * closest.similarity
GROUP BY closest.later_number, closest.earlier_number
