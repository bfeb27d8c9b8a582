-- The warehouse: what was fetched (raw), what reading it yielded (facts), and what the settings say (settings).
-- Only the pipeline opens it. Raw is appended to; a newer version is a newer row. Facts can be made again
-- from raw at any time. Settings are written afresh at each build. All times are UTC.

CREATE SCHEMA IF NOT EXISTS raw;
CREATE SCHEMA IF NOT EXISTS facts;
CREATE SCHEMA IF NOT EXISTS settings;

-- One row per attempt to fetch a source. A row without finished_at is a run that was killed.
CREATE TABLE IF NOT EXISTS raw.fetches (
    fetch_id VARCHAR PRIMARY KEY,
    source VARCHAR NOT NULL,      -- the name of the configured source; 'jira' for the Jira
    kind VARCHAR NOT NULL,        -- folder, git, confluence, export, jira_incidents, jira
    started_at TIMESTAMP NOT NULL,
    finished_at TIMESTAMP,
    outcome VARCHAR,              -- ok, failed
    item_count BIGINT,            -- what the source holds: documents listed, issues followed
    changed_count BIGINT,         -- of these, new or changed since the last fetch
    message VARCHAR               -- why it failed
);
ALTER TABLE raw.fetches ADD COLUMN IF NOT EXISTS site_at TIMESTAMP; -- by the source's clock: all that changed before it is held
ALTER TABLE raw.fetches ADD COLUMN IF NOT EXISTS is_sweep BOOLEAN; -- of a Jira: whether everything was looked at
ALTER TABLE raw.fetches ADD COLUMN IF NOT EXISTS scope VARCHAR; -- of a Jira: what was followed, from the settings
ALTER TABLE raw.fetches ADD COLUMN IF NOT EXISTS jql VARCHAR; -- of a Jira: the JQL in force; empty without one, null when not kept
ALTER TABLE raw.fetches ADD COLUMN IF NOT EXISTS jql_count BIGINT; -- of a look at everything: issues the JQL found; null without one
ALTER TABLE raw.fetches ADD COLUMN IF NOT EXISTS call_count BIGINT; -- how often the source was asked
ALTER TABLE raw.fetches ADD COLUMN IF NOT EXISTS retry_count BIGINT; -- of these, again after a failure
ALTER TABLE raw.fetches ADD COLUMN IF NOT EXISTS waited_seconds DOUBLE; -- on the source's demand, or before asking again

-- One row per version of a document.
CREATE TABLE IF NOT EXISTS raw.documents (
    document_id VARCHAR NOT NULL, -- of source and path, so stable across runs
    source VARCHAR NOT NULL,
    path VARCHAR NOT NULL,        -- relative to its source, with forward slashes
    url VARCHAR,
    content VARCHAR,              -- as fetched; base64 of a PDF's bytes; null when problem says why
    content_hash VARCHAR NOT NULL,
    size_bytes BIGINT NOT NULL,
    problem VARCHAR,              -- why content is null: see PROBLEMS in pipeline/raw_documents.py
    modified_at TIMESTAMP,        -- as the source says
    fetched_at TIMESTAMP NOT NULL,
    media_type VARCHAR,           -- how content is read; null stands for text/plain
    title VARCHAR,                -- where the source keeps it apart from the content, as a wiki does
    version VARCHAR,              -- the source's own name for this state: a blob's id, a page's version
    written_at TIMESTAMP,         -- when the source first held it, where it says so
    PRIMARY KEY (document_id, content_hash)
);
-- Warehouses made before these columns keep what they hold.
ALTER TABLE raw.documents ADD COLUMN IF NOT EXISTS media_type VARCHAR;
ALTER TABLE raw.documents ADD COLUMN IF NOT EXISTS title VARCHAR;
ALTER TABLE raw.documents ADD COLUMN IF NOT EXISTS version VARCHAR;
ALTER TABLE raw.documents ADD COLUMN IF NOT EXISTS written_at TIMESTAMP;

-- One row per document and span of time in which its source listed it, in which version.
CREATE TABLE IF NOT EXISTS raw.listings (
    document_id VARCHAR NOT NULL,
    content_hash VARCHAR NOT NULL,
    listed_from TIMESTAMP NOT NULL,
    listed_until TIMESTAMP        -- null: still listed
);
ALTER TABLE raw.listings ADD COLUMN IF NOT EXISTS availability_basis VARCHAR; -- null: a fetch listed it; see sql/past

