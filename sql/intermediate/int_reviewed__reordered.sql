-- Times that the parser left out because they contradict another, judged anew beside what a person reviewed.
-- One row per incident as a document tells it and time left out, of incidents with a reviewed time.
-- Key: told_id, field.
--
-- A time that was left out counts again (state back) when it fits all times that stand now, and all others that would
-- come back: none is out of order, and none is 300 days off, or a day longer than what the document states. It stays
-- left out (state out) beside the time it does not fit, or is of no interest (state replaced) when a person stated the
-- same field.
--
-- An alert may be taken up after the harm has ended, so those two are in no order.
WITH orders (field, field_name, place) AS (
    VALUES
    ('started_at', 'start', 1), ('detected_at', 'detection', 2), ('acknowledged_at', 'acknowledgement', 3),
    ('declared_at', 'declaration', 3), ('mitigated_at', 'mitigation', 3), ('resolved_at', 'end', 4)
),

reviewed_times AS (
    SELECT
        merged.incident_id,
        reviewed.field,
        reviewed.moment,
        reviewed.value,
        CAST(NULL AS INTEGER) AS line,
        reviewed.quote
    FROM intermediate.int_reviewed__matched AS reviewed
    INNER JOIN intermediate.int_incidents__merged AS merged ON reviewed.told_id = merged.told_id
    INNER JOIN orders ON reviewed.field = orders.field
    QUALIFY row_number() OVER (
        PARTITION BY merged.incident_id, reviewed.field
        ORDER BY reviewed.reviewed_at DESC, reviewed.told_ordinal ASC, reviewed.line ASC
    ) = 1
),

tellings AS (
    SELECT
        merged.told_id,
        merged.incident_id
    FROM intermediate.int_incidents__merged AS merged
    INNER JOIN (SELECT DISTINCT incident_id FROM reviewed_times) AS touched ON merged.incident_id = touched.incident_id
),

told_times AS (
    SELECT
        tellings.told_id,
        tellings.incident_id,
        evidence.field,
        evidence.moment,
        evidence.value,
        evidence.line,
        evidence.is_chosen,
        orders.field_name,
        orders.place
    FROM tellings
    INNER JOIN staging.stg_facts__evidence AS evidence ON tellings.told_id = evidence.incident_id
    INNER JOIN orders ON evidence.field = orders.field
    WHERE
        evidence.ordinal = 1
        AND evidence.is_readable
),

-- Those left out of which a finding says so. One that contradicts a stated length must come near it to fit.
left_out AS (
    SELECT
        told_times.told_id,
        told_times.incident_id,
        told_times.field,
        told_times.field_name,
        told_times.place,
        told_times.moment,
        told_times.value,
        told_times.line,
        min(findings.rule) AS rule,
        min(findings.line) AS finding_line,
        min(CASE
            WHEN findings.rule = 'duration_contradicts_times' THEN 86400.0 + 60.0 * coalesce(stated.number, 0.0)
            ELSE 300 * 86400.0
        END) AS most_seconds
    FROM told_times
    INNER JOIN staging.stg_facts__findings AS findings ON told_times.told_id = findings.incident_id
    LEFT JOIN staging.stg_facts__evidence AS stated
        ON
            findings.incident_id = stated.incident_id
            AND findings.line = stated.line
            AND stated.field LIKE 'stated\_%' ESCAPE '\'
    WHERE
        NOT told_times.is_chosen
        AND (
            (
                told_times.line = findings.line
                AND findings.rule IN (
                    'end_before_start', 'time_before_start', 'time_before_detection', 'mitigated_after_end',
                    'detected_after_end', 'acknowledged_after_end', 'acknowledged_before_detection',
                    'time_far_from_others'
                )
                AND starts_with(findings.message, 'The ' || told_times.field_name || ' (')
            )
            OR (
                findings.rule = 'duration_contradicts_times'
                AND (
                    findings.message LIKE '% the ' || told_times.field_name || ' and the % apart; %'
                    OR findings.message LIKE '% and the ' || told_times.field_name || ' (lines % apart; %'
                )
            )
        )
    GROUP BY
        told_times.told_id, told_times.incident_id, told_times.field, told_times.field_name, told_times.place,
        told_times.moment, told_times.value, told_times.line
),

