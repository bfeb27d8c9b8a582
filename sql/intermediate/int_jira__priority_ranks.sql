-- The order of the usual names of priorities, 1 the most urgent, for those that Jira's own list does not hold. A name
-- that is not here has no rank, and a change to or from it is not counted as a drop.
-- One row per word.
-- Key: word.
SELECT
    ranks.word,
    ranks.priority_rank
FROM (
    VALUES
    ('highest', 1), ('high', 2), ('medium', 3), ('low', 4), ('lowest', 5),
    ('blocker', 1), ('critical', 2), ('major', 3), ('minor', 4), ('trivial', 5),
    ('urgent', 1), ('normal', 3),
    ('p0', 0), ('p1', 1), ('p2', 2), ('p3', 3), ('p4', 4), ('p5', 5)
) AS ranks (word, priority_rank)
