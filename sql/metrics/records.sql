-- From when to when the records can be trusted: those of the sources that the filters choose.
-- One row.
-- Nobody knows what the days before the first incident on record brought. When the last one lies longer ago than three
-- months and than three times the mean gap between incidents, the records end with its month, because silence that long
-- rather means that nobody writes any more than that nothing happens.
WITH dated AS (
    SELECT incidents.occurred_at
    FROM marts.incidents
    CROSS JOIN filters
    WHERE
        incidents.occurred_at IS NOT NULL
        AND (
            filters.sources IS NULL
            OR incidents.incident_id IN (
                SELECT tellings.incident_id
                FROM marts.incident_documents AS tellings
                WHERE list_contains(filters.sources, tellings.source)
            )
        )
),

gaps AS (
    SELECT
        min(occurred_at) AS first_at,
        max(occurred_at) AS last_at,
        (epoch(max(occurred_at)) - epoch(min(occurred_at))) / nullif(count(*) - 1, 0) AS mean_seconds
    FROM dated
)

SELECT
    gaps.first_at, -- of the first incident on record; empty without any
    CASE
        WHEN epoch(runs.as_of) - epoch(gaps.last_at) > greatest(92 * 86400.0, 3 * coalesce(gaps.mean_seconds, 0.0))
            THEN least(date_trunc('month', gaps.last_at) + INTERVAL '1' MONTH, runs.as_of)
        ELSE runs.as_of
    END AS trusted_to -- the first moment after them
FROM gaps
CROSS JOIN marts.runs
