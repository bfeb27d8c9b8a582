-- What happened in the period that charts over time mark: releases, changes of policy and the like.
-- One row per annotation.
-- Key: line.
-- What is of a service counts where the filters let its service and its team through, in any case; what is of all
-- counts always. Other filters do not bear on it. That something changed then does not make it the cause.
SELECT
    annotations.line, -- of the file of annotations, from 1
    annotations.starts_on, -- its first day
    annotations.ends_on, -- its last day, counted
    annotations.label, -- what happened, as written
    annotations.service, -- of which alone it is; null: of all
    annotations.team, -- the team that the service belongs to; null: of none, or of all
    annotations.kind -- in a word of the writer's; null: not said
FROM marts.annotations
CROSS JOIN filters
WHERE
    (filters.period_from IS NULL OR annotations.ends_on >= CAST(filters.period_from AS DATE))
    AND (filters.period_to IS NULL OR annotations.starts_on < filters.period_to)
    AND (
        annotations.service IS NULL
        OR filters.services IS NULL
        OR lower(trim(annotations.service)) IN (
            SELECT lower(trim(chosen.service))
            FROM (SELECT unnest(services) AS service FROM filters) AS chosen
        )
    )
    AND (annotations.team IS NULL OR filters.teams IS NULL OR list_contains(filters.teams, annotations.team))
ORDER BY annotations.starts_on ASC, annotations.line ASC
