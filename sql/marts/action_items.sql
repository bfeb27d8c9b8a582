-- What was promised, and what became of it.
-- One row per promise and Jira issue pair, and one per issue followed in Jira that no document names, for each incident
-- it belongs to.
-- Key: action_item_id.
--
-- What Jira says wins over what the document says. A promise without an issue is done, declined or open when
-- the document marks it so, and unknown otherwise. Of an issue that Jira no longer shows, a decision stays, and so does
-- what was last known of it; that it was once open says nothing. An issue closed as a duplicate lives on in another, its
-- survivor: status, outcome and their dates, reopenings, owner and activity are the survivor's. What was promised stays
-- the promise's own: its words, priority, team, due dates and how often they moved. A due date of the survivor binds
-- nobody, for it was set for other work, perhaps before the promise was made. A duplicate whose survivor is not known
-- is declined. The committed date is the first due date, unless it was set and had passed before the promise was made;
-- without one, it is the promise plus the days agreed for its priority, else for the severity of its incident. What was
-- decided on a day before the promise is neither in time nor late. Whether an item of unknown outcome is overdue is not
-- known once its date has passed. All judgements are as of marts.runs.as_of, and due dates end in the company's time
-- zone. Where nothing says of any action item of an incident that it prevents, those of unknown kind count as prevention
-- items, told by prevention_basis: most documents state no kinds, and what was promised in them would else never be seen
-- as open, nor as done.
WITH promises AS (
    SELECT * FROM intermediate.int_promises
),

parameters AS (
    SELECT * FROM staging.stg_settings__parameters
),

priority_days AS (
    SELECT
        word,
        days
    FROM staging.stg_settings__due_days
    WHERE basis = 'priority'
),

severity_days AS (
    SELECT
        word,
        days
    FROM staging.stg_settings__due_days
    WHERE basis = 'severity'
),

known_to_prevent AS (
    SELECT DISTINCT incident_id
    FROM promises
    WHERE kind = 'prevent'
),

