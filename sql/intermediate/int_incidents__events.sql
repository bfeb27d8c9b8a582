-- The timelines, with the documents on one incident put together: an entry of the same time and words that an
-- earlier document has, too, counts once.
-- One row per incident and entry of its timeline.
-- Key: incident_id, ordinal.
WITH told AS (
    SELECT
        merged.incident_id,
        merged.told_id,
        merged.place,
        events.document_id,
        events.ordinal,
        events."at",
        events.at_text,
        events.text,
        events.kind,
        events.line
    FROM staging.stg_facts__events AS events
    INNER JOIN intermediate.int_incidents__merged AS merged ON events.incident_id = merged.told_id
),

told_again AS (
    SELECT DISTINCT
        later.told_id,
        later.ordinal
    FROM told AS later
    INNER JOIN told AS earlier ON later.incident_id = earlier.incident_id
    WHERE
        later.place > 1
        AND earlier.place < later.place
        AND lower(trim(earlier.text)) = lower(trim(later.text))
        AND coalesce(CAST(earlier."at" AS VARCHAR), earlier.at_text)
        = coalesce(CAST(later."at" AS VARCHAR), later.at_text)
)

SELECT
    told.incident_id,
    row_number() OVER (PARTITION BY told.incident_id ORDER BY told.place ASC, told.ordinal ASC) AS ordinal,
    told.document_id,
    told."at",
    told.at_text,
    told.text,
    told.kind,
    told.line
FROM told
LEFT JOIN told_again ON told.told_id = told_again.told_id AND told.ordinal = told_again.ordinal
WHERE told_again.told_id IS NULL
