-- The words by which each incident is told, each as heavy as it is telling: term frequency times inverse document
-- frequency, TF-IDF (Salton and Buckley, Information Processing and Management 24, 1988).
-- One row per incident and word.
-- Key: incident_id, word.
--
-- The words are those of title, summary, impact, root cause and trigger, in lower case: letters alone, so that dates,
-- versions and build numbers do not make texts alike; without addresses of the web, words that every text has, and
-- names of days. The weight is (1 + ln of how often the incident's text has the word) times ln(1 + incidents /
-- incidents with the word), so that what a template repeats weighs next to nothing; of each incident the fifty
-- heaviest words count, and their weights are scaled so that the sum of their squares is 1. The product of two
-- incidents' weights, added up over the words they share, is then the cosine of the two. `word_rank` goes from the
-- rarest word of all to the commonest, `rank` within the incident, and `weight_from_here` is the root of the sum of
-- squares of the word's weight and those after it. The words that every text has are those of English: in another
-- language the weights alone tell them. A script that puts no spaces between words is not split, so that texts in it
-- are alike where whole runs of letters are. Planned work is left out.
WITH stop_words (word) AS (
    VALUES
    ('about'), ('after'), ('all'), ('also'), ('and'), ('any'), ('are'), ('because'), ('been'), ('before'), ('being'),
    ('but'), ('can'), ('com'), ('could'), ('did'), ('does'), ('due'), ('during'), ('for'), ('from'), ('had'), ('has'),
    ('have'), ('how'), ('http'), ('https'), ('incident'), ('into'), ('its'), ('more'), ('not'), ('only'), ('org'),
    ('other'), ('our'), ('out'), ('over'), ('postmortem'), ('some'), ('than'), ('that'), ('the'), ('their'), ('them'),
    ('then'), ('there'), ('these'), ('they'), ('this'), ('those'), ('under'), ('very'), ('was'), ('were'), ('what'),
    ('when'), ('where'), ('which'), ('while'), ('who'), ('why'), ('will'), ('with'), ('would'), ('www'), ('you'),
    ('your'),
    ('again'), ('back'), ('just'), ('now'), ('off'), ('one'), ('same'), ('two'), ('today'), ('yesterday'), ('utc'),
    ('monday'), ('tuesday'), ('wednesday'), ('thursday'), ('friday'), ('saturday'), ('sunday'),
    ('january'), ('february'), ('march'), ('april'), ('may'), ('june'), ('july'), ('august'), ('september'),
    ('october'), ('november'), ('december')
),

texts AS (
    SELECT
        incident_id,
        lower(
            coalesce(title, '') || ' ' || coalesce(summary, '') || ' ' || coalesce(impact, '') || ' '
            || coalesce(root_cause, '') || ' ' || coalesce(trigger_text, '')
        ) AS text
    FROM intermediate.int_incidents__fields
    WHERE NOT coalesce(is_planned, FALSE)
),

tokens AS (
    SELECT
        incident_id,
        unnest(regexp_split_to_array(text, 'https?://\S+|[^\pL]+')) AS word
    FROM texts
),

counted AS (
    SELECT
        tokens.incident_id,
        tokens.word,
        count(*) AS word_count
    FROM tokens
    LEFT JOIN stop_words ON tokens.word = stop_words.word
    WHERE stop_words.word IS NULL AND tokens.word LIKE '___%'
    GROUP BY tokens.incident_id, tokens.word
),

spread AS (
    SELECT
        word,
        count(*) AS incident_count,
        row_number() OVER (ORDER BY count(*) ASC, word ASC) AS word_rank
    FROM counted
    GROUP BY word
),

total AS (
    SELECT count(*) AS incident_count
    FROM texts
),

weighed AS (
    SELECT
        counted.incident_id,
        counted.word,
        spread.incident_count,
        spread.word_rank,
        (1.0 + ln(counted.word_count))
        * (ln(total.incident_count + spread.incident_count) - ln(spread.incident_count)) AS weight
    FROM counted
    INNER JOIN spread ON counted.word = spread.word
    CROSS JOIN total
),

-- Few texts have more words than count, and only theirs are ranked.
long_texts AS (
    SELECT incident_id
    FROM counted
    GROUP BY incident_id
    HAVING count(*) > 50
),

shortened AS (
    SELECT
        weighed.incident_id,
        weighed.word,
        weighed.incident_count,
        weighed.word_rank,
        weighed.weight
    FROM weighed
    INNER JOIN long_texts ON weighed.incident_id = long_texts.incident_id
    QUALIFY row_number() OVER (PARTITION BY weighed.incident_id ORDER BY weighed.weight DESC, weighed.word ASC) <= 50
),

heaviest AS (
    SELECT
        weighed.incident_id,
        weighed.word,
        weighed.incident_count,
        weighed.word_rank,
        weighed.weight
    FROM weighed
    LEFT JOIN long_texts ON weighed.incident_id = long_texts.incident_id
    WHERE long_texts.incident_id IS NULL
    UNION ALL
    SELECT
        incident_id,
        word,
        incident_count,
        word_rank,
        weight
    FROM shortened
),

lengths AS (
    SELECT
        incident_id,
        -- The last digits of a sum differ with the order in which it is made.
        power(round(sum(weight * weight), 12), -0.5) AS scale
    FROM heaviest
    GROUP BY incident_id
)

SELECT
    heaviest.incident_id,
    heaviest.word,
    heaviest.incident_count,
    heaviest.word_rank,
    heaviest.weight * lengths.scale AS weight,
    row_number() OVER (PARTITION BY heaviest.incident_id ORDER BY heaviest.word_rank ASC) AS rank,
    lengths.scale * sqrt(
        sum(heaviest.weight * heaviest.weight) OVER (
            PARTITION BY heaviest.incident_id
            ORDER BY heaviest.word_rank ASC
            ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
        )
    ) AS weight_from_here
FROM heaviest
INNER JOIN lengths ON heaviest.incident_id = lengths.incident_id
