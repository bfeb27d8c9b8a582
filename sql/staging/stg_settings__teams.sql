-- The teams the settings name.
-- One row per team.
-- Key: team.
SELECT
    team,
    lower(team) AS folded_team
FROM settings.teams