-- One row per version of a Jira issue, as Jira sent it.
CREATE TABLE IF NOT EXISTS raw.jira_issues (
    issue_id VARCHAR NOT NULL,    -- the numeric id: a key can change, and come to mean another issue
    issue_key VARCHAR NOT NULL,
    payload JSON NOT NULL,        -- the issue as REST v2 sends it, without its changelog and people's pictures
    updated_at TIMESTAMP,         -- Jira's `updated`
    history_complete BOOLEAN NOT NULL, -- whether every entry of its changelog was read
    fetched_at TIMESTAMP NOT NULL,
    PRIMARY KEY (issue_id, fetched_at)
);

ALTER TABLE raw.jira_issues ADD COLUMN IF NOT EXISTS read_at TIMESTAMP; -- when Jira last showed it so

-- One row per entry of an issue's changelog: its author, time and one or more changed fields.
CREATE TABLE IF NOT EXISTS raw.jira_histories (
    issue_id VARCHAR NOT NULL,
    history_id VARCHAR NOT NULL,
    payload JSON NOT NULL,
    fetched_at TIMESTAMP NOT NULL,
    PRIMARY KEY (issue_id, history_id)
);

-- One row per issue and reason it is followed for: 'document' (a document names its key), 'jql' (the JQL of the
-- settings finds it), 'incident' (a document names it as the incident's own issue), 'incident_link' (linked to
-- such an issue), 'remote_link' (it links to a document), 'parent', 'child', 'survivor' (of a duplicate).
CREATE TABLE IF NOT EXISTS raw.jira_follows (
    issue_id VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    found_at TIMESTAMP NOT NULL,
    PRIMARY KEY (issue_id, reason)
);

-- One row per issue and JQL of the settings that found it, when it first did. An older version kept none.
CREATE TABLE IF NOT EXISTS raw.jira_jql_finds (
    issue_id VARCHAR NOT NULL,
    jql VARCHAR NOT NULL,         -- its condition, with single spaces
    found_at TIMESTAMP NOT NULL,
    PRIMARY KEY (issue_id, jql)
);

-- One row per key that led to an issue when it was asked for, and time it first did: a moved issue answers to
-- its former keys.
CREATE TABLE IF NOT EXISTS raw.jira_keys (
    issue_key VARCHAR NOT NULL,
    issue_id VARCHAR NOT NULL,
    found_at TIMESTAMP NOT NULL,
    PRIMARY KEY (issue_key, issue_id)
);

-- One row per span of time in which Jira did not show an issue: one held from before (deleted or hidden), or one
-- that a document names and that was never seen.
CREATE TABLE IF NOT EXISTS raw.jira_absences (
    issue_key VARCHAR NOT NULL,   -- the key asked for, or the last the held issue had
    checked_at TIMESTAMP NOT NULL, -- when it was first found absent
    issue_id VARCHAR,             -- of the issue held from before; null: never seen
    found_again_at TIMESTAMP,     -- null: still absent
    reason VARCHAR                -- not_shown: deleted or hidden; project_not_shown: nor is its project
);
ALTER TABLE raw.jira_absences ADD COLUMN IF NOT EXISTS issue_id VARCHAR;
ALTER TABLE raw.jira_absences ADD COLUMN IF NOT EXISTS found_again_at TIMESTAMP;
ALTER TABLE raw.jira_absences ADD COLUMN IF NOT EXISTS reason VARCHAR;

-- One row per issue and state of its links to pages elsewhere, and when it was last asked for them.
CREATE TABLE IF NOT EXISTS raw.jira_remote_links (
    issue_id VARCHAR NOT NULL,
    payload JSON NOT NULL,        -- the list as Jira sent it; empty when there are none
    fetched_at TIMESTAMP NOT NULL,
    checked_at TIMESTAMP NOT NULL
);

-- One row per thing Jira defines and time it was first seen so: statuses, priorities, fields, projects.
CREATE TABLE IF NOT EXISTS raw.jira_definitions (
    kind VARCHAR NOT NULL,        -- status, priority, field, project
    definition_id VARCHAR NOT NULL, -- Jira's id; of a project its key
    position INTEGER,             -- its place in Jira's list, from 1: priorities stand in their order
    payload JSON NOT NULL,
    fetched_at TIMESTAMP NOT NULL
);
-- Warehouses made before keep the statuses and projects they knew: Jira may list them no more.
CREATE TABLE IF NOT EXISTS raw.jira_statuses (status_id VARCHAR, payload JSON, fetched_at TIMESTAMP);
CREATE TABLE IF NOT EXISTS raw.jira_projects (project_key VARCHAR, fetched_at TIMESTAMP);
INSERT INTO raw.jira_definitions
SELECT DISTINCT ON (status_id) 'status' AS kind, status_id, NULL AS position, payload, fetched_at
FROM raw.jira_statuses ORDER BY status_id, fetched_at DESC;
INSERT INTO raw.jira_definitions
SELECT
    'project' AS kind,
    project_key,
    NULL AS position,
    json_object('key', project_key) AS payload,
    max(fetched_at) AS fetched_at
