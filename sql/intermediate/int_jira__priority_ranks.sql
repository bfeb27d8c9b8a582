-- The order of Jira's usual priority names, 1 the most urgent. A name that is not here has no rank, and a change
-- to or from it is not counted as a drop.
-- One row per word.
-- Key: word.
SELECT
    ranks.word,
    ranks.priority_rank
FROM (
    VALUES
    ('highest', 1), ('blocker', 1), ('critical', 1), ('urgent', 1), ('p0', 0), ('p1', 1),
    ('high', 2), ('p2', 2),
    ('medium', 3), ('major', 2), ('normal', 3), ('p3', 3),
    ('low', 4), ('minor', 4), ('p4', 4),
    ('lowest', 5), ('trivial', 5), ('p5', 5)
) AS ranks (word, priority_rank)