followed AS (
    SELECT
        promises.action_item_id,
        promises.incident_id,
        promises.document_id,
        promises.line,
        promises.quote,
        promises.kind,
        promises.kind_words,
        CASE
            WHEN promises.kind = 'prevent' THEN 'kind'
            WHEN promises.kind IS NULL AND promises.incident_id IS NOT NULL AND known_to_prevent.incident_id IS NULL
                THEN 'unknown_kind'
        END AS prevention_basis,
        promises.tracker,
        promises.found_by,
        promises.link_state,
        promises.absent_since_at,
        promises.absent_reason,
        promises.is_marked_done,
        promises.is_marked_declined,
        promises.issue_id,
        incidents.occurred_at,
        lasting.status,
        lasting.resolution,
        outcomes.declined_reason,
        outcomes.outcome AS jira_outcome,
        CASE WHEN survivors.survivor_id IS NOT NULL THEN lasting.issue_key END AS survivor_key,
        survivors.survivor_id AS survivor_issue_id,
        issues.history_complete AND lasting.history_complete AS is_history_complete,
        issues.created_at,
        fields.parent_key,
        fields.sprint,
        fields.story_points,
        fields.jira_severity,
        coalesce(care.child_count, 0) AS child_count,
        coalesce(care.child_done_count, 0) AS child_done_count,
        incidents.severity AS incident_severity,
        coalesce(promises.description, issues.summary) AS description,
        coalesce(lasting.owner, issues.owner, promises.owner) AS owner,
        coalesce(issues.priority, promises.priority) AS priority,
        coalesce(issues.issue_key, promises.named_key) AS jira_key,
        CASE
            WHEN promises.tracker = 'jira' AND parameters.jira_issue_url IS NOT NULL
                THEN parameters.jira_issue_url || '/browse/' || coalesce(issues.issue_key, promises.named_key)
            ELSE promises.url
        END AS url,
        coalesce(
            field_teams.team, CASE WHEN configured.team_count = 0 THEN fields.jira_team END,
            team_projects.team, account_teams.team, login_teams.team, email_teams.team, name_teams.team,
            promise_teams.team, incidents.team
        ) AS team,

        CASE
            WHEN outcomes.outcome IN ('done', 'declined') THEN outcomes.outcome
            WHEN (promises.link_state <> 'missing' OR survivors.survivor_id IS NOT NULL) AND outcomes.outcome = 'open'
                THEN 'open'
            WHEN promises.is_marked_done THEN 'done'
            WHEN promises.is_marked_declined THEN 'declined'
            WHEN NOT promises.is_marked_done THEN 'open'
            ELSE 'unknown'
        END AS outcome,
        CASE
            WHEN outcomes.outcome IN ('done', 'declined') THEN 'jira'
            WHEN (promises.link_state <> 'missing' OR survivors.survivor_id IS NOT NULL) AND outcomes.outcome = 'open'
                THEN 'jira'
            WHEN promises.is_marked_done IS NOT NULL OR promises.is_marked_declined THEN 'document'
        END AS outcome_basis,
        outcomes.started_at,
        outcomes.done_at,
        outcomes.declined_at,
        coalesce(outcomes.reopen_count, 0) AS reopen_count,

        coalesce(
            incidents.published_at,
            CASE
                WHEN incidents.resolved_at > issues.created_at THEN incidents.resolved_at
                ELSE issues.created_at
            END,
            incidents.resolved_at,
            incidents.occurred_at,
            incidents.written_at
        ) AS promised_at,
        coalesce(care.due_on, promises.due_on) AS due_on,
        coalesce(care.first_due_on, promises.due_on) AS first_due_on,
        promises.due_on AS written_due_on,
        lasting_care.last_activity_at,
        coalesce(care.due_date_push_count, 0) AS due_date_push_count,
        coalesce(care.owner_change_count, 0) AS owner_change_count,
        coalesce(care.priority_drop_count, 0) AS priority_drop_count
    FROM promises
    CROSS JOIN parameters
    LEFT JOIN marts.incidents ON promises.incident_id = incidents.incident_id
    LEFT JOIN known_to_prevent ON promises.incident_id = known_to_prevent.incident_id
    LEFT JOIN staging.stg_jira__issues AS issues ON promises.issue_id = issues.issue_id
    LEFT JOIN intermediate.int_jira__issue_fields AS fields ON promises.issue_id = fields.issue_id
    LEFT JOIN intermediate.int_jira__issue_care AS care ON promises.issue_id = care.issue_id
    LEFT JOIN intermediate.int_jira__survivors AS survivors ON promises.issue_id = survivors.issue_id
    LEFT JOIN staging.stg_jira__issues AS lasting
        ON coalesce(survivors.survivor_id, promises.issue_id) = lasting.issue_id
    LEFT JOIN intermediate.int_jira__issue_outcomes AS outcomes ON lasting.issue_id = outcomes.issue_id
    LEFT JOIN intermediate.int_jira__issue_care AS lasting_care ON lasting.issue_id = lasting_care.issue_id
    LEFT JOIN staging.stg_settings__teams AS field_teams ON lower(fields.jira_team) = field_teams.folded_team
    CROSS JOIN (SELECT count(*) AS team_count FROM staging.stg_settings__teams) AS configured
    LEFT JOIN staging.stg_settings__team_projects AS team_projects
        ON
            CASE
                WHEN promises.tracker = 'jira'
                    THEN coalesce(issues.project, regexp_replace(promises.named_key, '-[0-9]+$', ''))
            END = team_projects.project
    LEFT JOIN staging.stg_settings__team_people AS account_teams
        ON lower(issues.owner_account) = account_teams.folded_person
    LEFT JOIN staging.stg_settings__team_people AS login_teams
        ON lower(issues.owner_login) = login_teams.folded_person
    LEFT JOIN staging.stg_settings__team_people AS email_teams
        ON lower(issues.owner_email) = email_teams.folded_person
    LEFT JOIN staging.stg_settings__team_people AS name_teams
        ON lower(trim(issues.owner)) = name_teams.folded_person
    LEFT JOIN staging.stg_settings__team_people AS promise_teams
        ON lower(trim(promises.owner)) = promise_teams.folded_person
),

