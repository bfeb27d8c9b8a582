-- Which incident each document tells of: several documents on one incident give one.
-- One row per incident as a listed document tells it.
-- Key: told_id.
--
-- Two documents are on one incident when the settings say so by its key, or by a shared service and overlapping
-- times; what is joined to one thing is joined to all that is joined to it. The incident keeps the id it has in the
-- document that was listed first (then: written first, then by source and path), so that a document which is added
-- later changes no id; what is shown of it (title, link) is of the document that tells most. Never joined:
-- planned work with what was not planned; two incidents of one document, and whatever would join them; what more
-- than twelve share; a key whose days lie more than a week apart; a key of documents of several sources of which one
-- gives no day; a bare number of one source with that of another.
WITH RECURSIVE tellings AS (
    SELECT
        incidents.incident_id AS told_id,
        incidents.document_id,
        incidents.ordinal,
        documents.source,
        row_number() OVER (
            ORDER BY
                listings.first_listed_at ASC, documents.written_at ASC NULLS LAST,
                documents.source ASC, documents.path ASC, incidents.ordinal ASC, incidents.incident_id ASC
        ) AS age_rank
    FROM staging.stg_facts__incidents AS incidents
    INNER JOIN intermediate.int_documents__listed AS documents ON incidents.document_id = documents.document_id
    INNER JOIN staging.stg_documents__listings AS listings ON incidents.document_id = listings.document_id
),

told AS (
    SELECT
        incident_id AS told_id,
        field,
        ordinal AS told_ordinal,
        value,
        moment,
        "day",
        number,
        flag,
        entries
    FROM staging.stg_facts__evidence
    WHERE
        is_chosen
        AND field IN (
            'incident_key', 'service', 'services', 'is_planned', 'occurred_on', 'started_at', 'detected_at',
            'declared_at', 'mitigated_at', 'resolved_at', 'stated_time_to_resolve_minutes'
        )
    UNION ALL
    SELECT
        told_id,
        field,
        told_ordinal,
        value,
        moment,
        "day",
        number,
        flag,
        entries
    FROM intermediate.int_reviewed__matched
    WHERE told_id IS NOT NULL
),

-- Only what shares a key, or may share a service, is looked at any further.
candidates AS (
    SELECT told.told_id
    FROM told
    INNER JOIN staging.stg_settings__merge_by AS merge_by ON merge_by.basis = 'incident_key'
    WHERE told.field = 'incident_key'
    QUALIFY count(*) OVER (PARTITION BY lower(trim(told.value))) > 1
    UNION
    SELECT tellings.told_id
    FROM tellings
    INNER JOIN staging.stg_settings__merge_by AS merge_by ON merge_by.basis = 'service_and_time'
),

stated AS (
    SELECT
        told.told_id,
        told.field,
        told.value,
        told.moment,
        told."day",
        told.number,
        told.flag,
        told.entries
    FROM candidates
    INNER JOIN told ON candidates.told_id = told.told_id
    QUALIFY row_number() OVER (PARTITION BY told.told_id, told.field ORDER BY told.told_ordinal ASC) = 1
),

fields AS (
    SELECT
        told_id,
        max(lower(trim(value))) FILTER (WHERE field = 'incident_key') AS folded_key,
        max(value) FILTER (WHERE field = 'service') AS service,
        max(entries) FILTER (WHERE field = 'services') AS services,
        coalesce(bool_or(flag) FILTER (WHERE field = 'is_planned'), FALSE) AS is_planned,
        coalesce(
            max(moment) FILTER (WHERE field = 'started_at'),
            max(moment) FILTER (WHERE field = 'detected_at'),
            max(moment) FILTER (WHERE field = 'declared_at')
        ) AS begins_at,
        coalesce(
            max(moment) FILTER (WHERE field = 'resolved_at'),
            max(moment) FILTER (WHERE field = 'mitigated_at')
        ) AS stated_end_at,
        max(number) FILTER (WHERE field = 'stated_time_to_resolve_minutes') AS stated_minutes,
        max("day") FILTER (WHERE field = 'occurred_on') AS occurred_on
    FROM stated
    GROUP BY told_id
),

