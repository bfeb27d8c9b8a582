-- What hurts: on which causes, or services, the incidents fall, and how long those lasted for customers.
-- One row per cause or service.
-- Key: category.
-- Impact is the customer impact that a document states, else the time to resolve.
-- Left out: planned work. An incident without either time counts among the incidents and adds no impact. An incident
-- counts in the first service it names.
-- Added: share_low and share_high, the exact 90 % interval of the share of incidents; impact_share_low and
-- impact_share_high, that of impact_share, had other incidents come as likely (empty where one has nothing, or all).
SELECT
    group_name AS category, -- of the cause, or the service; 'unknown' when no document says and no rule matched, 'not stated' without a service
    count(*) FILTER (WHERE is_unnamed) > 0 AS is_unknown, -- whether it stands for what is not known
    count(*) AS incident_count, -- incidents
    count(*) / sum(count(*)) OVER () AS incident_share, -- of all incidents selected
    count(impact_minutes) AS n, -- incidents of which an impact in time is known
    count(customer_impact_minutes) AS stated_impact_count, -- of these, with a stated customer impact
    coalesce(sum(impact_minutes), 0) AS impact_minutes, -- their impact, added up
    coalesce(sum(impact_minutes) / nullif(sum(sum(impact_minutes)) OVER (), 0), 0) AS impact_share, -- of the impact of all selected
    count(impact_minutes) / count(*) AS coverage, -- n as a share of incident_count
    coalesce(list(impact_minutes ORDER BY impact_minutes ASC) FILTER (WHERE impact_minutes IS NOT NULL), [])
        AS ordered_impacts -- the n impacts in minutes, ascending
FROM grouped_incidents
WHERE NOT is_left_out
GROUP BY group_name
ORDER BY impact_minutes DESC, incident_count DESC, category
