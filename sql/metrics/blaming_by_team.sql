-- How many postmortems are worded so that they blame people rather than what let it happen, team by team.
-- One row per team.
-- Key: team.
-- A document counts once, however many phrases it has, and one that tells of incidents of several teams for each of them.
-- A phrase is a hint: docs/lint.md names those looked for, and what is left alone. Left out: planned work; documents that
-- are no postmortem or could not be read.
-- Added: blaming_low and blaming_high, the exact 90 % interval of blaming_share.
WITH told AS (
    SELECT DISTINCT
        coalesce(selected_incidents.team, 'not stated') AS team,
        tellings.document_id
    FROM selected_incidents
    INNER JOIN marts.incident_documents AS tellings ON selected_incidents.incident_id = tellings.incident_id
    INNER JOIN marts.documents ON tellings.document_id = documents.document_id
    WHERE NOT selected_incidents.is_left_out AND documents.kind = 'postmortem'
),

phrases AS (
    SELECT
        document_id,
        count(*) AS phrase_count
    FROM selected_findings
    WHERE rule = 'blaming_wording'
    GROUP BY document_id
)

SELECT
    told.team, -- of the incidents; 'not stated' when nothing tells
    count(*) AS n, -- postmortems
    count(phrases.document_id) AS blaming_count, -- of these, with wording that blames people
    count(phrases.document_id) / count(*) AS blaming_share, -- blaming_count of n
    CAST(coalesce(sum(phrases.phrase_count), 0) AS BIGINT) AS phrase_count -- phrases in these
FROM told
LEFT JOIN phrases ON told.document_id = phrases.document_id
GROUP BY told.team
ORDER BY lower(told.team), told.team
