-- Which fields of an incident each figure is made from; the time to resolve runs between the two times the
-- settings name.
-- One row per field and figure.
-- Key: field, figure.
SELECT
    parts.field,
    parts.figure
FROM (
    VALUES
    ('started_at', 'time_to_detect'),
    ('detected_at', 'time_to_detect'),
    ('stated_time_to_detect_minutes', 'time_to_detect'),
    ('stated_time_to_resolve_minutes', 'time_to_resolve'),
    ('occurred_on', 'incidents_by_period'),
    ('cause_category', 'impact_by_cause'),
    ('customer_impact_minutes', 'impact_by_cause'),
    ('service', 'impact_by_service'),
    ('customer_impact_minutes', 'impact_by_service'),
    ('severity', 'severity'),
    ('severity_label', 'severity'),
    ('service', 'teams'),
    ('team', 'teams')
) AS parts (field, figure)
UNION ALL
SELECT
    parameters.resolve_from AS field,
    'time_to_resolve' AS figure
FROM staging.stg_settings__parameters AS parameters
UNION ALL
SELECT
    parameters.resolve_to AS field,
    'time_to_resolve' AS figure
FROM staging.stg_settings__parameters AS parameters