FROM raw.jira_projects GROUP BY project_key;
DROP TABLE raw.jira_statuses;
DROP TABLE raw.jira_projects;

-- One row per document that was read, in the version and by the parser it was read with.
CREATE TABLE IF NOT EXISTS facts.documents (
    document_id VARCHAR PRIMARY KEY,
    content_hash VARCHAR NOT NULL,
    reading_hash VARCHAR NOT NULL, -- of the parser's own code and of the settings it was given
    kind VARCHAR NOT NULL,         -- postmortem, template, index, empty, unreadable, not_a_postmortem
    title VARCHAR,
    parsed_at TIMESTAMP NOT NULL
);
ALTER TABLE facts.documents ADD COLUMN IF NOT EXISTS is_restricted BOOLEAN; -- whether it says that only some may see it

CREATE TABLE IF NOT EXISTS facts.incidents (
    incident_id VARCHAR NOT NULL,
    document_id VARCHAR NOT NULL,
    ordinal INTEGER NOT NULL
);

-- One row per value of a field; the field names and types are in pipeline/documents/facts.py.
CREATE TABLE IF NOT EXISTS facts.evidence (
    document_id VARCHAR NOT NULL,
    incident_id VARCHAR NOT NULL,
    field VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    method VARCHAR NOT NULL,
    line INTEGER,
    quote VARCHAR NOT NULL,
    confidence DOUBLE NOT NULL,
    is_chosen BOOLEAN NOT NULL
);

CREATE TABLE IF NOT EXISTS facts.events (
    document_id VARCHAR NOT NULL,
    incident_id VARCHAR NOT NULL,
    ordinal INTEGER NOT NULL,
    "at" TIMESTAMP,
    at_text VARCHAR NOT NULL,
    text VARCHAR NOT NULL,
    kind VARCHAR,
    line INTEGER
);

CREATE TABLE IF NOT EXISTS facts.action_items (
    action_item_id VARCHAR NOT NULL,
    document_id VARCHAR NOT NULL,
    incident_id VARCHAR NOT NULL,
    ordinal INTEGER NOT NULL,
    description VARCHAR NOT NULL,
    kind VARCHAR,
    owner VARCHAR,
    priority VARCHAR,
    due_on DATE,
    is_marked_done BOOLEAN,
    tracker VARCHAR,
    issue_key VARCHAR,
    url VARCHAR,
    line INTEGER,
    quote VARCHAR NOT NULL,
    kind_words VARCHAR,            -- the words by which the kind was told
    is_marked_declined BOOLEAN     -- decided against; then it is marked neither done nor open
);
ALTER TABLE facts.action_items ADD COLUMN IF NOT EXISTS kind_words VARCHAR;
ALTER TABLE facts.action_items ADD COLUMN IF NOT EXISTS is_marked_declined BOOLEAN;

CREATE TABLE IF NOT EXISTS facts.findings (
    document_id VARCHAR NOT NULL,
    incident_id VARCHAR,
    line INTEGER,
    rule VARCHAR NOT NULL,
    level VARCHAR NOT NULL,        -- error, warning, info
    message VARCHAR NOT NULL,
    quote VARCHAR                  -- the words at that line
);
ALTER TABLE facts.findings ADD COLUMN IF NOT EXISTS quote VARCHAR;

-- One row per address a document gives as evidence of what happened.
CREATE TABLE IF NOT EXISTS facts.links (
    document_id VARCHAR NOT NULL,
    incident_id VARCHAR NOT NULL,
    ordinal INTEGER NOT NULL,
    kind VARCHAR NOT NULL,         -- graph, log, chat, ticket, change, document, other
    url VARCHAR NOT NULL,
    label VARCHAR NOT NULL,
    line INTEGER
);

CREATE TABLE IF NOT EXISTS settings.sources (
    source VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    team VARCHAR,                  -- owner of incidents whose service belongs to no team
    time_zone VARCHAR NOT NULL
);
ALTER TABLE settings.sources ADD COLUMN IF NOT EXISTS is_restricted BOOLEAN; -- whether only some may see its documents

CREATE TABLE IF NOT EXISTS settings.team_services (team VARCHAR NOT NULL, service VARCHAR NOT NULL);
CREATE TABLE IF NOT EXISTS settings.team_projects (team VARCHAR NOT NULL, project VARCHAR NOT NULL);
CREATE TABLE IF NOT EXISTS settings.team_people (team VARCHAR NOT NULL, person VARCHAR NOT NULL);
CREATE TABLE IF NOT EXISTS settings.teams (team VARCHAR NOT NULL);
CREATE TABLE IF NOT EXISTS settings.automation_accounts (account VARCHAR NOT NULL);

