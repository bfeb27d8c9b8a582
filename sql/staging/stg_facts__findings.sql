-- What the parser found missing, contradictory or doubtful.
-- One row per finding; two of the same words at the same line are two.
SELECT
    document_id,
    incident_id,
    line,
    rule,
    level,
    message,
    quote
FROM facts.findings
