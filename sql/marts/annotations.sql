-- What happened of which charts over time remind: releases, changes of policy and the like, as a file of the user's
-- says. That something changed then does not make it the cause.
-- One row per line of the file.
-- Key: line.
-- What begins after the day the tables speak of is not there; when a line was written, the file does not say.
SELECT
    annotations.line, -- of the file, from 1
    annotations.starts_on, -- its first day, in the company's time zone
    annotations.ends_on, -- its last day, counted: the first again of what happened on one day
    annotations.label, -- what happened, as written
    annotations.service, -- of which alone it is; null: of all
    team_services.team, -- the team that the service belongs to; null: of none in the settings, or of all
    annotations.kind -- in a word of the writer's, such as release or policy; null: not said
FROM staging.stg_settings__annotations AS annotations
INNER JOIN staging.stg_settings__parameters AS parameters ON annotations.starts_on <= parameters.as_of_on
LEFT JOIN staging.stg_settings__team_services AS team_services
    ON lower(trim(annotations.service)) = team_services.folded_service
