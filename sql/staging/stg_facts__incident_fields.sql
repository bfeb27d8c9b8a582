-- The chosen value of each field, as a column of its type. A value that does not have the type its field is
-- said to have becomes null; `marts.findings` tells of it.
-- One row per incident with any evidence.
-- Key: incident_id.
WITH chosen AS (
    SELECT
        incident_id,
        field,
        value,
        method,
        CASE WHEN json_valid(value) THEN value END AS json_value
    FROM facts.evidence
    WHERE is_chosen
)

SELECT
    incident_id,

    max(value) FILTER (WHERE field = 'title') AS title,
    max(value) FILTER (WHERE field = 'incident_key') AS incident_key,
    max(value) FILTER (WHERE field = 'summary') AS summary,
    try_cast(max(value) FILTER (WHERE field = 'severity') AS INTEGER) AS severity,
    max(value) FILTER (WHERE field = 'severity_label') AS severity_label,
    max(value) FILTER (WHERE field = 'service') AS service,
    from_json(max(json_value) FILTER (WHERE field = 'services'), '["VARCHAR"]') AS services,
    max(value) FILTER (WHERE field = 'team') AS team,

    try_cast(max(value) FILTER (WHERE field = 'started_at') AS TIMESTAMP) AS started_at,
    try_cast(max(value) FILTER (WHERE field = 'detected_at') AS TIMESTAMP) AS detected_at,
    try_cast(max(value) FILTER (WHERE field = 'acknowledged_at') AS TIMESTAMP) AS acknowledged_at,
    try_cast(max(value) FILTER (WHERE field = 'declared_at') AS TIMESTAMP) AS declared_at,
    try_cast(max(value) FILTER (WHERE field = 'mitigated_at') AS TIMESTAMP) AS mitigated_at,
    try_cast(max(value) FILTER (WHERE field = 'resolved_at') AS TIMESTAMP) AS resolved_at,
    try_cast(max(value) FILTER (WHERE field = 'occurred_on') AS DATE) AS occurred_on,
    try_cast(max(value) FILTER (WHERE field = 'published_at') AS TIMESTAMP) AS published_at,
    try_cast(max(value) FILTER (WHERE field = 'reviewed_at') AS TIMESTAMP) AS reviewed_at,

    try_cast(max(value) FILTER (WHERE field = 'stated_time_to_detect_minutes') AS DOUBLE)
        AS stated_time_to_detect_minutes,
    try_cast(max(value) FILTER (WHERE field = 'stated_time_to_acknowledge_minutes') AS DOUBLE)
        AS stated_time_to_acknowledge_minutes,
    try_cast(max(value) FILTER (WHERE field = 'stated_time_to_mitigate_minutes') AS DOUBLE)
        AS stated_time_to_mitigate_minutes,
    try_cast(max(value) FILTER (WHERE field = 'stated_time_to_resolve_minutes') AS DOUBLE)
        AS stated_time_to_resolve_minutes,

    try_cast(max(value) FILTER (WHERE field = 'customer_impact_minutes') AS DOUBLE) AS customer_impact_minutes,
    try_cast(max(value) FILTER (WHERE field = 'affected_user_count') AS BIGINT) AS affected_user_count,
    try_cast(max(value) FILTER (WHERE field = 'cost') AS DOUBLE) AS cost,
    max(value) FILTER (WHERE field = 'impact') AS impact,

    max(value) FILTER (WHERE field = 'root_cause') AS root_cause,
    max(value) FILTER (WHERE field = 'trigger') AS trigger_text,
    from_json(max(json_value) FILTER (WHERE field = 'contributing_factors'), '["VARCHAR"]') AS contributing_factors,
    max(value) FILTER (WHERE field = 'cause_category') AS cause_category,
    max(method) FILTER (WHERE field = 'cause_category') AS cause_method,
    max(value) FILTER (WHERE field = 'trigger_category') AS trigger_category,
    max(method) FILTER (WHERE field = 'trigger_category') AS trigger_method,
    max(value) FILTER (WHERE field = 'detection_method') AS detection_method,

    try_cast(max(value) FILTER (WHERE field = 'is_planned') AS BOOLEAN) AS is_planned,
    try_cast(max(value) FILTER (WHERE field = 'is_resolved') AS BOOLEAN) AS is_resolved,
    from_json(max(json_value) FILTER (WHERE field = 'authors'), '["VARCHAR"]') AS authors,
    from_json(max(json_value) FILTER (WHERE field = 'reviewers'), '["VARCHAR"]') AS reviewers,
    from_json(max(json_value) FILTER (WHERE field = 'five_whys'), '["VARCHAR"]') AS five_whys
FROM chosen
GROUP BY incident_id
