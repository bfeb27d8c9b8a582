-- Which team a person belongs to. Somebody named by two teams belongs, for these tables, to neither.
-- One row per person.
-- Key: folded_person.
SELECT
    lower(trim(person)) AS folded_person,
    min(team) AS team
FROM settings.team_people
GROUP BY lower(trim(person))
HAVING count(DISTINCT team) = 1
