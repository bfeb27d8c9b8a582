-- What became of each action item and when: each spell in which it was open, done, declined or unknown. Read with a
-- moment, it tells how things stood then: from_at <= moment, and until_at is null or after the moment.
-- One row per action item and spell.
-- Key: action_item_id, spell_number.
--
-- An item that was reopened was done in between, and counts so. The last spell is what marts.action_items says. An item
-- begins when it is opened_at there; what its issue was before is not told. Of one whose issue was closed as a duplicate
-- of another, the spells are its own until then, and the other's after. What only the document marks as decided has no
-- date. Where Jira shows an open issue no more and no document says what became of it, it is unknown from then on.
WITH items AS (
    SELECT
        action_item_id,
        outcome,
        outcome_basis,
        opened_at,
        absent_since_at,
        link_state,
        survivor_issue_id,
        CASE WHEN outcome_basis = 'document' THEN NULL ELSE issue_id END AS told_issue_id
    FROM marts.action_items
),

issue_states AS (
    SELECT * FROM intermediate.int_jira__issue_states
),

-- Its own issue's spells; without the last one where it goes on in another issue.
own AS (
    SELECT
        items.action_item_id,
        states.spell_number AS place,
        states.from_at,
        states.outcome
    FROM items
    INNER JOIN issue_states AS states ON items.told_issue_id = states.issue_id
    WHERE items.survivor_issue_id IS NULL OR NOT states.is_last
),

closings AS (
    SELECT
        items.action_item_id,
        items.survivor_issue_id,
        states.from_at AS closed_at
    FROM items
    INNER JOIN issue_states AS states ON items.told_issue_id = states.issue_id AND states.is_last
    WHERE items.survivor_issue_id IS NOT NULL
),

gone_on AS (
    SELECT
        closings.action_item_id,
        1000000 + states.spell_number AS place,
        CASE WHEN states.from_at < closings.closed_at THEN closings.closed_at ELSE states.from_at END AS from_at,
        states.outcome
    FROM closings
    INNER JOIN issue_states AS states ON closings.survivor_issue_id = states.issue_id
    WHERE states.until_at IS NULL OR closings.closed_at IS NULL OR states.until_at > closings.closed_at
),

first_spells AS (
    SELECT
        issue_id,
        from_at
    FROM issue_states
    WHERE spell_number = 1
),

points AS (
    SELECT
        action_item_id,
        place,
        from_at,
        outcome
    FROM own
    UNION ALL
    SELECT
        action_item_id,
        place,
        from_at,
        outcome
    FROM gone_on
    UNION ALL
    -- promised before there was an issue
    SELECT
        items.action_item_id,
        0 AS place,
        items.opened_at AS from_at,
        'open' AS outcome
    FROM items
    INNER JOIN first_spells ON items.told_issue_id = first_spells.issue_id
    WHERE items.opened_at < first_spells.from_at
    UNION ALL
    -- not shown any more
    SELECT
        action_item_id,
        2000000 AS place,
        absent_since_at AS from_at,
        outcome
    FROM items
    WHERE told_issue_id IS NOT NULL AND link_state = 'missing' AND outcome = 'unknown'
    UNION ALL
    -- told by no issue
    SELECT
        items.action_item_id,
        0 AS place,
        CASE WHEN items.outcome IN ('open', 'unknown') THEN items.opened_at END AS from_at,
        items.outcome
    FROM items
    LEFT JOIN first_spells ON items.told_issue_id = first_spells.issue_id
    WHERE first_spells.issue_id IS NULL
),

-- What was before the item began, it was not yet.
clipped AS (
    SELECT
        points.action_item_id,
        points.place,
        points.outcome,
        CASE WHEN points.from_at < items.opened_at THEN items.opened_at ELSE points.from_at END AS from_at
    FROM points
    INNER JOIN items ON points.action_item_id = items.action_item_id
    QUALIFY
        lead(points.from_at) OVER (PARTITION BY points.action_item_id ORDER BY points.place ASC) IS NULL
        OR items.opened_at IS NULL
        OR lead(points.from_at) OVER (PARTITION BY points.action_item_id ORDER BY points.place ASC) > items.opened_at
),

steps AS (
    SELECT
        action_item_id,
        place,
        outcome,
        from_at
    FROM clipped
    QUALIFY lag(outcome) OVER (PARTITION BY action_item_id ORDER BY place ASC) IS DISTINCT FROM outcome
)

SELECT
    action_item_id, -- the action item
    row_number() OVER (PARTITION BY action_item_id ORDER BY place ASC) AS spell_number, -- the spell's place in its life, from 1
    outcome, -- what it was then: open, done, declined, or unknown
    from_at, -- since when, UTC; null when nobody knows
    lead(from_at) OVER (PARTITION BY action_item_id ORDER BY place ASC) AS until_at, -- until when, UTC, that moment not counted; null for the last spell
    row_number() OVER (PARTITION BY action_item_id ORDER BY place DESC) = 1 AS is_last -- whether it is so still
FROM steps