-- Which field of an issue holds what: team, story_points, severity, sprint, epic_link, incident.
CREATE TABLE IF NOT EXISTS settings.jira_fields (purpose VARCHAR NOT NULL, field_id VARCHAR NOT NULL);

-- Days from the promise to the committed date, when no due date was ever set.
CREATE TABLE IF NOT EXISTS settings.due_days (
    basis VARCHAR NOT NULL,        -- priority, severity
    word VARCHAR NOT NULL,         -- lower case: 'highest', '1'
    days INTEGER NOT NULL
);

-- The types of links that lead from an incident's own issue to its action items; empty: all but some kinds.
CREATE TABLE IF NOT EXISTS settings.action_item_links (link_type VARCHAR NOT NULL); -- its name, in lower case

-- The taxonomy: the categories of causes and triggers.
CREATE TABLE IF NOT EXISTS settings.categories (
    kind VARCHAR NOT NULL,         -- 'cause' or 'trigger'
    category VARCHAR NOT NULL,
    definition VARCHAR,
    published_as VARCHAR           -- the category of published shares it stands for; null: none
);

-- How many days were agreed from the end of an incident to a step of its postmortem: 'written' or 'reviewed'.
CREATE TABLE IF NOT EXISTS settings.postmortem_days (
    step VARCHAR NOT NULL,
    severity INTEGER,              -- null: of any that has no row of its own
    days INTEGER NOT NULL
);

-- By what several documents on one incident are known to be on one: incident_key, service_and_time.
CREATE TABLE IF NOT EXISTS settings.merge_by (basis VARCHAR NOT NULL);

-- One row per line of the file of reviewed values, and per field it sets.
CREATE TABLE IF NOT EXISTS settings.reviewed (
    line INTEGER NOT NULL,         -- of the file, from 1
    document VARCHAR NOT NULL,     -- source/path, or the path alone
    ordinal INTEGER,               -- the incident's place in the document; null: it has one
    field VARCHAR NOT NULL,
    value VARCHAR,                 -- in the form of facts.evidence; null: the document does not state it
    reviewer VARCHAR NOT NULL,
    reviewed_at TIMESTAMP NOT NULL,
    quote VARCHAR NOT NULL,        -- who said it and when, in words
    is_implied BOOLEAN NOT NULL    -- whether it follows from the line's own field, as the service does from the services
);

-- One row per line of the file of annotations: what happened of which charts over time remind.
CREATE TABLE IF NOT EXISTS settings.annotations (
    line INTEGER NOT NULL,         -- of the file, from 1
    starts_on DATE NOT NULL,       -- in the company's time zone
    ends_on DATE,                  -- its last day, counted; null: it has one
    label VARCHAR NOT NULL,
    service VARCHAR,               -- null: it is of all
    kind VARCHAR
);

-- One row: everything else a model needs to know.
CREATE TABLE IF NOT EXISTS settings.parameters (
    build_id VARCHAR NOT NULL,
    built_at TIMESTAMP NOT NULL,
    as_of TIMESTAMP NOT NULL,      -- the moment the tables speak of; "now" in every model
    company VARCHAR NOT NULL,
    is_invented BOOLEAN NOT NULL,
    time_zone VARCHAR NOT NULL,    -- in which a due date ends
    resolve_from VARCHAR NOT NULL, -- the pair that makes the time to resolve: 'started_at' …
    resolve_to VARCHAR NOT NULL,   -- … and 'resolved_at'
    ignored_after_days INTEGER NOT NULL,
    repeat_within_days INTEGER NOT NULL,
    jira_issue_url VARCHAR,        -- what stands before '/browse/PAY-12'; null without a Jira
    product_version VARCHAR NOT NULL,
    duckdb_version VARCHAR NOT NULL
);
ALTER TABLE settings.parameters ADD COLUMN IF NOT EXISTS cost_formula VARCHAR;  -- null: none
ALTER TABLE settings.parameters ADD COLUMN IF NOT EXISTS cost_currency VARCHAR; -- of all costs; null: not said
ALTER TABLE settings.parameters ADD COLUMN IF NOT EXISTS is_as_of BOOLEAN; -- whether the past is made again: only what was known at as_of counts
ALTER TABLE settings.parameters ADD COLUMN IF NOT EXISTS repeat_similarity DOUBLE; -- from which texts are alike, 0 to 1
ALTER TABLE settings.parameters ADD COLUMN IF NOT EXISTS effectiveness DOUBLE; -- share of incidents that a fix is assumed to avoid
ALTER TABLE settings.parameters ADD COLUMN IF NOT EXISTS horizon_days INTEGER; -- for which a fix is looked ahead
