-- What documents on one incident, and persons who reviewed it, contradict: what the parser, which reads one document
-- at a time, could not compare.
-- One row per finding; two of the same words at the same line are two.
WITH shared_incidents AS (
    SELECT DISTINCT incident_id
    FROM intermediate.int_incidents__merged
    WHERE place > 1
),

-- What one document on an incident says against the value that was taken from another.
contradictions AS (
    SELECT
        others.document_id,
        others.incident_id,
        others.line,
        'documents_contradict' AS rule,
        'warning' AS level,
        'The ' || others.field || ' is ' || others.value || ' here and ' || taken.value || ' in '
        || documents.source || '/' || documents.path || coalesce(' (line ' || CAST(taken.line AS VARCHAR) || ')', '')
        || ', which is on the same incident; the latter was taken. Correct one of them.' AS message,
        others.quote
    FROM shared_incidents
    INNER JOIN intermediate.int_incidents__evidence AS others ON shared_incidents.incident_id = others.incident_id
    INNER JOIN intermediate.int_incidents__evidence AS taken
        ON others.incident_id = taken.incident_id AND others.field = taken.field
    INNER JOIN intermediate.int_documents__listed AS documents ON taken.document_id = documents.document_id
    WHERE
        others.place <> taken.place
        AND others.is_eligible
        AND taken.is_chosen
        AND others.method <> 'reviewed'
        AND taken.method <> 'reviewed'
        AND (
            abs(epoch(others.moment) - epoch(taken.moment)) > 300
            OR (
                others.field LIKE '%_minutes'
                AND abs(others.number - taken.number) > 5
                AND abs(others.number - taken.number) > 0.02 * taken.number
            )
            OR (others.field = 'cost' AND others.number <> taken.number)
            OR others.whole <> taken.whole
            OR others."day" <> taken."day"
            OR (
                others.field IN ('cause_category', 'trigger_category', 'detection_method')
                AND lower(others.value) <> lower(taken.value)
            )
        )
        AND others.field NOT IN ('published_at', 'reviewed_at')
),

-- Times of one incident that come from different documents, or from a person, were not compared when read.
uncompared_times AS (
    SELECT
        evidence.document_id,
        evidence.incident_id,
        evidence.field,
        evidence.value,
        evidence.method,
        evidence.line,
        evidence.quote,
        evidence.moment
    FROM intermediate.int_incidents__evidence AS evidence
    INNER JOIN (
        SELECT incident_id FROM shared_incidents
        UNION
        SELECT incident_id FROM intermediate.int_incidents__evidence WHERE method = 'reviewed'
    ) AS put_together ON evidence.incident_id = put_together.incident_id
    WHERE
        evidence.is_chosen
        AND evidence.field IN ('started_at', 'detected_at', 'acknowledged_at', 'mitigated_at', 'resolved_at')
),

disordered_times AS (
    SELECT
        ends.document_id,
        ends.incident_id,
        ends.line,
        'times_out_of_order' AS rule,
        'warning' AS level,
        'The ' || ends.field || ' (' || ends.value || coalesce(', line ' || CAST(ends.line AS VARCHAR), '')
        || ') is before the ' || starts.field || ' (' || starts.value || ' in ' || documents.source || '/'
        || documents.path || coalesce(', line ' || CAST(starts.line AS VARCHAR), '')
        || '), so '
        || CASE
            WHEN starts.field = 'started_at' OR ends.field = 'acknowledged_at'
                THEN 'no time between them is counted'
            ELSE 'one of them is wrong'
        END
        || '; correct one of them.' AS message,
        ends.quote
    FROM uncompared_times AS ends
    INNER JOIN uncompared_times AS starts ON ends.incident_id = starts.incident_id
    INNER JOIN intermediate.int_documents__listed AS documents ON starts.document_id = documents.document_id
    WHERE
        ends.moment < starts.moment
        AND (ends.document_id <> starts.document_id OR ends.method = 'reviewed' OR starts.method = 'reviewed')
        AND (
            (starts.field = 'started_at' AND ends.field <> 'acknowledged_at')
            OR (starts.field = 'detected_at' AND ends.field IN ('acknowledged_at', 'resolved_at'))
            OR (starts.field = 'mitigated_at' AND ends.field = 'resolved_at')
        )
),

-- The times that a person reviewed against the length the document states.
reviewed_times AS (
    SELECT DISTINCT incident_id
    FROM intermediate.int_incidents__evidence
    WHERE method = 'reviewed' AND is_chosen AND field IN ('started_at', 'resolved_at')
),

contradicted_durations AS (
    SELECT
        stated.document_id,
        stated.incident_id,
        stated.line,
        'duration_contradicts_times' AS rule,
        'warning' AS level,
        'The stated time to resolve is ' || stated.value || ' minutes, but the start ('
        || CAST(fields.started_at AS VARCHAR) || ' UTC) and the end (' || CAST(fields.resolved_at AS VARCHAR)
        || ' UTC), of which a person reviewed one or both, give '
        || replace(CAST(round((epoch(fields.resolved_at) - epoch(fields.started_at)) / 60.0) AS VARCHAR), '.0', '')
        || '; correct one of them.' AS message,
        stated.quote
    FROM reviewed_times
    INNER JOIN intermediate.int_incidents__fields AS fields ON reviewed_times.incident_id = fields.incident_id
    INNER JOIN intermediate.int_incidents__evidence AS stated ON reviewed_times.incident_id = stated.incident_id
    WHERE
        stated.field = 'stated_time_to_resolve_minutes'
        AND stated.is_chosen
        AND stated.method <> 'reviewed'
        AND fields.resolved_at >= fields.started_at
        AND abs((epoch(fields.resolved_at) - epoch(fields.started_at)) / 60.0 - stated.number) > 5
        AND abs((epoch(fields.resolved_at) - epoch(fields.started_at)) / 60.0 - stated.number)
        > 0.02 * (epoch(fields.resolved_at) - epoch(fields.started_at)) / 60.0
)

SELECT
    document_id,
    incident_id,
    line,
    rule,
    level,
    message,
    quote
FROM contradictions
UNION ALL
SELECT
    document_id,
    incident_id,
    line,
    rule,
    level,
    message,
    quote
FROM disordered_times
UNION ALL
SELECT
    document_id,
    incident_id,
    line,
    rule,
    level,
    message,
    quote
FROM contradicted_durations
