-- The build describes itself in one row.
SELECT count(*) AS row_count
FROM marts.runs
HAVING count(*) <> 1
