-- How long after an incident its postmortem was there to be read, and from which day on some are still to come.
-- One row per build: of all incidents of the teams, services, severities, causes and sources that the filters let through.
-- Key: as_of.
-- Whatever the period, of incidents at least 90 days ago, so that a late postmortem is among them. One that was there
-- before its incident, as of a later edition, took 0 days. Left out: planned work; postmortems of which nobody knows
-- when they were there. One that is never written has no delay.
-- Added: p90_low and p90_high, the distribution-free 90 % interval of p90_days; empty where n cannot bound it.
WITH delays AS (
    SELECT
        recorded_incidents.incident_id,
        CASE
            WHEN recorded_incidents.postmortem_at < recorded_incidents.occurred_at THEN 0.0
            ELSE (epoch(recorded_incidents.postmortem_at) - epoch(recorded_incidents.occurred_at)) / 86400.0
        END AS delay_days
    FROM recorded_incidents
    CROSS JOIN marts.runs
    WHERE
        NOT recorded_incidents.is_left_out
        AND epoch(runs.as_of) - epoch(recorded_incidents.occurred_at) >= 90 * 86400.0
),

counted AS (
    SELECT
        count(*) AS incident_count,
        count(delay_days) AS n,
        quantile_cont(delay_days, 0.5) AS median_days,
        quantile_cont(delay_days, 0.9) AS p90_days,
        list(delay_days ORDER BY delay_days ASC) FILTER (WHERE delay_days IS NOT NULL) AS ordered_days
    FROM delays
)

SELECT
    runs.as_of, -- the moment the tables speak of, UTC
    counted.incident_count, -- incidents at least 90 days before it
    counted.n, -- of these, those of which it is known when their postmortem was there
    counted.n / nullif(counted.incident_count, 0) AS coverage, -- n as a share of incident_count
    counted.median_days, -- half of the postmortems were there within so many days of the incident's first known time
    counted.p90_days, -- nine in ten were
    coalesce(
        filters.period_to IS NULL OR epoch(filters.period_to) > epoch(runs.as_of) - counted.p90_days * 86400.0,
        FALSE
    ) AS may_lack, -- whether the chosen period reaches into those days before as_of
    counted.ordered_days -- the delays, shortest first
FROM counted
CROSS JOIN filters
CROSS JOIN marts.runs
