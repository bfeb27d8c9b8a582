-- What is missing, contradictory or doubtful, said to the person who can mend it, and what it costs the figures.
-- One row per finding: what one rule finds at one place of a document is one, however many incidents it concerns.
-- Key: finding_number.
--
-- A figure that leaves an incident out (marts.exclusions) loses it to one finding, the most telling of those that
-- may explain it: so losses add up, and what is mended first shows what is behind it. A figure is in doubt when it
-- uses a value read at the line of the finding. That no start, end or detection is stated is not told when one
-- was, and another finding says why it was left out.
WITH unreadable_values AS (
    SELECT
        evidence.document_id,
        evidence.incident_id,
        evidence.line,
        'value_unreadable' AS rule,
        'error' AS level,
        'The value "' || evidence.value || '" of ' || evidence.field
        || ' does not have the form of its field, and was left out.' AS message,
        evidence.quote
    FROM intermediate.int_incidents__evidence AS evidence
    WHERE evidence.is_eligible AND NOT evidence.is_readable
),

refused_merges AS (
    SELECT
        merged.document_id,
        merged.incident_id,
        CAST(NULL AS INTEGER) AS line,
        'documents_not_merged' AS rule,
        'warning' AS level,
        'This may be on the incident of ' || documents.source || '/' || documents.path || ', and counts as another: '
        || CASE merged.refusal
            WHEN 'key_days_apart' THEN 'both bear one key, but their days lie more than a week apart.'
            WHEN 'key_without_day' THEN 'both bear one key, but one of them names no day.'
            WHEN 'shared_by_many' THEN 'more than twelve documents share the key, or the service and time.'
            ELSE 'joining them would join two incidents of one document.'
        END AS message,
        CAST(NULL AS VARCHAR) AS quote
    FROM intermediate.int_incidents__merged AS merged
    INNER JOIN intermediate.int_incidents__merged AS oldest ON merged.refused_with_id = oldest.told_id
    INNER JOIN intermediate.int_documents__listed AS documents ON oldest.document_id = documents.document_id
    WHERE merged.refusal IS NOT NULL AND merged.document_id <> oldest.document_id
),

unused_reviews AS (
    SELECT
        document_id,
        CAST(NULL AS VARCHAR) AS incident_id,
        CAST(NULL AS INTEGER) AS line,
        'reviewed_value_unused' AS rule,
        'warning' AS level,
        'The reviewed ' || field || ' (line ' || CAST(line AS VARCHAR) || ' of the file of reviewed values) is not used: '
        || CASE problem
            WHEN 'document_unknown' THEN 'no source lists "' || document || '".'
            WHEN 'document_ambiguous'
                THEN
                    'several sources have "' || document || '"; write the source before it, as in docs/' || document || '.'
            WHEN 'no_incident' THEN '"' || document || '" tells of no incident.'
            WHEN 'incident_ambiguous'
                THEN
                    '"' || document || '" tells of several incidents; give the place of the one meant in the column incident.'
            ELSE '"' || document || '" has no incident ' || CAST(ordinal AS VARCHAR) || '.'
        END AS message,
        quote
    FROM intermediate.int_reviewed__matched
    WHERE problem IS NOT NULL AND NOT is_implied
    UNION ALL
    SELECT
        document_id,
        CAST(NULL AS VARCHAR) AS incident_id,
        CAST(NULL AS INTEGER) AS line,
        'reviewed_value_unused' AS rule,
        'warning' AS level,
        'The reviewed ' || field || ' (line ' || CAST(line AS VARCHAR) || ' of the file of reviewed values) is not used: '
        || CASE problem
            WHEN 'other_unknown'
                THEN '"' || value || '" is no incident; name the other one by its id, or by its source and path.'
            WHEN 'other_ambiguous'
                THEN '"' || value || '" names several incidents; name the one meant by its id, or by its source and path.'
            WHEN 'other_is_itself'
                THEN '"' || document || '" and "' || value || '" are one incident; name another.'
            ELSE 'the time of one of the two incidents is not known; state it, or review started_at.'
        END AS message,
        quote
    FROM intermediate.int_reviewed__repeats
    WHERE problem IS NOT NULL
),

-- Whose state cannot be asked for, and is not told by the document either.
tracked_elsewhere AS (
    SELECT
        document_id,
        incident_id,
        min(line) AS line,
        'tracked_elsewhere' AS rule,
        'info' AS level,
        CASE count(*) WHEN 1 THEN '1 action item is' ELSE CAST(count(*) AS VARCHAR) || ' action items are' END
        || ' tracked in ' || tracker
        || ', whose state is not known here; mark what is done in the document, or link an issue of your Jira.'
            AS message,
        CAST(NULL AS VARCHAR) AS quote
    FROM marts.action_items
    WHERE link_state = 'foreign' AND outcome = 'unknown' AND document_id IS NOT NULL
    GROUP BY document_id, incident_id, tracker
),

