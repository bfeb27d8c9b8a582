-- How many repeats chance alone would bring: of each cause and service, the incidents that came soon after another one,
-- beside how many would, had as many fallen at random times over the days on record.
-- One row per cause and service of which the filters let an incident through.
-- Key: cause_category, service.
-- A repeat here is an incident with an earlier one of its cause and service, in the period too, within the days that the
-- settings name; likeness of text and what people said of a pair do not count. Of n points at random over T days each of
-- the n - 1 gaps is longer than w days with probability (1 - w/T)^n, any two of them with (1 - 2w/T)^n (David and
-- Nagaraja, Order Statistics, section 6.4); from these follow the expected number and its deviation, both exact. A rate
-- that itself changed over the days, as of a service that is new, brings more repeats than that without any cause left
-- unfixed.
-- Left out: planned work; incidents without a cause, a service or a day.
WITH watched AS (
    SELECT
        min(observed_from) AS watched_from,
        max(observed_until) AS watched_until,
        sum(observed_days) AS observed_days
    FROM periods
),

described AS (
    SELECT
        count(*) FILTER (
            WHERE cause_category IS NOT NULL AND lower(cause_category) <> 'unknown' AND service IS NOT NULL AND occurred_at IS NOT NULL
        ) / nullif(count(*), 0) AS coverage
    FROM selected_incidents
    WHERE NOT is_left_out
),

spaced AS (
    SELECT
        selected_incidents.cause_category,
        lower(trim(selected_incidents.service)) AS folded_service,
        selected_incidents.service,
        (
            epoch(selected_incidents.occurred_at) - lag(epoch(selected_incidents.occurred_at)) OVER (
                PARTITION BY selected_incidents.cause_category, lower(trim(selected_incidents.service))
                ORDER BY selected_incidents.occurred_at ASC
            )
        ) / 86400.0 AS gap_days
    FROM selected_incidents
    CROSS JOIN watched
    WHERE
        NOT selected_incidents.is_left_out
        AND selected_incidents.cause_category IS NOT NULL
        AND lower(selected_incidents.cause_category) <> 'unknown'
        AND selected_incidents.service IS NOT NULL
        AND selected_incidents.occurred_at >= watched.watched_from
        AND selected_incidents.occurred_at < watched.watched_until
),

counted AS (
    SELECT
        spaced.cause_category,
        min(spaced.service) AS service,
        count(*) AS n,
        count(*) - 1 AS gap_count,
        count(*) FILTER (WHERE spaced.gap_days <= runs.repeat_within_days) AS repeat_count,
        pow(greatest(1 - runs.repeat_within_days / watched.observed_days, 0), count(*)) AS one_far,
        pow(greatest(1 - 2 * runs.repeat_within_days / watched.observed_days, 0), count(*)) AS two_far,
        runs.repeat_within_days AS within_days,
        watched.observed_days
    FROM spaced
    CROSS JOIN watched
    CROSS JOIN marts.runs
    WHERE watched.observed_days > 0
    GROUP BY spaced.cause_category, spaced.folded_service, runs.repeat_within_days, watched.observed_days
)

SELECT
    counted.cause_category, -- the cause
    counted.service, -- the service
    counted.n, -- incidents of the two
    counted.repeat_count, -- of these, soon after an earlier one
    counted.gap_count * (1 - counted.one_far) AS expected_count, -- how many would be, by chance alone
    sqrt(greatest(
        counted.gap_count * (counted.gap_count - 1) * counted.two_far
        + counted.gap_count * counted.one_far
        - pow(counted.gap_count * counted.one_far, 2), 0
    )) AS expected_deviation, -- how far the number would scatter about that, as a standard deviation
    counted.within_days, -- how many days count as soon
    counted.observed_days, -- days that the filters and the records cover
    described.coverage -- of all incidents in the period, the share of which cause, service and day are known
FROM counted
CROSS JOIN described
ORDER BY counted.repeat_count - expected_count DESC, counted.cause_category ASC, counted.service ASC
