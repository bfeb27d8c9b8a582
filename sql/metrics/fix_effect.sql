-- Did the fix work? Incidents of one cause and service per day, before and after its prevention items were done.
-- One row per cause and service of which a prevention item was done.
-- Key: cause_category, service.
-- The closing is the first moment at which no prevention item promised until then was open and one of them had been
-- done, told from their history (marts.action_item_states): the first, so that a fix that failed and was taken up again
-- is not judged by the quiet after the mending alone. It is that of all prevention items of the pair, whichever of
-- their incidents the filters let through; the filters choose which incidents are counted, and in which days.
-- Days before begin with the first incident on record of the chosen sources, or with the period: were they to begin with
-- the pair's own first incident, its rate would look too high. Days after end where the records do, which may be long
-- before now: silence that nobody would have written of is no quiet. The incident that led to the first promise is left
-- out of the count for the same reason (left_out_count): without it there would be no promise and no comparison.
-- Beware regression to the mean: promises are made when much has just happened, and after such a time a rate falls
-- by itself. A signal is association, not proof that the fix did it.
-- Left out: planned work; incidents without a cause or a service; what was declined (it fixes nothing), or is of unknown
-- outcome; pairs with a prevention item still open since before any closing (is_still_open: no closing, no verdict).
-- Added: ratio (rate after ÷ before), ratio_low and ratio_high (its exact 90 % interval, an end empty where nothing
-- bounds it), p_value (exact, of a fall or a rise, corrected by Holm for the pairs of which so many incidents could
-- have shown one; empty for the others), compared_count (how many pairs those are), smallest_fall (the smallest fall, as
-- a share, that so much data would have shown with 80 % power), verdict: signal, of a fall or a rise; not
-- distinguishable; too early to say, when not even no incident at all after the closing would be a signal yet; too few
-- before, when no fall ever would be one: not after three times the days before; or closed earlier, when the closing
-- lies before the days counted.
WITH recorded AS (
    SELECT
        incident_id,
        cause_category,
        lower(trim(service)) AS folded_service
    FROM marts.incidents
    WHERE
        NOT coalesce(is_planned, FALSE)
        AND cause_category IS NOT NULL
        AND lower(cause_category) <> 'unknown'
        AND service IS NOT NULL
        AND occurred_at IS NOT NULL
),

incidents AS (
    SELECT
        selected_incidents.incident_id,
        recorded.cause_category,
        recorded.folded_service,
        selected_incidents.service,
        selected_incidents.occurred_at
    FROM selected_incidents
    INNER JOIN recorded ON selected_incidents.incident_id = recorded.incident_id
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
        recorded.cause_category,
        recorded.folded_service,
        action_items.incident_id,
        action_items.action_item_id,
        action_items.promised_at,
        action_items.prevention_basis = 'kind' AS is_prevention_known
    FROM marts.action_items
    INNER JOIN recorded ON action_items.incident_id = recorded.incident_id
    WHERE
        action_items.prevention_basis IS NOT NULL
        AND action_items.promised_at IS NOT NULL
        AND (action_items.outcome = 'open' OR action_items.done_at IS NOT NULL OR action_items.declined_at IS NOT NULL)
),

-- A decision takes no time; what is not decided lasts until it is.
spells AS (
    SELECT
        promises.cause_category,
        promises.folded_service,
        promises.action_item_id,
        states.spell_number,
        states.outcome = 'done' AS is_done,
        coalesce(states.from_at, promises.promised_at) AS from_at,
        CASE
            WHEN states.outcome IN ('done', 'declined') THEN coalesce(states.from_at, promises.promised_at)
            ELSE coalesce(states.until_at, TIMESTAMP '9999-12-31 00:00:00')
        END AS open_until
    FROM promises
    INNER JOIN marts.action_item_states AS states ON promises.action_item_id = states.action_item_id
),

-- Until when something that had begun so far was open, and when the next begins.
running AS (
    SELECT
        cause_category,
        folded_service,
        max(open_until) OVER so_far AS open_until,
        min(CASE WHEN is_done THEN from_at END) OVER so_far AS first_done_at,
        lead(from_at) OVER (
            PARTITION BY cause_category, folded_service
            ORDER BY from_at ASC, action_item_id ASC, spell_number ASC
        ) AS next_from_at
    FROM spells
    WINDOW so_far AS (
        PARTITION BY cause_category, folded_service
        ORDER BY from_at ASC, action_item_id ASC, spell_number ASC
        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    )
),