contradicted_marks AS (
    SELECT
        document_id,
        incident_id,
        line,
        'marked_done_but_open' AS rule,
        'warning' AS level,
        'The document marks this action item as done, and '
        || coalesce(survivor_key, jira_key) || ' is still open in Jira.' AS message,
        quote
    FROM marts.action_items
    WHERE is_marked_done AND outcome = 'open' AND outcome_basis = 'jira'
),

early_decisions AS (
    SELECT
        document_id,
        incident_id,
        line,
        'done_before_promised' AS rule,
        'info' AS level,
        coalesce(survivor_key, jira_key) || ' was ' || outcome || ' on '
        || CAST(CAST(coalesce(done_at, declined_at) AS DATE) AS VARCHAR) || ', before it was promised on '
        || CAST(CAST(promised_at AS DATE) AS VARCHAR)
        || ', so it counts neither as in time nor as late; if other work was promised, name its issue.' AS message,
        quote
    FROM marts.action_items
    WHERE
        outcome IN ('done', 'declined')
        AND committed_on IS NOT NULL
        AND is_on_time IS NULL
        AND promised_at > coalesce(done_at, declined_at)
),

-- A date that Jira once had and moved is a slip, and told as one.
other_due_dates AS (
    SELECT
        items.document_id,
        items.incident_id,
        items.line,
        'due_dates_differ' AS rule,
        'info' AS level,
        'The document wants this by ' || CAST(promises.due_on AS VARCHAR) || ', and ' || items.jira_key
        || ' is due on ' || CAST(items.due_on AS VARCHAR) || ', which counts; correct one of them.' AS message,
        items.quote
    FROM marts.action_items AS items
    INNER JOIN intermediate.int_promises AS promises ON items.action_item_id = promises.action_item_id
    LEFT JOIN intermediate.int_jira__due_dates AS due_dates
        ON items.issue_id = due_dates.issue_id AND promises.due_on = due_dates.due_on
    WHERE items.issue_id IS NOT NULL AND items.due_on <> promises.due_on AND due_dates.issue_id IS NULL
),

issues_named_twice AS (
    SELECT
        document_id,
        incident_id,
        max(line) AS line,
        'issue_named_twice' AS rule,
        'info' AS level,
        CAST(count(*) AS VARCHAR) || ' action items of this incident name ' || jira_key
        || '; each counts, with the same outcome.' AS message,
        CAST(NULL AS VARCHAR) AS quote
    FROM marts.action_items
    WHERE incident_id IS NOT NULL AND issue_id IS NOT NULL
    GROUP BY document_id, incident_id, jira_key
    HAVING count(*) > 1
),

ownerless_services AS (
    SELECT
        document_id,
        incident_id,
        CAST(NULL AS INTEGER) AS line,
        'service_without_team' AS rule,
        'info' AS level,
        'No team of the settings has the service "' || service || '".' AS message,
        CAST(NULL AS VARCHAR) AS quote
    FROM marts.incidents
    CROSS JOIN (SELECT count(*) AS team_count FROM staging.stg_settings__teams) AS configured
    WHERE team IS NULL AND service IS NOT NULL AND NOT is_planned AND configured.team_count > 0
),

unlisted_teams AS (
    SELECT
        incidents.document_id,
        incidents.incident_id,
        CAST(NULL AS INTEGER) AS line,
        'team_unknown' AS rule,
        'info' AS level,
        'The settings know no team "' || incidents.team || '".' AS message,
        CAST(NULL AS VARCHAR) AS quote
    FROM marts.incidents
    LEFT JOIN staging.stg_settings__teams AS teams ON incidents.team = teams.team
    CROSS JOIN (SELECT count(*) AS team_count FROM staging.stg_settings__teams) AS configured
    WHERE incidents.team IS NOT NULL AND teams.team IS NULL AND configured.team_count > 0
),

copies AS (
    SELECT
        copies.document_id,
        CAST(NULL AS VARCHAR) AS incident_id,
        CAST(NULL AS INTEGER) AS line,
        'document_copied' AS rule,
        'warning' AS level,
        'This is a copy of ' || originals.source || '/' || originals.path
        || '; it counts once. Remove one, or exclude it in the settings.' AS message,
        CAST(NULL AS VARCHAR) AS quote
    FROM intermediate.int_documents__copies AS copies
    INNER JOIN intermediate.int_documents__listed AS originals
        ON copies.original_document_id = originals.document_id
    INNER JOIN staging.stg_facts__documents AS readings ON copies.document_id = readings.document_id
    WHERE copies.document_id <> copies.original_document_id AND readings.kind = 'postmortem'
),