days AS (
    SELECT
        followed.*,
        coalesce(followed.done_at, followed.declined_at) AS decided_at,
        CAST(followed.promised_at AT TIME ZONE 'UTC' AT TIME ZONE parameters.time_zone AS DATE) AS promised_on,
        CAST(
            coalesce(followed.done_at, followed.declined_at)
            AT TIME ZONE 'UTC' AT TIME ZONE parameters.time_zone AS DATE
        ) AS decided_on,
        CAST(followed.absent_since_at AT TIME ZONE 'UTC' AT TIME ZONE parameters.time_zone AS DATE) AS absent_since_on
    FROM followed
    CROSS JOIN parameters
),

binding_dates AS (
    SELECT
        days.action_item_id,
        due_dates.due_on
    FROM days
    INNER JOIN intermediate.int_jira__due_dates AS due_dates ON days.issue_id = due_dates.issue_id
    WHERE NOT coalesce(due_dates.set_at < days.promised_at AND due_dates.due_on < days.promised_on, FALSE)
    QUALIFY row_number() OVER (PARTITION BY days.action_item_id ORDER BY due_dates.place ASC) = 1
),

bound AS (
    SELECT
        days.*,
        coalesce(binding_dates.due_on, days.written_due_on) AS binding_due_on
    FROM days
    LEFT JOIN binding_dates ON days.action_item_id = binding_dates.action_item_id
),

committed AS (
    SELECT
        bound.*,
        CASE
            WHEN bound.binding_due_on IS NOT NULL THEN 'due_date'
            WHEN bound.promised_at IS NOT NULL AND priority_days.days IS NOT NULL THEN 'priority'
            WHEN bound.promised_at IS NOT NULL AND severity_days.days IS NOT NULL THEN 'severity'
        END AS committed_basis,
        coalesce(
            bound.binding_due_on,
            CAST(bound.promised_on + coalesce(priority_days.days, severity_days.days) * INTERVAL '1' DAY AS DATE)
        ) AS committed_on
    FROM bound
    LEFT JOIN priority_days ON lower(trim(bound.priority)) = priority_days.word
    LEFT JOIN severity_days ON CAST(bound.incident_severity AS VARCHAR) = severity_days.word
),

-- What is decided is counted until then, what is open until now, and what is unknown not at all.
dated AS (
    SELECT
        committed.*,
        parameters.as_of,
        parameters.as_of_on,
        parameters.ignored_after_days,
        CASE
            WHEN committed.created_at IS NULL OR committed.created_at < committed.occurred_at
                THEN committed.promised_at
            WHEN committed.promised_at < committed.created_at THEN committed.promised_at
            ELSE committed.created_at
        END AS opened_at,
        CASE WHEN committed.outcome = 'open' THEN parameters.as_of ELSE committed.decided_at END
            AS counted_until_at,
        CASE WHEN committed.outcome = 'open' THEN parameters.as_of_on ELSE committed.decided_on END
            AS counted_until_on,
        coalesce(parameters.as_of_on > committed.committed_on, FALSE) AS is_past_date,
        coalesce(
            committed.outcome = 'unknown'
            AND committed.jira_outcome = 'open'
            AND committed.absent_since_on > committed.committed_on,
            FALSE
        ) AS is_lost_overdue
    FROM committed
    CROSS JOIN parameters
)