closings AS (
    SELECT
        cause_category,
        folded_service,
        min(CASE
            WHEN first_done_at IS NOT NULL AND (next_from_at IS NULL OR next_from_at > open_until) THEN open_until
        END) AS closed_at
    FROM running
    GROUP BY cause_category, folded_service
),

counted AS (
    SELECT
        spells.cause_category,
        spells.folded_service,
        count(DISTINCT CASE WHEN spells.is_done THEN spells.action_item_id END) AS done_count,
        count(*) FILTER (
            WHERE spells.from_at <= watched.watched_until AND spells.open_until > watched.watched_until
        ) AS open_count
    FROM spells
    CROSS JOIN watched
    GROUP BY spells.cause_category, spells.folded_service
),

first_promises AS (
    SELECT
        cause_category,
        folded_service,
        incident_id AS first_incident_id,
        bool_and(is_prevention_known) OVER (PARTITION BY cause_category, folded_service) AS is_prevention_known
    FROM promises
    QUALIFY row_number() OVER (
        PARTITION BY cause_category, folded_service
        ORDER BY promised_at ASC, action_item_id ASC
    ) = 1
),

-- A closing after the days watched is none yet.
pairs AS (
    SELECT
        counted.cause_category,
        counted.folded_service,
        counted.done_count,
        counted.open_count,
        first_promises.first_incident_id,
        first_promises.is_prevention_known,
        CASE WHEN closings.closed_at <= watched.watched_until THEN closings.closed_at END AS closed_at,
        greatest(closings.closed_at, watched.watched_from) AS counted_from
    FROM counted
    INNER JOIN closings
        ON counted.cause_category = closings.cause_category AND counted.folded_service = closings.folded_service
    INNER JOIN first_promises
        ON
            counted.cause_category = first_promises.cause_category
            AND counted.folded_service = first_promises.folded_service
    CROSS JOIN watched
    WHERE counted.done_count > 0
)

SELECT
    incidents.cause_category, -- the cause
    min(incidents.service) AS service, -- the service
    pairs.done_count AS done_item_count, -- prevention items of the pair that were done, up to now, also if taken up again
    pairs.is_prevention_known, -- whether all prevention items of the pair are known to prevent; false where the kind of one is unknown
    pairs.open_count AS open_item_count, -- prevention items open when the days watched end
    pairs.closed_at IS NULL AS is_still_open, -- whether there was no moment until then at which none was open
    pairs.closed_at, -- when the first closing was, UTC
    count(*) AS n, -- incidents of the pair, in the period
    count(*) FILTER (WHERE pairs.closed_at IS NOT NULL AND incidents.incident_id = pairs.first_incident_id)
        AS left_out_count, -- left out: the incident that led to the first promise
    count(*) FILTER (WHERE incidents.occurred_at < pairs.closed_at AND incidents.incident_id <> pairs.first_incident_id)
        AS before_count, -- incidents before the closing, without the one that led to the promise
    count(*) FILTER (WHERE incidents.occurred_at >= pairs.closed_at AND incidents.incident_id <> pairs.first_incident_id)
        AS after_count, -- incidents after it
    CASE
        WHEN pairs.closed_at IS NOT NULL THEN (epoch(pairs.counted_from) - epoch(watched.watched_from)) / 86400.0
    END AS before_days, -- days watched before the closing; 0 when it lies before them
    CASE
        WHEN pairs.closed_at IS NOT NULL THEN (epoch(watched.watched_until) - epoch(pairs.counted_from)) / 86400.0
    END AS after_days, -- days watched after it
    max(described.coverage) AS coverage -- of all incidents in the period, the share of which cause, service and day are known: the others are in no pair
FROM incidents
INNER JOIN pairs
    ON incidents.cause_category = pairs.cause_category AND incidents.folded_service = pairs.folded_service
CROSS JOIN watched
CROSS JOIN described
GROUP BY
    incidents.cause_category, incidents.folded_service, pairs.done_count, pairs.open_count,
    pairs.is_prevention_known, pairs.closed_at, pairs.counted_from, watched.watched_from, watched.watched_until
ORDER BY n DESC, incidents.cause_category, service
