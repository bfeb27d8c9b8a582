-- What share of the incidents each figure can use, and which findings say why it leaves out the others.
-- One row per figure.
-- Key: figure.
-- Left out: planned work. Follow-through is of the incidents that promised something, and cannot use one of whose
-- action items nothing tells what became. An incident whose day nobody knows lies in no period.
-- An incident that a figure leaves out is put down to one finding; where none says why, it is among left_out_count only.
WITH figures AS (
    SELECT
        figure,
        place
    FROM (
        VALUES
        ('incidents_by_period', 1),
        ('time_to_resolve', 2),
        ('time_to_detect', 3),
        ('severity', 4),
        ('impact_by_cause', 5),
        ('impact_by_service', 6),
        ('teams', 7),
        ('follow_through', 8)
    ) AS named (figure, place)
),

asked AS (
    SELECT
        figures.figure,
        figures.place,
        selected_incidents.incident_id
    FROM figures
    INNER JOIN selected_incidents
        ON figures.figure <> 'follow_through' OR selected_incidents.action_item_count > 0
    WHERE NOT selected_incidents.is_left_out
),

left_out AS (
    SELECT
        asked.figure,
        asked.incident_id
    FROM asked
    INNER JOIN marts.exclusions ON asked.incident_id = exclusions.incident_id AND asked.figure = exclusions.figure
),

losing AS (
    SELECT
        incident_id,
        document_id,
        rule,
        "rank",
        unnest(lost_figures) AS figure
    FROM selected_findings
),

candidates AS (
    SELECT
        left_out.figure,
        left_out.incident_id,
        losing.rule,
        losing."rank"
    FROM left_out
    INNER JOIN losing ON left_out.incident_id = losing.incident_id AND left_out.figure = losing.figure
    UNION ALL
    SELECT
        left_out.figure,
        left_out.incident_id,
        losing.rule,
        losing."rank"
    FROM left_out
    INNER JOIN marts.incident_documents AS tellings ON left_out.incident_id = tellings.incident_id
    INNER JOIN losing
        ON
            tellings.document_id = losing.document_id
            AND left_out.figure = losing.figure
            AND losing.incident_id IS NULL
),

explained AS (
    SELECT
        figure,
        incident_id,
        rule
    FROM candidates
    QUALIFY row_number() OVER (PARTITION BY figure, incident_id ORDER BY "rank" ASC) = 1
),

counted_reasons AS (
    SELECT
        figure,
        rule,
        count(*) AS incident_count
    FROM explained
    GROUP BY figure, rule
),

reasons AS (
    SELECT
        figure,
        list(rule ORDER BY incident_count DESC, rule ASC) AS rules,
        list(incident_count ORDER BY incident_count DESC, rule ASC) AS counts
    FROM counted_reasons
    GROUP BY figure
),

counted AS (
    SELECT
        asked.figure,
        count(*) AS incident_count,
        count(left_out.incident_id) AS left_out_count
    FROM asked
    LEFT JOIN left_out ON asked.figure = left_out.figure AND asked.incident_id = left_out.incident_id
    GROUP BY asked.figure
)

SELECT
    figures.figure, -- as in marts.exclusions
    coalesce(counted.incident_count, 0) AS incident_count, -- incidents it is asked of
    coalesce(counted.incident_count - counted.left_out_count, 0) AS n, -- of these, those it can use
    coalesce(counted.left_out_count, 0) AS left_out_count, -- of these, those it leaves out
    (counted.incident_count - counted.left_out_count) / nullif(counted.incident_count, 0) AS coverage, -- n as a share of incident_count
    coalesce(reasons.rules, []) AS rules, -- the rules whose findings say why, the most frequent first
    coalesce(reasons.counts, []) AS rule_counts -- for each of these, the incidents put down to it
FROM figures
LEFT JOIN counted ON figures.figure = counted.figure
LEFT JOIN reasons ON figures.figure = reasons.figure
ORDER BY figures.place
