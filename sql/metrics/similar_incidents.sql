-- What one incident resembles: earlier incidents that it is like, and later ones that are like it.
-- One row per other incident, what no person rejected first, then the nearest in time.
-- Key: other_incident_id.
-- The incident is the one whose id is the text searched for; the reader's other choices do not count. Candidates until a
-- person confirms them; what a person rejected is told as that. Association, not proof.
-- Of each incident, the ten latest earlier ones of its cause and service within the days the settings name are known,
-- and the three closest in text. Left out: planned work.
WITH sides AS (
    SELECT
        repeats.*,
        repeats.earlier_incident_id AS other_incident_id,
        TRUE AS is_earlier
    FROM marts.repeats
    INNER JOIN filters ON repeats.incident_id = filters.search_text
    UNION ALL
    SELECT
        repeats.*,
        repeats.incident_id AS other_incident_id,
        FALSE AS is_earlier
    FROM marts.repeats
    INNER JOIN filters ON repeats.earlier_incident_id = filters.search_text
)

SELECT
    sides.other_incident_id, -- the other incident
    others.title, -- its title
    others.occurred_at, -- when it began, UTC
    others.service, -- where it happened
    others.cause_category, -- its cause
    sides.is_earlier, -- whether it came before the incident asked for
    sides.gap_days, -- days between the two
    sides.basis, -- why the two are thought to be alike: cause_and_service, text, both, or reviewed
    sides.similarity, -- of their texts, 0 to 1; empty when they are not close
    sides.shared_words, -- the words that make the texts alike, the most telling first
    sides.is_confirmed, -- what a person said of it: true a repeat, false none; empty until then
    sides.open_prevention_item_count, -- prevention items of the earlier of the two still open when the later one began
    sides.overdue_prevention_item_count, -- of these, past their committed date
    sides.is_prevention_known -- whether these are known to prevent; false where their kind is unknown; empty when none was open
FROM sides
INNER JOIN marts.incidents AS others ON sides.other_incident_id = others.incident_id
ORDER BY coalesce(sides.is_confirmed, TRUE) DESC, sides.gap_days, sides.other_incident_id
