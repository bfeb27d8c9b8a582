-- Which causes strike which services: a heat map of incidents and impact.
-- One row per service and cause that met.
-- Key: service, cause_category.
-- Impact is the customer impact that a document states, else the time to resolve. Left out: planned work. An incident
-- counts in the first service it names.
-- Added: low and high, the exact 90 % Poisson interval of n.
WITH cells AS (
    SELECT
        coalesce(service, 'not stated') AS service,
        coalesce(cause_category, 'unknown') AS cause_category,
        count(*) AS n,
        count(impact_minutes) AS impact_known_count,
        sum(impact_minutes) AS impact_minutes
    FROM selected_incidents
    WHERE NOT is_left_out
    GROUP BY coalesce(service, 'not stated'), coalesce(cause_category, 'unknown')
)

SELECT
    service, -- the first service the document names; 'not stated' when it names none
    cause_category, -- the category; 'unknown' when no document says and no rule matched
    n, -- incidents
    sum(n) OVER (PARTITION BY service) * sum(n) OVER (PARTITION BY cause_category) / sum(n) OVER () AS expected_count, -- if causes struck all services alike
    CAST(sum(n) OVER (PARTITION BY service) AS BIGINT) AS service_count, -- incidents of the service, whatever their cause
    CAST(sum(n) OVER (PARTITION BY cause_category) AS BIGINT) AS cause_count, -- incidents of the cause, in whatever service
    impact_known_count, -- incidents of which an impact in time is known
    impact_minutes, -- their impact, added up; empty when none is known
    impact_known_count / n AS coverage -- as a share of n
FROM cells
ORDER BY service_count DESC, service ASC, cause_count DESC, cause_category ASC
