-- What promises and postmortems lack: action items without an owner, a date or a tracker, and postmortems that promise
-- nothing.
-- One row per team.
-- Key: team.
-- Action items are those made in the period, or, undated, in any; postmortems, those of incidents in the period. A date is
-- a due date in Jira or in the document; what the policy would give instead is none. A tracker is any issue named,
-- followed or not. Left out: planned work, and incidents without a postmortem.
-- Added: no_owner_low and no_owner_high, no_date_low and no_date_high, no_tracker_low and no_tracker_high, nothing_low and
-- nothing_high: the 90 % intervals of the shares, of action items exact for as many as their incidents are worth, because
-- items of one incident often lack the same; empty where nothing counts.
WITH clusters AS (
    SELECT
        coalesce(team, 'not stated') AS team,
        count(*) AS n,
        count(*) FILTER (WHERE has_no_owner) AS no_owner_count,
        count(*) FILTER (WHERE first_due_on IS NULL AND due_on IS NULL) AS no_date_count,
        count(*) FILTER (WHERE has_no_issue) AS no_tracker_count
    FROM grouped_action_items
    WHERE is_made_in_period OR opened_at IS NULL
    GROUP BY coalesce(team, 'not stated'), coalesce(incident_id, 'item ' || action_item_id)
),

items AS (
    SELECT
        team,
        CAST(sum(n) AS BIGINT) AS n,
        CAST(sum(no_owner_count) AS BIGINT) AS no_owner_count,
        CAST(sum(no_date_count) AS BIGINT) AS no_date_count,
        CAST(sum(no_tracker_count) AS BIGINT) AS no_tracker_count,
        [count(*), CAST(sum(n * n) AS BIGINT)] AS sizes,
        [CAST(sum(n * no_owner_count) AS BIGINT), CAST(sum(no_owner_count * no_owner_count) AS BIGINT)] AS no_owner_sums,
        [CAST(sum(n * no_date_count) AS BIGINT), CAST(sum(no_date_count * no_date_count) AS BIGINT)] AS no_date_sums,
        [CAST(sum(n * no_tracker_count) AS BIGINT), CAST(sum(no_tracker_count * no_tracker_count) AS BIGINT)] AS no_tracker_sums
    FROM clusters
    GROUP BY team
),

postmortems AS (
    SELECT
        coalesce(team, 'not stated') AS team,
        count(*) FILTER (WHERE has_postmortem) AS postmortem_count,
        count(*) FILTER (WHERE has_postmortem AND coalesce(action_item_count, 0) = 0) AS nothing_promised_count,
        count(*) AS incident_count
    FROM selected_incidents
    WHERE NOT is_left_out
    GROUP BY coalesce(team, 'not stated')
)

SELECT
    coalesce(items.team, postmortems.team) AS team, -- of the item, or of the incident; 'not stated' when nothing tells
    coalesce(items.n, 0) AS n, -- action items
    coalesce(items.no_owner_count, 0) AS no_owner_count, -- of these, that name nobody
    items.no_owner_count / nullif(items.n, 0) AS no_owner_share, -- no_owner_count of n
    coalesce(items.no_date_count, 0) AS no_date_count, -- of these, without a due date
    items.no_date_count / nullif(items.n, 0) AS no_date_share, -- no_date_count of n
    coalesce(items.no_tracker_count, 0) AS no_tracker_count, -- of these, that name no issue anywhere
    items.no_tracker_count / nullif(items.n, 0) AS no_tracker_share, -- no_tracker_count of n
    coalesce(postmortems.postmortem_count, 0) AS postmortem_count, -- incidents with a postmortem
    coalesce(postmortems.nothing_promised_count, 0) AS nothing_promised_count, -- of these, without any action item
    postmortems.nothing_promised_count / nullif(postmortems.postmortem_count, 0) AS nothing_share, -- nothing_promised_count of postmortem_count
    coalesce(postmortems.incident_count, 0) AS incident_count, -- incidents
    postmortems.postmortem_count / nullif(postmortems.incident_count, 0) AS coverage, -- postmortem_count of these; empty without incidents
    list_concat(items.sizes, items.no_owner_sums) AS no_owner_spread, -- over the items' incidents: their number, the sums of n², n × hits and hits²
    list_concat(items.sizes, items.no_date_sums) AS no_date_spread, -- likewise of those without a date
    list_concat(items.sizes, items.no_tracker_sums) AS no_tracker_spread -- likewise of those without a tracker
FROM items
FULL OUTER JOIN postmortems ON items.team = postmortems.team
ORDER BY lower(coalesce(items.team, postmortems.team)), coalesce(items.team, postmortems.team)
