-- Where the next week of engineering should go: the loss that open prevention items, and work on a cause of a service,
-- would be expected to avoid over the next quarter.
-- One row per open prevention item, and per cause and service of which there were incidents or are such items.
-- Key: kind, priority_id.
-- Loss avoided = incidents per day × days ahead × mean impact of an incident × effectiveness. The rate is that of the
-- cause and service over the last twelve months (unless asked otherwise), drawn towards that of all by as much as
-- chance calls for (gamma–Poisson). The mean impact is that of a log-normal, heavy-tailed as impacts are, its logarithm
-- drawn towards that of all incidents likewise, so that one long incident does not make a priority. Effectiveness is
-- an assumption of the settings, the same for all: it moves every figure and no rank. Each item counts as if it were
-- done alone; two items against one cause of one service do not avoid it twice. An incident counts for its first
-- service. The measure is customer impact in minutes (stated, else the time to resolve), or cost where the settings
-- have a formula for it, or users, when asked.
-- Not rankable, with the reason in not_rankable_reason: items of no incident, or of one without cause, service or time.
-- Left out: planned work.
-- Added: measure (minutes, users or cost), n (incidents of the pair of which the measure is known), incidents_per_year
-- with incidents_per_year_low and incidents_per_year_high, impact_per_incident with impact_per_incident_low and
-- impact_per_incident_high, loss_avoided with loss_avoided_low and loss_avoided_high (90 %, by 4,000 seeded draws),
-- loss_per_point with loss_per_point_low and loss_per_point_high (the same ÷ story points; empty without an estimate),
-- priority_rank (by loss avoided, within its kind), coverage (n as a share of incident_count), not_rankable_count
-- (items that could not be ranked), effectiveness, horizon_days.
WITH watched AS (
    SELECT
        greatest(min(incidents.occurred_at), max(filters.period_from)) AS watched_from,
        max(runs.as_of) AS watched_until
    FROM marts.incidents
    CROSS JOIN filters
    CROSS JOIN marts.runs
),

occurrences AS (
    SELECT
        selected_incidents.cause_category,
        lower(trim(selected_incidents.service)) AS folded_service,
        min(selected_incidents.service) AS service,
        count(*) AS incident_count,
        list(selected_incidents.impact_minutes ORDER BY selected_incidents.impact_minutes)
        FILTER (WHERE selected_incidents.impact_minutes IS NOT NULL) AS impact_minutes,
        list(CAST(selected_incidents.affected_user_count AS DOUBLE) ORDER BY selected_incidents.affected_user_count)
        FILTER (WHERE selected_incidents.affected_user_count IS NOT NULL) AS user_counts,
        list(selected_incidents.cost ORDER BY selected_incidents.cost)
        FILTER (WHERE selected_incidents.cost IS NOT NULL) AS costs
    FROM selected_incidents
    WHERE
        NOT selected_incidents.is_left_out
        AND selected_incidents.cause_category IS NOT NULL
        AND lower(selected_incidents.cause_category) <> 'unknown'
        AND selected_incidents.service IS NOT NULL
        AND selected_incidents.occurred_at IS NOT NULL
    GROUP BY selected_incidents.cause_category, lower(trim(selected_incidents.service))
),

items AS (
    SELECT
        selected_action_items.action_item_id,
        selected_action_items.description,
        selected_action_items.incident_id,
        selected_action_items.team,
        selected_action_items.jira_key,
        selected_action_items.url,
        selected_action_items.story_points,
        selected_action_items.is_overdue,
        incidents.service,
        CASE WHEN lower(incidents.cause_category) <> 'unknown' THEN incidents.cause_category END AS cause_category,
        lower(trim(incidents.service)) AS folded_service,
        CASE
            WHEN selected_action_items.incident_id IS NULL THEN 'belongs to no incident'
            WHEN incidents.cause_category IS NULL OR lower(incidents.cause_category) = 'unknown' THEN 'no cause is known'
            WHEN incidents.service IS NULL THEN 'no service is stated'
            WHEN incidents.is_planned THEN 'planned work'
        END AS not_rankable_reason
    FROM selected_action_items
    LEFT JOIN marts.incidents ON selected_action_items.incident_id = incidents.incident_id
    WHERE selected_action_items.kind = 'prevent' AND selected_action_items.outcome = 'open'
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
        items.not_rankable_reason,
        items.cause_category,
        items.folded_service,
        items.service,
        coalesce(pairs.incident_count, 0) AS incident_count,
        coalesce(pairs.open_item_count, 0) AS open_item_count,
        coalesce(pairs.impact_minutes, []) AS impact_minutes,
        coalesce(pairs.user_counts, []) AS user_counts,
        coalesce(pairs.costs, []) AS costs
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
    listed.not_rankable_reason, -- why no loss can be put to it; empty when one can
    listed.incident_count, -- incidents of the cause and service in the days watched
    (epoch(watched.watched_until) - epoch(watched.watched_from)) / 86400.0 AS watched_days, -- days of records these are of
    listed.open_item_count, -- open prevention items against the cause and service
    listed.impact_minutes, -- of those incidents, in minutes, from low to high
    listed.user_counts, -- users each affected, from low to high
    listed.costs -- what each cost, from low to high
FROM listed
CROSS JOIN watched
ORDER BY listed.kind, listed.priority_id
