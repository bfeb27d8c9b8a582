-- What people said of two incidents: that the one is the other come back, or that it is not; or why that speaks of no
-- two incidents.
-- One row per such line of the file of reviewed values.
-- Key: line.
--
-- The other incident is named by its id, by its document (source and path, or the path alone where only one source has
-- it; with #2 after it for the second incident of several), or by the organisation's own number for it. Which of the two
-- came earlier is told by their times, not by the line.
WITH said AS (
    SELECT
        matched.line,
        matched.field,
        matched.document_id,
        matched.document,
        matched.value,
        matched.reviewed_at,
        matched.quote,
        merged.incident_id
    FROM intermediate.int_reviewed__matched AS matched
    INNER JOIN intermediate.int_incidents__merged AS merged ON matched.told_id = merged.told_id
    WHERE matched.field IN ('repeat_of', 'not_repeat_of')
),

tellings AS (
    SELECT
        merged.incident_id,
        merged.told_id,
        CAST(merged.ordinal AS VARCHAR) AS ordinal,
        documents.source,
        documents.path,
        count(*) OVER (PARTITION BY merged.document_id) AS incident_count
    FROM intermediate.int_incidents__merged AS merged
    INNER JOIN intermediate.int_documents__listed AS documents ON merged.document_id = documents.document_id
),

names AS (
    SELECT
        incident_id,
        told_id AS name,
        1 AS rank
    FROM tellings
    UNION
    SELECT
        incident_id,
        source || '/' || path AS name,
        2 AS rank
    FROM tellings
    WHERE incident_count = 1
    UNION
    SELECT
        incident_id,
        source || '/' || path || '#' || ordinal AS name,
        2 AS rank
    FROM tellings
    UNION
    SELECT
        incident_id,
        path AS name,
        3 AS rank
    FROM tellings
    WHERE incident_count = 1
    UNION
    SELECT
        incident_id,
        path || '#' || ordinal AS name,
        3 AS rank
    FROM tellings
    UNION
    SELECT
        incident_id,
        incident_key AS name,
        4 AS rank
    FROM intermediate.int_incidents__fields
    WHERE incident_key IS NOT NULL
),

found AS (
    SELECT
        said.line,
        names.incident_id AS other_incident_id,
        count(*) OVER (PARTITION BY said.line, names.rank) AS incident_count
    FROM said
    INNER JOIN names ON said.value = names.name
    QUALIFY row_number() OVER (PARTITION BY said.line ORDER BY names.rank ASC, names.incident_id ASC) = 1
),

judged AS (
    SELECT
        said.*,
        found.other_incident_id,
        CASE
            WHEN found.line IS NULL THEN 'other_unknown'
            WHEN found.incident_count > 1 THEN 'other_ambiguous'
            WHEN found.other_incident_id = said.incident_id THEN 'other_is_itself'
            WHEN own.occurred_at IS NULL OR other.occurred_at IS NULL THEN 'no_time'
        END AS problem,
        own.occurred_at > other.occurred_at
        OR (own.occurred_at = other.occurred_at AND said.incident_id > found.other_incident_id) AS is_later
    FROM said
    LEFT JOIN found ON said.line = found.line
    LEFT JOIN intermediate.int_incidents__occurred AS own ON said.incident_id = own.incident_id
    LEFT JOIN intermediate.int_incidents__occurred AS other ON found.other_incident_id = other.incident_id
)

SELECT
    line,
    field,
    document_id,
    document,
    value,
    quote,
    problem,
    CASE WHEN problem IS NULL THEN CASE WHEN is_later THEN incident_id ELSE other_incident_id END END AS incident_id,
    CASE WHEN problem IS NULL THEN CASE WHEN is_later THEN other_incident_id ELSE incident_id END END
        AS earlier_incident_id,
    field = 'repeat_of' AS is_repeat,
    reviewed_at
FROM judged
