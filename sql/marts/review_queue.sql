-- What most needs a person's eye: fields that a figure lacks, or that it uses though they are in doubt.
-- One row per incident and field.
-- Key: incident_id, field.
--
-- The cost is in minutes weighed by severity: the incident's weight (6 less its severity, 3 when none is stated),
-- times its minutes (its time to resolve, else the stated customer impact, else the median of all incidents; of the
-- time to detect: that time, else its median), for each figure concerned, times how doubtful the value is, times what
-- the figure is worth. Doubtful is 1 what was read and left out, one half what another place contradicts, else 1 less
-- the confidence, which is not in doubt from 0.75 on; and one quarter what is missing, for that misleads nobody: it is
-- left out in the open. Worth 1 are durations and the day of an incident, one tenth the labels it is grouped by (cause,
-- service, team, severity): a wrong length is wrong in every chart.
-- What a person reviewed, planned work, and the end of what the document says is not over, are not in it.
WITH incidents AS (
    SELECT
        incident_id,
        document_id,
        is_resolved,
        duration_basis,
        started_at,
        detected_at,
        coalesce(
            started_at, detected_at, declared_at, acknowledged_at, mitigated_at, resolved_at
        ) IS NOT NULL AS has_time,
        coalesce(time_to_resolve_minutes, customer_impact_minutes) AS minutes,
        time_to_detect_minutes,
        CAST(CASE WHEN severity IS NULL THEN 3 ELSE 6 - severity END AS DOUBLE) AS weight
    FROM marts.incidents
    WHERE NOT is_planned
),

typical AS (
    SELECT
        coalesce(median(minutes), 60.0) AS minutes,
        coalesce(median(time_to_detect_minutes), 10.0) AS time_to_detect_minutes
    FROM incidents
),

parts AS (
    SELECT
        field,
        figure
    FROM intermediate.int_fields__figures
    WHERE field NOT IN ('severity_label', 'customer_impact_minutes')
),

chosen AS (
    SELECT
        incident_id,
        field
    FROM marts.evidence
    WHERE is_chosen
),

-- A field that is empty, of a figure that leaves the incident out. A stated duration or a day would do instead of
-- times, and a service tells the team; so neither is asked for.
missing AS (
    SELECT
        incidents.incident_id,
        parts.field,
        exclusions.figure
    FROM marts.exclusions
    INNER JOIN incidents ON exclusions.incident_id = incidents.incident_id
    INNER JOIN parts ON exclusions.figure = parts.figure
    LEFT JOIN chosen ON exclusions.incident_id = chosen.incident_id AND parts.field = chosen.field
    WHERE
        chosen.field IS NULL
        AND parts.field NOT IN ('stated_time_to_detect_minutes', 'stated_time_to_resolve_minutes', 'team')
        AND NOT (parts.field = 'resolved_at' AND NOT coalesce(incidents.is_resolved, TRUE))
),

left_out AS (
    SELECT
        evidence.document_id,
        evidence.incident_id,
        evidence.field,
        evidence.value,
        evidence.method,
        evidence.line,
        evidence.quote,
        evidence.confidence
    FROM missing
    INNER JOIN marts.evidence ON missing.incident_id = evidence.incident_id AND missing.field = evidence.field
    WHERE evidence.ordinal = 1
),

-- Of what is chosen, only this can be in doubt: what is not sure, and of what something else is said, too.
disputed AS (
    SELECT DISTINCT
        incident_id,
        field
    FROM marts.evidence
    WHERE NOT is_chosen
),

doubtful AS (
    SELECT
        evidence.document_id,
        evidence.incident_id,
        evidence.field,
        evidence.value,
        evidence.method,
        evidence.line,
        evidence.quote,
        evidence.confidence
    FROM marts.evidence
    LEFT JOIN disputed ON evidence.incident_id = disputed.incident_id AND evidence.field = disputed.field
    WHERE evidence.is_chosen AND (evidence.confidence < 0.75 OR disputed.field IS NOT NULL)
),

-- What a figure is made of for this incident: times, or else what is stated instead of them.
used AS (
    SELECT
        doubtful.*,
        parts.figure
    FROM doubtful
    INNER JOIN parts ON doubtful.field = parts.field
    INNER JOIN incidents ON doubtful.incident_id = incidents.incident_id
    LEFT JOIN marts.exclusions
        ON doubtful.incident_id = exclusions.incident_id AND parts.figure = exclusions.figure
    WHERE
        exclusions.figure IS NULL
        AND doubtful.method <> 'reviewed'
        AND NOT (doubtful.field = 'occurred_on' AND incidents.has_time)
        AND NOT (
            parts.figure = 'time_to_resolve'
            AND (doubtful.field = 'stated_time_to_resolve_minutes') <> (incidents.duration_basis = 'stated')
        )
        AND NOT (
            doubtful.field = 'stated_time_to_detect_minutes'
            AND incidents.started_at IS NOT NULL
            AND incidents.detected_at IS NOT NULL
        )
),

contradicting AS (
    SELECT
        used.incident_id,
        used.field,
        others.document_id AS other_document_id,
        others.line AS other_line,
        others.value AS other_value
    FROM used
    INNER JOIN marts.evidence AS others ON used.incident_id = others.incident_id AND used.field = others.field
    WHERE
        NOT others.is_chosen
        AND others.value <> used.value
        AND (others.method <> 'prose' OR used.method = 'prose')
        AND NOT coalesce(
            abs(epoch(try_cast(others.value AS TIMESTAMP)) - epoch(try_cast(used.value AS TIMESTAMP))) <= 300, FALSE
        )
    QUALIFY row_number() OVER (PARTITION BY used.incident_id, used.field ORDER BY others.ordinal ASC) = 1
),

