-- What each issue was, one state after another: the spells of its life between changes of its status.
-- One row per issue and spell.
-- Key: issue_id, spell_number.
--
-- Moves among statuses that mean the same end no spell. Before the first change an issue was what that change left.
-- A past decision is told done or declined as it stood at its end, by the words of int_jira__decline_words; the present
-- one as in int_jira__issue_outcomes. Where the history does not lead to what the issue is now (cut short, imported), the
-- last spell begins when Jira says that the category changed or that the resolution was set, else when the issue was last
-- changed; of an issue decided nobody knows when, nothing is known before, either.
WITH stages AS (
    SELECT
        issue_id,
        change_number,
        changed_at,
        to_value AS status,
        CASE
            WHEN from_category = 'done' THEN 'decided'
            WHEN from_category IN ('new', 'indeterminate', 'undefined') THEN 'open'
            ELSE 'unknown'
        END AS from_stage,
        CASE
            WHEN to_category = 'done' THEN 'decided'
            WHEN to_category IN ('new', 'indeterminate', 'undefined') THEN 'open'
            ELSE 'unknown'
        END AS to_stage
    FROM intermediate.int_jira__changes
    WHERE field = 'status'
),

first_changes AS (
    SELECT
        issue_id,
        from_stage
    FROM stages
    QUALIFY row_number() OVER (PARTITION BY issue_id ORDER BY change_number ASC) = 1
),

last_changes AS (
    SELECT
        issue_id,
        changed_at,
        to_stage
    FROM stages
    QUALIFY row_number() OVER (PARTITION BY issue_id ORDER BY change_number DESC) = 1
),

present AS (
    SELECT
        issues.issue_id,
        issues.created_at,
        issues.updated_at,
        issues.status_category_changed_at,
        issues.status,
        outcomes.outcome,
        CASE WHEN outcomes.outcome IN ('done', 'declined') THEN 'decided' ELSE outcomes.outcome END AS stage,
        coalesce(outcomes.done_at, outcomes.declined_at) AS decided_at,
        last_changes.changed_at AS last_changed_at,
        last_changes.to_stage AS last_stage,
        first_changes.from_stage AS first_stage
    FROM staging.stg_jira__issues AS issues
    INNER JOIN intermediate.int_jira__issue_outcomes AS outcomes ON issues.issue_id = outcomes.issue_id
    LEFT JOIN first_changes ON issues.issue_id = first_changes.issue_id
    LEFT JOIN last_changes ON issues.issue_id = last_changes.issue_id
),

beginnings AS (
    SELECT
        issue_id,
        created_at AS begins_at,
        CASE
            WHEN first_stage IS NOT NULL THEN first_stage
            WHEN stage = 'decided' AND decided_at > created_at THEN 'open'
            ELSE stage
        END AS stage
    FROM present
    WHERE present.first_stage IS NOT NULL OR present.stage <> 'decided' OR present.decided_at IS NOT NULL
),

-- Where what is known of the present does not follow from what went before.
leaps AS (
    SELECT
        present.issue_id,
        present.status,
        present.stage,
        CASE
            WHEN present.last_changed_at IS NULL THEN present.decided_at
            WHEN present.decided_at >= present.last_changed_at THEN present.decided_at
            WHEN present.status_category_changed_at >= present.last_changed_at
                THEN present.status_category_changed_at
            WHEN present.updated_at >= present.last_changed_at THEN present.updated_at
            ELSE present.last_changed_at
        END AS begins_at
    FROM present
    LEFT JOIN beginnings ON present.issue_id = beginnings.issue_id
    WHERE present.stage IS DISTINCT FROM coalesce(present.last_stage, beginnings.stage)
),

points AS (
    SELECT
        issue_id,
        0 AS place,
        begins_at,
        CAST(NULL AS VARCHAR) AS status,
        stage
    FROM beginnings
    UNION ALL
    SELECT
        issue_id,
        change_number AS place,
        changed_at AS begins_at,
        status,
        to_stage AS stage
    FROM stages
    UNION ALL
    SELECT
        issue_id,
        1000000000 AS place,
        begins_at,
        status,
        stage
    FROM leaps
),

steps AS (
    SELECT
        issue_id,
        place,
        begins_at,
        status,
        stage,
        CASE
            WHEN lag(stage) OVER (PARTITION BY issue_id ORDER BY place ASC) = stage THEN 0
            ELSE 1
        END AS is_beginning
    FROM points
),

numbered AS (
    SELECT
        issue_id,
        place,
        begins_at,
        status,
        stage,
        is_beginning,
        sum(is_beginning) OVER (
            PARTITION BY issue_id
            ORDER BY place ASC
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS spell_number
    FROM steps
),

last_statuses AS (
    SELECT
        issue_id,
        spell_number,
        status
    FROM numbered
    QUALIFY row_number() OVER (PARTITION BY issue_id, spell_number ORDER BY place DESC) = 1
),

spells AS (
    SELECT
        issue_id,
        spell_number,
        stage,
        begins_at AS from_at,
        lead(begins_at) OVER (PARTITION BY issue_id ORDER BY spell_number ASC) AS until_at,
        row_number() OVER (PARTITION BY issue_id ORDER BY spell_number DESC) = 1 AS is_last
    FROM numbered
    WHERE is_beginning = 1
),

resolution_changes AS (
    SELECT
        issue_id,
        change_number,
        changed_at,
        from_value,
        to_value
    FROM intermediate.int_jira__changes
    WHERE field = 'resolution'
),

-- The resolution as a past decision had it when it was taken back: what the last change before made it, else what the
-- first change after took away.
past_resolutions AS (
    SELECT
        spells.issue_id,
        spells.spell_number,
        CASE
            WHEN resolution_changes.changed_at < spells.until_at THEN resolution_changes.to_value
            ELSE resolution_changes.from_value
        END AS resolution
    FROM spells
    INNER JOIN resolution_changes ON spells.issue_id = resolution_changes.issue_id
    WHERE spells.stage = 'decided' AND NOT spells.is_last
    QUALIFY row_number() OVER (
        PARTITION BY spells.issue_id, spells.spell_number
        ORDER BY
            CASE WHEN resolution_changes.changed_at < spells.until_at THEN 1 ELSE 2 END ASC,
            CASE
                WHEN resolution_changes.changed_at < spells.until_at THEN -resolution_changes.change_number
                ELSE resolution_changes.change_number
            END ASC
    ) = 1
)

SELECT
    spells.issue_id,
    spells.spell_number,
    CASE
        WHEN spells.is_last THEN present.outcome
        WHEN spells.stage <> 'decided' THEN spells.stage
        WHEN decline_resolutions.word IS NOT NULL OR decline_statuses.word IS NOT NULL THEN 'declined'
        ELSE 'done'
    END AS outcome,
    spells.from_at,
    spells.until_at,
    spells.is_last
FROM spells
INNER JOIN present ON spells.issue_id = present.issue_id
LEFT JOIN last_statuses
    ON spells.issue_id = last_statuses.issue_id AND spells.spell_number = last_statuses.spell_number
LEFT JOIN past_resolutions
    ON spells.issue_id = past_resolutions.issue_id AND spells.spell_number = past_resolutions.spell_number
LEFT JOIN intermediate.int_jira__decline_words AS decline_resolutions
    ON regexp_replace(lower(past_resolutions.resolution), '[^\p{L}\p{N}]+', '', 'g') = decline_resolutions.word
LEFT JOIN intermediate.int_jira__decline_words AS decline_statuses
    ON regexp_replace(lower(last_statuses.status), '[^\p{L}\p{N}]+', '', 'g') = decline_statuses.word
