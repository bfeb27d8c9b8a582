-- The chosen value of each field, as a column of its type, over all documents on an incident. A value that does
-- not have the form its field is said to have becomes null; `marts.findings` tells of it.
-- One row per incident with any evidence.
-- Key: incident_id.
WITH chosen AS (
    SELECT
        incident_id,
        field,
        value,
        method,
        moment,
        "day",
        whole,
        number,
        flag,
        entries
    FROM intermediate.int_incidents__evidence
    WHERE is_chosen
)

SELECT
    incident_id,

    max(value) FILTER (WHERE field = 'title') AS title,
    max(value) FILTER (WHERE field = 'incident_key') AS incident_key,
    max(value) FILTER (WHERE field = 'summary') AS summary,
    max(whole) FILTER (WHERE field = 'severity') AS severity,
    max(value) FILTER (WHERE field = 'severity_label') AS severity_label,
    max(value) FILTER (WHERE field = 'service') AS service,
    max(entries) FILTER (WHERE field = 'services') AS services,
    max(value) FILTER (WHERE field = 'team') AS team,

    max(moment) FILTER (WHERE field = 'started_at') AS started_at,
    max(moment) FILTER (WHERE field = 'detected_at') AS detected_at,
    max(moment) FILTER (WHERE field = 'acknowledged_at') AS acknowledged_at,
    max(moment) FILTER (WHERE field = 'declared_at') AS declared_at,
    max(moment) FILTER (WHERE field = 'mitigated_at') AS mitigated_at,
    max(moment) FILTER (WHERE field = 'resolved_at') AS resolved_at,
    max("day") FILTER (WHERE field = 'occurred_on') AS occurred_on,
    max(moment) FILTER (WHERE field = 'published_at') AS published_at,
    max(moment) FILTER (WHERE field = 'reviewed_at') AS reviewed_at,

    max(number) FILTER (WHERE field = 'stated_time_to_detect_minutes')
        AS stated_time_to_detect_minutes,
    max(number) FILTER (WHERE field = 'stated_time_to_acknowledge_minutes')
        AS stated_time_to_acknowledge_minutes,
    max(number) FILTER (WHERE field = 'stated_time_to_mitigate_minutes')
        AS stated_time_to_mitigate_minutes,
    max(number) FILTER (WHERE field = 'stated_time_to_resolve_minutes')
        AS stated_time_to_resolve_minutes,
    max(method) FILTER (WHERE field = 'stated_time_to_detect_minutes') AS detect_method,
    max(method) FILTER (WHERE field = 'stated_time_to_acknowledge_minutes') AS acknowledge_method,
    max(method) FILTER (WHERE field = 'stated_time_to_mitigate_minutes') AS mitigate_method,
    max(method) FILTER (WHERE field = 'stated_time_to_resolve_minutes') AS resolve_method,

    max(number) FILTER (WHERE field = 'customer_impact_minutes') AS customer_impact_minutes,
    max(whole) FILTER (WHERE field = 'affected_user_count') AS affected_user_count,
    max(number) FILTER (WHERE field = 'cost') AS cost,
    max(value) FILTER (WHERE field = 'impact') AS impact,

    max(value) FILTER (WHERE field = 'root_cause') AS root_cause,
    max(value) FILTER (WHERE field = 'trigger') AS trigger_text,
    max(entries) FILTER (WHERE field = 'contributing_factors') AS contributing_factors,
    max(value) FILTER (WHERE field = 'cause_category') AS cause_category,
    max(method) FILTER (WHERE field = 'cause_category') AS cause_method,
    max(value) FILTER (WHERE field = 'trigger_category') AS trigger_category,
    max(method) FILTER (WHERE field = 'trigger_category') AS trigger_method,
    max(value) FILTER (WHERE field = 'detection_method') AS detection_method,

    bool_or(flag) FILTER (WHERE field = 'is_planned') AS is_planned,
    bool_or(flag) FILTER (WHERE field = 'is_resolved') AS is_resolved,
    max(entries) FILTER (WHERE field = 'authors') AS authors,
    max(entries) FILTER (WHERE field = 'reviewers') AS reviewers,
    max(entries) FILTER (WHERE field = 'participants') AS participants,
    max(entries) FILTER (WHERE field = 'five_whys') AS five_whys
FROM chosen
GROUP BY incident_id
