-- What happened ends on its first day or later.
SELECT
    line,
    starts_on,
    ends_on
FROM marts.annotations
WHERE ends_on < starts_on
