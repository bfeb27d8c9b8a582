-- What is missing, contradictory or doubtful in the documents, one kind beside another, what costs the figures most first.
-- One row per rule.
-- Key: rule.
-- The cost of a finding: for each figure that leaves an incident out because of it, 6 less the incident's severity (3
-- when none is stated); half of that for each figure that uses a value it doubts. A document that cannot be read costs 3.
-- Left out: what concerns planned work only.
WITH lost AS (
    SELECT
        rule,
        list(DISTINCT figure ORDER BY figure ASC) AS figures
    FROM (SELECT rule, unnest(lost_figures) AS figure FROM selected_findings) AS named
    GROUP BY rule
),

doubted AS (
    SELECT
        rule,
        list(DISTINCT figure ORDER BY figure ASC) AS figures
    FROM (SELECT rule, unnest(doubted_figures) AS figure FROM selected_findings) AS named
    GROUP BY rule
),

counted AS (
    SELECT
        rule,
        count(*) AS finding_count,
        count(DISTINCT document_id) AS document_count,
        CAST(sum(lost_incident_count) AS BIGINT) AS lost_incident_count,
        coalesce(sum(doubted_minutes), 0) AS doubted_minutes,
        coalesce(sum(cost), 0) AS cost
    FROM selected_findings
    GROUP BY rule
),

examples AS (
    SELECT
        rule,
        level,
        message,
        quote
    FROM selected_findings
    QUALIFY row_number() OVER (PARTITION BY rule ORDER BY "rank" ASC) = 1
)

SELECT
    counted.rule, -- which rule found them
    examples.level, -- error, warning or info, of the costliest
    counted.finding_count, -- findings
    counted.document_count, -- documents to mend
    counted.lost_incident_count, -- incidents that at least one figure leaves out because of them; a document not read counts as one
    coalesce(lost.figures, []) AS lost_figures, -- the figures that leave incidents out because of them
    coalesce(doubted.figures, []) AS doubted_figures, -- the figures that use values they doubt
    counted.doubted_minutes, -- minutes of time to resolve that rest on values they doubt
    counted.cost, -- what they cost the figures
    coalesce(counted.cost / nullif(sum(counted.cost) OVER (), 0), 0) AS cost_share, -- of what all findings cost
    examples.message AS example_message, -- what the costliest says
    examples.quote AS example_quote -- the words at its line
FROM counted
INNER JOIN examples ON counted.rule = examples.rule
LEFT JOIN lost ON counted.rule = lost.rule
LEFT JOIN doubted ON counted.rule = doubted.rule
ORDER BY counted.cost DESC, counted.finding_count DESC, counted.rule ASC
