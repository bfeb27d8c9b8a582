-- Where the next week of engineering should go: the loss that open prevention items, and work on a cause of a service,
-- would be expected to avoid over the next quarter.
-- One row per open prevention item, and per cause and service of which there were incidents or are such items.
-- Key: kind, priority_id.
-- Loss avoided = incidents per day × days ahead × mean impact of an incident × effectiveness. The rate is that of the
-- cause and service over the last twelve months (unless asked otherwise), drawn towards that of all pairs of a cause
-- and a service on record, most of which had no incident; by as much as differences between pairs did not last from one
-- part of these months to another. The mean impact is that of the known ones, drawn towards that of all incidents
-- likewise, so that one long incident does not make a priority; impacts have heavy tails, and the largest may be to
-- come. It is made for a quarter ahead: what sets pairs apart wears off, and further ahead is overstated. Effectiveness is
-- an assumption of the settings, the same for all: it moves every figure and no rank. Each item counts as if it were
-- done alone; two items against one cause of one service do not avoid it twice. An incident counts for its first
-- service. The measure is customer impact in minutes (stated, else the time to resolve), or cost where it is known of
-- half of the incidents and of 20 at least, or users, when asked.
-- Not rankable, with the reason in not_rankable_reason: items of no incident, or of one without cause or service, and all
-- where no day of these months is on record: silence after the records end lowers no rate.
-- Left out: planned work.
-- Added: measure (minutes, users or cost), n (incidents of the pair of which the measure is known), incidents_per_year
-- with incidents_per_year_low and incidents_per_year_high, impact_per_incident with impact_per_incident_low and
-- impact_per_incident_high, loss_avoided with loss_avoided_low and loss_avoided_high (90 %, by 4,000 seeded draws),
-- loss_per_point with loss_per_point_low and loss_per_point_high (the same ÷ story points; empty without an estimate),
-- priority_rank (by loss avoided, within its kind; equal losses share a rank), per_point_rank (the same by
-- loss_per_point), coverage (n as a share of incident_count), measure_coverage (of all incidents of known cause and
-- service, the share of which the measure is known), currency (of cost, as the settings say), not_rankable_count (items
-- that could not be ranked), effectiveness, horizon_days.
WITH watched AS (
    SELECT
        min(observed_from) AS watched_from,
        max(observed_until) AS watched_until
    FROM periods
),

-- Causes and services on record by then, in the period or before it: any of them could have met.
known AS (
    SELECT
        count(DISTINCT recorded_incidents.cause_category) FILTER (WHERE lower(recorded_incidents.cause_category) <> 'unknown')
        * count(DISTINCT lower(trim(recorded_incidents.service))) AS pair_count
    FROM recorded_incidents
    CROSS JOIN watched
    WHERE NOT recorded_incidents.is_left_out AND recorded_incidents.occurred_at < watched.watched_until
),

placed AS (
    SELECT
        selected_incidents.*,
        lower(trim(selected_incidents.service)) AS folded_service,
        (epoch(selected_incidents.occurred_at) - epoch(watched.watched_from))
        / nullif(epoch(watched.watched_until) - epoch(watched.watched_from), 0) AS place
    FROM selected_incidents
    CROSS JOIN watched
    WHERE
        NOT selected_incidents.is_left_out
        AND selected_incidents.cause_category IS NOT NULL
        AND lower(selected_incidents.cause_category) <> 'unknown'
        AND selected_incidents.service IS NOT NULL
        AND selected_incidents.occurred_at IS NOT NULL
),

occurrences AS (
    SELECT
        cause_category,
        folded_service,
        min(service) AS service,
        count(*) AS incident_count,
        [
            count(*) FILTER (WHERE place < 0.25),
            count(*) FILTER (WHERE place >= 0.25 AND place < 0.5),
            count(*) FILTER (WHERE place >= 0.5 AND place < 0.75),
            count(*) FILTER (WHERE place >= 0.75)
        ] AS part_counts,
        list(impact_minutes ORDER BY impact_minutes) FILTER (WHERE impact_minutes IS NOT NULL) AS impact_minutes,
        list(CAST(affected_user_count AS DOUBLE) ORDER BY affected_user_count)
        FILTER (WHERE affected_user_count IS NOT NULL) AS user_counts,
        list(cost ORDER BY cost) FILTER (WHERE cost IS NOT NULL) AS costs
    FROM placed
    GROUP BY cause_category, folded_service
),

