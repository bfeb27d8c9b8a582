-- How many days a promise has, when no due date was ever set.
-- One row per basis (priority, severity) and word.
-- Key: basis, word.
SELECT
    basis,
    lower(word) AS word,
    min(days) AS days
FROM settings.due_days
GROUP BY basis, lower(word)
