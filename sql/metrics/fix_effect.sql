-- Did the fix work? Incidents of one cause and service per day, before and after its prevention items were done.
-- One row per cause and service of which a prevention item was done.
-- Key: cause_category, service.
-- The closing is the first moment at which no prevention item promised until then was open and one of them was done:
-- the first, so that a fix that failed and was mended later is not judged by the quiet after the mending alone.
-- Days before begin with the first incident on record of the chosen sources, or with the period: were they to begin with
-- the pair's own first incident, its rate would look too high. Days after end where the records do, which may be long
-- before now: silence that nobody would have written of is no quiet. The incident that led to the first promise is left
-- out of the count for the same reason (left_out_count): without it there would be no promise and no comparison.
-- Beware regression to the mean: promises are made when much has just happened, and after such a time a rate falls
-- by itself. A signal is association, not proof that the fix did it.
-- Left out: planned work; incidents without a cause or a service; what was declined (it fixes nothing); pairs with
-- a prevention item still open since before any closing (is_still_open: no closing, no verdict).
-- Added: ratio (rate after ÷ before), ratio_low and ratio_high (its exact 90 % interval, an end empty where nothing
-- bounds it), p_value (exact, corrected for the number of pairs by Holm), compared_count (how many pairs that was),
-- smallest_fall (the smallest fall, as a share, that so much data would have shown with 80 % power), verdict: signal,
-- not distinguishable, too early to say, when not even no incident at all after the closing would be a signal yet, or
-- too few before, when it never would be: not after three times the days before (not among the compared, no p_value).
WITH incidents AS (
    SELECT
        incident_id,
        cause_category,
        lower(trim(service)) AS folded_service,
        service,
        occurred_at
    FROM selected_incidents
    WHERE
        NOT is_left_out
        AND cause_category IS NOT NULL
        AND lower(cause_category) <> 'unknown'
        AND service IS NOT NULL
        AND occurred_at IS NOT NULL
),

described AS (
    SELECT (SELECT count(*) FROM incidents) / nullif(count(*), 0) AS coverage
    FROM selected_incidents
    WHERE NOT is_left_out
),

watched AS (
    SELECT
        min(observed_from) AS watched_from,
        max(observed_until) AS watched_until
    FROM periods
),

promises AS (
    SELECT
        incidents.cause_category,
        incidents.folded_service,
        action_items.incident_id,
        action_items.action_item_id,
        action_items.promised_at,
        action_items.done_at,
        action_items.prevention_basis = 'kind' AS is_prevention_known,
        coalesce(action_items.done_at, action_items.declined_at, TIMESTAMP '9999-12-31 00:00:00') AS decided_at
    FROM marts.action_items
    INNER JOIN incidents ON action_items.incident_id = incidents.incident_id
    WHERE
        action_items.prevention_basis IS NOT NULL
        AND action_items.promised_at IS NOT NULL
        AND (action_items.outcome = 'open' OR action_items.done_at IS NOT NULL OR action_items.declined_at IS NOT NULL)
),

-- Until when something promised so far was open, and whether any of it had been done.
running AS (
    SELECT
        *,
        max(decided_at) OVER so_far AS open_until,
        max(done_at) OVER so_far AS last_done_at,
        lead(promised_at) OVER (
            PARTITION BY cause_category, folded_service ORDER BY promised_at ASC, action_item_id ASC
        ) AS next_promised_at
    FROM promises
    WINDOW so_far AS (
        PARTITION BY cause_category, folded_service
        ORDER BY promised_at ASC, action_item_id ASC
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    )
),

closings AS (
    SELECT
        running.cause_category,
        running.folded_service,
        min(CASE
            WHEN
                running.open_until <= watched.watched_until
                AND running.last_done_at IS NOT NULL
                AND (running.next_promised_at IS NULL OR running.next_promised_at > running.open_until)
                THEN greatest(running.open_until, watched.watched_from)
        END) AS closed_at,
        min_by(running.incident_id, running.promised_at) AS first_incident_id,
        count(running.done_at) AS done_count,
        bool_and(running.is_prevention_known) AS is_prevention_known,
        count(*) FILTER (WHERE running.decided_at > watched.watched_until) AS open_count
    FROM running
    CROSS JOIN watched
    GROUP BY running.cause_category, running.folded_service
    HAVING count(running.done_at) > 0
)

SELECT
    incidents.cause_category, -- the cause
    min(incidents.service) AS service, -- the service
    closings.done_count AS done_item_count, -- prevention items done, up to now
    closings.is_prevention_known, -- whether all prevention items of the pair are known to prevent; false where the kind of one is unknown
    closings.open_count AS open_item_count, -- prevention items open when the days watched end
    closings.closed_at IS NULL AS is_still_open, -- whether there was no moment until then at which none was open
    closings.closed_at, -- when the first closing was, UTC
    count(*) AS n, -- incidents of the pair, in the period
    count(*) FILTER (WHERE closings.closed_at IS NOT NULL AND incidents.incident_id = closings.first_incident_id)
        AS left_out_count, -- left out: the incident that led to the first promise
    count(*) FILTER (WHERE incidents.occurred_at < closings.closed_at AND incidents.incident_id <> closings.first_incident_id)
        AS before_count, -- incidents before the closing, without the one that led to the promise
    count(*) FILTER (WHERE incidents.occurred_at >= closings.closed_at AND incidents.incident_id <> closings.first_incident_id)
        AS after_count, -- incidents after it
    (epoch(closings.closed_at) - epoch(watched.watched_from)) / 86400.0 AS before_days, -- days watched before the closing
    (epoch(watched.watched_until) - epoch(closings.closed_at)) / 86400.0 AS after_days, -- days watched after it
    max(described.coverage) AS coverage -- of all incidents in the period, the share of which cause, service and day are known: the others are in no pair
FROM incidents
INNER JOIN closings
    ON incidents.cause_category = closings.cause_category AND incidents.folded_service = closings.folded_service
CROSS JOIN watched
CROSS JOIN described
GROUP BY
    incidents.cause_category, incidents.folded_service, closings.done_count, closings.open_count,
    closings.is_prevention_known, closings.closed_at, watched.watched_from, watched.watched_until
ORDER BY n DESC, incidents.cause_category, service
