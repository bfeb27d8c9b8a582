-- Every action item of a team is open, done, declined or unknown; none is on time that was not decided.
SELECT
    team,
    action_item_count,
    open_count,
    done_count,
    declined_count,
    unknown_count
FROM marts.teams
WHERE
    action_item_count <> open_count + done_count + declined_count + unknown_count
    OR overdue_count > open_count
    OR ignored_count > overdue_count
    OR on_time_count > decided_with_commitment_count
    OR resolved_incident_count > incident_count
    OR postmortem_count > incident_count
    OR nothing_promised_count > postmortem_count
    OR closed_in_bulk_count > closed_count
    OR pushed_item_count > action_item_count