standing AS (
    SELECT
        incident_id,
        field,
        moment,
        value,
        line,
        quote,
        1 AS weight
    FROM reviewed_times
    WHERE moment IS NOT NULL
    UNION ALL
    SELECT
        told_times.incident_id,
        told_times.field,
        told_times.moment,
        told_times.value,
        told_times.line,
        CAST(NULL AS VARCHAR) AS quote,
        2 AS weight
    FROM told_times
    LEFT JOIN reviewed_times
        ON told_times.incident_id = reviewed_times.incident_id AND told_times.field = reviewed_times.field
    WHERE told_times.is_chosen AND reviewed_times.field IS NULL
),

misfits AS (
    SELECT
        left_out.told_id,
        left_out.field,
        others.field_name AS other_name,
        standing.value AS other_value,
        standing.line AS other_line,
        standing.quote AS other_quote
    FROM left_out
    INNER JOIN standing ON left_out.incident_id = standing.incident_id AND left_out.field <> standing.field
    INNER JOIN orders AS others ON standing.field = others.field
    WHERE
        (left_out.place < others.place AND left_out.moment > standing.moment)
        OR (left_out.place > others.place AND left_out.moment < standing.moment)
        OR abs(epoch(left_out.moment) - epoch(standing.moment)) > left_out.most_seconds
    QUALIFY row_number() OVER (
        PARTITION BY left_out.told_id, left_out.field
        ORDER BY standing.weight ASC, others.place ASC, standing.field ASC, standing.value ASC, standing.line ASC
    ) = 1
),

fitting AS (
    SELECT
        left_out.told_id,
        left_out.incident_id,
        left_out.field,
        left_out.moment,
        left_out.value,
        left_out.line,
        left_out.field_name,
        left_out.place
    FROM left_out
    LEFT JOIN reviewed_times
        ON left_out.incident_id = reviewed_times.incident_id AND left_out.field = reviewed_times.field
    LEFT JOIN misfits ON left_out.told_id = misfits.told_id AND left_out.field = misfits.field
    WHERE reviewed_times.field IS NULL AND misfits.field IS NULL
),

clashes AS (
    SELECT
        own.told_id,
        own.field,
        others.field_name AS other_name,
        others.value AS other_value,
        others.line AS other_line
    FROM fitting AS own
    INNER JOIN fitting AS others ON own.incident_id = others.incident_id
    WHERE
        (own.place < others.place AND own.moment > others.moment)
        OR (own.place > others.place AND own.moment < others.moment)
    QUALIFY row_number() OVER (
        PARTITION BY own.told_id, own.field
        ORDER BY others.place ASC, others.field ASC, others.value ASC, others.line ASC
    ) = 1
)

SELECT
    left_out.told_id,
    left_out.field,
    left_out.field_name,
    left_out.value,
    left_out.line,
    left_out.rule,
    left_out.finding_line,
    CASE
        WHEN reviewed_times.field IS NOT NULL THEN 'replaced'
        WHEN misfits.field IS NOT NULL OR clashes.field IS NOT NULL THEN 'out'
        ELSE 'back'
    END AS state,
    coalesce(misfits.other_name, clashes.other_name) AS other_name,
    coalesce(misfits.other_value, clashes.other_value) AS other_value,
    coalesce(misfits.other_line, clashes.other_line) AS other_line,
    misfits.other_quote
FROM left_out
LEFT JOIN reviewed_times
    ON left_out.incident_id = reviewed_times.incident_id AND left_out.field = reviewed_times.field
LEFT JOIN misfits ON left_out.told_id = misfits.told_id AND left_out.field = misfits.field
LEFT JOIN clashes ON left_out.told_id = clashes.told_id AND left_out.field = clashes.field
