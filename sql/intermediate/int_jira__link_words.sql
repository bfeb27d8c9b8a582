-- The words in the name or the outward phrase of a type of link by which it says that one issue is another's
-- duplicate, its clone, its cause, or a review of it. They are sought in lower case. The reader of incidents that are
-- issues knows the same words (pipeline/record_mappings/issues.py).
-- One row per word.
-- Key: word.
SELECT
    words.word,
    words.link_kind
FROM (
    VALUES
    ('dupli', 'duplicate'), ('doublon', 'duplicate'), ('дублик', 'duplicate'),
    ('дублир', 'duplicate'), ('重复', 'duplicate'), ('重複', 'duplicate'), ('중복', 'duplicate'),
    ('clon', 'clone'), ('klon', 'clone'), ('клон', 'clone'), ('克隆', 'clone'), ('复制', 'clone'),
    ('クローン', 'clone'), ('複製', 'clone'), ('복제', 'clone'),
    ('problem/incident', 'cause'), ('caus', 'cause'), ('verursach', 'cause'), ('ursache', 'cause'),
    ('veroorza', 'cause'), ('причин', 'cause'), ('原因', 'cause'), ('원인', 'cause'),
    ('incident review', 'review'), ('postmortem', 'review'), ('post-mortem', 'review'), ('reviewed by', 'review')
) AS words (word, link_kind)
