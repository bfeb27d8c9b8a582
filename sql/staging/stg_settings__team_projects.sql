-- Which team a Jira project belongs to.
-- One row per project.
-- Key: project.
SELECT
    upper(trim(project)) AS project,
    min(team) AS team
FROM settings.team_projects
GROUP BY upper(trim(project))
