-- Which team a service belongs to; names are compared without regard to case.
-- One row per service.
-- Key: folded_service.
SELECT
    lower(trim(service)) AS folded_service,
    min(team) AS team
FROM settings.team_services
GROUP BY lower(trim(service))