found AS (
    SELECT * FROM intermediate.int_findings__read
    UNION ALL
    SELECT * FROM copies
    UNION ALL
    SELECT * FROM unreadable_values
    UNION ALL
    SELECT * FROM intermediate.int_findings__compared
    UNION ALL
    SELECT * FROM refused_merges
    UNION ALL
    SELECT * FROM unused_reviews
    UNION ALL
    SELECT * FROM intermediate.int_findings__jira
    UNION ALL
    SELECT * FROM early_decisions
    UNION ALL
    SELECT * FROM other_due_dates
    UNION ALL
    SELECT * FROM tracked_elsewhere
    UNION ALL
    SELECT * FROM contradicted_marks
    UNION ALL
    SELECT * FROM issues_named_twice
    UNION ALL
    SELECT * FROM ownerless_services
    UNION ALL
    SELECT * FROM unlisted_teams
),

-- What was written and left out is not missing: the finding at its line says why it was left out. Nor is what
-- another document on the incident, or a person who reviewed it, states.
left_out_fields AS (
    SELECT
        incident_id,
        field
    FROM marts.evidence
    WHERE field IN ('started_at', 'resolved_at', 'detected_at')
    GROUP BY incident_id, field
    HAVING count(*) FILTER (WHERE is_chosen) = 0
),

told AS (
    SELECT found.*
    FROM found
    LEFT JOIN left_out_fields
        ON
            found.incident_id = left_out_fields.incident_id
            AND left_out_fields.field = CASE found.rule
                WHEN 'no_start' THEN 'started_at'
                WHEN 'no_end' THEN 'resolved_at'
                WHEN 'no_detection' THEN 'detected_at'
            END
    LEFT JOIN marts.incidents ON found.incident_id = incidents.incident_id
    WHERE
        left_out_fields.field IS NULL
        AND NOT coalesce(CASE found.rule
            WHEN 'no_start' THEN incidents.started_at IS NOT NULL
            WHEN 'no_end' THEN incidents.resolved_at IS NOT NULL
            WHEN 'no_detection' THEN incidents.detected_at IS NOT NULL
            WHEN 'no_date' THEN incidents.occurred_at IS NOT NULL
            WHEN 'no_severity' THEN incidents.severity_label IS NOT NULL OR incidents.severity IS NOT NULL
            WHEN 'no_service' THEN incidents.service IS NOT NULL
            WHEN 'no_cause'
                THEN incidents.root_cause IS NOT NULL OR incidents.cause_category IS NOT NULL
            WHEN 'no_action_items' THEN incidents.action_item_count > 0
        END, FALSE)
),

wordless AS (
    SELECT DISTINCT
        document_id,
        line
    FROM told
    WHERE quote IS NULL AND line IS NOT NULL
),

words AS (
    SELECT
        wordless.document_id,
        wordless.line,
        max(quoted.quote) AS quote
    FROM wordless
    INNER JOIN (
        SELECT
            document_id,
            line,
            quote
        FROM marts.evidence
        UNION ALL
        SELECT
            document_id,
            line,
            quote
        FROM marts.action_items
    ) AS quoted ON wordless.document_id = quoted.document_id AND wordless.line = quoted.line
    GROUP BY wordless.document_id, wordless.line
),

causes AS (
    SELECT
        told.document_id,
        CASE WHEN count(DISTINCT told.incident_id) = 1 THEN max(told.incident_id) END AS incident_id,
        told.line,
        told.rule,
        min(told.level) AS level,
        told.message,
        coalesce(max(told.quote), max(words.quote)) AS quote,
        row_number() OVER (
            ORDER BY
                told.document_id ASC NULLS LAST, told.line ASC NULLS LAST, told.rule ASC,
                CASE WHEN told.line IS NULL THEN told.incident_id END ASC NULLS LAST, told.message ASC
        ) AS finding_number
    FROM told
    LEFT JOIN words ON told.document_id = words.document_id AND told.line = words.line
    GROUP BY
        told.document_id, told.line, told.rule, told.message, CASE WHEN told.line IS NULL THEN told.incident_id END
),

-- The incidents each is about: its own, else all those of its document.
concerned AS (
    SELECT DISTINCT
        causes.finding_number,
        incidents.incident_id,
        incidents.time_to_resolve_minutes,
        CAST(CASE WHEN incidents.severity IS NULL THEN 3 ELSE 6 - incidents.severity END AS DOUBLE) AS weight
    FROM causes
    INNER JOIN marts.incident_documents AS tellings
        ON
            causes.document_id = tellings.document_id
            AND (causes.incident_id = tellings.incident_id OR causes.incident_id IS NULL)
    INNER JOIN marts.incidents ON tellings.incident_id = incidents.incident_id
    WHERE NOT incidents.is_planned
),

