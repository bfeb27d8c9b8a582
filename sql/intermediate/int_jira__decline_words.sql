-- The names by which Jira's resolutions and statuses say that an item was decided against, not done, and which of them
-- say that another issue has the same to do. Names are compared in lower case without blanks and signs, so "Won't Do",
-- "wont do" and "WON’T-DO" are one. Add words of other languages here, and nowhere else.
-- One row per word.
-- Key: word.
SELECT
    words.word,
    FALSE AS is_duplicate
FROM (
    VALUES
    -- not worth doing
    ('wontdo'), ('willnotdo'), ('wontfix'), ('willnotfix'), ('wontimplement'), ('notdoing'), ('notplanned'),
    ('declined'), ('rejected'), ('denied'), ('refused'), ('cancelled'), ('canceled'), ('abandoned'),
    ('withdrawn'), ('dropped'), ('discarded'), ('deferred'), ('postponed'), ('suspended'),
    ('obsolete'), ('outdated'), ('outofdate'), ('outofscope'), ('nolongerneeded'), ('notneeded'), ('stale'),
    -- said elsewhere
    ('superseded'),
    -- nothing that could be done
    ('cannotreproduce'), ('cantreproduce'), ('notreproducible'), ('unabletoreproduce'), ('couldnotreproduce'),
    ('incomplete'), ('insufficientinformation'), ('needsmoreinformation'), ('invalid'), ('notabug'),
    ('notourbug'), ('notanissue'), ('nonissue'), ('asdesigned'), ('bydesign'), ('worksasdesigned'),
    ('worksasintended'), ('workingasintended'), ('worksforme'), ('nochangerequired'),
    -- German, French, Spanish, Portuguese, Italian, Dutch
    ('wirdnichterledigt'), ('wirdnichtbehoben'), ('nichterledigen'), ('abgelehnt'), ('verworfen'),
    ('abgebrochen'), ('nichtreproduzierbar'), ('kannnichtreproduziertwerden'),
    ('neserapascorrigé'), ('neserapasfait'), ('nepasfaire'), ('annulé'), ('refusé'), ('rejeté'),
    ('impossibleàreproduire'), ('nonreproductible'),
    ('nosehará'), ('nosecorregirá'), ('rechazado'), ('cancelado'), ('nosepuedereproducir'),
    ('nãoseráfeito'), ('nãoserácorrigido'), ('rejeitado'), ('nãoépossívelreproduzir'),
    ('nonverràrisolto'), ('nondafare'), ('annullato'), ('rifiutato'), ('nonriproducibile'),
    ('wordtnietgedaan'), ('wordtnietopgelost'), ('geannuleerd'), ('afgewezen'),
    -- Chinese, Japanese, Korean, Russian
    ('不做'), ('不修复'), ('不予处理'), ('不解决'), ('无法解决'), ('无法重现'), ('无法复现'), ('已取消'), ('已拒绝'),
    ('対応しない'), ('修正しない'), ('再現不可'), ('再現できない'), ('キャンセル'), ('却下'),
    ('수정안함'), ('재현불가'), ('취소됨'), ('거절됨'),
    ('небудетисправлено'), ('небудетсделано'), ('невоспроизводится'), ('отклонено'), ('отменено')
) AS words (word)
UNION ALL
SELECT
    words.word,
    TRUE AS is_duplicate
FROM (
    VALUES
    ('duplicate'), ('duplicated'), ('duplicateissue'), ('closedasduplicate'),
    ('duplikat'), ('doublon'), ('duplicado'), ('duplicada'), ('duplicato'), ('duplicaat'),
    ('重复'), ('重複'), ('중복'), ('дубликат')
) AS words (word)
