-- What Jira did not show at the moment asked about.
-- One row per span of time in which Jira did not show an issue or a key.
--
-- An issue that was held and is first missed later was there then. A key that never led to an issue, and does not yet,
-- is taken to have led to none then, either, whenever it was first asked for.
SELECT
    absences.* REPLACE (
        CASE WHEN absences.found_again_at <= parameters.as_of THEN absences.found_again_at END AS found_again_at
    )
FROM raw.jira_absences AS absences
CROSS JOIN settings.parameters AS parameters
WHERE
    absences.checked_at <= parameters.as_of
    OR (absences.issue_id IS NULL AND absences.found_again_at IS NULL)
