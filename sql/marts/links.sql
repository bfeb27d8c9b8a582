-- Where the evidence lies: graphs, logs, chats, tickets and changes that documents point to.
-- One row per incident and address of the web; action items keep their own.
-- Key: incident_id, url.
SELECT
    merged.incident_id, -- the incident
    links.url, -- the address
    links.document_id, -- the first document that gives it
    links.kind, -- graph, log, chat, ticket, change, document or other
    links.label, -- the words it stands behind
    links.line -- of the document as fetched, from 1
FROM staging.stg_facts__links AS links
INNER JOIN intermediate.int_incidents__merged AS merged ON links.incident_id = merged.told_id
WHERE lower(links.url) LIKE 'http://%' OR lower(links.url) LIKE 'https://%'
QUALIFY row_number() OVER (PARTITION BY merged.incident_id, links.url ORDER BY merged.place ASC, links.ordinal ASC) = 1