spans AS (
    SELECT
        tellings.told_id,
        tellings.document_id,
        tellings.source,
        tellings.age_rank,
        CASE
            WHEN fields.folded_key <> upper(fields.folded_key) THEN fields.folded_key
            ELSE tellings.source || ' ' || fields.folded_key
        END AS folded_key,
        fields.service,
        fields.services,
        fields.is_planned,
        fields.begins_at,
        coalesce(CAST(fields.begins_at AS DATE), fields.occurred_on) AS day_on,
        CASE
            WHEN fields.stated_end_at >= fields.begins_at THEN fields.stated_end_at
            ELSE fields.begins_at + coalesce(fields.stated_minutes, 0.0) * INTERVAL '1' MINUTE
        END AS ends_at
    FROM tellings
    INNER JOIN fields ON tellings.told_id = fields.told_id
),

-- A key that several incidents of one document bear is the document's, and tells nothing of any of them.
keyed AS (
    SELECT
        told_id,
        document_id,
        source,
        age_rank,
        folded_key,
        is_planned,
        day_on
    FROM spans
    INNER JOIN staging.stg_settings__merge_by AS merge_by ON merge_by.basis = 'incident_key'
    WHERE spans.folded_key IS NOT NULL
    QUALIFY count(*) OVER (PARTITION BY spans.document_id, spans.folded_key) = 1
),

key_groups AS (
    SELECT
        folded_key,
        is_planned,
        min(day_on) AS first_on,
        max(day_on) AS last_on,
        count(*) - count(day_on) AS undated_count,
        count(DISTINCT source) AS source_count
    FROM keyed
    GROUP BY folded_key, is_planned
    HAVING count(*) > 1
),

judged_keys AS (
    SELECT
        folded_key,
        is_planned,
        CASE
            WHEN date_diff('day', first_on, last_on) > 7 THEN 'key_days_apart'
            WHEN undated_count > 0 AND source_count > 1 THEN 'key_without_day'
        END AS refusal
    FROM key_groups
),

key_members AS (
    SELECT
        keyed.told_id,
        keyed.age_rank,
        'key ' || CAST(keyed.is_planned AS VARCHAR) || ' ' || keyed.folded_key AS group_name,
        'incident_key' AS basis,
        judged_keys.refusal
    FROM keyed
    INNER JOIN judged_keys
        ON keyed.folded_key = judged_keys.folded_key AND keyed.is_planned = judged_keys.is_planned
),

serving AS (
    SELECT DISTINCT
        told_id,
        age_rank,
        is_planned,
        begins_at,
        ends_at,
        lower(trim(service)) AS folded_service
    FROM (
        SELECT
            told_id,
            age_rank,
            is_planned,
            begins_at,
            ends_at,
            service
        FROM spans
        UNION ALL
        SELECT
            told_id,
            age_rank,
            is_planned,
            begins_at,
            ends_at,
            unnest(services) AS service
        FROM spans
    ) AS named
    INNER JOIN staging.stg_settings__merge_by AS merge_by ON merge_by.basis = 'service_and_time'
    WHERE service IS NOT NULL AND begins_at IS NOT NULL
),

