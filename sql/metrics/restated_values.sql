-- What a build says of each incident and each action item, value by value, to be laid beside what another build says.
-- One row per incident or action item and field of it, whether the filters let it through or not.
-- Key: subject, subject_id, field.
-- Empty values are kept, so that one that came or went is seen. Of an incident each value bears the document and the
-- method that it was read by; what is reckoned from others (a duration, the team of a service) has none.
WITH chosen AS (
    SELECT
        incident_id,
        field,
        document_id,
        method
    FROM marts.evidence
    WHERE is_chosen
),

incident_values AS (
    SELECT
        incidents.incident_id,
        incidents.title,
        selected_incidents.incident_id IS NOT NULL AS is_selected,
        unnest([
            'title', 'severity', 'service', 'team', 'occurred_at', 'started_at', 'detected_at', 'acknowledged_at',
            'declared_at', 'mitigated_at', 'resolved_at', 'stated_time_to_detect_minutes',
            'stated_time_to_acknowledge_minutes', 'stated_time_to_mitigate_minutes', 'stated_time_to_resolve_minutes',
            'time_to_detect_minutes', 'time_to_acknowledge_minutes', 'time_to_mitigate_minutes',
            'time_to_resolve_minutes', 'is_planned', 'customer_impact_minutes', 'affected_user_count', 'cost',
            'cause_category', 'trigger_category', 'detection_method'
        ]) AS field,
        unnest([
            incidents.title,
            CAST(incidents.severity AS VARCHAR),
            incidents.service,
            incidents.team,
            CAST(incidents.occurred_at AS VARCHAR),
            CAST(incidents.started_at AS VARCHAR),
            CAST(incidents.detected_at AS VARCHAR),
            CAST(incidents.acknowledged_at AS VARCHAR),
            CAST(incidents.declared_at AS VARCHAR),
            CAST(incidents.mitigated_at AS VARCHAR),
            CAST(incidents.resolved_at AS VARCHAR),
            CAST(incidents.stated_time_to_detect_minutes AS VARCHAR),
            CAST(incidents.stated_time_to_acknowledge_minutes AS VARCHAR),
            CAST(incidents.stated_time_to_mitigate_minutes AS VARCHAR),
            CAST(incidents.stated_time_to_resolve_minutes AS VARCHAR),
            CAST(incidents.time_to_detect_minutes AS VARCHAR),
            CAST(incidents.time_to_acknowledge_minutes AS VARCHAR),
            CAST(incidents.time_to_mitigate_minutes AS VARCHAR),
            CAST(incidents.time_to_resolve_minutes AS VARCHAR),
            CAST(incidents.is_planned AS VARCHAR),
            CAST(incidents.customer_impact_minutes AS VARCHAR),
            CAST(incidents.affected_user_count AS VARCHAR),
            CAST(incidents.cost AS VARCHAR),
            incidents.cause_category,
            incidents.trigger_category,
            incidents.detection_method
        ]) AS value
    FROM marts.incidents
    LEFT JOIN selected_incidents ON incidents.incident_id = selected_incidents.incident_id
),

item_values AS (
    SELECT
        action_items.action_item_id,
        action_items.incident_id,
        action_items.document_id,
        action_items.description AS title,
        action_items.issue_id,
        issues.updated_at AS issue_updated_at,
        coalesce(selected_action_items.is_due, FALSE) AS is_due,
        coalesce(selected_action_items.is_due, FALSE)
        OR coalesce(
            (filters.period_from IS NULL OR selected_action_items.promised_at >= filters.period_from)
            AND (filters.period_to IS NULL OR selected_action_items.promised_at < filters.period_to),
            FALSE
        ) AS is_selected,
        unnest([
            'description', 'kind', 'incident_id', 'owner', 'team', 'priority', 'link_state', 'outcome', 'done_at',
            'declined_at', 'due_on', 'committed_on', 'is_on_time'
        ]) AS field,
        unnest([
            action_items.description,
            action_items.kind,
            action_items.incident_id,
            action_items.owner,
            action_items.team,
            action_items.priority,
            action_items.link_state,
            action_items.outcome,
            CAST(action_items.done_at AS VARCHAR),
            CAST(action_items.declined_at AS VARCHAR),
            CAST(action_items.due_on AS VARCHAR),
            CAST(action_items.committed_on AS VARCHAR),
            CAST(action_items.is_on_time AS VARCHAR)
        ]) AS value
    FROM marts.action_items
    CROSS JOIN filters
    LEFT JOIN selected_action_items ON action_items.action_item_id = selected_action_items.action_item_id
    LEFT JOIN marts.issues AS issues ON action_items.issue_id = issues.issue_id
),

told AS (
    SELECT
        'incident' AS subject,
        incident_values.incident_id AS subject_id,
        incident_values.incident_id,
        incident_values.title,
        incident_values.field,
        incident_values.value,
        chosen.document_id,
        chosen.method,
        CAST(NULL AS VARCHAR) AS issue_id,
        CAST(NULL AS TIMESTAMP) AS issue_updated_at,
        FALSE AS is_due,
        incident_values.is_selected
    FROM incident_values
    LEFT JOIN chosen
        ON incident_values.incident_id = chosen.incident_id AND incident_values.field = chosen.field
    UNION ALL
    SELECT
        'action_item' AS subject,
        action_item_id AS subject_id,
        incident_id,
        title,
        field,
        value,
        document_id,
        CAST(NULL AS VARCHAR) AS method,
        issue_id,
        issue_updated_at,
        is_due,
        is_selected
    FROM item_values
)

SELECT
    subject, -- incident or action_item
    subject_id, -- the incident or the action item
    incident_id, -- the incident, or that of the action item
    title, -- of the incident, or what was promised
    field, -- the column of its table
    value, -- as text; empty when unknown
    document_id, -- the document that the value was read from, or that promises the item
    method, -- how the value was read; 'reviewed' when a person gave it
    issue_id, -- the Jira issue of the action item
    issue_updated_at, -- when Jira last changed that
    is_due, -- of an action item, whether it came due in the period: it counts in the share decided on time
    is_selected -- whether the filters let it through; an action item: promised in the period, or due in it
FROM told
ORDER BY subject, subject_id, field
