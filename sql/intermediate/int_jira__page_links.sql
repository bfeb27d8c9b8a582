-- Which listed documents issues point to, by a remote link or by an address in their field for the incident.
-- One row per issue, way it points, address as written, and document that is read there.
-- Key: issue_id, found_by, url, document_id.
--
-- Two addresses are of one page when host and path are the same, whatever comes after # or the last slash, and
-- whatever is asked of the page after "?", unless the document's own address asks something, too. A page of a
-- Confluence is known by its number, in whichever form the address has it.
WITH documents AS (
    SELECT
        documents.original_document_id AS document_id,
        documents.url,
        CASE WHEN sources.kind = 'confluence' THEN regexp_extract(documents.path, '^pages/([0-9]+)$', 1) ELSE '' END
            AS stated_page
    FROM intermediate.int_documents__copies AS documents
    INNER JOIN staging.stg_settings__sources AS sources ON documents.source = sources.source
    WHERE documents.url IS NOT NULL
),

pointing AS (
    SELECT
        issue_id,
        'remote_link' AS found_by,
        url
    FROM staging.stg_jira__remote_links
    UNION
    SELECT
        issue_id,
        'incident_field' AS found_by,
        regexp_extract(words, '[Hh][Tt][Tt][Pp][Ss]?://[^] |>)]+', 0) AS url
    FROM staging.stg_jira__field_values
    WHERE purpose = 'incident'
),

addresses AS (
    SELECT DISTINCT url FROM documents
    UNION
    SELECT DISTINCT url FROM pointing
),

parts AS (
    SELECT
        url,
        regexp_replace(
            lower(regexp_extract(url, '^[A-Za-z]+://(?:[^/?#@]*@)?([^/?#]+)', 1)), ':(80|443)$', ''
        ) AS host,
        coalesce(regexp_replace(regexp_extract(url, '^[A-Za-z]+://[^/?#]+([^?#]*)', 1), '/+$', ''), '') AS path,
        coalesce(regexp_extract(url, '[?]([^#]*)', 1), '') AS query
    FROM addresses
),

folded AS (
    SELECT
        url,
        host,
        path,
        query,
        CASE
            WHEN regexp_matches(query, '(^|&)pageId=[0-9]+') THEN regexp_extract(query, '(?:^|&)pageId=([0-9]+)', 1)
            ELSE regexp_extract(path, '/pages/(?:edit-v2/)?([0-9]+)(?:/|$)', 1)
        END AS page
    FROM parts
    WHERE host <> ''
),

pages AS (
    SELECT
        documents.document_id,
        folded.host,
        folded.path,
        folded.query,
        CASE WHEN documents.stated_page <> '' THEN documents.stated_page ELSE folded.page END AS page
    FROM documents
    INNER JOIN folded ON documents.url = folded.url
),

asked AS (
    SELECT
        pointing.issue_id,
        pointing.found_by,
        pointing.url,
        folded.host,
        folded.path,
        folded.query,
        folded.page
    FROM pointing
    INNER JOIN folded ON pointing.url = folded.url
)

SELECT
    asked.issue_id,
    asked.found_by,
    asked.url,
    pages.document_id
FROM asked
INNER JOIN pages ON asked.host = pages.host AND asked.page = pages.page
WHERE asked.page <> ''
UNION
SELECT
    asked.issue_id,
    asked.found_by,
    asked.url,
    pages.document_id
FROM asked
INNER JOIN pages
    ON asked.host = pages.host AND asked.path = pages.path AND (pages.query = '' OR asked.query = pages.query)