items AS (
    SELECT
        selected_action_items.action_item_id,
        action_items.description,
        selected_action_items.incident_id,
        selected_action_items.team,
        action_items.jira_key,
        action_items.url,
        selected_action_items.story_points,
        selected_action_items.is_overdue,
        selected_action_items.prevention_basis = 'kind' AS is_prevention_known,
        incidents.service,
        CASE WHEN lower(incidents.cause_category) <> 'unknown' THEN incidents.cause_category END AS cause_category,
        lower(trim(incidents.service)) AS folded_service,
        CASE
            WHEN selected_action_items.incident_id IS NULL THEN 'belongs to no incident'
            WHEN incidents.cause_category IS NULL OR lower(incidents.cause_category) = 'unknown' THEN 'no cause is known'
            WHEN incidents.service IS NULL THEN 'no service is stated'
            WHEN incidents.is_planned THEN 'planned work'
            WHEN coalesce(watched.watched_from = watched.watched_until, TRUE) THEN 'no day of these months is on record'
        END AS not_rankable_reason
    FROM selected_action_items
    INNER JOIN marts.action_items ON selected_action_items.action_item_id = action_items.action_item_id
    CROSS JOIN watched
    LEFT JOIN marts.incidents ON selected_action_items.incident_id = incidents.incident_id
    WHERE selected_action_items.prevention_basis IS NOT NULL AND selected_action_items.outcome = 'open'
),

open_items AS (
    SELECT
        cause_category,
        folded_service,
        min(service) AS service,
        count(*) AS open_item_count
    FROM items
    WHERE not_rankable_reason IS NULL
    GROUP BY cause_category, folded_service
),

pairs AS (
    SELECT
        cause_category,
        folded_service,
        coalesce(occurrences.service, open_items.service) AS service,
        coalesce(occurrences.incident_count, 0) AS incident_count,
        coalesce(open_items.open_item_count, 0) AS open_item_count,
        coalesce(occurrences.part_counts, [0, 0, 0, 0]) AS part_counts,
        coalesce(occurrences.impact_minutes, []) AS impact_minutes,
        coalesce(occurrences.user_counts, []) AS user_counts,
        coalesce(occurrences.costs, []) AS costs
    FROM occurrences
    FULL JOIN open_items USING (cause_category, folded_service)
),

listed AS (
    SELECT
        'cause_and_service' AS kind,
        pairs.cause_category || ' / ' || pairs.folded_service AS priority_id,
        pairs.cause_category || ' of ' || pairs.service AS title,
        CAST(NULL AS VARCHAR) AS incident_id,
        CAST(NULL AS VARCHAR) AS team,
        CAST(NULL AS VARCHAR) AS jira_key,
        CAST(NULL AS VARCHAR) AS url,
        CAST(NULL AS DOUBLE) AS story_points,
        CAST(NULL AS BOOLEAN) AS is_overdue,
        CAST(NULL AS BOOLEAN) AS is_prevention_known,
        CAST(NULL AS VARCHAR) AS not_rankable_reason,
        pairs.*
    FROM pairs
    UNION ALL
    SELECT
        'action_item' AS kind,
        items.action_item_id AS priority_id,
        items.description AS title,
        items.incident_id,
        items.team,
        items.jira_key,
        items.url,
        items.story_points,
        items.is_overdue,
        items.is_prevention_known,
        items.not_rankable_reason,
        items.cause_category,
        items.folded_service,
        items.service,
        coalesce(pairs.incident_count, 0) AS incident_count,
        coalesce(pairs.open_item_count, 0) AS open_item_count,
        coalesce(pairs.part_counts, [0, 0, 0, 0]) AS part_counts,
        CAST(NULL AS DOUBLE[]) AS impact_minutes,
        CAST(NULL AS DOUBLE[]) AS user_counts,
        CAST(NULL AS DOUBLE[]) AS costs
    FROM items
    LEFT JOIN pairs ON items.cause_category = pairs.cause_category AND items.folded_service = pairs.folded_service
)

SELECT
    listed.kind, -- action_item or cause_and_service
    listed.priority_id, -- the action item, or cause and service
    listed.title, -- what is promised, or cause and service
    listed.cause_category, -- the cause it is against
    listed.service, -- the service
    listed.incident_id, -- the incident it was promised for
    listed.team, -- whose action item it is
    listed.jira_key, -- its issue
    listed.url, -- where people read the issue
    listed.story_points, -- its estimate; empty when there is none
    listed.is_overdue, -- whether it is open past its committed date
    listed.is_prevention_known, -- whether it is known to prevent; false where its kind is unknown, and so is that of the others of its incident
    listed.not_rankable_reason, -- why no loss can be put to it; empty when one can
    listed.incident_count, -- incidents of the cause and service in the days watched
    (epoch(watched.watched_until) - epoch(watched.watched_from)) / 86400.0 AS watched_days, -- days of records these are of
    listed.open_item_count, -- open prevention items against the cause and service
    listed.part_counts, -- those incidents, in each quarter of the days watched
    known.pair_count, -- pairs of a cause and a service on record: any of them could have had an incident
    listed.impact_minutes, -- of those incidents, in minutes, from low to high; told once, not again of each action item
    listed.user_counts, -- users each affected, from low to high; likewise
    listed.costs -- what each cost, from low to high; likewise
FROM listed
CROSS JOIN watched
CROSS JOIN known
ORDER BY listed.kind, listed.priority_id
