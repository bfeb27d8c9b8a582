-- Which field of an issue holds what: team, story_points, severity, sprint, epic_link or incident.
-- One row per purpose and field.
-- Key: purpose, field_id.
SELECT DISTINCT
    purpose,
    field_id
FROM settings.jira_fields