-- An incident that begins after all earlier ones of its service have ended begins a run of its own.
reached AS (
    SELECT
        serving.*,
        max(ends_at) OVER (
            PARTITION BY folded_service, is_planned
            ORDER BY begins_at ASC, age_rank ASC
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS reached_at,
        lag(begins_at) OVER (
            PARTITION BY folded_service, is_planned
            ORDER BY begins_at ASC, age_rank ASC
        ) AS last_begins_at
    FROM serving
),

service_runs AS (
    SELECT
        told_id,
        age_rank,
        folded_service,
        is_planned,
        sum(CASE WHEN begins_at < reached_at OR begins_at = last_begins_at THEN 0 ELSE 1 END) OVER (
            PARTITION BY folded_service, is_planned
            ORDER BY begins_at ASC, age_rank ASC
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS run_number
    FROM reached
),

members AS (
    SELECT
        told_id,
        age_rank,
        group_name,
        basis,
        refusal
    FROM key_members
    UNION ALL
    SELECT
        told_id,
        age_rank,
        'service ' || CAST(is_planned AS VARCHAR) || ' ' || CAST(run_number AS VARCHAR) || ' ' || folded_service
            AS group_name,
        'service_and_time' AS basis,
        CAST(NULL AS VARCHAR) AS refusal
    FROM service_runs
),

sized AS (
    SELECT
        members.*,
        min(age_rank) OVER (PARTITION BY group_name) AS oldest_rank,
        count(*) OVER (PARTITION BY group_name) AS member_count
    FROM members
),

-- No dozen documents are on one incident: what so many share was misread, or is no mark of an incident.
grouped AS (
    SELECT
        told_id,
        age_rank,
        basis,
        oldest_rank,
        coalesce(refusal, CASE WHEN member_count > 12 THEN 'shared_by_many' END) AS refusal
    FROM sized
    WHERE member_count > 1
),

steps AS (
    SELECT
        age_rank AS from_rank,
        oldest_rank AS to_rank
    FROM grouped
    WHERE refusal IS NULL
    UNION
    SELECT
        oldest_rank AS from_rank,
        age_rank AS to_rank
    FROM grouped
    WHERE refusal IS NULL
),

reachable AS (
    SELECT
        from_rank AS age_rank,
        to_rank AS reached_rank
    FROM steps
    UNION
    SELECT
        reachable.age_rank,
        steps.to_rank AS reached_rank
    FROM reachable
    INNER JOIN steps ON reachable.reached_rank = steps.from_rank
),

joined AS (
    SELECT
        tellings.told_id,
        tellings.document_id,
        tellings.age_rank,
        min(reachable.reached_rank) AS oldest_rank
    FROM reachable
    INNER JOIN tellings ON reachable.age_rank = tellings.age_rank
    GROUP BY tellings.told_id, tellings.document_id, tellings.age_rank
),

counted AS (
    SELECT
        told_id,
        oldest_rank,
        count(*) OVER (PARTITION BY oldest_rank, document_id) AS telling_count
    FROM joined
),

judged AS (
    SELECT
        told_id,
        oldest_rank,
        max(telling_count) OVER (PARTITION BY oldest_rank) > 1 AS is_refused
    FROM counted
),

bases AS (
    SELECT
        told_id,
        string_agg(DISTINCT basis, ' and ' ORDER BY basis ASC) AS basis
    FROM grouped
    WHERE refusal IS NULL
    GROUP BY told_id
),

-- How much each document tells: the values it states itself, by how sure they are.
weighed AS (
    SELECT
        incident_id AS told_id,
        round(sum(confidence), 2) AS weight
    FROM staging.stg_facts__evidence
    WHERE is_chosen AND method NOT IN ('path', 'rule')
    GROUP BY incident_id
),

refused AS (
    SELECT
        told_id,
        refusal,
        oldest_rank
    FROM grouped
    WHERE refusal IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY told_id ORDER BY basis ASC, oldest_rank ASC) = 1
)

SELECT
    tellings.told_id,
    tellings.document_id,
    tellings.ordinal,
    CASE WHEN judged.is_refused THEN tellings.told_id ELSE coalesce(oldest.told_id, tellings.told_id) END
        AS incident_id,
    CASE
        WHEN judged.is_refused IS NULL OR judged.is_refused THEN 1
        ELSE row_number() OVER (PARTITION BY judged.oldest_rank, judged.is_refused ORDER BY tellings.age_rank ASC)
    END AS place,
    CASE
        WHEN judged.is_refused IS NULL OR judged.is_refused THEN 1
        ELSE
            row_number() OVER (
                PARTITION BY judged.oldest_rank, judged.is_refused
                ORDER BY coalesce(weighed.weight, 0.0) DESC, tellings.age_rank ASC
            )
    END AS fullness_rank,
    CASE WHEN NOT judged.is_refused AND oldest.told_id <> tellings.told_id THEN bases.basis END AS basis,
    CASE WHEN judged.is_refused THEN 'joins_incidents_of_one_document' ELSE refused.refusal END AS refusal,
    coalesce(CASE WHEN judged.is_refused THEN oldest.told_id END, refusing.told_id) AS refused_with_id
FROM tellings
LEFT JOIN judged ON tellings.told_id = judged.told_id
LEFT JOIN tellings AS oldest ON judged.oldest_rank = oldest.age_rank
LEFT JOIN bases ON tellings.told_id = bases.told_id
LEFT JOIN weighed ON tellings.told_id = weighed.told_id
LEFT JOIN refused ON tellings.told_id = refused.told_id
LEFT JOIN tellings AS refusing ON refused.oldest_rank = refusing.age_rank
