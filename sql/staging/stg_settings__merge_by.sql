-- By what several documents on one incident are known to be on one.
-- One row per basis.
-- Key: basis.
SELECT DISTINCT basis
FROM settings.merge_by