SELECT
    action_item_id, -- stable: of the promise's words and incident, or of the issue that no document names
    incident_id, -- the incident it was promised for; null for an issue that belongs to none, or to one of several
    found_by, -- how it came to be followed: document, incident_field, incident_link, remote_link or jql; null when that was not kept
    document_id, -- the document that promises it
    line, -- of that document as fetched, from 1
    quote, -- the promise as written
    description, -- what was promised; the issue's summary when no document names it
    kind, -- prevent, detect, mitigate, process, repair or other; null when nothing tells
    kind_words, -- the words of the document that tell the kind; null when nothing tells
    prevention_basis, -- why it counts as a prevention item: kind, or unknown_kind where no item of its incident is known to prevent; null when it does not

    owner, -- the issue's assignee, else whom the document names
    team, -- as the issue's own field for it says; else of the Jira project, else of the owner, else of the incident
    priority, -- the issue's, else the document's

    tracker, -- jira, github …; null when the document links none
    jira_key, -- the issue's key now, else the key the document names
    issue_id, -- Jira's own id of the issue, which survives a move
    url, -- where people read the issue
    link_state, -- linked; unlinked; missing: Jira does not show the issue; foreign: another tracker, not followed
    absent_since_at, -- when Jira was first found not to show the issue; null while it shows it
    absent_reason, -- not_shown: deleted or hidden; project_not_shown: nor is its project; null when not kept
    survivor_key, -- the key of the issue in which it goes on, when its own was closed as a duplicate
    survivor_issue_id, -- Jira's own id of that issue

    status, -- the issue's status, as Jira names it
    resolution, -- the issue's resolution, as Jira names it
    declined_reason, -- the resolution or the status by which Jira says that it was decided against
    outcome, -- open, done, declined, or unknown
    outcome_basis, -- what the outcome rests on: jira, document, or null when unknown
    is_marked_done, -- what the document itself says
    coalesce(is_marked_declined, FALSE) AS is_marked_declined, -- whether the document says that it was decided against

    promised_at, -- when the document was published, else the later of issue creation and incident end, else when it ended, occurred, or was first written of
    created_at, -- when the issue was created
    opened_at, -- when it began to count: the promise or the issue's creation, whichever came first; an issue older than its incident counts from the promise
    started_at, -- when the issue first came into a status of work in progress
    done_at, -- last entry into a done status from one that was not; a reopening moves it, an edit does not
    declined_at, -- the same for an item that was decided against; null when only the document says so
    due_on, -- the due date now
    first_due_on, -- the due date it first had
    committed_on, -- the first due date not passed before the promise; else the promise plus the days agreed
    committed_basis, -- due_date, priority, severity, or null when nothing was agreed

    CASE
        WHEN outcome <> 'unknown' OR NOT is_past_date THEN outcome = 'open' AND is_past_date
    END AS is_overdue, -- open past its committed date; null past it when the outcome is unknown
    is_lost_overdue, -- whether Jira stopped showing the issue while it was open and past its committed date
    CASE
        WHEN outcome IN ('done', 'declined') AND NOT coalesce(decided_on < promised_on, FALSE)
            THEN decided_on <= committed_on
    END AS is_on_time, -- decided by the committed date; null while open, without either date, or when decided before it was promised
    CASE
        WHEN issue_id IS NOT NULL AND (outcome <> 'unknown' OR NOT is_past_date)
            THEN
                outcome = 'open'
                AND is_past_date
                AND coalesce(last_activity_at < as_of - ignored_after_days * INTERVAL '1' DAY, FALSE)
    END AS is_ignored, -- overdue, and nobody touched it for the agreed days; null where that cannot be seen
    CASE
        WHEN counted_until_on <= committed_on THEN 0
        ELSE date_diff('day', committed_on, counted_until_on)
    END AS overdue_days, -- days past the committed date, until decided or until now; 0 when not past it
    CASE
        WHEN counted_until_at < opened_at THEN 0.0
        ELSE (epoch(counted_until_at) - epoch(opened_at)) / 86400.0
    END AS open_days, -- from opened_at until decided or until now
    last_activity_at, -- last change or comment by a person, on it or on an issue below it, or the creation; automation does not count

    due_date_push_count, -- how often the due date was moved later
    reopen_count, -- how often it left a done status again
    owner_change_count, -- how often one owner followed another
    priority_drop_count, -- how often its priority was lowered, by Jira's own order of priorities
    is_history_complete, -- whether Jira gave the whole history; if not, the counts may be too low

    parent_key, -- the issue it is a part of: its parent, or its epic
    child_count, -- issues that are a part of it and that Jira shows, one level down
    child_done_count, -- of these, done; those decided against are not
    sprint, -- the sprint that it is in, else was in last, where the settings name the field
    story_points, -- its estimate, where the settings name the field
    jira_severity -- its severity in Jira's own words, where the settings name the field
FROM dated
