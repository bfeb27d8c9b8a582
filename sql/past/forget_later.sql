-- Takes out of the facts of the past what nobody could have written then, and says what is not known for sure.
--
-- A document that existed then may be held only in a version that was changed later. Of such a text, an incident that
-- began later is left out, and so is every time after that moment, with the length that rests on it. A text that is
-- known to be of then is left as it is: a time to come that it states, it stated then.
CREATE OR REPLACE TEMP TABLE later_texts AS
SELECT
    available.document_id,
    available.availability_basis,
    available.is_text_later,
    parameters.as_of
FROM past.steps.available AS available
CROSS JOIN settings.parameters AS parameters
WHERE available.availability_basis <> 'listed';

CREATE OR REPLACE TEMP TABLE later_incidents AS
SELECT ends.incident_id
FROM past.steps.incident_ends AS ends
INNER JOIN later_texts ON ends.document_id = later_texts.document_id
WHERE later_texts.is_text_later AND ends.began_at > later_texts.as_of;

CREATE OR REPLACE TEMP TABLE unended AS
SELECT ends.incident_id
FROM past.steps.incident_ends AS ends
INNER JOIN later_texts ON ends.document_id = later_texts.document_id
WHERE later_texts.is_text_later AND ends.ended_at > later_texts.as_of;

DELETE FROM past.facts.incidents WHERE incident_id IN (SELECT incident_id FROM later_incidents);
DELETE FROM past.facts.action_items WHERE incident_id IN (SELECT incident_id FROM later_incidents);
DELETE FROM past.facts.links WHERE incident_id IN (SELECT incident_id FROM later_incidents);
DELETE FROM past.facts.findings WHERE incident_id IN (SELECT incident_id FROM later_incidents);
DELETE FROM past.facts.evidence WHERE incident_id IN (SELECT incident_id FROM later_incidents);
DELETE FROM past.facts.events WHERE incident_id IN (SELECT incident_id FROM later_incidents);

DELETE FROM past.facts.evidence AS evidence
USING later_texts
WHERE
    evidence.document_id = later_texts.document_id
    AND later_texts.is_text_later
    AND (
        (
            evidence.field LIKE '%\_at' ESCAPE '\'
            AND try_cast(evidence.value AS TIMESTAMP) > later_texts.as_of
        )
        OR (
            evidence.field IN ('is_resolved', 'stated_time_to_resolve_minutes')
            AND evidence.incident_id IN (SELECT incident_id FROM unended)
        )
    );

DELETE FROM past.facts.events AS events
USING later_texts
WHERE
    events.document_id = later_texts.document_id
    AND later_texts.is_text_later
    AND events."at" > later_texts.as_of;

INSERT INTO past.facts.findings (document_id, incident_id, line, rule, level, message, quote)
SELECT
    document_id,
    NULL AS incident_id,
    NULL AS line,
    'document_not_dated' AS rule,
    'info' AS level,
    'No date of its source says that it existed on ' || CAST(CAST(as_of AS DATE) AS VARCHAR)
    || '; it counts because what it tells of had ended by then.' AS message,
    NULL AS quote
FROM later_texts
WHERE availability_basis = 'incident'
UNION ALL
SELECT
    document_id,
    NULL AS incident_id,
    NULL AS line,
    'text_of_then_not_held' AS rule,
    'info' AS level,
    'What it said on ' || CAST(CAST(as_of AS DATE) AS VARCHAR)
    || ' was never fetched; a later text of it is read, without the times after that day.' AS message,
    NULL AS quote
FROM later_texts
WHERE is_text_later AND availability_basis = 'written';
