-- What costs something says which figures it is that lose or doubt an incident, and the other way about.
SELECT
    finding_number,
    rule,
    cost
FROM marts.findings
WHERE (cost > 0) <> (lost_incident_count > 0 OR doubted_figures <> [])
