-- An address that people click is one of the web, never a script or a file.
SELECT
    incident_id,
    url
FROM marts.links
WHERE lower(url) NOT LIKE 'http://%' AND lower(url) NOT LIKE 'https://%'
