-- The words in the name or the outward phrase of a type of link by which it says that one issue is another's
-- duplicate, or its clone. They are sought in lower case. Add words of other languages here, and nowhere else.
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
    ('クローン', 'clone'), ('複製', 'clone'), ('복제', 'clone')
) AS words (word, link_kind)