losses AS (
    SELECT
        concerned.finding_number,
        concerned.incident_id,
        exclusions.figure,
        concerned.weight
    FROM causes
    INNER JOIN concerned ON causes.finding_number = concerned.finding_number
    INNER JOIN intermediate.int_rules__figures AS explained ON causes.rule = explained.rule
    INNER JOIN marts.exclusions
        ON concerned.incident_id = exclusions.incident_id AND explained.figure = exclusions.figure
    QUALIFY row_number() OVER (
        PARTITION BY exclusions.incident_id, exclusions.figure
        ORDER BY explained.depth ASC, causes.line ASC NULLS LAST, causes.finding_number ASC
    ) = 1
),

doubts AS (
    SELECT DISTINCT
        concerned.finding_number,
        concerned.incident_id,
        parts.figure,
        concerned.weight,
        CASE WHEN parts.figure = 'time_to_resolve' THEN concerned.time_to_resolve_minutes END AS minutes
    FROM causes
    INNER JOIN concerned ON causes.finding_number = concerned.finding_number
    INNER JOIN marts.evidence
        ON
            concerned.incident_id = evidence.incident_id
            AND causes.document_id = evidence.document_id
            AND causes.line = evidence.line
    INNER JOIN intermediate.int_fields__figures AS parts ON evidence.field = parts.field
    LEFT JOIN marts.exclusions
        ON concerned.incident_id = exclusions.incident_id AND parts.figure = exclusions.figure
    WHERE
        exclusions.figure IS NULL
        AND (
            causes.level IN ('error', 'warning')
            OR causes.rule IN ('values_contradict', 'duration_in_support_hours')
        )
),

lost AS (
    SELECT
        finding_number,
        list(DISTINCT figure ORDER BY figure ASC) AS figures,
        count(DISTINCT incident_id) AS incident_count,
        sum(weight) AS cost
    FROM losses
    GROUP BY finding_number
),

doubted AS (
    SELECT
        finding_number,
        list(DISTINCT figure ORDER BY figure ASC) AS figures,
        sum(weight) / 2.0 AS cost,
        sum(minutes) AS minutes
    FROM doubts
    GROUP BY finding_number
),

-- A document that could not be read may hold an incident, of which nothing is known.
unread AS (
    SELECT causes.finding_number
    FROM causes
    INNER JOIN staging.stg_facts__documents AS readings ON causes.document_id = readings.document_id
    WHERE readings.kind = 'unreadable' AND causes.level IN ('error', 'warning')
),

priced AS (
    SELECT
        causes.*,
        CASE WHEN unread.finding_number IS NULL THEN coalesce(lost.figures, []) ELSE ['documents'] END AS lost_figures,
        coalesce(doubted.figures, []) AS doubted_figures,
        CASE WHEN unread.finding_number IS NULL THEN coalesce(lost.incident_count, 0) ELSE 1 END
            AS lost_incident_count,
        doubted.minutes AS doubted_minutes,
        coalesce(lost.cost, 0.0)
        + coalesce(doubted.cost, 0.0)
        + CASE WHEN unread.finding_number IS NULL THEN 0.0 ELSE 3.0 END AS cost
    FROM causes
    LEFT JOIN lost ON causes.finding_number = lost.finding_number
    LEFT JOIN doubted ON causes.finding_number = doubted.finding_number
    LEFT JOIN unread ON causes.finding_number = unread.finding_number
)

SELECT
    finding_number, -- its place in this build
    document_id, -- the document to mend; null when the finding is not about one
    incident_id, -- the incident, when it is about one
    line, -- of the document as fetched, from 1; null for something missing
    quote, -- the words at that line
    rule, -- which rule found it, a stable name
    level, -- error, warning or info
    message, -- what is wrong, in a sentence
    lost_figures, -- the figures that leave its incidents out because of it, as in marts.exclusions; documents: a whole document could not be read
    doubted_figures, -- the figures that use a value this finding doubts
    lost_incident_count, -- incidents that at least one figure leaves out because of it; a document not read counts as one
    doubted_minutes, -- minutes of time to resolve that rest on a value this finding doubts
    cost, -- the weight of each incident (marts.exclusions) once for each figure that loses it, half of it for each in doubt
    row_number() OVER (
        ORDER BY
            cost DESC, doubted_minutes DESC NULLS LAST,
            CASE level WHEN 'error' THEN 1 WHEN 'warning' THEN 2 ELSE 3 END ASC, finding_number ASC
    ) AS "rank" -- 1 for what costs the figures most
FROM priced
