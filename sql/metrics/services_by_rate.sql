-- Which services have most incidents in 30 days, those with few drawn towards the whole.
-- One row per service with an incident.
-- Key: service.
-- A service that had two incidents in a month is not thereby the worst: its rate is moved towards that of all, the more
-- so the less is known of it. Services without any incident are not known, and not among the whole. Left out and
-- counted: planned work; incidents of which no time is known. An incident counts in the first service it names.
-- Added: rate_per_30_days, the rate so drawn, with low and high, its 90 % interval, and weight, how much of it is the
-- service's own; all empty where no day is observed.
WITH counted AS (
    SELECT
        coalesce(service, 'not stated') AS service,
        count(*) FILTER (WHERE NOT is_left_out AND occurred_at IS NOT NULL) AS n,
        count(*) FILTER (WHERE NOT is_left_out AND occurred_at IS NULL) AS undated_count,
        count(*) FILTER (WHERE is_left_out) AS planned_count
    FROM selected_incidents
    GROUP BY coalesce(service, 'not stated')
),

span AS (
    SELECT coalesce(sum(observed_days), 0) AS observed_days
    FROM periods
)

SELECT
    counted.service, -- the first service the document names; 'not stated' when it names none
    counted.n, -- incidents with a day
    span.observed_days, -- days that the filters and the records cover
    counted.n * 30 / nullif(span.observed_days, 0) AS own_rate_per_30_days, -- incidents in 30 observed days, as counted
    counted.planned_count, -- planned work, left out
    counted.undated_count, -- of which no time is known: left out
    counted.n / nullif(counted.n + counted.undated_count, 0) AS coverage -- n as a share of all incidents of the service
FROM counted
CROSS JOIN span
ORDER BY counted.n DESC, lower(counted.service) ASC, counted.service ASC