doubts AS (
    SELECT
        coalesce(left_out.document_id, incidents.document_id) AS document_id,
        missing.incident_id,
        missing.field,
        missing.figure,
        left_out.value,
        left_out.method,
        left_out.line,
        left_out.quote,
        left_out.confidence,
        CASE WHEN left_out.field IS NULL THEN 'missing' ELSE 'left_out' END AS doubt,
        CAST(NULL AS VARCHAR) AS other_document_id,
        CAST(NULL AS INTEGER) AS other_line,
        CAST(NULL AS VARCHAR) AS other_value,
        CASE WHEN left_out.field IS NULL THEN 0.25 ELSE 1.0 END AS share
    FROM missing
    INNER JOIN incidents ON missing.incident_id = incidents.incident_id
    LEFT JOIN left_out ON missing.incident_id = left_out.incident_id AND missing.field = left_out.field
    UNION
    SELECT
        used.document_id,
        used.incident_id,
        used.field,
        used.figure,
        used.value,
        used.method,
        used.line,
        used.quote,
        used.confidence,
        CASE WHEN contradicting.field IS NULL THEN 'unsure' ELSE 'contradicted' END AS doubt,
        contradicting.other_document_id,
        contradicting.other_line,
        contradicting.other_value,
        CASE WHEN contradicting.field IS NULL OR used.confidence < 0.5 THEN 1.0 - used.confidence ELSE 0.5 END AS share
    FROM used
    LEFT JOIN contradicting ON used.incident_id = contradicting.incident_id AND used.field = contradicting.field
    WHERE contradicting.field IS NOT NULL OR used.confidence < 0.75
),

gathered AS (
    SELECT
        doubts.incident_id,
        doubts.field,
        min(doubts.document_id) AS document_id,
        min(doubts.value) AS value,
        min(doubts.method) AS method,
        min(doubts.line) AS line,
        min(doubts.quote) AS quote,
        min(doubts.confidence) AS confidence,
        min(doubts.doubt) AS doubt,
        min(doubts.other_document_id) AS other_document_id,
        min(doubts.other_line) AS other_line,
        min(doubts.other_value) AS other_value,
        list(DISTINCT doubts.figure ORDER BY doubts.figure ASC) AS figures,
        sum(
            doubts.share
            * CASE
                WHEN doubts.figure IN ('time_to_resolve', 'time_to_detect', 'incidents_by_period') THEN 1.0
                ELSE 0.1
            END
            * CASE doubts.figure
                WHEN 'time_to_detect' THEN coalesce(incidents.time_to_detect_minutes, typical.time_to_detect_minutes)
                ELSE coalesce(incidents.minutes, typical.minutes)
            END
        ) AS doubtful_minutes
    FROM doubts
    INNER JOIN incidents ON doubts.incident_id = incidents.incident_id
    CROSS JOIN typical
    GROUP BY doubts.incident_id, doubts.field
),

places AS (
    SELECT
        incident_id,
        document_id,
        source,
        path,
        incident_ordinal,
        count(*) OVER (PARTITION BY document_id) AS incident_count
    FROM marts.incident_documents
),

priced AS (
    SELECT
        gathered.*,
        places.source,
        places.path,
        CASE WHEN places.incident_count > 1 THEN places.incident_ordinal END AS incident_ordinal,
        incidents.weight,
        incidents.minutes,
        CASE gathered.doubt
            WHEN 'missing' THEN 'It is not stated.'
            WHEN 'left_out' THEN 'It was read and left out: the findings say why.'
            WHEN 'unsure'
                THEN
                    CASE gathered.method
                        WHEN 'rule' THEN 'A rule found it; the document does not say so itself.'
                        ELSE 'It was read from the ' || replace(gathered.method, '_', ' ') || ', which is not sure.'
                    END
            ELSE
                CASE
                    WHEN other_places.document_id <> places.document_id
                        THEN other_places.source || '/' || other_places.path || ', '
                    ELSE ''
                END
                || coalesce('Line ' || CAST(gathered.other_line AS VARCHAR) || ' ', 'Another place ')
                || 'says ' || gathered.other_value || '.'
        END AS reason,
        round(incidents.weight * gathered.doubtful_minutes, 1) AS cost
    FROM gathered
    INNER JOIN incidents ON gathered.incident_id = incidents.incident_id
    INNER JOIN places
        ON gathered.incident_id = places.incident_id AND gathered.document_id = places.document_id
    LEFT JOIN places AS other_places
        ON gathered.incident_id = other_places.incident_id AND gathered.other_document_id = other_places.document_id
)

SELECT
    row_number() OVER (ORDER BY cost DESC, incident_id ASC, field ASC) AS review_rank, -- 1 for what most needs an eye
    incident_id, -- the incident
    document_id, -- the document to look into
    source, -- its source
    path, -- relative to its source
    line, -- of the document as fetched, from 1; null for something missing
    incident_ordinal, -- the incident's place in the document, when that tells of several
    field, -- the field in question
    value, -- what was read; null when nothing was
    confidence, -- how sure, 0 to 1
    method, -- how it was read, as in marts.evidence
    quote, -- the words it was read from
    doubt, -- missing, left_out, contradicted or unsure
    reason, -- why it is in doubt, in a sentence
    figures, -- the figures that leave the incident out for want of it, or use it though it is in doubt
    minutes, -- the incident's time to resolve, else the stated customer impact; null when neither is known
    weight, -- how much the incident counts for: 6 less its severity, 3 when none is stated
    cost -- minutes weighed by severity that hang on it, as told above
FROM priced
