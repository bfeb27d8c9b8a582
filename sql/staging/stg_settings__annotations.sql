-- What the file of annotations says happened: releases, changes of policy and the like.
-- One row per line of the file.
-- Key: line.
SELECT
    line,
    starts_on,
    coalesce(ends_on, starts_on) AS ends_on,
    label,
    service,
    kind
FROM settings.annotations
