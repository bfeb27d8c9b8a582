-- The timelines, with the documents on one incident put together: an entry of the same time and words that an
-- earlier document has, too, counts once.
-- One row per incident and entry of its timeline.
-- Key: incident_id, ordinal.
WITH told AS (
    SELECT
        merged.incident_id,
        merged.place,
        events.document_id,
        events.ordinal,
        events."at",
        events.at_text,
        events.text,
        events.kind,
        events.line,
        coalesce(CAST(events."at" AS VARCHAR), events.at_text) AS moment_text,
        lower(trim(events.text)) AS folded_text
    FROM staging.stg_facts__events AS events
    INNER JOIN intermediate.int_incidents__merged AS merged ON events.incident_id = merged.told_id
),

compared AS (
    SELECT
        told.*,
        min(place) OVER (PARTITION BY incident_id, moment_text, folded_text) AS first_place
    FROM told
)

SELECT
    incident_id,
    row_number() OVER (PARTITION BY incident_id ORDER BY place ASC, ordinal ASC) AS ordinal,
    document_id,
    "at",
    at_text,
    text,
    kind,
    line
FROM compared
WHERE place = first_place
