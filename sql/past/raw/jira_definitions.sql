-- What Jira defined at the moment asked about; of a thing first seen later, as it was first seen.
-- One row per thing Jira defines and time it was first seen so.
SELECT definitions.*
FROM raw.jira_definitions AS definitions
CROSS JOIN settings.parameters AS parameters
QUALIFY
    definitions.fetched_at <= parameters.as_of
    OR definitions.fetched_at = min(definitions.fetched_at) OVER (
        PARTITION BY definitions.kind, definitions.definition_id
    )
