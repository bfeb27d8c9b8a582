-- Which services hurt: how many incidents, and how long they lasted for customers.
-- One row per service.
-- Key: service.
-- Impact is the customer impact that a document states, else the time to resolve.
-- Left out: planned work. An incident without either time counts among the incidents and adds no impact.
-- Added: share_low and share_high, the exact 90 % interval of the share of incidents; impact_share_low and
-- impact_share_high, that of impact_share, had other incidents come as likely (empty where one has nothing, or all).
WITH incidents AS (
    SELECT
        coalesce(service, 'not stated') AS service,
        impact_minutes,
        customer_impact_minutes
    FROM selected_incidents
    WHERE NOT is_left_out
)

SELECT
    service, -- the first service the document names; 'not stated' when it names none
    count(*) AS incident_count, -- incidents
    count(*) / sum(count(*)) OVER () AS incident_share, -- of all incidents selected
    count(impact_minutes) AS n, -- incidents of which an impact in time is known
    count(customer_impact_minutes) AS stated_impact_count, -- of these, with a stated customer impact
    coalesce(sum(impact_minutes), 0) AS impact_minutes, -- their impact, added up
    coalesce(sum(impact_minutes) / nullif(sum(sum(impact_minutes)) OVER (), 0), 0) AS impact_share, -- of the impact of all selected
    count(impact_minutes) / count(*) AS coverage, -- n as a share of incident_count
    coalesce(list(impact_minutes ORDER BY impact_minutes ASC) FILTER (WHERE impact_minutes IS NOT NULL), [])
        AS ordered_impacts -- the n impacts in minutes, ascending
FROM incidents
GROUP BY service
ORDER BY impact_minutes DESC, incident_count DESC, service
